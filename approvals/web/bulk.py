"""Lists with check-boxes: the same move on all that is ticked, and the page that says what came of each."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, translated
from approvals.base.i18n import gettext as _
from approvals.bulk import MOST, BulkTarget, bulk_result, key_of, make_each
from approvals.filing.views import project
from approvals.history.commands import Command, Reference
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.triage.actions import MARKS
from approvals.web.forms import FormInput, form_fields
from approvals.web.lists import LISTS
from approvals.web.submissions import flash_message
from approvals.windows.queries import approval
from workflows.charts.approval import REMINDERS
from workflows.label import Label

bulk = Blueprint("bulk", __name__, url_prefix="/together")

_ONCE = re.compile(r"[0-9A-Za-z-]{8,64}")
TITLES = {
    "assign": N_("Cases assigned"),
    "remind": N_("Reminders sent"),
    "hand_over": N_("Projects handed over"),
    "mark": N_("Projects marked as key"),
}
# Of each action the list that its form stands on. One that is not declared has a person in its address.
OF_LIST = {
    "assign": "windows.queue",
    "remind": "windows.queue",
    "hand_over": "liaisons.person",
    "mark": "casefile.index",
}
LIST = "list."  # before the name of such a part, in the form
REMIND_OWNER, REMIND_WINDOW = REMINDERS
AT_OWNER = ("ready", "correcting")  # states in which the owner has to act


@bulk.post("/assign")
@access(roles=permissions.ASSIGN_CASES)
def assign() -> Response:
    values: FormInput = dict(form_fields("handler", "note"))
    return _make("assign", lambda tx, ref: _of_approval(tx, ref, lambda _state: "assign", values))


@bulk.post("/remind")
@access(roles=permissions.REMIND)
def remind() -> Response:
    values: FormInput = dict(form_fields("note"))
    return _make("remind", lambda tx, ref: _of_approval(tx, ref, _reminder, values))


@bulk.post("/hand-over")
@access(roles=permissions.HAND_OVER_PROJECTS)
def hand_over() -> Response:
    values: FormInput = dict(form_fields("liaison", "note"))
    return _make("hand_over", lambda tx, ref: _of_project(tx, ref, "reassign", values))


@bulk.post("/mark")
@access(roles=permissions.MARK_PROJECTS)
def mark() -> Response:
    return _make("mark", _marked(dict(form_fields("reason"))))


@bulk.get("/results/<once>")
@access(roles=permissions.ACT_TOGETHER)
def results(once: str) -> str:
    if not _ONCE.fullmatch(once):
        raise NotFound
    with database().read() as tx:
        view = bulk_result(tx, key_of(actor().id, once))
    reasons = {row.ref: [(word, translated(*reason)) for word, reason in row.reasons] for row in view.rows}
    return render_template("parts/together.html", view=view, title=_(TITLES[view.action]), reasons=reasons)


def _make(action: str, target: Callable[[Connection, str], BulkTarget]) -> Response:
    """Make the move of each ticked case, then show what came of each."""
    refs, back = list(dict.fromkeys(request.form.getlist("pick"))), _back(action)
    if not 0 < len(refs) <= MOST:
        words = _("Select at least one entry.") if not refs else _("Select at most %(most)s entries.", most=MOST)
        flash_message(words, "warning")
        return redirect(back, 303)
    once = request.form.get("once", "")
    once = once if _ONCE.fullmatch(once) else uuid4().hex
    make_each(database(), key_of(actor().id, once), refs, target, action=action, back=back, now=now())
    return redirect(url_for("bulk.results", once=once), 303)


def _back(action: str) -> str:
    endpoint = OF_LIST[action]
    names = LISTS[endpoint].parameters if endpoint in LISTS else ("username",)
    sent = {name: request.form.get(LIST + name, "")[:200] for name in names}
    parts: dict[str, Any] = {name: value for name, value in sent.items() if value}
    return url_for(endpoint, **parts) if endpoint in LISTS or parts else url_for("liaisons.index")


def _of_approval(tx: Connection, ref: str, move: Callable[[str], str], values: FormInput) -> BulkTarget:
    number, _slash, code = ref.rpartition("/")
    view = approval(tx, number, code, actor(), today())
    command = Command(move(view.state), Reference("approval", number, code), values, actor(), now())
    return BulkTarget(command, view.project_name, Label(f"{code} {view.item.zh}", f"{code} {view.item.en}"))


def _reminder(state: str) -> str:
    """Whom to remind in this state: the owner, or else the window."""
    return REMIND_OWNER if state in AT_OWNER else REMIND_WINDOW


def _of_project(tx: Connection, ref: str, move: str, values: FormInput) -> BulkTarget:
    view = project(tx, ref, actor())
    return BulkTarget(Command(move, Reference("project", ref), values, actor(), now()), view.name)


def _marked(values: FormInput) -> Callable[[Connection, str], BulkTarget]:
    """The project becomes a key one and keeps its other marks: those that it has when it is read."""

    def target(tx: Connection, ref: str) -> BulkTarget:
        view = project(tx, ref, actor())
        marks = {field: getattr(view, column) for column, field in MARKS.items()} | {"key": True}
        command = Command("mark", Reference("project", ref), marks | values, actor(), now(), version=view.version)
        return BulkTarget(command, view.name)

    return target
