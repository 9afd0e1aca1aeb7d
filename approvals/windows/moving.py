"""What a new calendar would move: all open approvals are looked at, many of them in one reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.deadlines.actions import checked_notices, earlier_text
from approvals.deadlines.queries import calendar_in_force, limits_of, stored_days, with_editions
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref
from approvals.windows.clocks import steps_of_many
from workflows.approval import APPROVAL
from workflows.calendar import Calendar
from workflows.clock import Step

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
    """The row of an open approval, and those of its stored days that a calendar gives otherwise."""

    approval: Row[Any]
    days: dict[str, Any]

    def told(self) -> Redated:
        row, days = self.approval, self.days
        moves = tuple((name, getattr(row, name), days[name]) for name in DUE if name in days)
        return Redated(approval_ref(row), row.project_name, row.code, row.department_id, row.state, moves)


def preview(tx: Connection, text: str, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the notices in this text were loaded; nothing is changed."""
    editions = [(notice.year, text) for notice in checked_notices(text)]
    return _told(tx, with_editions(calendar_in_force(tx), editions), on)


def preview_taking_back(tx: Connection, year: int, on: date) -> Iterator[Redated]:
    """The open approvals that would move if the last edition of this year were taken back; nothing is changed."""
    return _told(tx, with_editions(calendar_in_force(tx), [(year, earlier_text(tx, year))]), on)


def _told(tx: Connection, calendar: Calendar, on: date) -> Iterator[Redated]:
    return (found.told() for found in moving(tx, calendar, dict.fromkeys(open_projects(tx), on)))


def open_projects(tx: Connection) -> list[int]:
    """The projects in which a clock runs or is paused."""
    found = select(APPROVALS.c.project_id).where(APPROVALS.c.state.in_(OPEN)).distinct()
    return list(tx.execute(found.order_by(APPROVALS.c.project_id)).scalars())


def moving(tx: Connection, calendar: Calendar, days: Mapping[int, date]) -> Iterator[Moving]:
    """What this calendar moves in these projects, each dated anew on its day, by project and item."""
    for projects in in_lots(list(days), AT_ONCE):
        approvals = _open_approvals(tx, projects)
        steps = steps_of_many(tx, {row.id: row.project_id for row in approvals})
        for row in approvals:
            if changed := _new_days(row, steps[row.id], calendar, days[row.project_id]):
                yield Moving(row, changed)


def in_lots(ids: list[int], most: int) -> Iterator[list[int]]:
    return (ids[first : first + most] for first in range(0, len(ids), most))


def _open_approvals(tx: Connection, projects: list[int]) -> list[Row[Any]]:
    among = APPROVALS.c.project_id.in_(projects), APPROVALS.c.state.in_(OPEN)
    return list(tx.execute(WITH_PROJECT.where(*among).order_by(APPROVALS.c.project_id, APPROVALS.c.code)))


def _new_days(approval: Row[Any], steps: list[Step], calendar: Calendar, on: date) -> dict[str, Any]:
    """The stored days that this calendar gives otherwise when the approval is dated anew on `on`."""
    if not _differing(approval, steps, calendar):
        return {}
    return _differing(approval, [*steps, Step("redate", on)], calendar)


def _differing(approval: Row[Any], steps: list[Step], calendar: Calendar) -> dict[str, Any]:
    days = stored_days(steps, limits_of(approval), calendar)
    days.pop("alarm_on")  # moves on with each sweep
    return {name: day for name, day in days.items() if getattr(approval, name) != day}
