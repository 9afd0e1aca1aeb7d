"""Row 12: a due date, plain Python without a database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from tests.bench.measuring import Bench, Finding, Target, compared, rate
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice

YEARS = range(2004, 2027)
LIMIT = 20  # working days of the decision
DAY = timedelta(days=1)


def due_date(bench: Bench) -> Iterator[Finding]:
    """Row 12: a due date twenty working days on, by our table and by the loop over days that people write."""
    calendar, starts = Calendar(tuple(map(_notice, YEARS))), _starts(bench.many(600))
    wrong = sum(calendar.nth_working_day_after(day, LIMIT) != _looped(day) for day in starts)
    note = f"{len(starts):,} start days drawn from 2004-2026, {wrong} of them answered otherwise"

    def ours() -> float:
        again = 50  # the table is too fast to be timed over a few hundred dates
        return len(starts) * rate(lambda: [calendar.nth_working_day_after(day, LIMIT) for day in starts], again)

    def theirs() -> float:
        return len(starts) * rate(lambda: [_looped(day) for day in starts], 1)

    beside, target = "chinesecalendar, asked day by day", Target("≥", 1000)
    yield compared(bench, "12", "a due date", beside, target, "dates/s", ours, theirs, note)


def _looped(day: date) -> date:
    left = LIMIT
    while left:
        day += DAY
        left -= chinese_calendar.is_workday(day)
    return day


def _starts(number: int) -> list[date]:
    first, last = date(YEARS[0], 1, 1).toordinal(), date(YEARS[-1], 11, 20).toordinal()
    return [date.fromordinal(random.Random(seed).randint(first, last)) for seed in range(number)]


def _notice(year: int) -> HolidayNotice:
    """What chinesecalendar knows of a year, as a notice of ours."""
    off = [day for day in sorted(holidays) if day.year == year and day not in workdays]
    made_up = [day for day in sorted(workdays) if day.year == year]
    return HolidayNotice(year, tuple(Holiday(day, day, holidays[day]) for day in off), tuple(made_up))
