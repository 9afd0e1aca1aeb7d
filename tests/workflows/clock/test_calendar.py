"""Working days: the known answers, what a day is, editions."""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar.constants import holidays, workdays

from tests.support.clock.cases import the_calendar
from workflows.clock.calendar import Calendar, load_calendar
from workflows.clock.holiday_notices import FIRST_DAY, LAST_DAY, CalendarError, Holiday, HolidayNotice

YEARS = range(2004, 2027)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "n", "expected"),
    [
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-12", 20, "2026-03-18"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-01-02", 1, "2026-01-04"),
    ],
)
def test_the_nth_working_day_falls_where_the_law_says(after, n, expected):
    calendar = the_calendar()
    day = calendar.nth_working_day_after(date.fromisoformat(after), n)
    assert day.isoformat() == expected
    assert calendar.working_days_between(date.fromisoformat(after), day) == n


def test_the_months_of_2026_have_the_published_working_days():
    first_days = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    ends = [day - timedelta(days=1) for day in first_days]
    months = [the_calendar().working_days_between(ends[n], ends[n + 1]) for n in range(12)]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


@pytest.mark.parametrize("year", [2025, 2026])
def test_both_published_years_have_248_working_days(year):
    assert the_calendar().working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == 248


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-03-06", ""),
        ("2026-03-07", "weekend"),
        ("2026-10-01", "holiday"),
        ("2026-10-03", "holiday"),  # a Saturday that the notice names
        ("2026-10-10", ""),  # a Saturday that is made up for
        ("2026-09-20", ""),
        ("2027-10-01", ""),  # nobody has said yet
        ("2027-10-02", "weekend"),
    ],
)
def test_a_day_off_says_why(day, why):
    assert the_calendar().why_off(date.fromisoformat(day)) == why
    assert the_calendar().is_working_day(date.fromisoformat(day)) is (why == "")


def test_a_holiday_has_its_name_in_both_languages():
    holiday = the_calendar().holiday(date(2026, 2, 23))
    assert (holiday.name, holiday.name_en) == ("春节", "Spring Festival")
    assert the_calendar().holiday(date(2026, 2, 24)) is None
    assert the_calendar().holiday(date(2027, 2, 8)) is None


def test_the_source_of_a_year_is_the_notice():
    assert "国办发明电〔2025〕7号" in the_calendar().notice(2026).source
    assert the_calendar().notice(2027) is None


def test_a_year_without_a_notice_is_provisional():
    calendar = the_calendar()
    assert [calendar.is_published(year) for year in (2024, 2025, 2026, 2027)] == [False, True, True, False]
    assert calendar.provisional(date(2027, 1, 1))
    assert not calendar.provisional(date(2026, 12, 31))


def test_the_label_is_the_newest_notice_that_a_reading_can_rest_upon():
    calendar = the_calendar()
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2026, 6, 1), date(2030, 6, 1)]
    assert [calendar.label(day) for day in days] == ["", "2025", "2026", "2026"]


def test_the_day_itself_is_no_working_day_after_it():
    assert the_calendar().nth_working_day_after(date(2026, 3, 7), 0) == date(2026, 3, 7)
    assert the_calendar().working_days_between(date(2026, 3, 6), date(2026, 3, 6)) == 0
    with pytest.raises(ValueError, match="not negative"):
        the_calendar().nth_working_day_after(date(2026, 3, 7), -1)


