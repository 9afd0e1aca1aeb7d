"""Due dates of approvals in SQL, from the stored days: what filters ask, so that they agree with what is shown.

What a due date is says `workflows.clock.reading.Reading.due`. Of a clock that runs the row holds that date. Of one that
stands still it holds the working days left, since the date moves on with every working day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_

from approvals.calendar.queries import calendar_in_force
from approvals.registration.lights import APPROVALS

_LEFT = func.coalesce(APPROVALS.c.still_left, 0)
_BEGAN_ON = func.coalesce(APPROVALS.c.decided_on, APPROVALS.c.accepted_on, APPROVALS.c.received_on)


@dataclass(frozen=True, slots=True)
class DueBefore:
    """A day before which something is due.

    `left` are the working days that a clock that stands still may have left for that, `left_from_today` the same of one
    that began today: the day of the event does not count.
    """

    day: date
    left: int
    left_from_today: int


def due_before(tx: Connection, day: date, today: date) -> DueBefore:
    """The days left by the calendar in force, if every clock that stands still resumed today."""
    calendar = calendar_in_force(tx)
    last = calendar.count((day - timedelta(days=1)).toordinal())
    yesterday = calendar.count((today - timedelta(days=1)).toordinal())
    return DueBefore(day, last - yesterday, last - calendar.count(today.toordinal()))


def is_due_before(due: DueBefore, today: date) -> ColumnElement[bool]:
    """Whether the due date that is shown today lies before this day."""
    most = case((today > _BEGAN_ON, due.left), else_=due.left_from_today)
    return or_(and_(_LEFT == 0, APPROVALS.c.due_on < due.day), and_(APPROVALS.c.still_left > 0, most >= _LEFT))


def has_running_due_date() -> ColumnElement[bool]:
    """Whether the approval has a due date that no pause moves on."""
    return and_(APPROVALS.c.due_on.is_not(None), APPROVALS.c.still_left.is_(None))
