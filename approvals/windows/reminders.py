"""Reminders of people (催办): the owner or the window is told once more that it is their turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from approvals.accounts.actors import acting_role
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.base.prepared import Prepared
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import ENTRY, Subject, attest, check_version, next_state, recording
from approvals.registration.queries import ApprovalRow, approval_subject, locked_approval
from approvals.windows.actions import chain_end, deem_accepted
from workflows.charts.approval import APPROVAL, DECIDED
from workflows.rules.next_steps import AT_WORK

_SINCE = Prepared(
    select(ENTRY.c.id)
    .where(ENTRY.c.approval_id == bindparam("approval_id"), ENTRY.c.subject == APPROVAL.name)
    .where(ENTRY.c.move == bindparam("move"), ENTRY.c.at >= bindparam("since", type_=ENTRY.c.at.type))
    .order_by(ENTRY.c.seq)
    .limit(1)
)


def remind(tx: Connection, command: Command) -> Subject:
    """Tell whoever has to act that they do, once a day; the approval stays as it is."""
    approval = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
    role = acting_role(command.actor, APPROVAL.move(command.move), approval_subject(approval).place)
    facts = check_input(APPROVAL, command.move, command.input)
    with recording(tx, *chain_end(approval), at=command.at, now=command.now) as record:
        if deem_accepted(record, day_of(record.at)):
            approval = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
        case = approval_subject(approval)
        check_version(case, command.version)
        next_state(case, command.move)
        _check_owing(tx, approval, command.move, record.at)
        attest(record, case, command.move, by=command.actor, role=role, facts=facts)
        return case


def is_owing(approval: Any) -> bool:
    """Whether somebody has to act: while the project is at work, or to deliver what was decided."""
    return approval.delivered_on is None if approval.state in DECIDED else approval.project_state == AT_WORK


def _check_owing(tx: Connection, approval: ApprovalRow, move: str, at: datetime) -> None:
    """Refused when nobody owes a step, or when they were reminded on this day already."""
    if not is_owing(approval):
        raise Refused(N_("Nobody has to act here now."))
    since = start_of(day_of(at))
    if _SINCE.rows(tx, {"approval_id": approval.id, "move": move, "since": since}):
        raise Refused(N_("They have already been reminded today."))
