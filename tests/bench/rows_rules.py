"""Row 12: a due date, plain Python without a database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from tests.bench.measuring import Bench, Finding, Side, at_least, interleaved, rate
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice

YEARS = range(2004, 2027)
LIMIT = 20  # working days of the decision
DAY = timedelta(days=1)


def due_date(bench: Bench) -> Iterator[Finding]:
    """Row 12: a due date twenty working days on, by our table and by the loop over days that people write."""
    calendar, starts = _known_years(), _starts(bench.many(600))
    wrong = sum(calendar.nth_working_day_after(day, LIMIT) != _looped(day) for day in starts)
    sides: dict[str, Side] = {
        "ours": lambda: _rate_of(calendar, starts),
        "loop": lambda: len(starts) / _loop_seconds(starts),
    }
    figures = interleaved(sides, bench)
    note = f"{len(starts):,} start days drawn from 2004-2026, {wrong} of them answered otherwise"
    work, beside = "a due date", "chinesecalendar, asked day by day"
    yield Finding("12", work, beside, at_least(1000), "dates/s", figures["ours"], figures["loop"], note)


def _rate_of(calendar: Calendar, starts: list[date]) -> float:
    again = 50  # the table is too fast to be timed over a few hundred dates
    return len(starts) * rate(lambda: [calendar.nth_working_day_after(day, LIMIT) for day in starts], again)


def _loop_seconds(starts: list[date]) -> float:
    return 1 / rate(lambda: [_looped(day) for day in starts], 1)


def _looped(day: date) -> date:
    left = LIMIT
    while left:
        day += DAY
        left -= chinese_calendar.is_workday(day)
    return day


def _starts(number: int) -> list[date]:
    first, last = date(YEARS[0], 1, 1).toordinal(), date(YEARS[-1], 11, 20).toordinal()
    return [date.fromordinal(random.Random(seed).randint(first, last)) for seed in range(number)]


def _known_years() -> Calendar:
    """What chinesecalendar knows, as notices of ours."""
    return Calendar(tuple(_notice(year) for year in YEARS))


def _notice(year: int) -> HolidayNotice:
    off = [day for day in sorted(holidays) if day.year == year and day not in workdays]
    made_up = [day for day in sorted(workdays) if day.year == year]
    return HolidayNotice(year, tuple(Holiday(day, day, holidays[day]) for day in off), tuple(made_up))
