"""All published years since 2004, day by day, against chinesecalendar."""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar.constants import holidays, workdays

from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice

YEARS = range(2004, 2027)
DAY = timedelta(days=1)


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    def notice(year: int) -> HolidayNotice:
        off = [Holiday(day, day, name) for day, name in sorted(holidays.items()) if day.year == year]
        made_up = [day for day in sorted(workdays) if day.year == year]
        return HolidayNotice(
            year, tuple(holiday for holiday in off if holiday.first_on not in workdays), tuple(made_up)
        )

    return Calendar(tuple(notice(year) for year in YEARS))


@pytest.mark.parametrize("year", YEARS)
def test_each_day_works_as_chinesecalendar_says(calendar, year):
    for day in days_of(year):
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", YEARS)
def test_the_nth_working_day_after_each_day_is_the_one_that_a_loop_over_days_finds(calendar, year):
    works = {day: chinese_calendar.is_workday(day) for y in (year, min(year + 1, 2026)) for day in days_of(y)}
    for start in days_of(year):
        day, n = start, 0
        while n < 20 and day + DAY in works:
            day += DAY
            n += works[day]
            assert calendar.working_days_between(start, day) == n
            if works[day] and n in (1, 5, 7, 20):
                assert calendar.nth_working_day_after(start, n) == day
