"""Double management: joint projects, responsible units, monthly statements and manual escalation."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import invalid
from approvals.base.i18n import N_, own_name
from approvals.base.pagination import part_of
from approvals.base.sorting import sorted_rows
from approvals.exports.lists.supervision import JOINT, JOINT_KEYS
from approvals.filing.queries import check_address
from approvals.history.commands import Reference
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now, today
from approvals.supervision.joint.views import MOVES, joint_page, joint_projects
from approvals.web.forms import EMPTY, Form, form_fields, form_input, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.query_parameters import query_cursor, query_flag
from approvals.web.submissions import new_command, perform, perform_form
from workflows.charts.escalation import ESCALATION
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD

joint = Blueprint("joint", __name__, url_prefix="/joint")

RAISE, WRITE = ESCALATION.move("raise_jointly"), WORD.move("write_word")
WORD_MOVES = {move.name for move in WORD.moves} - {WRITE.name}


JOINT_LIST = declare(
    ListPage("joint.index", N_("Joint projects"), JOINT, flags={"missing": N_("A monthly statement is missing")})
)


@joint.get("")
@access(roles=permissions.SEE_JOINT_PROJECTS)
def index() -> str | Response:
    missing, asked = query_flag("missing"), asked_list(JOINT_LIST)
    with database().read() as tx:
        rows = sorted_rows(joint_projects(tx, actor(), today=today(), missing=missing), JOINT_KEYS, asked.sorting)
        if asked.file:
            return asked.send(lambda part: part_of(rows, part.cursor, part.limit))
        listing = asked.listing(tx, len(rows))
    page = part_of(rows, asked.cursor, asked.part.limit)
    context = {"missing": missing, "cursor": asked.cursor, "listing": listing}
    return render_template("supervision/joint.html", page=page, **context)


@joint.get("/<ref>")
@access(roles=permissions.SEE_JOINT_PROJECTS)
def show(ref: str, form: Form = EMPTY, month: str = "") -> str:
    cursor = query_cursor()
    with database().read() as tx:
        view = joint_page(tx, ref, actor(), now=now(), cursor=cursor)
    units = [(unit.name, own_name(unit)) for unit in view.choices]
    return render_template(
        "supervision/joint_project.html",
        view=view,
        form=form,
        month=month,
        cursor=cursor,
        unwritten=[(month_name, month_name) for month_name in view.unwritten],
        choices={"first_unit": units, "second_unit": units},
        write=WRITE,
        escalate=RAISE,
        opens_casefile=may_open(actor(), "casefile.show"),
    )


@joint.post("/<ref>/moves/<move>")
@access(roles=permissions.MANAGE_JOINT_PROJECTS)
@redisplay(show)
def make(ref: str, move: str) -> Response:
    return perform_form(PROJECT, move, Reference("project", ref), url_for("joint.show", ref=ref), MOVES)


@joint.post("/<ref>/escalate")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@redisplay(show, RAISE.name)
def escalate(ref: str) -> Response:
    remember_input(form_input(RAISE.needs) | form_fields("code"))
    code = _chosen("code", N_("Select the approval to escalate."))
    command = new_command(RAISE.name, Reference("approval", ref, code), form_input(RAISE.needs))
    return perform(command, url_for("joint.show", ref=ref), RAISE)


@joint.post("/<ref>/words")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@redisplay(show, WRITE.name)
def write(ref: str) -> Response:
    remember_input(form_input(WRITE.needs) | form_fields("of"))
    month = _chosen("of", N_("Select the month."))
    command = new_command(WRITE.name, Reference("word", ref, key=month), form_input(WRITE.needs))
    return perform(command, url_for("joint.show", ref=ref, _anchor="words"), WRITE)


@joint.post("/<ref>/words/<month>/moves/<move>")
@access(roles=permissions.ANSWER_FOR_JOINT_PROJECTS)
@redisplay(show)
def word(ref: str, month: str, move: str) -> Response:
    leads_to = url_for("joint.show", ref=ref, _anchor="words")
    return perform_form(WORD, move, Reference("word", ref, key=month), leads_to, WORD_MOVES)


def _chosen(name: str, why: str) -> str:
    value = request.form.get(name, "").strip()
    if not value:
        raise invalid(name, why)
    check_address(value)
    return value
