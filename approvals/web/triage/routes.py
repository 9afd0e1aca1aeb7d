"""Triage of filings by the supervision office, one by one or as a batch."""

import re
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Invalid, NotFound
from approvals.base.i18n import N_, translated
from approvals.base.i18n import gettext as _
from approvals.base.pagination import PAGE
from approvals.exports.lists.projects import WAITING_FILINGS
from approvals.history.commands import Reference
from approvals.history.inputs import UID_LIKE, check_input
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.moves import execute
from approvals.triage import queries
from approvals.triage.batches import begin_together, key_of_all, results, sort_one_of_several
from approvals.triage.views import FilingFilter
from approvals.web.forms import EMPTY, Form, FormInput, form_input, form_version, known_move, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import category_choices, labels
from approvals.web.query_parameters import query_choice, query_flag, query_text
from approvals.web.submissions import flash_message, lost_move, new_command, perform
from approvals.web.way_back import way_back
from workflows.charts.filing_fields import PROJECT_KINDS
from workflows.charts.model import Move, Need
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

triage = Blueprint("triage", __name__, url_prefix="/triage")

ONE_BY_ONE = frozenset({"classify"})  # moves with input for each filing; the others have one input for all
_ONCE = re.compile(r"[0-9A-Za-z-]{8,64}")


TRIAGE_LIST = declare(
    ListPage(
        "triage.inbox",
        N_("Triage"),
        WAITING_FILINGS,
        filters={"search": N_("Search"), "category": N_("Category"), "county": N_("County"), "kind": N_("Kind")},
        flags={"returned": N_("Returned before"), "due": N_("Due for review")},
        places=("list",),
    )
)


@triage.get("")
@access(roles=permissions.SORT_FILINGS)
def inbox() -> str | Response:
    filters, asked = _filters(), asked_list(TRIAGE_LIST)
    counties = [(county, county) for county in load_city().counties]
    choices = {"category": category_choices(), "kind": labels(PROJECT_KINDS)}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: queries.filings(tx, actor(), filters, today=today(), part=part), choices)
        view = queries.inbox(tx, actor(), filters, today=today(), part=asked.part)
        listing = asked.listing(tx, view.total, choices)
    context = {"cursor": asked.cursor, "counties": counties, "kinds": PROJECT_KINDS, "listing": listing}
    return render_template("triage/inbox.html", view=view, **context)


def _filters() -> FilingFilter:
    return FilingFilter(
        state=query_choice("list", queries.TABS) or "filed",
        search=query_text("search"),
        category=query_choice("category", load_city().categories),
        county=query_choice("county", load_city().counties),
        kind=query_choice("kind", PROJECT_KINDS),
        is_returned=query_flag("returned"),
        is_due=query_flag("due"),
    )


@triage.get("/<ref>")
@access(roles=permissions.SORT_FILINGS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = queries.filing(tx, ref, actor(), today=today(), version=form.looked_at)
    lost = lost_move(PROJECT, form, view.moves)
    return render_template("triage/show.html", view=view, form=form, lost=lost)


@triage.post("/<ref>/moves/<move>")
@access(roles=permissions.SORT_FILINGS)
@redisplay(show)
def make(ref: str, move: str) -> Response:
    chart_move = sorting_move(move)
    values = form_input(chart_move.needs)
    if "item_no" in request.form:  # emptied by hand: the project leaves the programme
        values.setdefault("item_no", None)
    command = new_command(move, Reference("project", ref), remember_input(values), form_version())
    back = way_back()
    leads_to = back.href if back else url_for("triage.inbox", list=chart_move.sources[0])
    return perform(command, leads_to, chart_move)


@triage.get("/together/<move>")
@access(roles=permissions.SORT_FILINGS)
def together(move: str, form: Form = EMPTY) -> Response | str:
    chart_move = sorting_move(move)
    with database().read() as tx:
        view = queries.selected_filings(tx, actor(), _picked(), chart_move, today=today())
    if not view.rows:
        flash_message(_("Select at least one project."), "warning")
        return redirect(url_for("triage.inbox", list=chart_move.sources[0]), 303)
    return render_template("triage/together.html", view=view, form=form, is_one_by_one=move in ONE_BY_ONE)


@triage.post("/together/<move>")
@access(roles=permissions.SORT_FILINGS)
@redisplay(together)
def sort_together(move: str) -> Response | str:
    picked = _picked()
    if not picked:
        return together(move)
    values_by_uid = _checked(sorting_move(move), picked)
    once = request.form.get("once", "")
    once = once if _ONCE.fullmatch(once) else uuid4().hex
    key = key_of_all(actor().id, once)
    with database().write() as tx:
        begin_together(tx, key, move, values_by_uid, now())
    for uid, values in values_by_uid.items():
        with database().write() as tx:
            command = new_command(move, Reference("project", uid), values, form_version(f"{uid}.version"))
            sort_one_of_several(tx, key, command, execute)
    return redirect(url_for("triage.sorted_together", once=once), 303)


@triage.get("/results/<once>")
@access(roles=permissions.SORT_FILINGS)
def sorted_together(once: str) -> str:
    if not _ONCE.fullmatch(once):
        raise NotFound
    with database().read() as tx:
        view = results(tx, key_of_all(actor().id, once))
    messages = {row.ref: translated(row.fault, row.params) for row in view.rows}
    return render_template("triage/results.html", view=view, messages=messages)


def sorting_move(name: str) -> Move:
    """The triage move of this name; NotFound when there is none."""
    move = known_move(PROJECT, name)
    if name not in queries.SORTING:
        raise NotFound
    return move


def _picked() -> list[str]:
    """The internal ids of the ticked filings, each once."""
    ticked = dict.fromkeys(request.values.getlist("pick"))
    return [uid for uid in ticked if UID_LIKE.fullmatch(uid)][:PAGE]


def _checked(move: Move, uids: list[str]) -> dict[str, FormInput]:
    """The input for each filing; Invalid before anything is written."""
    if move.name not in ONE_BY_ONE:
        shared = remember_input(form_input(move.needs))
        check_input(PROJECT, move.name, shared)
        return dict.fromkeys(uids, shared)
    needs = [need for need in move.needs if need.required]
    each = {uid: {need.name: _input_for(uid, need) for need in needs} for uid in uids}
    remember_input(each)
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for uid, values in each.items():
        try:
            check_input(PROJECT, move.name, values)
        except Invalid as problem:
            faults |= {f"{uid}.{name}": messages for name, messages in problem.fields.items()}
    if faults:
        raise Invalid(faults)
    return each


def _input_for(uid: str, need: Need) -> str | bool:
    value = request.form.get(f"{uid}.{need.name}", "")
    return value == "yes" if need.kind == "flag" else value
