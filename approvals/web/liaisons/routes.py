"""The liaison's worklist, the workload of all liaisons, and the assignments of a project."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.moments import FIRST_DAY
from approvals.filing.queries import check_address
from approvals.filing.views import open_to, project
from approvals.handover.vacancies import without_liaison_count
from approvals.history.commands import Reference
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now, today
from approvals.liaisons.project_summary import terms_views
from approvals.liaisons.worklist import liaison_by_username, loads, worklist_view
from approvals.registration.queries import liaison_loads
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.query_parameters import query_cursor
from approvals.web.submissions import perform_form
from workflows.charts.project import PROJECT

liaisons = Blueprint("liaisons", __name__)

REASSIGN = PROJECT.move("reassign")


@liaisons.get("/day")
@access(roles=permissions.SEE_OWN_DAY)
def day() -> str:
    return _day(actor().username)


@liaisons.get("/liaisons")
@access(roles=permissions.SEE_LIAISONS)
def index() -> str:
    month = _month()
    with database().read() as tx:
        rows, vacant = loads(tx, month, now()), without_liaison_count(tx)
    return render_template("liaisons/index.html", rows=rows, vacant=vacant, month=month)


@liaisons.get("/liaisons/<username>")
@access(roles=permissions.HAND_OVER_PROJECTS)
def person(username: str) -> str:
    check_address(username)
    return _day(username)


def _day(username: str) -> str:
    cursor = query_cursor()
    with database().read() as tx:
        view = worklist_view(tx, liaison_by_username(tx, username, today()), actor(), now(), cursor=cursor)
        hands_over = bool(view.projects.rows) and may_open(actor(), "bulk.hand_over")
        people = liaison_loads(tx, today()) if hands_over else []
    choices = [(load.username, f"{load.name} ({load.open_projects})") for load in people if load.username != username]
    return render_template("liaisons/day.html", view=view, cursor=cursor, choices=choices, empty_form=EMPTY)


@liaisons.get("/casefiles/<ref>/liaison")
@access(roles=permissions.SEE_ASSIGNMENTS)
def terms(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = project(tx, ref, actor())
        if view.registered_at is None:
            raise NotFound
        views = terms_views(tx, view)
        choices = loads(tx, today().replace(day=1), now()) if REASSIGN in open_to(view, actor()) else []
    candidates = [load for load in choices if load.base.id != view.place.liaison_id]
    return render_template("liaisons/terms.html", project=view, terms=views, choices=candidates, form=form)


@liaisons.post("/casefiles/<ref>/liaison")
@access(roles=permissions.HAND_OVER_PROJECTS)
@redisplay(terms, REASSIGN.name)
def reassign(ref: str) -> Response:
    return perform_form(PROJECT, REASSIGN.name, Reference("project", ref), url_for("liaisons.terms", ref=ref))


def _month() -> date:
    """The month of the address; the current one for an invalid month."""
    try:
        month = date.fromisoformat(f"{request.args['month']}-01")
    except (KeyError, ValueError):
        month = today().replace(day=1)
    return month if FIRST_DAY <= month <= today() else today().replace(day=1)
