"""Escalations: the inbox of each level, answers and instructions, and the log of the scheduled check."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.exports.lists.supervision import ESCALATIONS
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.supervision.escalations.views import escalation as escalation_of
from approvals.supervision.escalations.views import escalation_page, inbox
from approvals.supervision.sweep_log import rules, sweeps
from approvals.web.forms import EMPTY, Form, form_input, form_version, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.submissions import lost_move, new_command, perform
from approvals.windows.clocks import CLOCK_NAMES, UNIT_NAMES
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move
from workflows.charts.roles import LEVELS
from workflows.config.policy import load_policy

supervision = Blueprint("supervision", __name__)

ANSWER, INSTRUCT = ESCALATION.move("answer"), ESCALATION.move("instruct")


ESCALATION_LIST = declare(ListPage("supervision.escalations", N_("Escalations"), ESCALATIONS, places=("level",)))


@supervision.get("/escalations")
@access(roles=permissions.ANSWER_ESCALATIONS)
def escalations() -> str | Response:
    level, asked = _query_level(), asked_list(ESCALATION_LIST)
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: escalation_page(tx, actor(), level, today=today(), part=part))
        view = inbox(tx, actor(), level, today=today(), part=asked.part)
        listing = asked.listing(tx, view.total)
    return render_template("supervision/escalations.html", view=view, cursor=asked.cursor, listing=listing)


@supervision.get("/escalations/<project>/<code>/<level>")
@access(roles=permissions.ANSWER_ESCALATIONS)
def escalation(project: str, code: str, level: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = escalation_of(tx, project, code, _level(level), actor(), today=today(), looked_at=form.looked_at)
    lost = lost_move(ESCALATION, form, view.moves)
    days = load_policy().answer_days(is_key=view.late.approval.is_key, is_urgent=view.late.approval.is_urgent)
    words = {"names": CLOCK_NAMES, "units": UNIT_NAMES}
    return render_template("supervision/escalation.html", view=view, form=form, lost=lost, answer_days=days, **words)


@supervision.post("/escalations/<project>/<code>/<level>/answer")
@access(roles=permissions.ANSWER_ESCALATIONS)
@redisplay(escalation, ANSWER.name)
def answer(project: str, code: str, level: str) -> Response:
    return _perform(ANSWER, Reference("approval", project, code), level)


@supervision.post("/escalations/<project>/<code>/<level>/instruct")
@access(roles=permissions.GIVE_INSTRUCTIONS)
@redisplay(escalation, INSTRUCT.name)
def instruct(project: str, code: str, level: str) -> Response:
    return _perform(INSTRUCT, Reference("approval", project, code), level)


def _perform(move: Move, ref: Reference, level: str) -> Response:
    values = remember_input(form_input(move.needs)) | {"level": _level(level)}
    command = new_command(move.name, ref, values, form_version())
    return perform(command, url_for("supervision.escalations", level=level), move)


@supervision.get("/sweep")
@access(roles=permissions.SEE_SWEEP)
def sweep() -> str:
    with database().read() as tx:
        view, fired = sweeps(tx, now()), rules(tx, now())
    return render_template("supervision/sweep.html", view=view, rules=fired)


def _query_level() -> int | None:
    """The level of the address; None for the actor's own."""
    text = request.args.get("level", "")
    return _level(text) if text else None


def _level(text: str) -> int:
    """The level of this number; NotFound for anything else."""
    if text not in map(str, LEVELS):
        raise NotFound
    return int(text)
