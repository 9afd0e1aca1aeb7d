"""Response deadlines of requests: working time in office hours, the wall clock otherwise.

Moments are aware and stand in the city's zone; they are compared and counted as its clocks show them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from workflows.clock.calendar import Calendar
from workflows.config.policy import ResponseRules

NO_TIME = timedelta()
MINUTE = timedelta(minutes=1)


def office_hours(day: date, calendar: Calendar, rules: ResponseRules) -> Iterator[tuple[datetime, datetime]]:
    """The office hours of this day as naive moments of local time."""
    if calendar.is_working_day(day):
        for first, last in rules.office_hours:
            yield datetime.combine(day, first), datetime.combine(day, last)


def is_office_time(at: datetime, calendar: Calendar, rules: ResponseRules) -> bool:
    """Whether the offices are open at this moment; at the minute of closing they are not."""
    wall = _wall(at)
    return any(start <= wall < end for start, end in office_hours(wall.date(), calendar, rules))


def due_at(asked_at: datetime, calendar: Calendar, rules: ResponseRules) -> datetime:
    """The moment until which a request of `asked_at` is to be answered."""
    if not is_office_time(asked_at, calendar, rules):
        return asked_at + timedelta(minutes=rules.otherwise)
    remaining, wall = timedelta(minutes=rules.in_office), _wall(asked_at)
    for start, end in _open_from(wall, calendar, rules):
        if remaining <= end - start:
            return (start + remaining).replace(tzinfo=asked_at.tzinfo)
        remaining -= end - start
    raise AssertionError("office hours never end")


def minutes_taken(asked_at: datetime, answered_at: datetime, calendar: Calendar, rules: ResponseRules) -> int:
    """Whole minutes between the two as the limit counts them: in office hours those of the office, else all."""
    if not is_office_time(asked_at, calendar, rules):
        return (answered_at - asked_at) // MINUTE
    wall, until = _wall(asked_at), _wall(answered_at)
    taken = NO_TIME
    for start, end in _open_from(wall, calendar, rules):
        if start >= until:
            break
        taken += min(end, until) - start
    return taken // MINUTE


def _open_from(wall: datetime, calendar: Calendar, rules: ResponseRules) -> Iterator[tuple[datetime, datetime]]:
    """What is left of this day's office hours, and those of all days after it."""
    day = wall.date()
    while True:
        for start, end in office_hours(day, calendar, rules):
            if end > wall:
                yield max(start, wall), end
        day += timedelta(days=1)


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
