"""The calendar as its pages show it."""

from datetime import date

from approvals.recalculation.actions import apply
from approvals.recalculation.calendar_views import year_view
from tests.support.builders import NOW
from tests.support.holiday_notices import TWO_DAYS_OFF

BEGINS_IN_DECEMBER = TWO_DAYS_OFF.replace("2026-01-01..2026-01-03", "{name: 元旦, days: 2025-12-31..2026-01-03}")


def test_a_month_lists_what_the_notice_of_the_next_year_fixes_in_it(database):
    list(apply(database, BEGINS_IN_DECEMBER, by="sysadmin1", now=lambda: NOW))
    with database.read() as tx:
        old_year, new_year = year_view(tx, 2025), year_view(tx, 2026)

    december = old_year.months[11]
    assert [(remark.days, remark.name.zh) for remark in december.remarks] == [("31", "元旦")]
    (last_day,) = (day for week in december.weeks for day in week if day and day.on == date(2025, 12, 31))
    assert last_day.kind == "holiday"
    assert [remark.days for remark in new_year.months[0].remarks] == ["1–3", "4"]
    assert new_year.months[11].remarks == ()
