"""The roster of duty officers: times outside office hours, gaps and overlaps of shifts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from workflows.clock.calendar import Calendar
from workflows.config.policy import ResponseRules
from workflows.rules.response_deadlines import office_hours


@dataclass(frozen=True, slots=True, order=True)
class ShiftSpan:
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime


def outside_office(period: ShiftSpan, calendar: Calendar, rules: ResponseRules) -> Iterator[ShiftSpan]:
    """The spans of this period in which the offices are closed, in order."""
    zone, since, day = period.start.tzinfo, period.start, period.start.date()
    while day <= period.end.date():
        for first, last in office_hours(day, calendar, rules):
            opens, closes = first.replace(tzinfo=zone), last.replace(tzinfo=zone)
            if closes > since:
                yield from _span(since, min(opens, period.end))
                since = max(since, closes)
        day += timedelta(days=1)
    yield from _span(since, period.end)


def gaps(shifts: Iterable[ShiftSpan], periods: Iterable[ShiftSpan]) -> Iterator[ShiftSpan]:
    """The spans of these periods that no shift covers, in order."""
    ordered = sorted(shifts)
    for span in periods:
        since = span.start
        for shift in ordered:
            if shift.end > since and shift.start < span.end:
                yield from _span(since, shift.start)
                since = max(since, shift.end)
        yield from _span(since, span.end)


def overlaps(shifts: Iterable[ShiftSpan]) -> Iterator[ShiftSpan]:
    """The spans in which two or more shifts are on, in order, each moment once."""
    ordered = sorted(shifts)
    edges = sorted({edge for shift in ordered for edge in (shift.start, shift.end)})
    doubled = [ShiftSpan(a, b) for a, b in pairwise(edges) if _on(ordered, a, b) > 1]
    yield from _joined(doubled)


def _on(shifts: Sequence[ShiftSpan], start: datetime, end: datetime) -> int:
    return sum(shift.start <= start and end <= shift.end for shift in shifts)


def _joined(spans: Iterable[ShiftSpan]) -> Iterator[ShiftSpan]:
    whole: ShiftSpan | None = None
    for span in spans:
        if whole is not None and whole.end == span.start:
            whole = ShiftSpan(whole.start, span.end)
            continue
        if whole is not None:
            yield whole
        whole = span
    if whole is not None:
        yield whole


def _span(start: datetime, end: datetime) -> Iterator[ShiftSpan]:
    if start < end:
        yield ShiftSpan(start, end)
