"""Approvals over JSON: queues, moves, clocks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from flask import Response
from sqlalchemy import Connection

from approvals.accounts.actors import acting_roles, is_joint, is_officer, joint_scope
from approvals.api.v1.declaration import describe_move, describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import fill
from approvals.api.v1.exchange import Body, Envelope, json_answer, perform, sent_command
from approvals.api.v1.filters import named_department, named_handler
from approvals.api.v1.inputs import ApprovalQuery, ClockQuery, OfApproval, move_name
from approvals.api.v1.schemas import Answered, ApprovalList, ApprovalSchema, ApprovalWhole, ReadingSchema
from approvals.history.commands import Command, Reference
from approvals.http.access import actor
from approvals.http.application import database, today
from approvals.moves import ANSWERS, MOVES, MoveResult
from approvals.registration.due_dates import due_before
from approvals.registration.lights import WITH_A_LIGHT
from approvals.registration.queries import approval_for
from approvals.supervision.escalations.answers import answerers
from approvals.supervision.queries import escalations_of
from approvals.windows.clocks import reading_of
from approvals.windows.corrections import open_corrections
from approvals.windows.form_options import AT_ONCE
from approvals.windows.lists import approvals
from approvals.windows.owed.materials import owed_of
from approvals.windows.queries import ApprovalFilter, ApprovalView, approval, approval_by_id, open_to
from workflows.charts.approval import APPROVAL
from workflows.charts.correction import CORRECTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move, open_moves
from workflows.charts.roles import LEVEL_ROLES

approval_api = new_api("api_approvals", "Approvals: one item of the catalogue for one project.", "approvals")
MOVE = "/approvals/<project>/<code>/moves/<move>"
_WHOLE = json_response(approval_api, ApprovalWhole)
_WHOLE_OR_ANSWERED = json_response(approval_api, ApprovalWhole, Answered)
RAISE = ESCALATION.move("raise_jointly")
TO_ANSWER = tuple(move for move in ESCALATION.moves if move.name in ANSWERS)
OF_CORRECTIONS = frozenset(move.name for move in CORRECTION.moves)


class EscalationRow(Protocol):
    """The columns of an escalation that are looked at here."""

    id: int
    approval_id: int
    round: int
    level: int
    state: str
    version: int


class ApprovalMove(OfApproval):
    move: str = move_name(sorted(MOVES["approval"]))


@reads(approval_api, "/approvals", json_response(approval_api, ApprovalList))
def list_approvals(query: ApprovalQuery) -> Response:
    """The approvals that you may see, ordered by the law's clock."""
    states = tuple(dict.fromkeys(query.state)) or (WITH_A_LIGHT if query.light else ())
    with database().read() as tx:
        due = due_before(tx, query.due_before, today()) if query.due_before else None
        criteria = ApprovalFilter(
            named_department(tx, query.department),
            states,
            query.light,
            due,
            handlers=named_handler(tx, query.handler, actor()),
        )
        page = approvals(tx, actor(), criteria, today=today(), cursor=query.cursor, limit=query.limit)
    items = [fill(ApprovalSchema, _shown(view)) for view in page.rows]
    return json_answer({"items": items, "next_cursor": page.next_cursor})


@reads(approval_api, "/approvals/<project>/<code>", _WHOLE)
def show_approval(path: OfApproval) -> Response:
    """One approval."""
    with database().read() as tx:
        return json_answer(_whole(tx, approval(tx, path.project, path.code, actor(), today())))


@reads(approval_api, "/approvals/<project>/<code>/clock", json_response(approval_api, ReadingSchema))
def show_clock(path: OfApproval, query: ClockQuery) -> Response:
    """The law's clock, day by day."""
    with database().read() as tx:
        row = approval_for(tx, path.project, path.code, actor())
        return json_answer(reading_of(tx, row, query.day(today())))


def _whole(tx: Connection, view: ApprovalView) -> Body:
    """An approval with what it takes, its escalations, and the moves that are open."""
    escalations = _escalations(tx, view)
    moves = _open_names(tx, view, escalations)
    owed, procedures = owed_of(tx, view), list(view.item.special)
    unsettled = list(owed.unsettled) if owed else []
    return fill(
        ApprovalWhole, _shown(view), moves=moves, procedures=procedures, owed=unsettled, escalations=escalations
    )


