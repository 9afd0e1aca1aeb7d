"""Reactions in the example city: answers to escalations, appeals against cards, corrections of recorded days."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from approvals.demo.course import DaySpan, Desk, ScenarioStep
from approvals.demo.source_data import say
from workflows.clock.calendar import Calendar

LEVELS = (1, 2, 3, 4)
ANSWER_WITHIN, HURRIED_WITHIN = 3, 1  # working days before an escalation climbs on, policy.yaml
REMINDER_AT = 1  # promised working days left, policy.yaml
COMMITTED_AHEAD = 6  # working days
OFFICE = "office1"
DECIDED_AFTER = 2  # working days
APPEALED, UPHELD = 0.2, 0.6
CORRECTED, CONFIRMED = 0.02, 0.75


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
        raised_on = min((day for day in (_falls_due_on(span, level, calendar), climbs_on) if day), default=None)
        if raised_on is None or _number(calendar.next_working_day(raised_on), calendar) >= until:
            return
        answer = _answer(span, level, _number(calendar.next_working_day(raised_on), calendar), until, is_hurried, rng)
        if answer:
            yield answer
        ends_on = _date(answer.committed, calendar) if answer else calendar.nth_working_day_after(raised_on, within)
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


def _date(number: int, calendar: Calendar) -> date:
    return date.fromordinal(calendar.working_day(number))


def _number(day: date, calendar: Calendar) -> int:
    return calendar.count(day.toordinal())


def appeals(desk: Desk, span: DaySpan, calendar: Calendar, last: int, rng: random.Random) -> Iterator[ScenarioStep]:
    """An appeal on the working day after the card, and its decision; nothing where the promise was kept."""
    day = _day_after_the_card(span, calendar)
    if span.is_deemed or day is None or day >= last or rng.random() >= APPEALED:
        return
    yield ScenarioStep(day, "appeal", desk.head, {"reasons": [say(rng, "appeal_reasons")]})
    if day + DECIDED_AFTER < last:
        move = "uphold" if rng.random() < UPHELD else "withdraw_card"
        yield ScenarioStep(day + DECIDED_AFTER, move, OFFICE, {"reason": say(rng, f"{move}_reasons")})


def _day_after_the_card(span: DaySpan, calendar: Calendar) -> int | None:
    due_on = date.fromordinal(calendar.working_day(span.accepted + span.still + span.promised))
    shown_on = due_on + timedelta(days=1)
    if span.decided is not None and calendar.working_day(span.decided) < shown_on.toordinal():
        return None
    return calendar.count(calendar.next_working_day(shown_on).toordinal()) + 1


def corrections(
    desk: Desk, steps: Iterable[ScenarioStep], last: int, day: Callable[[int], date], rng: random.Random
) -> Iterator[ScenarioStep]:
    """What follows two days after a delivery whose day was typed wrong; the right one is the working day before."""
    for decision, delivery in pairwise(steps):
        is_later = decision.move == "grant" and delivery.move == "deliver" and delivery.day > decision.day
        if not is_later or delivery.day + 2 >= last or rng.random() >= CORRECTED:
            continue
        right = {"entry": "deliver", "right_on": day(delivery.day - 1).isoformat()}
        why = {"reason": say(rng, "correction_reasons")}
        yield ScenarioStep(delivery.day + 1, "propose_correction", desk.window, right | why)
        if rng.random() < CONFIRMED:
            yield ScenarioStep(delivery.day + 2, "confirm_correction", desk.head)
        else:
            no = {"reason": say(rng, "decline_correction_reasons")}
            yield ScenarioStep(delivery.day + 2, "decline_correction", desk.head, no)
