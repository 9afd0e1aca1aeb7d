"""Corrects the wrong day of an approval's move: one person proposes, a second one confirms or declines."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from approvals.accounts.actors import Actor, Scope, acting_role, acting_roles, acts_for
from approvals.base.errors import Forbidden, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.calendar.actions import rebuild
from approvals.calendar.queries import steps_of
from approvals.catalogue.queries import item_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    ENTRY,
    OpenChain,
    Subject,
    begun,
    check_version,
    move,
    next_state,
    recording,
    row_to_begin,
)
from approvals.registration.queries import (
    APPROVALS,
    ApprovalRow,
    approval_scope,
    approval_subject,
    approvals_of,
    locked_approval,
    prerequisites,
    subject_of,
)
from approvals.windows.actions import chain_end, deem_accepted
from approvals.windows.grants import valid_until
from approvals.windows.tables import Correction
from workflows.charts.correction import CORRECTION
from workflows.charts.model import Move, open_moves
from workflows.clock.timeline import CORRECT, known_steps
from workflows.rules.corrections import CorrectableStep, correctable

CORRECTIONS: Table = table_of(Correction)
PROPOSE = CORRECTION.move("propose_correction")
NOT_BEGUN = ("waiting", "ready")  # states in which people have entered no day yet
RECORDED = ("entry", "moved", "was_on", "right_on", "reason")
_OF_APPROVAL = Prepared(
    select(CORRECTIONS).where(CORRECTIONS.c.approval_id == bindparam("approval_id")).order_by(CORRECTIONS.c.id)
)


class CorrectionRow(Row[Any]):
    """A correction; a row that queries give, never made here."""

    id: int
    round: int
    state: str
    version: int
    entry: int
    moved: str
    was_on: date
    right_on: date
    reason: str
    proposed_by: str
    proposed_as: str


def corrections_of(tx: Connection, approval_id: int) -> list[CorrectionRow]:
    """All corrections of an approval, the oldest first."""
    return _OF_APPROVAL.rows(tx, {"approval_id": approval_id})


def waiting_correction(tx: Connection, approval_id: int) -> CorrectionRow | None:
    """The proposal that waits for the second person."""
    return next((row for row in corrections_of(tx, approval_id) if row.state == "proposed"), None)


def move_correction(tx: Connection, command: Command) -> Subject:
    """Propose a correction of one of this approval's days, or confirm or decline the open proposal."""
    locked = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
    acting_role(command.actor, CORRECTION.move(command.move), approval_scope(locked))
    facts = check_input(CORRECTION, command.move, command.input)
    with recording(tx, *chain_end(locked), at=command.at, now=command.now) as record:
        approval: ApprovalRow = locked
        if deem_accepted(record, day_of(record.at)):
            approval = next(row for row in approvals_of(tx, record.project_id) if row.id == approval.id)
        return _MOVES[command.move](record, approval, command, facts)


def _propose(record: OpenChain, approval: ApprovalRow, command: Command, facts: Mapping[str, Any]) -> Subject:
    check_version(approval_subject(approval), command.version)
    if waiting_correction(record.tx, approval.id):
        raise Refused(N_("Another correction of this approval is awaiting confirmation."))
    wrong = checked_day(record.tx, approval, facts["entry"], facts["right_on"], day_of(record.at))
    role = acting_role(command.actor, CORRECTION.move(command.move), approval_scope(approval))
    recorded = dict(facts) | {"entry": wrong.step.seq, "moved": wrong.step.move, "was_on": wrong.step.on}
    who = {"proposed_by": command.actor.username, "proposed_as": role, "round": approval.round}
    of_approval = {"project_id": record.project_id, "approval_id": approval.id}
    row = row_to_begin(CORRECTION, command.move, recorded | who | of_approval, record.at)
    record.tx.execute(insert(CORRECTIONS), row)
    case = subject_of(CORRECTION, CORRECTIONS, _waiting(record.tx, approval), approval)
    begun(record, case, command.move, by=command.actor, role=role, facts=recorded)
    return case


def _confirm(record: OpenChain, approval: ApprovalRow, command: Command, facts: Mapping[str, Any]) -> Subject:
    row, case, role = _to_answer(record, approval, command)
    checked_day(record.tx, approval, row.entry, row.right_on, day_of(record.at))
    recorded = {name: getattr(row, name) for name in RECORDED}
    case = move(record, case, command.move, by=command.actor, role=role, facts=recorded)
    _recalculate(record, approval, row)
    # An earlier receipt may have run into silence; history stays in order, so it is accepted now.
    deem_accepted(record, day_of(record.at), since=record.at)
    return case


def _decline(record: OpenChain, approval: ApprovalRow, command: Command, facts: Mapping[str, Any]) -> Subject:
    row, case, role = _to_answer(record, approval, command)
    recorded = {name: getattr(row, name) for name in RECORDED} | dict(facts)
    return move(record, case, command.move, by=command.actor, role=role, facts=recorded)


_MOVES: Mapping[str, Callable[[OpenChain, ApprovalRow, Command, Mapping[str, Any]], Subject]] = {
    "propose_correction": _propose,
    CORRECT: _confirm,
    "decline_correction": _decline,
}


