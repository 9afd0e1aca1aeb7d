"""Absence cover (AB 岗): absences on a day, and deputies on duty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FOREVER = date.max  # the last day of an absence until further notice
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AbsenceSpan:
    """Days from `first` to `last`, both among them; FOREVER has no end."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def is_open(self) -> bool:
        return self.last == FOREVER


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence. `covered_from` is the day from which its deputy has accepted, None before that."""

    id: int
    person: int
    days: AbsenceSpan
    deputy: int | None = None
    covered_from: date | None = None


def days_of(from_on: date, until_on: date | None, ended_on: date | None = None) -> AbsenceSpan | None:
    """The days of an absence; `ended_on` is the day from which the person was back. None when no day is left."""
    last = FOREVER if until_on is None else until_on
    if ended_on is not None:
        last = min(last, ended_on - _DAY)
    return AbsenceSpan(from_on, last) if from_on <= last else None


def common(span: AbsenceSpan, second: AbsenceSpan) -> AbsenceSpan | None:
    """The days that both have."""
    first, last = max(span.first, second.first), min(span.last, second.last)
    return AbsenceSpan(first, last) if first <= last else None


def is_away(leaves: Iterable[Leave], person: int, day: date) -> bool:
    return any(leave.person == person and day in leave.days for leave in leaves)


def on_duty(leaves: Sequence[Leave], person: int, day: date) -> int | None:
    """Who is on duty for this person on this day: the person, the deputy, or nobody."""
    leave = next((leave for leave in leaves if leave.person == person and day in leave.days), None)
    if leave is None:
        return person
    if leave.deputy is None or leave.covered_from is None or day < leave.covered_from:
        return None
    return None if is_away(leaves, leave.deputy, day) else leave.deputy


def gaps(leave: Leave, leaves: Iterable[Leave], since: date) -> tuple[AbsenceSpan, ...]:
    """The days of this absence from `since` on for which nobody is on duty."""
    rest = common(leave.days, AbsenceSpan(since, FOREVER))
    if rest is None:
        return ()
    if leave.deputy is None or leave.covered_from is None:
        return (rest,)
    before = common(rest, AbsenceSpan(date.min, leave.covered_from - _DAY))
    from_then = common(rest, AbsenceSpan(leave.covered_from, FOREVER))
    away = clashes(from_then, leaves, leave.deputy) if from_then else ()
    return (before, *away) if before else away


def clashes(days: AbsenceSpan, leaves: Iterable[Leave], person: int) -> tuple[AbsenceSpan, ...]:
    """The days among these on which this person is away, in order."""
    spans = [common(days, leave.days) for leave in leaves if leave.person == person]
    return tuple(sorted((span for span in spans if span), key=lambda span: span.first))
