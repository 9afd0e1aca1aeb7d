"""Escalations: levels in order, and a day for the next one."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.moments import day_of
from approvals.history.queries import Fault
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import ESCALATIONS, MAY_LIFT
from workflows.rules.escalation_rules import TOP


def escalations_climb_one_by_one(tx: Connection) -> Iterator[Fault]:
    """Levels 1, 2, 3 … for each approval and round, none skipped or doubled, none after the decision."""
    levels: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.approval_id, ESCALATIONS.c.level)):
        levels[row.approval_id, row.round].append(row)
    approvals = {row.id: row for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id))}
    recorded = _decisions_as_recorded(tx)
    for (approval_id, round_), rows in levels.items():
        where, approval = f"approval {approval_id}, round {round_}", approvals[approval_id]
        if [row.level for row in rows] != list(range(1, len(rows) + 1)):
            yield Fault("escalations", where, f"levels are {[row.level for row in rows]}")
        days = [row.raised_on for row in rows]
        if days != sorted(days):
            yield Fault("escalations", where, "a higher level was raised before a lower one")
        if round_ == approval.round and _is_after(days[-1], approval.decided_on, recorded.get(approval_id)):
            yield Fault("escalations", where, "raised after the decision")


def _is_after(raised_on: date, decided_on: date | None, recorded_on: date | None) -> bool:
    """Whether a level was raised after a decision, which a correction may have put to an earlier day since."""
    return decided_on is not None and raised_on > max(decided_on, recorded_on or decided_on)


def _decisions_as_recorded(tx: Connection) -> dict[int, date]:
    """By approval: the day on which its last decision was recorded."""
    of_decisions = ENTRY.c.subject == "approval", ENTRY.c.move.in_(("grant", "refuse"))
    rows = tx.execute(select(ENTRY.c.approval_id, ENTRY.c.at).where(*of_decisions).order_by(ENTRY.c.id))
    return {row.approval_id: day_of(row.at) for row in rows}


def next_alarms_are_set(tx: Connection) -> Iterator[Fault]:
    """No open escalation is forgotten: what may lift has the day on which it does."""
    lifts = ESCALATIONS.c.state.in_(MAY_LIFT), ESCALATIONS.c.lift_on.is_(None), ESCALATIONS.c.level < TOP
    for key in tx.execute(select(ESCALATIONS.c.id).where(*lifts).order_by(ESCALATIONS.c.id)).scalars():
        yield Fault("escalations", f"escalation {key}", "has no day on which it lifts")
