"""The trend of a month: late approvals and open escalations at the close of each working day.

The stored days give the counts of earlier days too; an approval is replayed from the record only where a move of that
month may have changed its days, such as a pause, an extension or a correction.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, case, select

from approvals.base.moments import day_of, start_of
from approvals.calendar.queries import calendar_in_force, calendars, limits_of
from approvals.calendar.readings import steps_of_many
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from approvals.recalculation.preview import in_batches
from approvals.registration.lights import WITH_A_LIGHT, is_late
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES, still_open
from workflows.charts.approval import APPROVAL
from workflows.charts.model import ClockEffect
from workflows.charts.roles import LEVELS
from workflows.clock.approval_clock import deadlines
from workflows.clock.calendar import Calendar
from workflows.clock.lights import light_of
from workflows.clock.timeline import CORRECT, Step, moves_with
from workflows.config.policy import load_policy

LENGTH = timedelta(days=30)
ENDS = ("grant", "refuse", "withdraw_approval")  # moves that end a light; the stored days keep which it was
# Moves that may change the day on which a light had already begun.
SHIFTING = (
    *moves_with(ClockEffect.START_DECISION_AT_RECEIPT, ClockEffect.START_SPECIAL, ClockEffect.END_SPECIAL),
    *moves_with(ClockEffect.SUSPEND, ClockEffect.RESUME, ClockEffect.EXTEND),
    *moves_with(ClockEffect.NEW_ROUND, ClockEffect.RECALCULATE),
    CORRECT,
)
AT_ONCE = 5000  # approvals replayed by one statement
_COLUMNS = [APPROVALS.c[name] for name in ("id", "project_id", "promised_limit", "legal_limit", "legal_unit", "state")]
_COLUMNS += [APPROVALS.c.calendar_edition]
Stretch = tuple[date, date | None, date, int]  # yellow from, red from, over from, and of how many


@dataclass(frozen=True, slots=True)
class TrendDay:
    """How many approvals were yellow and red, and how many escalations were open, at the close of this day."""

    on: date
    yellow: int
    red: int
    escalations: int


def trend(tx: Connection, today: date) -> tuple[TrendDay, ...]:
    """The working days of the last thirty, and today as it stands now."""
    calendar = calendar_in_force(tx)
    dates = [today - LENGTH + timedelta(days=number) for number in range(LENGTH.days + 1)]
    days = [day for day in dates if day == today or calendar.is_working_day(day)]
    shifted = _shifted(tx, days[0])
    stretches = (*_still_late(tx, shifted, today), *_ended(tx, shifted, days[0], today))
    lit = _lit(stretches, days) + _replayed(tx, sorted(shifted), days)
    climbed = _escalations(tx, days)
    return tuple(TrendDay(day, lit[day, "yellow"], lit[day, "red"], climbed[day]) for day in days)


def _shifted(tx: Connection, since: date) -> set[int]:
    """The approvals whose lights may have shifted since this day began: by a move of their own or of their project."""
    lately = ENTRY.c.at >= start_of(since)
    own = select(ENTRY.c.approval_id).where(lately, OF_CLOCK, ENTRY.c.move.in_(SHIFTING))
    halted = select(APPROVALS.c.id).join(ENTRY, ENTRY.c.project_id == APPROVALS.c.project_id).where(lately, HALTS)
    # Both along the index of `at`.
    queries = own.order_by(ENTRY.c.at, ENTRY.c.id), halted.order_by(ENTRY.c.at, APPROVALS.c.id)
    return {approval_id for query in queries for approval_id in tx.execute(query).scalars()}


def _still_late(tx: Connection, shifted: Container[int], today: date) -> Iterator[Stretch]:
    """The approvals that are late now, without the shifted ones."""
    columns = (APPROVALS.c.id, APPROVALS.c.yellow_from, APPROVALS.c.red_from)
    rows = tx.execute(select(*columns).where(is_late(today)).order_by(APPROVALS.c.id))
    counts = Counter((row.yellow_from, row.red_from) for row in rows if row.id not in shifted)
    yield from ((*starts, date.max, number) for starts, number in counts.items())


def _ended(tx: Connection, shifted: Container[int], since: date, today: date) -> Iterator[Stretch]:
    """The approvals that were late and ended meanwhile, without the shifted ones."""
    rows = tx.execute(
        select(APPROVALS.c.id, APPROVALS.c.yellow_from, APPROVALS.c.red_from, ENTRY.c.at)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .where(ENTRY.c.at >= start_of(since), ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(ENDS))
        .where(APPROVALS.c.yellow_from <= today)
        .order_by(ENTRY.c.at, ENTRY.c.id)
    )
    yield from ((row.yellow_from, row.red_from, day_of(row.at), 1) for row in rows if row.id not in shifted)


def _lit(stretches: Iterable[Stretch], days: Iterable[date]) -> Counter[tuple[date, str]]:
    """The yellow and red approvals at the close of each day."""
    lights = Counter[tuple[date, str]]()
    for yellow_from, red_from, over_from, number in stretches:
        for day in days:
            if yellow_from <= day < over_from:
                lights[day, "red" if red_from and red_from <= day else "yellow"] += number
    return lights


def _replayed(tx: Connection, shifted: list[int], days: Sequence[date]) -> Counter[tuple[date, str]]:
    """The lights of shifted approvals, day by day from the steps up to then."""
    lights, calendar_of = Counter[tuple[date, str]](), calendars(tx)
    for ids in in_batches(shifted, AT_ONCE):
        rows = tx.execute(select(*_COLUMNS).where(APPROVALS.c.id.in_(ids)).order_by(APPROVALS.c.id)).all()
        steps = steps_of_many(tx, {row.id: row.project_id for row in rows})
        for row in rows:
            lights.update(_lights(steps[row.id], row, calendar_of(row), days))
    return lights


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
    """Open escalations by day: raised by then, and not ended before its close."""
    ended_at = case((~still_open(), APPROVALS.c.state_since))
    is_open = ESCALATIONS.c.level.in_(LEVELS), ESCALATIONS.c.state.in_(OPEN_STATES)  # by the index of levels
    open_ = select(ESCALATIONS.c.raised_on, ended_at).where(*is_open)
    open_ = open_.join(APPROVALS, APPROVALS.c.id == ESCALATIONS.c.approval_id)
    is_closed = ESCALATIONS.c.state == "closed", ESCALATIONS.c.state_since >= start_of(days[0])
    closed = select(ESCALATIONS.c.raised_on, ESCALATIONS.c.state_since).where(*is_closed)
    counts = Counter[date]()
    queries = open_.order_by(ESCALATIONS.c.id), closed.order_by(ESCALATIONS.c.state_since, ESCALATIONS.c.id)
    for raised_on, ended in (row for query in queries for row in tx.execute(query)):
        until = day_of(ended) if ended else date.max
        counts.update(day for day in days if raised_on <= day < until)
    return counts
