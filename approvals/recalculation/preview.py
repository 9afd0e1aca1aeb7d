"""What a new calendar would move: all open approvals are looked at, many of them in one reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.calendar.actions import checked_notices, earlier_text
from approvals.calendar.queries import calendar_in_force, limits_of, stored_days, with_editions
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref
from approvals.windows.clocks import steps_of_many
from workflows.charts.approval import APPROVAL
from workflows.clock.calendar import Calendar
from workflows.clock.timeline import Step

OPEN = APPROVAL.move("redate").sources
DUE = ("notice_due_on", "promised_due_on", "legal_due_on")
AT_ONCE = 400  # projects that are read together


@dataclass(frozen=True, slots=True)
class Redated:
    """An open approval whose dates move: from and to, by the name of the date."""

    ref: str
    project: str
    code: str
    department_id: int
    state: str
    moves: tuple[tuple[str, date | None, date | None], ...]


@dataclass(frozen=True, slots=True)
class Moving:
    """The row of an open approval, and those of its stored days that a calendar gives otherwise.

    `dates` are its due dates before and after, as they are read on the day that it is dated anew; `is_told` is false
    of a clock that stands still and whose dates, if it resumed on that day, stay as they are.
    """

    approval: Row[Any]
    days: dict[str, Any]
    dates: tuple[tuple[str, date | None, date | None], ...]
    is_told: bool

    def told(self) -> Redated:
        row = self.approval
        return Redated(approval_ref(row), row.project_name, row.code, row.department_id, row.state, self.dates)


def preview(tx: Connection, text: str, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the notices in this text were loaded; nothing is changed."""
    editions = [(notice.year, text) for notice in checked_notices(text)]
    return _told(tx, with_editions(calendar_in_force(tx), editions), on)


def preview_taking_back(tx: Connection, year: int, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the last edition of this year were taken back; nothing is changed."""
    return _told(tx, with_editions(calendar_in_force(tx), [(year, earlier_text(tx, year))]), on)


def _told(tx: Connection, calendar: Calendar, on: date) -> Iterator[Redated]:
    found = moving(tx, calendar, dict.fromkeys(open_projects(tx), on))
    return (one.told() for one in found if one.is_told)


def open_projects(tx: Connection) -> list[int]:
    """The projects in which a clock runs or is paused."""
    found = select(APPROVALS.c.project_id).where(APPROVALS.c.state.in_(OPEN)).distinct()
    return list(tx.execute(found.order_by(APPROVALS.c.project_id)).scalars())


def moving(tx: Connection, calendar: Calendar, days: Mapping[int, date]) -> Iterator[Moving]:
    """What this calendar moves in these projects, each dated anew on its day, by project and item."""
    dated_by = cache(lambda edition: calendar_in_force(tx, edition))
    for projects in in_lots(list(days), AT_ONCE):
        approvals = _open_approvals(tx, projects)
        steps = steps_of_many(tx, {row.id: row.project_id for row in approvals})
        for row in approvals:
            before = dated_by(row.calendar_edition)
            if found := _moving(row, steps[row.id], before, calendar, days[row.project_id]):
                yield found


def in_lots(ids: list[int], most: int) -> Iterator[list[int]]:
    return (ids[first : first + most] for first in range(0, len(ids), most))


def _open_approvals(tx: Connection, projects: list[int]) -> list[Row[Any]]:
    among = APPROVALS.c.project_id.in_(projects), APPROVALS.c.state.in_(OPEN)
    return list(tx.execute(WITH_PROJECT.where(*among).order_by(APPROVALS.c.project_id, APPROVALS.c.code)))


def _moving(row: Row[Any], steps: list[Step], before: Calendar, calendar: Calendar, on: date) -> Moving | None:
    """What the calendar gives otherwise than the one before; what a pause has cost by now is no work of a calendar."""
    dated = [*steps, Step("redate", on)]
    was, comes = _days(row, dated, before), _days(row, dated, calendar)
    is_told = was != comes
    days = _differing(row, comes if is_told else _days(row, steps, calendar))
    dates = tuple((name, was[name], comes[name]) for name in DUE if was[name] != comes[name])
    return Moving(row, days, dates, is_told) if days else None


def _days(row: Row[Any], steps: list[Step], calendar: Calendar) -> dict[str, Any]:
    days = stored_days(steps, limits_of(row), calendar)
    days.pop("alarm_on")  # moves on with each sweep
    return days


def _differing(row: Row[Any], days: dict[str, Any]) -> dict[str, Any]:
    return {name: day for name, day in days.items() if getattr(row, name) != day}
