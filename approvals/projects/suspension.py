"""Moves of a project that take its approvals along: suspend, resume, withdraw."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.moments import day_of
from approvals.calendar.actions import rebuild
from approvals.calendar.queries import calendar_in_force, steps_of
from approvals.filing.actions import checked, move_in
from approvals.filing.queries import locked_project, record_of
from approvals.history.commands import Command
from approvals.history.record import OpenChain, Subject, recording
from approvals.registration.queries import APPROVALS, ApprovalRow, approvals_of
from approvals.windows.actions import deem_accepted, make_move
from workflows.charts.approval import APPROVAL, SUSPENSION
from workflows.charts.model import SYSTEM


def move_project_with_approvals(tx: Connection, command: Command) -> Subject:
    """Suspend, resume or withdraw a project, and with it the clocks of its approvals."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    changes = {"review_on": facts["review_on"]} if command.move == "suspend" else {}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        deem_accepted(record, day_of(record.at))
        case = move_in(record, project, command, facts, changes)
        for approval in approvals_of(tx, project.id):
            _APPROVAL_MOVES[command.move](record, approval, command, facts)
        if command.move != "withdraw":
            for approval in approvals_of(tx, project.id):
                rebuild(tx, APPROVALS, approval, day_of(record.at))
    return case


def _pause(record: OpenChain, approval: ApprovalRow, command: Command, facts: dict[str, Any]) -> None:
    if approval.state == "accepted":
        on = day_of(record.at)
        days = calendar_in_force(record.tx).working_days_between(on, max(on, facts["review_on"]))
        pause = {"procedure": SUSPENSION, "expected_days": max(1, days), "notice": facts["cause"]}
        make_move(record, approval, "start_special", pause, by=SYSTEM_ACTOR, role=SYSTEM)


def _resume(record: OpenChain, approval: ApprovalRow, command: Command, facts: dict[str, Any]) -> None:
    if approval.state == "paused":
        steps = steps_of(record.tx, record.project_id, approval.id)
        procedures = [step.procedure for step in steps if step.move == "start_special"]
        if procedures[-1:] == [SUSPENSION]:
            make_move(record, approval, "end_special", {}, by=SYSTEM_ACTOR, role=SYSTEM)


def _withdraw(record: OpenChain, approval: ApprovalRow, command: Command, facts: dict[str, Any]) -> None:
    if approval.state in APPROVAL.move("withdraw_approval").sources:
        make_move(record, approval, "withdraw_approval", facts, by=command.actor, role="owner")


_APPROVAL_MOVES: dict[str, Callable[[OpenChain, ApprovalRow, Command, dict[str, Any]], None]] = {
    "suspend": _pause,
    "resume": _resume,
    "withdraw": _withdraw,
}
