"""Until when a request is answered: working time in office hours, the wall clock otherwise.

Moments are aware and stand in the city's zone; they are compared and counted as its clocks show them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.calendar import Calendar

NO_TIME = timedelta()
MINUTE = timedelta(minutes=1)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Answering:
    """The city's rules: spans of a working day's office hours, and minutes within which a first answer is owed.

    `contact_every` is in calendar days: so long an owner may go without hearing from the liaison.
    """

    office_hours: tuple[tuple[time, time], ...]
    in_office: int
    otherwise: int
    contact_every: int


def read_hours(text: object) -> tuple[time, time]:
    """The span in a text as 09:00-12:00; ValueError for anything else."""
    found = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("office hours are written as 09:00-12:00")
    parts = [int(part) for part in found.groups()]
    return time(*parts[:2]), time(*parts[2:])


def office_hours(day: date, calendar: Calendar, rules: Answering) -> Iterator[tuple[datetime, datetime]]:
    """The spans of this day in which the offices are open, by the clock on the wall, without a zone."""
    if calendar.is_working_day(day):
        for first, last in rules.office_hours:
            yield datetime.combine(day, first), datetime.combine(day, last)


def is_office_time(at: datetime, calendar: Calendar, rules: Answering) -> bool:
    """Whether the offices are open at this moment; at the minute of closing they are not."""
    wall = _wall(at)
    return any(start <= wall < end for start, end in office_hours(wall.date(), calendar, rules))


def due_at(asked_at: datetime, calendar: Calendar, rules: Answering) -> datetime:
    """The moment until which a request of `asked_at` is to be answered."""
    if not is_office_time(asked_at, calendar, rules):
        return asked_at + timedelta(minutes=rules.otherwise)
    left, wall = timedelta(minutes=rules.in_office), _wall(asked_at)
    for start, end in _open_from(wall, calendar, rules):
        if left <= end - start:
            return (start + left).replace(tzinfo=asked_at.tzinfo)
        left -= end - start
    raise AssertionError("office hours never end")


def minutes_taken(asked_at: datetime, answered_at: datetime, calendar: Calendar, rules: Answering) -> int:
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


def _open_from(wall: datetime, calendar: Calendar, rules: Answering) -> Iterator[tuple[datetime, datetime]]:
    """What is left of this day's office hours, and those of all days after it."""
    day = wall.date()
    while True:
        for start, end in office_hours(day, calendar, rules):
            if end > wall:
                yield max(start, wall), end
        day += timedelta(days=1)


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