def _shown(view: ApprovalView) -> ApprovalView:
    """The approval as the actor reads it: owners learn no names of the window's people."""
    return view if is_officer(actor()) else replace(view, handler=None, handler_name=None)


def _escalations(tx: Connection, view: ApprovalView) -> list[EscalationRow]:
    return [row for row in escalations_of(tx, view.project_id) if row.approval_id == view.id]


def _open_names(tx: Connection, view: ApprovalView, escalations: Iterable[EscalationRow]) -> list[str]:
    """The moves open to the actor, two in one step and the answers to an escalation and to a correction among them."""
    proposed = (move for move in open_corrections(tx, view, actor()) if not move.begins)
    names = [move.name for move in (*open_to(tx, view, actor()), *proposed)]
    if view.item.instant and "accept" in names:
        names.append(AT_ONCE.name)
    answers = {move.name for row in escalations for move in _answers_to(view, row)}
    names += [move.name for move in TO_ANSWER if move.name in answers]
    if view.state in WITH_A_LIGHT and is_joint(actor(), view.place):
        names.append(RAISE.name)
    return names


def _answers_to(view: ApprovalView, row: EscalationRow) -> tuple[Move, ...]:
    """The answers to this escalation that are open to the actor."""
    place = joint_scope(actor(), view.place)
    roles = acting_roles(actor(), place) & frozenset(answerers(row.level, actor(), place))
    return open_moves(ESCALATION, row.state, roles) if row.round == view.round else ()


@writes(approval_api, MOVE, _WHOLE_OR_ANSWERED, body=json_body(approval_api, Envelope, is_required=False))
def move_approval_on(path: ApprovalMove) -> Response:
    """Make a move, or answer an escalation; each is described at an address of its own."""
    command = sent_command(Reference("approval", path.project, path.code), path.move)
    return perform(command, lambda tx, result: _result(tx, command, result), lambda tx: _status(tx, command))


_ANSWERED = json_response(approval_api, Answered)
describe_moves(approval_api, MOVE, APPROVAL, "approval", _WHOLE)
_GRANT_AT_ONCE = replace(AT_ONCE, sources=APPROVAL.move("accept").sources)
describe_move(approval_api, MOVE, APPROVAL, _GRANT_AT_ONCE, _WHOLE, takes="grant")
describe_moves(approval_api, MOVE, CORRECTION, "approval", _WHOLE)
for _move in (*TO_ANSWER, RAISE):
    describe_move(approval_api, MOVE, ESCALATION, _move, _ANSWERED)


def _result(tx: Connection, command: Command, result: MoveResult) -> Body:
    """The approval after the move, or the escalation that the move led to."""
    if command.move not in (*ANSWERS, RAISE.name, *OF_CORRECTIONS):
        return _whole(tx, approval_by_id(tx, result.id, today()))
    view = _approval(tx, command)
    if command.move in OF_CORRECTIONS:
        return _whole(tx, view)
    [escalation] = [row for row in _escalations(tx, view) if row.id == result.id]
    return fill(Answered, escalation, ref=view.ref)


def _approval(tx: Connection, command: Command) -> ApprovalView:
    return approval(tx, command.ref.project, command.ref.code, actor(), today())


def _status(tx: Connection, command: Command) -> Body:
    """The status of the approval, or for an answer that of the escalation at the level that was asked for."""
    view = _approval(tx, command)
    escalations = _escalations(tx, view)
    case: ApprovalView | EscalationRow = view
    if command.move in ANSWERS:
        case = next((row for row in escalations if _is_asked(view, row, command.input.get("level"))), view)
    moves = _open_names(tx, view, escalations)
    return {"ref": view.ref, "state": case.state, "version": case.version, "moves": moves}


def _is_asked(view: ApprovalView, row: EscalationRow, level: object) -> bool:
    own = not actor().roles.isdisjoint(LEVEL_ROLES[row.level])
    return row.round == view.round and (row.level == level if level else own)
