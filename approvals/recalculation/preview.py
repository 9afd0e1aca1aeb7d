"""What a new calendar would move among all open approvals, read in batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, select

from approvals.calendar.actions import checked_notices, earlier_text
from approvals.calendar.queries import calendar_in_force, limits_of, stored_days, with_editions
from approvals.calendar.readings import steps_of_many
from approvals.catalogue.queries import item_of
from approvals.registration.queries import APPROVALS, WITH_PROJECT, ApprovalRow, approval_ref
from workflows.charts.approval import APPROVAL
from workflows.clock.calendar import Calendar
from workflows.clock.timeline import Step
from workflows.config.catalogue import Item

OPEN = APPROVAL.move("redate").sources
DUE = ("notice_due_on", "promised_due_on", "legal_due_on")
BATCH = 400  # projects read together
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RecalculatedApproval:
    """An open approval whose dates move: from and to, by the name of the date."""

    ref: str
    project: str
    code: str
    item: Item
    department_id: int
    state: str
    moves: tuple[tuple[str, date | None, date | None], ...]


@dataclass(frozen=True, slots=True)
class ApprovalChange:
    """The row of an open approval, and those of its stored days that a calendar changes.

    `dates` are its due dates before and after, as read on the day of the recalculation; `is_reported` is false for a
    paused clock whose dates would stay the same if it resumed on that day.
    """

    approval: ApprovalRow
    days: dict[str, Any]
    dates: tuple[tuple[str, date | None, date | None], ...]
    is_reported: bool

    def redated(self, tx: Connection) -> RecalculatedApproval:
        row, item = self.approval, item_of(tx, self.approval)
        return RecalculatedApproval(
            approval_ref(row), row.project_name, row.code, item, row.department_id, row.state, self.dates
        )


def preview(tx: Connection, text: str, on: date) -> Iterator[RecalculatedApproval]:
    """The open approvals that would move if the notices in this text were loaded; nothing is changed."""
    editions = [(notice.year, text) for notice in checked_notices(text)]
    return _preview(tx, with_editions(calendar_in_force(tx), editions), on)


def preview_taking_back(tx: Connection, year: int, on: date) -> Iterator[RecalculatedApproval]:
    """The open approvals that would move if the last edition of this year were taken back; nothing is changed."""
    return _preview(tx, with_editions(calendar_in_force(tx), [(year, earlier_text(tx, year))]), on)


def _preview(tx: Connection, calendar: Calendar, on: date) -> Iterator[RecalculatedApproval]:
    changes = changed_approvals(tx, calendar, dict.fromkeys(open_projects(tx), on))
    return (change.redated(tx) for change in changes if change.is_reported)


def open_projects(tx: Connection) -> list[int]:
    """The projects in which a clock runs or is paused."""
    projects = select(APPROVALS.c.project_id).where(APPROVALS.c.state.in_(OPEN)).distinct()
    return list(tx.execute(projects.order_by(APPROVALS.c.project_id)).scalars())


def changed_approvals(tx: Connection, calendar: Calendar, days: Mapping[int, date]) -> Iterator[ApprovalChange]:
    """What this calendar changes in these projects, each recalculated on its day, by project and item."""
    calendar_of = cache(lambda edition: calendar_in_force(tx, edition))
    for projects in in_batches(list(days), BATCH):
        among = APPROVALS.c.project_id.in_(projects), APPROVALS.c.state.in_(OPEN)
        rows = tx.execute(WITH_PROJECT.where(*among).order_by(APPROVALS.c.project_id, APPROVALS.c.code)).all()
        approvals = cast(Sequence[ApprovalRow], rows)
        steps = steps_of_many(tx, {row.id: row.project_id for row in approvals})
        for row in approvals:
            before = calendar_of(row.calendar_edition)
            if change := _change(row, steps[row.id], before, calendar, days[row.project_id]):
                yield change


def in_batches(of: list[T], most: int) -> Iterator[list[T]]:
    return (of[first : first + most] for first in range(0, len(of), most))


def _change(
    row: ApprovalRow, steps: list[Step], before: Calendar, calendar: Calendar, on: date
) -> ApprovalChange | None:
    """What differs from the calendar before; what a pause has cost by now is no work of a calendar."""
    recalculated = [*steps, Step("redate", on)]
    old, new = _days(row, recalculated, before), _days(row, recalculated, calendar)
    stored = new if old != new else _days(row, steps, calendar)
    days = {name: day for name, day in stored.items() if getattr(row, name) != day}
    dates = tuple((name, old[name], new[name]) for name in DUE if old[name] != new[name])
    return ApprovalChange(row, days, dates, old != new) if days else None


def _days(row: ApprovalRow, steps: list[Step], calendar: Calendar) -> dict[str, Any]:
    days = stored_days(steps, limits_of(row), calendar)
    days.pop("alarm_on")  # moves on with each sweep
    return days
