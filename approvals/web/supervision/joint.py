"""The pages of double management: joint projects, who is responsible, the month's word, and escalating by hand."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_, own_name
from approvals.filing.queries import check_address
from approvals.history.commands import Reference
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, today
from approvals.supervision.joint.views import MOVES, joint_page, joint_projects
from approvals.web.forms import (
    EMPTY,
    Form,
    keep,
    kept,
    known_move,
    sent,
    sent_fields,
    sent_version,
)
from approvals.web.moves import new_command, perform
from approvals.web.query_parameters import asked_cursor, asked_flag
from workflows.charts.escalation import ESCALATION
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD

joint = Blueprint("joint", __name__, url_prefix="/joint")

RAISE, WRITE = ESCALATION.move("raise_jointly"), WORD.move("write_word")


@joint.get("")
@access(roles=permissions.SEE_JOINT_PROJECTS)
def index() -> str:
    cursor, missing = asked_cursor(), asked_flag("missing")
    with database().read() as tx:
        page = joint_projects(tx, actor(), today=today(), cursor=cursor, missing=missing)
    return render_template("supervision/joint.html", page=page, cursor=cursor, missing=missing)


@joint.get("/<ref>")
@access(roles=permissions.SEE_JOINT_PROJECTS)
def show(ref: str, form: Form = EMPTY, month: str = "") -> str:
    cursor = asked_cursor()
    with database().read() as tx:
        view = joint_page(tx, ref, actor(), today=today(), cursor=cursor)
    units = [(unit.name, own_name(unit)) for unit in view.choices]
    return render_template(
        "supervision/joint_project.html",
        view=view,
        form=form,
        month=month,
        cursor=cursor,
        unwritten=[(one, one) for one in view.unwritten],
        choices={"first_unit": units, "second_unit": units},
        write=WRITE,
        escalate=RAISE,
        opens_casefile=may_open(actor(), "casefile.show"),
    )


@joint.post("/<ref>/moves/<move>")
@access(roles=permissions.MANAGE_JOINT_PROJECTS)
@kept(show)
def make(ref: str, move: str) -> Response:
    values = keep(sent(known_move(PROJECT, move).needs))
    if move not in MOVES:
        raise NotFound
    command = new_command(move, Reference("project", ref), values, sent_version())
    return perform(command, url_for("joint.show", ref=ref), PROJECT.move(move))


@joint.post("/<ref>/escalate")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@kept(show, RAISE.name)
def escalate(ref: str) -> Response:
    keep(sent(RAISE.needs) | sent_fields("code"))
    code = _chosen("code", N_("Select the approval to escalate."))
    command = new_command(RAISE.name, Reference("approval", ref, code), sent(RAISE.needs))
    return perform(command, url_for("joint.show", ref=ref), RAISE)


@joint.post("/<ref>/words")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@kept(show, WRITE.name)
def write(ref: str) -> Response:
    keep(sent(WRITE.needs) | sent_fields("of"))
    month = _chosen("of", N_("Select the month."))
    command = new_command(WRITE.name, Reference("word", ref, key=month), sent(WRITE.needs))
    return perform(command, url_for("joint.show", ref=ref, _anchor="words"), WRITE)


@joint.post("/<ref>/words/<month>/moves/<move>")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@kept(show)
def word(ref: str, month: str, move: str) -> Response:
    values = keep(sent(known_move(WORD, move).needs))
    if move == WRITE.name:
        raise NotFound
    command = new_command(move, Reference("word", ref, key=month), values, sent_version())
    return perform(command, url_for("joint.show", ref=ref, _anchor="words"), WORD.move(move))


def _chosen(name: str, why: str) -> str:
    value = request.form.get(name, "").strip()
    if not value:
        raise invalid(name, why)
    check_address(value)
    return value
