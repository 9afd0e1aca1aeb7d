"""What the four levels answer to late approvals: only to an escalation that was raised and has not climbed on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.demo.course import DaySpan
from workflows.clock.calendar import Calendar

LEVELS = (1, 2, 3, 4)
ANSWER_WITHIN, HURRIED_WITHIN = 3, 1  # working days before an escalation climbs on, policy.yaml
REMINDER_AT = 1  # promised working days left, policy.yaml
COMMITTED_AHEAD = 6  # working days


@dataclass(frozen=True, slots=True)
class LevelAnswer:
    day: int
    level: int
    committed: int  # working day


def answers(
    span: DaySpan, calendar: Calendar, is_hurried: bool, last: int, rng: random.Random
) -> Iterator[LevelAnswer]:
    """The answers to the escalations of one run of the clock, until its decision or the working day `last`."""
    # Nothing is answered from this day on.
    until = last + 1 if span.decided is None else min(span.decided, last + 1)
    within = HURRIED_WITHIN if is_hurried else ANSWER_WITHIN
    climbs_on: date | None = None
    for level in LEVELS:
        raised_on = _first(_falls_due_on(span, level, calendar), climbs_on)
        if raised_on is None or _number(calendar.next_working_day(raised_on), calendar) >= until:
            return
        given = _answer(span, level, _number(calendar.next_working_day(raised_on), calendar), until, is_hurried, rng)
        if given:
            yield given
        ends_on = _date(given.committed, calendar) if given else calendar.nth_working_day_after(raised_on, within)
        climbs_on = ends_on + timedelta(days=1)


def _answer(
    span: DaySpan, level: int, day: int, until: int, is_hurried: bool, rng: random.Random
) -> LevelAnswer | None:
    if span.is_deemed or not (rng.random() < 0.8 if span.answered is None else level in span.answered):
        return None
    # One working day is left after the day of the escalation in any case, three where nobody hurries.
    day += 0 if is_hurried or span.answered is not None else rng.randint(0, 1)
    if day >= until:
        return None
    if span.decided is None:
        return LevelAnswer(day, level, _promised(span, level, day, until, rng))
    is_kept = rng.random() < 0.75
    return LevelAnswer(day, level, span.decided + rng.randint(0, 1) if is_kept else rng.randint(day + 1, span.decided))


def _promised(span: DaySpan, level: int, day: int, until: int, rng: random.Random) -> int:
    """Whoever has not decided yet promised the next limit, and after that has passed some day soon."""
    limit = {1: span.promised, 2: span.legal}.get(level)
    due = span.accepted + span.still + limit if limit is not None else 0
    return due if day < due < until else until + rng.randint(1, COMMITTED_AHEAD)


def _falls_due_on(span: DaySpan, level: int, calendar: Calendar) -> date | None:
    """The day on which the light itself raises this level; level four is only climbed to."""
    start = span.accepted + span.still
    if level == 1:
        return _date(start + max(span.promised - REMINDER_AT, 0), calendar)
    limit = {2: span.promised, 3: span.legal}.get(level)
    return None if limit is None else _date(start + limit, calendar) + timedelta(days=1)


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def _date(number: int, calendar: Calendar) -> date:
    return date.fromordinal(calendar.working_day(number))


def _number(day: date, calendar: Calendar) -> int:
    return calendar.count(day.toordinal())
