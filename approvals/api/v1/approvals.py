"""Approvals over JSON: queues, moves, clocks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Response
from pydantic import BaseModel
from sqlalchemy import Connection

from approvals.accounts.actors import acting_roles, asked_together, is_joint
from approvals.api.v1.answers import approval_json, escalation_json, json_answer, names, whole_json
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import (
    DEPARTMENTS,
    ApprovalMove,
    ApprovalQuery,
    ClockQuery,
    OfApproval,
    move_model,
    needs_input,
)
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.reading import Envelope
from approvals.api.v1.schemas import Answered, ApprovalList, ApprovalWhole, ReadingSchema
from approvals.history.commands import Command, Reference
from approvals.http.access import actor
from approvals.http.application import database, today
from approvals.moves import ANSWERS, MOVES, MoveResult
from approvals.registration.lights import WITH_A_LIGHT
from approvals.registration.queries import approval_for
from approvals.supervision.escalations.answers import answerers
from approvals.supervision.queries import escalations_of
from approvals.windows.clocks import reading_of
from approvals.windows.corrections import open_corrections
from approvals.windows.form_options import AT_ONCE
from approvals.windows.lists import approvals
from approvals.windows.queries import ApprovalFilter, ApprovalView, approval, approval_by_id, open_to
from workflows.charts.approval import APPROVAL
from workflows.charts.correction import CORRECTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart, Move, open_moves
from workflows.charts.roles import LEVEL_ROLES

approval_api = new_api("api_approvals", "Approvals: one item of the catalogue for one project.", "approvals")
MOVE = "/approvals/<project>/<code>/moves/<move>"
_WHOLE = json_response(approval_api, ApprovalWhole)
_WHOLE_OR_ANSWERED = json_response(approval_api, ApprovalWhole, Answered)
RAISE = ESCALATION.move("raise_jointly")
TO_ANSWER = tuple(move for move in ESCALATION.moves if move.name in ANSWERS)
OF_CORRECTIONS = frozenset(move.name for move in CORRECTION.moves)


@reads(approval_api, "/approvals", json_response(approval_api, ApprovalList))
def list_approvals(query: ApprovalQuery) -> Response:
    """The approvals that you may see, ordered by the law's clock."""
    states = tuple(dict.fromkeys(query.state)) or (WITH_A_LIGHT if query.light else ())
    wanted = ApprovalFilter(DEPARTMENTS.get(query.department), states, query.light, query.due_before)
    with database().read() as tx:
        page = approvals(tx, actor(), wanted, today=today(), cursor=query.cursor, limit=query.limit)
    return json_answer({"items": [approval_json(one) for one in page.rows], "next_cursor": page.next_cursor})


@reads(approval_api, "/approvals/<project>/<code>", _WHOLE)
def show_approval(path: OfApproval) -> Response:
    """One approval."""
    with database().read() as tx:
        return json_answer(_whole(tx, approval(tx, path.project, path.code, actor(), today())))


@reads(approval_api, "/approvals/<project>/<code>/clock", json_response(approval_api, ReadingSchema))
def show_clock(path: OfApproval, query: ClockQuery) -> Response:
    """The law's clock, day by day."""
    with database().read() as tx:
        found = approval_for(tx, path.project, path.code, actor())
        return json_answer(reading_of(tx, found, query.day(today())))


def _whole(tx: Connection, found: ApprovalView) -> dict[str, Any]:
    climbed = _escalations(tx, found)
    return whole_json(found, _open_names(tx, found, climbed), climbed)


def _escalations(tx: Connection, found: ApprovalView) -> list[Any]:
    return [row for row in escalations_of(tx, found.project_id) if row.approval_id == found.id]


def _open_names(tx: Connection, found: ApprovalView, climbed: Iterable[Any]) -> list[str]:
    """The moves open to the actor, two in one step and the answers to an escalation and to a correction among them."""
    waiting = (move for move in open_corrections(tx, found, actor()) if not move.begins)
    told = names((*open_to(tx, found, actor()), *waiting))
    if found.item.instant and "accept" in told:
        told.append(AT_ONCE.name)
    answers = {move.name for row in climbed for move in _answers_to(found, row)}
    told += [move.name for move in TO_ANSWER if move.name in answers]
    if found.state in WITH_A_LIGHT and is_joint(actor(), found.place):
        told.append(RAISE.name)
    return told


def _answers_to(found: ApprovalView, row: Any) -> tuple[Move, ...]:
    """The answers to this escalation that are open to the actor."""
    place = asked_together(actor(), found.place)
    roles = acting_roles(actor(), place) & frozenset(answerers(row.level, actor(), place))
    return open_moves(ESCALATION, row.state, roles) if row.round == found.round else ()


@writes(approval_api, MOVE, _WHOLE_OR_ANSWERED, body=json_body(approval_api, Envelope, is_required=False))
def move_approval_on(path: ApprovalMove) -> Response:
    """Make a move, or answer an escalation; each is described at an address of its own."""
    command = sent_command(Reference("approval", path.project, path.code), path.move)
    return perform(command, lambda tx, result: _result(tx, command, result), lambda tx: _standing(tx, command))


def _describe(chart: Chart, move: Move, takes: str, answered: type[BaseModel]) -> None:
    """Describe a move, which takes what the move `takes` of the chart needs."""
    body = json_body(approval_api, move_model(chart, takes), is_required=needs_input(chart, takes))
    describe_move(approval_api, MOVE, chart, move, body=body, answer=json_response(approval_api, answered))


for _each in (move for move in APPROVAL.moves if move.name in MOVES["approval"]):
    _describe(APPROVAL, _each, _each.name, ApprovalWhole)
_describe(APPROVAL, replace(AT_ONCE, sources=APPROVAL.move("accept").sources), "grant", ApprovalWhole)
for _each in CORRECTION.moves:
    _describe(CORRECTION, _each, _each.name, ApprovalWhole)
for _each in (*TO_ANSWER, RAISE):
    _describe(ESCALATION, _each, _each.name, Answered)


def _result(tx: Connection, command: Command, result: MoveResult) -> dict[str, Any]:
    """The approval after the move, or the escalation that the move led to."""
    if command.move not in (*ANSWERS, RAISE.name, *OF_CORRECTIONS):
        return _whole(tx, approval_by_id(tx, result.id, today()))
    found = _approval(tx, command)
    if command.move in OF_CORRECTIONS:
        return _whole(tx, found)
    [escalation] = [row for row in _escalations(tx, found) if row.id == result.id]
    return escalation_json(escalation) | {"ref": found.ref}


def _approval(tx: Connection, command: Command) -> ApprovalView:
    return approval(tx, command.ref.project, command.ref.code, actor(), today())


def _standing(tx: Connection, command: Command) -> dict[str, Any]:
    """What stands now: the approval, or for an answer the escalation at the level that was asked for."""
    found = _approval(tx, command)
    climbed = _escalations(tx, found)
    case: Any = found
    if command.move in ANSWERS:
        case = next((row for row in climbed if _is_asked(found, row, command.input.get("level"))), found)
    return {
        "ref": found.ref,
        "state": case.state,
        "version": case.version,
        "moves": _open_names(tx, found, climbed),
    }


def _is_asked(found: ApprovalView, row: Any, level: object) -> bool:
    own = not actor().roles.isdisjoint(LEVEL_ROLES[row.level])
    return row.round == found.round and (row.level == level if level else own)
