"""Moves of people on a deduction: the office notifies, the unit objects, somebody else decides, the leader is last."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import acting_role
from approvals.appraisal.queries import DEDUCTIONS, WITH_UNIT, deduction_case, deduction_for, ref_of_deduction
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    CITY_CHAIN,
    ENTRY,
    Subject,
    check_version,
    locked_city_chain,
    move,
    next_state,
    recording,
)
from workflows.charts.deduction import DEDUCTION
from workflows.config.policy import load_policy

NOTIFY, UPHOLD, REVOKE = "notify_deduction", "uphold_deduction", "revoke_deduction"
OBJECTIONS = ("object", "appeal_deduction")


def move_deduction(tx: Connection, command: Command) -> Subject:
    """Make one move of a deduction; Refused for an objection that comes too late, or a decision on one's own notice."""
    visible = deduction_for(tx, command.ref.key, command.actor)
    facts = check_input(DEDUCTION, command.move, command.input)
    role = acting_role(command.actor, DEDUCTION.move(command.move), deduction_case(visible).place)
    with recording(tx, *locked_city_chain(tx, command.now), at=command.at, now=command.now) as record:
        row = tx.execute(WITH_UNIT.where(DEDUCTIONS.c.id == visible.id)).one()
        case = deduction_case(row)
        check_version(case, command.version)
        next_state(case, command.move)
        day = day_of(record.at)
        if command.move in OBJECTIONS and day > row.object_by:
            raise Refused(N_("The objection period ended on %(day)s."), day=row.object_by)
        if row.state == "objected" and command.actor.username == _notified_by(tx, row):
            raise Refused(N_("Who notified the unit does not decide on its objection."))
        changes = _changes(tx, command.move, day)
        own = {"deduction": ref_of_deduction(row), "points": row.points} | changes
        return move(record, case, command.move, by=command.actor, role=role, facts=facts | own, changes=changes)


def _changes(tx: Connection, name: str, day: date) -> dict[str, Any]:
    """Each of these opens an objection, as many working days as an appeal against a card has."""
    if name not in (NOTIFY, UPHOLD):
        return {}
    return {"object_by": calendar_in_force(tx).nth_working_day_after(day, load_policy().appeal_within)}


def _notified_by(tx: Connection, row: Row[Any]) -> str | None:
    """The user name of who put the deduction to the unit."""
    of_row = ENTRY.c.project_id == CITY_CHAIN, ENTRY.c.subject == DEDUCTION.name, ENTRY.c.subject_id == row.id
    query = select(ENTRY.c.actor).where(*of_row, ENTRY.c.move == NOTIFY).order_by(ENTRY.c.seq.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none()