def _to_answer(record: OpenChain, approval: ApprovalRow, command: Command) -> tuple[CorrectionRow, Subject, str]:
    """The open proposal, and the role in which the actor, a second person, answers it."""
    row = _waiting(record.tx, approval)
    case = subject_of(CORRECTION, CORRECTIONS, row, approval)
    check_version(case, command.version)
    next_state(case, command.move)
    return row, case, role_to_answer(command.actor, row, case.place)


def role_to_answer(by: Actor, row: CorrectionRow, place: Scope) -> str:
    """The role of the second person: the head answers the window, the service centre answers the head.

    Forbidden for everybody else, and for the proposer in any role.
    """
    role = "service_centre" if row.proposed_as == "window_head" else "window_head"
    away = acts_for(by, role, place)
    if row.proposed_by in (by.username, away.username if away else ""):
        raise Forbidden(N_("You proposed this correction. Someone else must confirm or decline it."))
    if role not in acting_roles(by, place):
        raise Forbidden(N_("The head decides on the window's proposals, the service centre on the head's."))
    return role


def open_corrections(tx: Connection, approval: Any, by: Actor) -> tuple[Move, ...]:
    """The moves of a correction that are open to this actor on an approval with id, state, round and place."""
    row = waiting_correction(tx, approval.id)
    if row is None:
        is_begun = approval.state not in NOT_BEGUN or approval.round > 1
        may = not acting_roles(by, approval.place).isdisjoint(PROPOSE.by)
        return (PROPOSE,) if is_begun and may else ()
    try:
        role = role_to_answer(by, row, approval.place)
    except Forbidden:
        return ()
    return open_moves(CORRECTION, row.state, frozenset({role}))


def wrong_days(tx: Connection, approval: ApprovalRow, today: date) -> list[CorrectableStep]:
    """The days of this approval that may be corrected, and to which ones."""
    days = correctable(steps_of(tx, approval.project_id, approval.id), today)
    siblings = approvals_of(tx, approval.project_id)
    needed = [row.decided_on for row in siblings if row.code in prerequisites(approval) and row.state == "granted"]
    after = [row for row in siblings if approval.code in prerequisites(row)]
    return [_among_siblings(tx, wrong, needed, after) for wrong in days]


def _among_siblings(
    tx: Connection, wrong: CorrectableStep, needed: list[date], after: list[ApprovalRow]
) -> CorrectableStep:
    """An application comes after the grants that it needs, a grant before the applications that needed it."""
    if wrong.step.move == "submit":
        return replace(wrong, first_on=max([wrong.first_on, *needed]))
    if wrong.step.move != "grant":
        return wrong
    firsts = [_first_submitted(tx, row, wrong.step.seq) for row in after]
    return replace(wrong, last_on=min([wrong.last_on, *(day for day in firsts if day)]))


def _first_submitted(tx: Connection, approval: ApprovalRow, after: int) -> date | None:
    steps = known_steps(steps_of(tx, approval.project_id, approval.id))
    return next((step.on for step in steps if step.move == "submit" and step.seq > after), None)


def checked_day(
    tx: Connection, approval: ApprovalRow, entry: int | str, right_on: date, today: date
) -> CorrectableStep:
    """The step with this number, or the last of this move, whose right day may be this one; Invalid if it may not."""
    days = reversed(wrong_days(tx, approval, today))
    wrong = next((day for day in days if entry in (day.step.seq, day.step.move)), None)
    if wrong is None:
        raise invalid("entry", N_("is not a step of this approval whose date can be corrected"))
    if right_on == wrong.step.on:
        raise invalid("right_on", N_("is already the recorded date"))
    if right_on > today:
        raise invalid("right_on", N_("must not be in the future"))
    if not wrong.first_on <= right_on <= wrong.last_on:
        text = N_("must be from %(first)s to %(last)s, between the preceding and following steps")
        raise invalid("right_on", text, first=wrong.first_on, last=wrong.last_on)
    return wrong


def _recalculate(record: OpenChain, approval: ApprovalRow, row: CorrectionRow) -> None:
    """The stored days follow from the corrected history, the last day of validity from the grant."""
    tx, on = record.tx, day_of(record.at)
    rebuild(tx, APPROVALS, approval, on)
    if row.moved == "grant" and approval.state == "granted":
        facts = _facts(tx, record.project_id, row.entry)
        lapses = valid_until(facts, row.right_on, item_of(tx, approval))
        tx.execute(update(APPROVALS).where(APPROVALS.c.id == approval.id).values(lapses_on=lapses))


def _facts(tx: Connection, project_id: int, seq: int) -> dict[str, Any]:
    """What was given for the move of this entry."""
    of_entry = ENTRY.c.project_id == project_id, ENTRY.c.seq == seq
    return dict(orjson.loads(tx.execute(select(ENTRY.c.facts).where(*of_entry)).scalar_one()))


def _waiting(tx: Connection, approval: ApprovalRow) -> CorrectionRow:
    row = waiting_correction(tx, approval.id)
    if row is None:
        raise Refused(N_("No correction of this approval is pending."))
    return row
