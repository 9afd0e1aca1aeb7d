"""Projects awaiting registration, and their registration by the service centre."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, label
from approvals.exports.lists.projects import WAITING_FILINGS
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.liaisons.worklist import waiting_by_liaison
from approvals.registration.views import REGISTER, WITH_A_PLAN, graph_of
from approvals.registration.views import registration as registration_page
from approvals.triage.queries import filings
from approvals.triage.queries import inbox as waiting_list
from approvals.triage.views import FilingFilter
from approvals.web.forms import EMPTY, Form, form_input, form_version, known_move, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import category_choices
from approvals.web.query_parameters import query_choice, query_text
from approvals.web.submissions import flash_move, new_command, performing
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

registration = Blueprint("registration", __name__, url_prefix="/registrations")


REGISTRATION_LIST = declare(
    ListPage(
        "registration.inbox",
        N_("Registration"),
        WAITING_FILINGS,
        filters={"search": N_("Search"), "category": N_("Category"), "county": N_("County")},
    )
)


@registration.get("")
@access(roles=permissions.REGISTER_PROJECTS)
def inbox() -> str | Response:
    filters = FilingFilter(
        state="classified",
        search=query_text("search"),
        category=query_choice("category", load_city().categories),
        county=query_choice("county", load_city().counties),
        kind=WITH_A_PLAN,
    )
    asked, choices = asked_list(REGISTRATION_LIST), {"category": category_choices()}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: filings(tx, actor(), filters, today=today(), part=part), choices)
        view = waiting_list(tx, actor(), filters, today=today(), part=asked.part)
        listing = asked.listing(tx, view.total, choices)
    narrowing = {name: value for name, value in view.narrowing.items() if name not in ("list", "kind")}
    counties = [(county, county) for county in load_city().counties]
    context = {"narrowing": narrowing, "cursor": asked.cursor, "counties": counties, "listing": listing}
    return render_template("registration/inbox.html", view=view, **context)


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
