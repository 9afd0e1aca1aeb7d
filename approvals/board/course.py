"""A month's course: what was late and what had climbed at the close of each working day, read off the record."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Subquery, case, func, select, union, union_all

from approvals.base.moments import day_of, start_of
from approvals.deadlines.queries import STEP_FACTS, as_step, calendar_in_force, calendars, limits_of
from approvals.history.actions import ENTRY
from approvals.history.tables import HALTS
from approvals.registration.lights import WITH_A_LIGHT, is_open
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES, still_open
from workflows.approval import APPROVAL
from workflows.calendar import Calendar
from workflows.clock import Step, deadlines
from workflows.lights import light_of
from workflows.policy import load_policy

LENGTH = timedelta(days=30)
_STEP = ("seq", "move", "at")


@dataclass(frozen=True, slots=True)
class CourseDay:
    """How many approvals were yellow and red, and how many escalations were open, at the close of this day."""

    on: date
    yellow: int
    red: int
    escalations: int


def course(tx: Connection, today: date) -> tuple[CourseDay, ...]:
    """The working days of the last thirty, and today as it stands now."""
    calendar = calendar_in_force(tx)
    dates = [today - LENGTH + timedelta(days=number) for number in range(LENGTH.days + 1)]
    days = [day for day in dates if day == today or calendar.is_working_day(day)]
    touched = _touched(tx, days[0])
    lit = _untouched(tx, touched, days) + _replayed(tx, touched, days)
    climbed = _escalations(tx, days)
    return tuple(CourseDay(day, lit[day, "yellow"], lit[day, "red"], climbed[day]) for day in days)


def _touched(tx: Connection, since: date) -> Subquery:
    """The approvals whose clock may have changed since this day began: by a step of their own or of their project."""
    own = select(ENTRY.c.approval_id.label("id")).where(ENTRY.c.at >= start_of(since), ENTRY.c.subject == APPROVAL.name)
    halted = select(APPROVALS.c.id).join(ENTRY, ENTRY.c.project_id == APPROVALS.c.project_id)
    return union(own, halted.where(HALTS, ENTRY.c.at >= start_of(since))).subquery()


def _untouched(tx: Connection, touched: Subquery, days: Sequence[date]) -> Counter[tuple[date, str]]:
    """Lights of the others: their stored days held all the time."""
    starts = APPROVALS.c.yellow_from, APPROVALS.c.red_from
    rows = tx.execute(
        select(*starts, func.count().label("number"))
        .where(is_open(), APPROVALS.c.id.not_in(select(touched.c.id)))
        .group_by(*starts)
        .order_by(*starts)
    )
    found = Counter[tuple[date, str]]()
    for yellow_from, red_from, number in rows:
        for day in days:
            if red_from and red_from <= day:
                found[day, "red"] += number
            elif yellow_from and yellow_from <= day:
                found[day, "yellow"] += number
    return found


def _replayed(tx: Connection, touched: Subquery, days: Sequence[date]) -> Counter[tuple[date, str]]:
    """Lights of those whose clock changed, day by day by the steps up to then."""
    found, calendar_of = Counter[tuple[date, str]](), calendars(tx)
    for _, group in groupby(tx.execute(_steps(touched)), key=lambda row: row.id):
        rows = list(group)
        steps = [as_step(row.move, day_of(row.at), row.facts) for row in rows]
        found.update(_lights(steps, rows[0], calendar_of(rows[0]), days))
    return found


def _steps(touched: Subquery) -> Any:
    kept = ("id", "promised_limit", "legal_limit", "legal_unit", "state", "calendar_edition")
    columns = (*(APPROVALS.c[name] for name in kept), *(ENTRY.c[name] for name in _STEP), STEP_FACTS)
    mine = APPROVALS.c.id.in_(select(touched.c.id))
    own = select(*columns).join(ENTRY, ENTRY.c.approval_id == APPROVALS.c.id)
    halts = select(*columns).join(ENTRY, ENTRY.c.project_id == APPROVALS.c.project_id)
    found = union_all(own.where(mine, ENTRY.c.subject == APPROVAL.name), halts.where(mine, HALTS)).subquery()
    return select(found).order_by(found.c.id, found.c.seq)


def _lights(
    steps: Sequence[Step], approval: Any, calendar: Calendar, days: Iterable[date]
) -> Iterable[tuple[date, str]]:
    limits, reminder_at = limits_of(approval), load_policy().reminder_at
    by_count: dict[int, Any] = {}
    for day in days:
        count = sum(step.on <= day for step in steps)
        if count and count not in by_count:
            by_count[count] = deadlines(steps[:count], limits, calendar, reminder_at=reminder_at)
        if count and by_count[count].state in WITH_A_LIGHT:
            yield day, light_of(by_count[count], day) or ""


def _escalations(tx: Connection, days: Sequence[date]) -> Counter[date]:
    """Open ones by day: raised by then, and not ended before its close."""
    is_closed = ESCALATIONS.c.state.not_in(OPEN_STATES)
    ended_at = case((is_closed, ESCALATIONS.c.state_since), (~still_open(), APPROVALS.c.state_since))
    rows = tx.execute(
        select(ESCALATIONS.c.raised_on, ended_at.label("ended_at"))
        .join(APPROVALS, APPROVALS.c.id == ESCALATIONS.c.approval_id)
        .where(~is_closed | (ESCALATIONS.c.state_since >= start_of(days[0])))
        .order_by(ESCALATIONS.c.id)
    )
    found = Counter[date]()
    for raised_on, ended in rows:
        until = day_of(ended) if ended else date.max
        found.update(day for day in days if raised_on <= day < until)
    return found
