"""Requests of owners: asking, answering, and the response deadline."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number
from approvals.exports.lists.liaisons import REQUESTS
from approvals.filing.views import project
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.liaisons.on_call import helper
from approvals.liaisons.queries import LONGEST_NO
from approvals.liaisons.request_views import (
    past_requests,
    request_count,
    request_view,
    requests_of_project,
    waiting_requests,
)
from approvals.registration.queries import OPEN_PROJECTS
from approvals.web.forms import EMPTY, Form, form_input, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.query_parameters import query_choice, query_cursor
from approvals.web.submissions import flash_move, lost_move, new_command, perform_form, performing
from workflows.charts.request import REQUEST

requests = Blueprint("requests", __name__)

OFFICES = {"supervision_office", "city_government"}  # they read
ASK = REQUEST.move("ask")
MOVES = {move.name for move in REQUEST.moves} - {ASK.name}  # of a request that was made
LISTS = {"waiting": (N_("Waiting for a reply"), waiting_requests), "past": (N_("Replied"), past_requests)}


REQUEST_LIST = declare(ListPage("requests.index", N_("Requests"), REQUESTS, places=("list",)))


@requests.get("/requests")
@access(roles=permissions.SEE_REQUESTS)
def index() -> str | Response:
    which, asked, at = query_choice("list", LISTS) or "waiting", asked_list(REQUEST_LIST), now()
    whose = None if actor().has("service_centre", *OFFICES) else actor()
    title, read = LISTS[which]
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: read(tx, whose, at, part), about=_(title))
        page = read(tx, whose, at, asked.part)
        listing = asked.listing(tx, request_count(tx, whose, is_waiting=which == "waiting"))
    titles = [(name, title) for name, (title, _read) in LISTS.items()]
    context = {"which": which, "titles": titles, "cursor": asked.cursor, "listing": listing, "is_all": whose is None}
    return render_template("liaisons/requests.html", page=page, **context)


@requests.get("/projects/<ref>/requests")
@access(roles=permissions.SEE_REQUEST)
def of_project(ref: str, form: Form = EMPTY) -> str:
    cursor = query_cursor()
    with database().read() as tx:
        view = project(tx, ref, actor())
        page = requests_of_project(tx, view, now(), cursor=cursor)
        care = helper(tx, view.place.liaison_id, now()) if view.state in OPEN_PROJECTS else None
    may_ask = care is not None and actor().has("owner") and view.place.owner_unit_id == actor().unit_id
    context = {"project": view, "page": page, "cursor": cursor, "form": form}
    return render_template("liaisons/project_requests.html", helper=care, may_ask=may_ask, ask=ASK, **context)


@requests.post("/projects/<ref>/requests")
@access(roles=permissions.ASK_REQUESTS)
@redisplay(of_project, ASK.name)
def ask(ref: str) -> Response:
    values = remember_input(form_input(ASK.needs))
    command = new_command(ASK.name, Reference("requests", ref), values)
    with performing(command, url_for("requests.of_project", ref=ref)) as (once, result):
        if result:
            once.leads_to = url_for("requests.show", ref=ref, number=result.ref.rpartition("/")[2])
    flash_move(ASK)
    return once.answer()


@requests.get("/projects/<ref>/requests/<number>")
@access(roles=permissions.SEE_REQUEST)
def show(ref: str, number: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        own = project(tx, ref, actor())
        view = request_view(tx, own, address_number(number, LONGEST_NO), actor(), now())
    lost = lost_move(REQUEST, form, view.moves)
    return render_template("liaisons/request.html", project=own, view=view, form=form, lost=lost)


@requests.post("/projects/<ref>/requests/<number>/moves/<move>")
@access(roles=permissions.MOVE_REQUESTS)
@redisplay(show)
def make(ref: str, number: str, move: str) -> Response:
    leads_to = url_for("requests.show", ref=ref, number=number)
    return perform_form(REQUEST, move, Reference("request", ref, key=number), leads_to, MOVES)
