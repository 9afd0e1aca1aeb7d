"""The pages of requests: the owner asks, whoever is responsible answers, both see until when."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.text_validation import address_number
from approvals.filing.views import project
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.liaisons.on_call import helper
from approvals.liaisons.queries import LONGEST_NO
from approvals.liaisons.request_views import past_requests, request_view, requests_of_project, waiting_requests
from approvals.registration.queries import OPEN_PROJECTS
from approvals.web.forms import EMPTY, Form, announce, keep, kept, known_move, sent, sent_version
from approvals.web.moves import new_command, perform, performing
from approvals.web.query_parameters import asked_choice, asked_cursor
from workflows.charts.request import REQUEST

requests = Blueprint("requests", __name__)

OFFICES = {"supervision_office", "city_government"}  # they read
ASK = REQUEST.move("ask")
LISTS = {"waiting": waiting_requests, "past": past_requests}


@requests.get("/requests")
@access(roles=permissions.SEE_REQUESTS)
def index() -> str:
    which, cursor = asked_choice("list", LISTS) or "waiting", asked_cursor()
    whose = None if actor().has("service_centre", *OFFICES) else actor()
    with database().read() as tx:
        page = LISTS[which](tx, whose, now(), cursor=cursor)
    return render_template("liaisons/requests.html", page=page, which=which, cursor=cursor, is_all=whose is None)


@requests.get("/projects/<ref>/requests")
@access(roles=permissions.SEE_REQUEST)
def of_project(ref: str, form: Form = EMPTY) -> str:
    cursor = asked_cursor()
    with database().read() as tx:
        found = project(tx, ref, actor())
        page = requests_of_project(tx, found, now(), cursor=cursor)
        liaison_id = found.place.liaison_id if found.state in OPEN_PROJECTS else None
        care = helper(tx, liaison_id, now()) if liaison_id else None
    may_ask = care is not None and actor().has("owner") and found.place.owner_unit_id == actor().unit_id
    given = {"project": found, "page": page, "cursor": cursor, "form": form}
    return render_template("liaisons/project_requests.html", helper=care, may_ask=may_ask, ask=ASK, **given)


@requests.post("/projects/<ref>/requests")
@access(roles=permissions.ASK_REQUESTS)
@kept(of_project, ASK.name)
def ask(ref: str) -> Response:
    values = keep(sent(ASK.needs))
    command = new_command(ASK.name, Reference("requests", ref), values)
    with performing(command, url_for("requests.of_project", ref=ref)) as (once, result):
        if result:
            once.leads_to = url_for("requests.show", ref=ref, number=result.ref.rpartition("/")[2])
    announce(ASK)
    return once.answer()


@requests.get("/projects/<ref>/requests/<number>")
@access(roles=permissions.SEE_REQUEST)
def show(ref: str, number: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        found = project(tx, ref, actor())
        view = request_view(tx, found, address_number(number, LONGEST_NO), actor(), now())
    is_lost = bool(form.message) and form.name not in {move.name for move in view.moves}
    lost = REQUEST.move(form.name) if is_lost else None
    return render_template("liaisons/request.html", project=found, view=view, form=form, lost=lost)


@requests.post("/projects/<ref>/requests/<number>/moves/<move>")
@access(roles=permissions.MOVE_REQUESTS)
@kept(show)
def make(ref: str, number: str, move: str) -> Response:
    values = keep(sent(known_move(REQUEST, move).needs))
    if move == ASK.name:
        raise NotFound
    command = new_command(move, Reference("request", ref, key=number), values, sent_version())
    return perform(command, url_for("requests.show", ref=ref, number=number), REQUEST.move(move))
