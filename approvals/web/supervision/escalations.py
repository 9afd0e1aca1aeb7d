"""The pages of supervision: the inbox of escalations at each level, the answer to one, and how the sweep does."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.supervision.escalations.views import escalation as escalation_of
from approvals.supervision.escalations.views import inbox
from approvals.supervision.sweep_log import rules, sweeps
from approvals.web.forms import EMPTY, Form, keep, kept, sent, sent_version
from approvals.web.moves import new_command, perform
from approvals.windows.clocks import CLOCK_NAMES, UNIT_NAMES
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move
from workflows.charts.roles import LEVELS
from workflows.config.policy import load_policy

supervision = Blueprint("supervision", __name__)

ANSWER, INSTRUCT = ESCALATION.move("answer"), ESCALATION.move("instruct")


@supervision.get("/escalations")
@access(roles=permissions.ANSWER_ESCALATIONS)
def escalations() -> str:
    cursor = request.args.get("cursor", "")
    with database().read() as tx:
        view = inbox(tx, actor(), _asked_level(), today=today(), cursor=cursor)
    return render_template("supervision/escalations.html", view=view, cursor=cursor)


@supervision.get("/escalations/<project>/<code>/<level>")
@access(roles=permissions.ANSWER_ESCALATIONS)
def escalation(project: str, code: str, level: str, form: Form = EMPTY) -> str:
    looked_at = form.version if form.message else None
    with database().read() as tx:
        view = escalation_of(tx, project, code, _level(level), actor(), today=today(), looked_at=looked_at)
    is_open = any(move.name == form.name for move in view.moves)
    lost = ESCALATION.move(form.name) if form.message and not is_open else None
    days = load_policy().answer_days(is_key=view.late.approval.is_key, is_urgent=view.late.approval.is_urgent)
    words = {"names": CLOCK_NAMES, "units": UNIT_NAMES}
    return render_template("supervision/escalation.html", view=view, form=form, lost=lost, answer_days=days, **words)


@supervision.post("/escalations/<project>/<code>/<level>/answer")
@access(roles=permissions.ANSWER_ESCALATIONS)
@kept(escalation, ANSWER.name)
def answer(project: str, code: str, level: str) -> Response:
    return _perform(ANSWER, Reference("approval", project, code), level)


@supervision.post("/escalations/<project>/<code>/<level>/instruct")
@access(roles=permissions.GIVE_INSTRUCTIONS)
@kept(escalation, INSTRUCT.name)
def instruct(project: str, code: str, level: str) -> Response:
    return _perform(INSTRUCT, Reference("approval", project, code), level)


def _perform(move: Move, ref: Reference, level: str) -> Response:
    values = keep(sent(move.needs)) | {"level": _level(level)}
    command = new_command(move.name, ref, values, sent_version())
    return perform(command, url_for("supervision.escalations", level=level), move)


@supervision.get("/sweep")
@access(roles=permissions.SEE_SWEEP)
def sweep() -> str:
    with database().read() as tx:
        view, fired = sweeps(tx, now()), rules(tx, now())
    return render_template("supervision/sweep.html", view=view, rules=fired)


def _asked_level() -> int | None:
    """The level that was asked for; None for the reader's own."""
    text = request.args.get("level", "")
    return _level(text) if text else None


def _level(text: str) -> int:
    """The level of this number; NotFound for what is none."""
    if text not in map(str, LEVELS):
        raise NotFound
    return int(text)
