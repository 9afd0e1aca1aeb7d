"""Projects awaiting registration, and their registration by the service centre."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import label
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.liaisons.worklist import waiting_by_liaison
from approvals.registration.views import REGISTER, WITH_A_PLAN, graph_of
from approvals.registration.views import registration as registration_page
from approvals.triage.queries import inbox as waiting_list
from approvals.triage.views import FilingFilter
from approvals.web.forms import EMPTY, Form, form_input, form_version, known_move, redisplay, remember_input
from approvals.web.query_parameters import query_choice, query_cursor, query_text
from approvals.web.submissions import flash_move, new_command, performing
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

registration = Blueprint("registration", __name__, url_prefix="/registrations")


@registration.get("")
@access(roles=permissions.REGISTER_PROJECTS)
def inbox() -> str:
    filters = FilingFilter(
        state="classified",
        search=query_text("search"),
        category=query_choice("category", load_city().categories),
        county=query_choice("county", load_city().counties),
        kind=WITH_A_PLAN,
    )
    cursor = query_cursor()
    with database().read() as tx:
        view = waiting_list(tx, actor(), filters, today=today(), cursor=cursor)
    narrowing = {name: value for name, value in view.narrowing.items() if name not in ("list", "kind")}
    counties = [(county, county) for county in load_city().counties]
    return render_template("registration/inbox.html", view=view, narrowing=narrowing, cursor=cursor, counties=counties)


@registration.get("/<ref>")
@access(roles=permissions.REGISTER_PROJECTS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = registration_page(tx, ref, actor(), today=today(), version=form.looked_at)
        requests = waiting_by_liaison(tx)
    first = {"liaison": view.liaisons[0].username} if view.liaisons else {}
    graph = graph_of(view.plan, label)
    return render_template("registration/show.html", view=view, graph=graph, requests=requests, form=form.over(first))


@registration.post("/<ref>/moves/<move>")
@access(roles=permissions.REGISTER_PROJECTS)
@redisplay(show)
def make(ref: str, move: str) -> Response:
    values = remember_input(form_input(known_move(PROJECT, move).needs))
    if move != REGISTER:
        raise NotFound
    command = new_command(move, Reference("project", ref), values, form_version())
    with performing(command, url_for("registration.inbox")) as (once, result):
        if result:
            once.leads_to = url_for("casefile.show", ref=result.ref)
    flash_move(PROJECT.move(REGISTER))
    return once.answer()
