"""The supervision office sorts what was filed: one by one, or several together."""

import re
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Invalid, NotFound
from approvals.base.i18n import gettext as _
from approvals.base.i18n import translated
from approvals.base.pagination import PAGE
from approvals.history.commands import Reference
from approvals.history.inputs import UID_LIKE, check_input
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.programme.queries import KINDS
from approvals.triage import queries
from approvals.triage.views import FilingFilter
from approvals.web.forms import EMPTY, Form, keep, kept, known_move, say, sent, sent_version
from approvals.web.moves import new_command, perform
from approvals.web.query_parameters import asked_choice, asked_cursor, asked_flag, asked_text
from approvals.web.triage.together import begin_together, key_of_all, results, sort_one_of_several
from workflows.charts.model import Move, Need
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

triage = Blueprint("triage", __name__, url_prefix="/triage")

ONE_BY_ONE = frozenset({"classify"})  # moves whose form asks for each filing anew; the others say one thing of all
_ONCE = re.compile(r"[0-9A-Za-z-]{8,64}")


@triage.get("")
@access(roles=permissions.SORT_FILINGS)
def inbox() -> str:
    wanted = FilingFilter(
        state=asked_choice("list", queries.TABS) or "filed",
        search=asked_text("search"),
        category=asked_choice("category", load_city().categories),
        county=asked_choice("county", load_city().counties),
        kind=asked_choice("kind", KINDS),
        is_returned=asked_flag("returned"),
        is_due=asked_flag("due"),
    )
    cursor = asked_cursor()
    with database().read() as tx:
        view = queries.inbox(tx, actor(), wanted, today=today(), cursor=cursor)
    counties = [(county, county) for county in load_city().counties]
    return render_template("triage/inbox.html", view=view, cursor=cursor, counties=counties, kinds=KINDS)


@triage.get("/<ref>")
@access(roles=permissions.SORT_FILINGS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = queries.filing(tx, ref, actor(), today=today(), version=form.version if form.message else None)
    lost = sorting_move(form.name) if form.message and form.name not in {m.name for m in view.moves} else None
    return render_template("triage/show.html", view=view, form=form, lost=lost)


@triage.post("/<ref>/moves/<move>")
@access(roles=permissions.SORT_FILINGS)
@kept(show)
def make(ref: str, move: str) -> Response:
    chart_move = sorting_move(move)
    values = keep(sent(chart_move.needs))
    command = new_command(move, Reference("project", ref), values, sent_version())
    return perform(command, url_for("triage.inbox", list=chart_move.sources[0]), chart_move)


@triage.get("/together/<move>")
@access(roles=permissions.SORT_FILINGS)
def together(move: str, form: Form = EMPTY) -> Response | str:
    chart_move = sorting_move(move)
    with database().read() as tx:
        view = queries.chosen(tx, actor(), _picked(), chart_move, today=today())
    if not view.rows:
        say(_("Select at least one project."), "warning")
        return redirect(url_for("triage.inbox", list=chart_move.sources[0]), 303)
    return render_template("triage/together.html", view=view, form=form, is_one_by_one=move in ONE_BY_ONE)


@triage.post("/together/<move>")
@access(roles=permissions.SORT_FILINGS)
@kept(together)
def sort_together(move: str) -> Response | str:
    picked = _picked()
    if not picked:
        return together(move)
    given = _checked(sorting_move(move), picked)
    once = request.form.get("once", "")
    once = once if _ONCE.fullmatch(once) else uuid4().hex
    key = key_of_all(actor().id, once)
    with database().write() as tx:
        begin_together(tx, key, move, given, now())
    for uid, values in given.items():
        with database().write() as tx:
            command = new_command(move, Reference("project", uid), values, sent_version(f"{uid}.version"))
            sort_one_of_several(tx, key, command)
    return redirect(url_for("triage.sorted_together", once=once), 303)


@triage.get("/results/<once>")
@access(roles=permissions.SORT_FILINGS)
def sorted_together(once: str) -> str:
    if not _ONCE.fullmatch(once):
        raise NotFound
    with database().read() as tx:
        view = results(tx, key_of_all(actor().id, once))
    said = {row.ref: translated(row.fault, row.params) for row in view.rows}
    return render_template("triage/results.html", view=view, said=said)


def sorting_move(name: str) -> Move:
    """The move of this name, if it is one of the office's sorting; else NotFound."""
    move = known_move(PROJECT, name)
    if name not in queries.SORTING:
        raise NotFound
    return move


def _picked() -> list[str]:
    """The internal ids of the filings that were ticked, each once."""
    ticked = dict.fromkeys(request.values.getlist("pick"))
    return [uid for uid in ticked if UID_LIKE.fullmatch(uid)][:PAGE]


def _checked(move: Move, uids: list[str]) -> dict[str, dict[str, Any]]:
    """What was given for each filing; Invalid names what is wrong before anything is done."""
    if move.name not in ONE_BY_ONE:
        given = keep(sent(move.needs))
        check_input(PROJECT, move.name, given)
        return dict.fromkeys(uids, given)
    each = {uid: {need.name: _sent_for(uid, need) for need in move.needs} for uid in uids}
    keep(each)
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for uid, values in each.items():
        try:
            check_input(PROJECT, move.name, values)
        except Invalid as problem:
            faults |= {f"{uid}.{name}": found for name, found in problem.fields.items()}
    if faults:
        raise Invalid(faults)
    return each


def _sent_for(uid: str, need: Need) -> str | bool:
    value = request.form.get(f"{uid}.{need.name}", "")
    return value == "yes" if need.kind == "flag" else value