def test_the_next_working_day_of_a_working_day_is_itself():
    assert the_calendar().next_working_day(date(2026, 3, 6)) == date(2026, 3, 6)
    assert the_calendar().next_working_day(date(2026, 3, 7)) == date(2026, 3, 9)
    assert the_calendar().next_working_day(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_later_notice_replaces_its_year_and_no_other():
    old = the_calendar()
    typhoon = HolidayNotice(2026, (*old.notice(2026).days_off, Holiday(date(2026, 7, 20), date(2026, 7, 20), "台风")))
    new = old.with_notices([typhoon])
    assert new.why_off(date(2026, 7, 20)) == "holiday"
    assert new.why_off(date(2026, 1, 4)) == "weekend"  # its make-up days went with the old edition
    assert new.notice(2025) == old.notice(2025)
    assert old.is_working_day(date(2026, 7, 20))


def test_a_notice_taken_back_leaves_its_year_provisional():
    calendar = the_calendar().without_year(2026)
    assert calendar.provisional(date(2026, 5, 1))
    assert calendar.is_working_day(date(2026, 5, 1))
    assert calendar.with_notices([the_calendar().notice(2026)]) == the_calendar()


def test_equal_calendars_are_equal_and_hash_alike():
    assert the_calendar() == the_calendar()
    assert len({the_calendar(), the_calendar(), Calendar()}) == 2


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1), date.max, date.min])
def test_a_day_outside_of_the_known_century_is_refused(day):
    with pytest.raises(CalendarError, match="from 2000 to 2100"):
        the_calendar().is_working_day(day)
    with pytest.raises(CalendarError):
        the_calendar().nth_working_day_after(day, 5)


def test_a_limit_may_run_out_of_the_last_known_year_but_not_for_ever():
    assert the_calendar().nth_working_day_after(LAST_DAY, 20) > LAST_DAY
    with pytest.raises(CalendarError):
        the_calendar().nth_working_day_after(LAST_DAY, 10_000)


# All published years since 2004, day by day, against chinesecalendar.


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


@pytest.fixture(scope="module")
def known_years() -> Calendar:
    def notice(year: int) -> HolidayNotice:
        off = [Holiday(day, day, name) for day, name in sorted(holidays.items()) if day.year == year]
        made_up = [day for day in sorted(workdays) if day.year == year]
        return HolidayNotice(
            year, tuple(holiday for holiday in off if holiday.first_on not in workdays), tuple(made_up)
        )

    return Calendar(tuple(notice(year) for year in YEARS))


@pytest.mark.parametrize("year", YEARS)
def test_each_day_works_as_chinesecalendar_says(known_years, year):
    for day in days_of(year):
        assert known_years.is_working_day(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", YEARS)
def test_the_nth_working_day_after_each_day_is_the_one_that_a_loop_over_days_finds(known_years, year):
    works = {day: chinese_calendar.is_workday(day) for y in (year, min(year + 1, 2026)) for day in days_of(y)}
    for start in days_of(year):
        day, n = start, 0
        while n < 20 and day + DAY in works:
            day += DAY
            n += works[day]
            assert known_years.working_days_between(start, day) == n
            if works[day] and n in (1, 5, 7, 20):
                assert known_years.nth_working_day_after(start, n) == day


# What the State Council's notices of 2012 and 2019 fix in the December before.
OLD_YEAR = """
years:
  2012:
    source: 国办发明电〔2011〕45号
    days_off: [{name: 元旦, en: New Year, days: 2012-01-01..2012-01-03}]
    makeup_workdays: [2011-12-31]
  2018:
    source: 国办发明电〔2017〕12号
    days_off: [2018-10-01..2018-10-07]
  2019:
    source: 国办发明电〔2018〕15号
    days_off: [{name: 元旦, en: New Year, days: 2018-12-30..2019-01-01}]
    makeup_workdays: [2018-12-29]
"""


def test_a_notice_may_begin_in_the_december_before():
    calendar = load_calendar(OLD_YEAR)
    days = [date(2011, 12, 31), date(2018, 12, 28), date(2018, 12, 29), date(2018, 12, 30), date(2018, 12, 31)]

    assert [calendar.why_off(day) for day in days] == ["", "", "", "holiday", "holiday"]
    assert calendar.nth_working_day_after(date(2018, 12, 28), 2) == date(2019, 1, 2)
    assert calendar.holiday(date(2018, 12, 31)).name == "元旦"
    assert [calendar.label(day) for day in days] == ["2012", "2018", "2019", "2019", "2019"]
    assert calendar.notice_of(date(2018, 12, 28)).source == "国办发明电〔2017〕12号"
    assert calendar.provisional(date(2011, 12, 31))  # the notice of 2011 itself is not loaded


def test_a_notice_taken_back_takes_back_the_december_before():
    calendar = load_calendar(OLD_YEAR).without_year(2019)
    assert [calendar.why_off(date(2018, 12, day)) for day in (29, 31)] == ["weekend", ""]
