"""Clock readings of many approvals at once, and each limit with what is left of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.i18n import N_
from approvals.calendar.queries import calendars, limits_of, reading
from approvals.calendar.readings import steps_of_many
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS, approval_ref
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar
from workflows.clock.reading import Countdown, LegalCountdown, Reading
from workflows.clock.timeline import CALENDAR_DAYS, WORKING_DAYS
from workflows.config.policy import load_policy

CLOCK_NAMES = {
    "notice": N_("Answer to the application"),
    "promised": N_("Promised limit"),
    "legal": N_("Legal limit"),
    "delivery": N_("Delivery"),
}
_LEFT = {
    WORKING_DAYS: (N_("1 working day left"), N_("%(days)s working days left")),
    CALENDAR_DAYS: (N_("1 day left"), N_("%(days)s days left")),
}
_OVER = {
    WORKING_DAYS: (N_("Overdue by 1 working day"), N_("Overdue by %(days)s working days")),
    CALENDAR_DAYS: (N_("Overdue by 1 day"), N_("Overdue by %(days)s days")),
}
_TODAY, _PASSED, _KEPT, _BROKEN = N_("due today"), N_("the due date has passed"), N_("met"), N_("missed")
UNIT_NAMES = {WORKING_DAYS: N_("working days"), CALENDAR_DAYS: N_("calendar days")}


@dataclass(frozen=True, slots=True)
class LimitView:
    """One limit of an approval on a day. `told` is a msgid with `days`; `tone` is late, today, left or done."""

    name: str
    limit: int
    unit: str
    due_on: date
    days: int
    told: str
    tone: str
    is_still: bool = False  # paused: the date holds if the clock resumes today


def dues(reading: Reading) -> dict[str, LimitView]:
    """The limits in a reading, by name."""
    countdowns = ((name, getattr(reading, name)) for name in CLOCK_NAMES)
    return {name: _due(name, countdown, reading) for name, countdown in countdowns if countdown}


def _due(name: str, countdown: Countdown | LegalCountdown, reading: Reading) -> LimitView:
    unit = countdown.unit if isinstance(countdown, LegalCountdown) else WORKING_DAYS
    tone, msgid, days = _status(name, countdown, unit, reading)
    is_decided = reading.decided_on is not None and name != "delivery"
    is_still = reading.is_still and countdown.left > 0 and not is_decided
    return LimitView(name, countdown.limit, unit, countdown.due_on, days, msgid, tone, is_still)


def _status(name: str, countdown: Countdown | LegalCountdown, unit: str, reading: Reading) -> tuple[str, str, int]:
    if name in ("promised", "legal") and reading.decided_on:
        is_kept = reading.decided_on <= countdown.due_on
        return ("done", _KEPT, 0) if is_kept else ("late", _BROKEN, 0)
    if reading.on > countdown.due_on:
        over = max(0, -countdown.left)
        return "late", _OVER[unit][over != 1] if over else _PASSED, over
    if reading.on == countdown.due_on:
        return "today", _TODAY, 0
    left = max(0, countdown.left)
    return "left", _LEFT[unit][left != 1], left


def due_by(name: str, due_on: date, calendar: Calendar, today: date) -> LimitView:
    """A day in working days from today, for what has no clock of its own: an answer, a commitment."""
    if today > due_on:
        over = calendar.working_days_between(due_on, today)
        return LimitView(
            name, 0, WORKING_DAYS, due_on, over, _OVER[WORKING_DAYS][over != 1] if over else _PASSED, "late"
        )
    left = calendar.working_days_between(today, due_on)
    msgid = _LEFT[WORKING_DAYS][left != 1] if today < due_on else _TODAY
    return LimitView(name, 0, WORKING_DAYS, due_on, left, msgid, "left" if today < due_on else "today")


def reading_of(tx: Connection, approval: Any, on: date) -> dict[str, Any]:
    """The clock of one approval at the close of `on`, as JSON."""
    return {"approval": approval_ref(approval)} | reading(tx, approval, on).to_json()


def all_readings(tx: Connection, on: date) -> Iterator[dict[str, Any]]:
    """One reading for every approval that exists, by project and item."""
    calendar_of, reminder_at = calendars(tx), load_policy().reminder_at
    approvals = tx.execute(
        select(APPROVALS, PROJECTS.c.number)
        .join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        .order_by(APPROVALS.c.project_id, APPROVALS.c.code)
    )
    for project_id, rows in groupby(approvals, key=lambda row: row.project_id):
        approvals_of_project = list(rows)
        steps = steps_of_many(tx, {approval.id: project_id for approval in approvals_of_project})
        for approval in approvals_of_project:
            limits, calendar = limits_of(approval), calendar_of(approval)
            clock_reading = read(steps[approval.id], limits, calendar, on, reminder_at=reminder_at)
            yield {"approval": approval_ref(approval)} | clock_reading.to_json()
