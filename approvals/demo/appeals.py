"""What becomes of some cards for a promise not kept: the head of the window appeals, the office decides."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from approvals.demo.course import DaySpan, Desk, ScenarioStep
from approvals.demo.texts import say
from workflows.clock.calendar import Calendar

OFFICE = "office1"
DECIDED_AFTER = 2  # working days
CHANCE, UPHELD = 0.2, 0.6


def appeals(desk: Desk, span: DaySpan, calendar: Calendar, last: int, rng: random.Random) -> Iterator[ScenarioStep]:
    """An appeal on the working day after the card, and its decision; nothing where the promise was kept."""
    day = _day_after_the_card(span, calendar)
    if span.is_deemed or day is None or day >= last or rng.random() >= CHANCE:
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
