"""The days behind a due date: counted or not, why, by which rule and notice, with the running totals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from workflows.charts.approval import SUSPENSION
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar
from workflows.clock.reading import Reading
from workflows.clock.timeline import CALENDAR_DAYS, Limits, Pause, Step, Timeline, fold, known_steps

CLOCKS = ("decision", "notice", "delivery")

# What decides about a day: the rule of the clock and the article of the Administrative License Law; templates word it.
RULES: dict[str, tuple[int, str]] = {
    "working_day": (2, "82"),
    "makeup_day": (2, "82"),
    "weekend": (2, "82"),
    "holiday": (2, "82"),
    "special_procedure": (14, "45"),
    "suspension": (7, ""),
}


class ExplainedDay(NamedTuple):
    """One day: `counts` for limits in working days, `legal_counts` for the legal limit in its unit."""

    on: date
    counts: bool
    legal_counts: bool
    why: str  # weekend, holiday, paused; empty where it counts
    rule: str  # a key of RULES
    name: str  # of the holiday or the procedure
    name_en: str
    used: int  # running totals
    legal_used: int
    source: str  # the notice of the year
    is_provisional: bool
    is_assumed: bool  # not lived through yet: the clock is taken to run
    marks: tuple[str, ...]  # reading, promised_due, legal_due, due, stopped

    def to_json(self) -> dict[str, Any]:
        law_rule, article = RULES[self.rule]
        dates = {"on": self.on.isoformat(), "marks": list(self.marks)}
        return self._asdict() | dates | {"law_rule": law_rule, "article": article}


@dataclass(frozen=True, slots=True)
class Explanation:
    """All days from the day after `since_on`, which itself does not count, to the last due date or the reading."""

    clock: str
    since_on: date
    reading: Reading
    days: tuple[ExplainedDay, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "clock": self.clock,
            "since_on": self.since_on.isoformat(),
            "reading": self.reading.to_json(),
            "days": [day.to_json() for day in self.days],
        }


class _Span(NamedTuple):
    since: date
    until: date  # the reading, or the day on which the clock stopped
    pauses: tuple[Pause, ...]
    marks: dict[str, date]


def explain(
    steps: Iterable[Step], limits: Limits, calendar: Calendar, on: date, clock: str = "decision"
) -> Explanation | None:
    """How the due dates of a clock came about, as a reading on `on` has them; None if that clock is not running.

    While the clock stands still it is taken to resume on `on`, as the due dates of the reading are.
    """
    steps = known_steps(steps, on)
    reading = read(steps, limits, calendar, on, days=False)
    span = _span(clock, fold(steps, on), reading)
    if span is None:
        return None
    by_calendar_day = clock == "decision" and limits.legal_unit == CALENDAR_DAYS
    return Explanation(clock, span.since, reading, tuple(_days(span, calendar, by_calendar_day)))


def _span(clock: str, case: Timeline, reading: Reading) -> _Span | None:
    if clock == "notice" and reading.notice and case.received_on:
        return _Span(case.received_on, reading.on, case.pauses, {"reading": reading.on, "due": reading.notice.due_on})
    if clock == "delivery" and reading.delivery and case.decided_on:
        return _Span(case.decided_on, reading.on, case.after, {"reading": reading.on, "due": reading.delivery.due_on})
    if clock == "decision" and reading.promised and reading.legal and case.accepted_on:
        dues = {"promised_due": reading.promised.due_on, "legal_due": reading.legal.due_on}
        end = {"stopped": case.stopped_on} if case.stopped_on else {"reading": reading.on}
        return _Span(case.accepted_on, case.stopped_on or reading.on, case.pauses, end | dues)
    return None


def _days(span: _Span, calendar: Calendar, by_calendar_day: bool) -> Iterator[ExplainedDay]:
    used = legal_used = 0
    is_still = any(pause.until_on is None for pause in span.pauses)
    past_until = span.until - timedelta(days=1) if is_still else span.until
    for number in range(1, (max(span.marks.values()) - span.since).days + 1):
        day = span.since + timedelta(days=number)
        pause = _pause(span.pauses, day, past_until)
        off = calendar.why_off(day)
        counts, legal_counts = not off and not pause, not pause and (by_calendar_day or not off)
        used, legal_used = used + counts, legal_used + legal_counts
        why = off or ("paused" if pause else "")
        notice = calendar.notice_of(day)
        yield ExplainedDay(
            *(day, counts, legal_counts, why, *_reason(day, why, pause, calendar), used, legal_used),
            source=notice.source if notice else "",
            is_provisional=calendar.provisional(day),
            is_assumed=day > past_until,
            marks=tuple(mark for mark, on in span.marks.items() if on == day),
        )


def _reason(day: date, why: str, pause: Pause | None, calendar: Calendar) -> tuple[str, str, str]:
    if pause and why == "paused":
        return "suspension" if pause.procedure == SUSPENSION else "special_procedure", pause.procedure, ""
    if holiday := calendar.holiday(day):
        return "holiday", holiday.name, holiday.name_en
    if why == "weekend":
        return "weekend", "", ""
    return "makeup_day" if day.weekday() > 4 else "working_day", "", ""


def _pause(pauses: Iterable[Pause], day: date, past_until: date) -> Pause | None:
    """The pause that holds at the close of `day`; a special procedure is named before a suspension."""
    holding = [
        pause
        for pause in pauses
        if pause.from_on <= day and (day <= past_until if pause.until_on is None else day < pause.until_on)
    ]
    return min(holding, key=lambda pause: pause.procedure == SUSPENSION, default=None)
