"""The works between the permit and the acceptance, within the critical path and the forecast."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EVERY_ITEM
from tests.support.clock.cases import the_calendar
from workflows.clock.plan import Forecast, ForecastStatus, Limit, forecast, path_with_works
from workflows.clock.works import WORKS, PlannedWorks, WorksDays, planned_works
from workflows.config.catalogue import load_catalogue

CALENDAR = the_calendar()
TODAY = date(2026, 3, 2)
BEFORE, AFTER = "A01 A02 A07 A08 B01 B02 C02 C03 C05", "D02 D06 D07"
UNTIL_PERMIT = " ".join(code for code in load_catalogue().items if code[0] in "ABC")
PERMIT_ON = CALENDAR.nth_working_day_after(TODAY, 63)
YEAR = WorksDays(date(2026, 7, 1), date(2027, 6, 30))  # begins after the permit
ITEMS = load_catalogue().plan(EVERY_ITEM)
REQUIRES = {planned.item.code: planned.requires for planned in ITEMS}
LIMITS = {planned.item.code: planned.item.promised for planned in ITEMS}


def the_works(days: WorksDays = YEAR) -> PlannedWorks:
    works = planned_works(REQUIRES, [planned.item.code for planned in ITEMS if planned.item.after_works], days)
    assert works
    return works


def expect(days: WorksDays, granted: str = "") -> Forecast:
    plan = [
        ForecastStatus(
            planned.item.code,
            planned.requires,
            "granted" if planned.item.code in granted else "waiting",
            Limit(0 if planned.item.instant else planned.item.promised),
            decided_on=TODAY if planned.item.code in granted else None,
        )
        for planned in ITEMS
    ]
    return forecast(plan, CALENDAR, TODAY, works=the_works(days))


def test_the_works_stand_between_the_construction_permit_and_the_acceptance() -> None:
    assert (the_works().requires, the_works().after) == (("C05",), ("D01", "D02", "D03", "D04", "D05"))
    assert planned_works(REQUIRES, (), YEAR) is None


def test_works_whose_items_need_one_another_begin_by_what_the_first_of_them_need() -> None:
    requires = {"P": (), "Q": (), "X": ("P",), "Y": ("P", "Q"), "Z": ("X", "Y")}
    works = planned_works(requires, ["X", "Y", "Z"], YEAR)
    assert works and works.requires == ("P",)


@pytest.mark.parametrize("finish_on", ["2027-06-30", "2026-07-01", "2029-12-31"])
def test_the_path_is_63_days_to_the_permit_the_works_as_planned_and_14_days_after(finish_on: str) -> None:
    days = replace(YEAR, planned_finish_on=date.fromisoformat(finish_on))
    path = path_with_works(LIMITS, REQUIRES, the_works(days), CALENDAR)
    assert path.codes == (*BEFORE.split(), WORKS, *AFTER.split())
    assert path.days == 63 + (days.planned(CALENDAR) or 0) + 14


def test_the_path_with_works_of_unknown_length_is_that_of_the_approvals_alone() -> None:
    path = path_with_works(LIMITS, REQUIRES, the_works(WorksDays()), CALENDAR)
    assert (path.days, WORKS in path.codes) == (77, True)
    done = path_with_works(LIMITS, REQUIRES, the_works(WorksDays(finished_on=TODAY)), CALENDAR, UNTIL_PERMIT.split())
    assert (done.days, done.codes) == (14, tuple(AFTER.split()))


def test_the_works_begin_as_planned_where_the_permit_comes_before_and_end_as_planned() -> None:
    result = expect(YEAR)
    assert result.permit_on == PERMIT_ON < date(2026, 7, 1)
    assert result.works and (result.works.start_on, result.works.decide_on) == (date(2026, 7, 1), date(2027, 6, 30))
    assert result.complete_on == CALENDAR.nth_working_day_after(date(2027, 6, 30), 14)
    assert result.chain == (*BEFORE.split(), WORKS, *AFTER.split())


def test_works_planned_before_the_permit_begin_with_it_and_take_as_long_as_planned() -> None:
    days = WorksDays(date(2026, 3, 2), date(2026, 12, 31))
    result = expect(days)
    assert result.chain == (*BEFORE.split(), WORKS, *AFTER.split())
    assert result.complete_on == CALENDAR.nth_working_day_after(TODAY, 63 + (days.planned(CALENDAR) or 0) + 14)


def test_works_under_way_end_as_long_after_their_start_as_planned() -> None:
    days = replace(YEAR, started_on=date(2026, 2, 2))
    result = expect(days, granted=BEFORE)
    assert result.works and (result.works.start_on, result.works.is_late) == (date(2026, 2, 2), False)
    assert result.works.decide_on == CALENDAR.nth_working_day_after(date(2026, 2, 2), YEAR.planned(CALENDAR) or 0)
    late = expect(replace(days, started_on=date(2025, 1, 2)), granted=BEFORE)
    assert late.works and (late.works.decide_on, late.works.is_late) == (TODAY, True)


def test_completed_works_hold_up_nothing_more() -> None:
    result = expect(replace(YEAR, started_on=TODAY, finished_on=TODAY), granted=UNTIL_PERMIT)
    assert result.complete_on == CALENDAR.nth_working_day_after(TODAY, 14)
    assert (result.chain, result.blocked) == (tuple(AFTER.split()), ())


@pytest.mark.parametrize("days", [WorksDays(), WorksDays(date(2026, 7, 1)), WorksDays(started_on=TODAY)])
def test_works_of_unknown_length_leave_the_end_open_but_not_the_permit(days: WorksDays) -> None:
    result = expect(days)
    assert (result.complete_on, result.is_open_ended, result.blocked) == (None, True, ())
    assert result.permit_on == PERMIT_ON
    assert result.chain[-1] == WORKS
    assert {code for code, item in result.expected.items() if not item.decide_on} == {f"D0{n}" for n in range(1, 8)}


def test_works_that_wait_for_a_withdrawn_approval_are_blocked_and_not_open_ended() -> None:
    plan = [ForecastStatus("P", (), "withdrawn", Limit(5)), ForecastStatus("X", ("P",), "waiting", Limit(5))]
    result = forecast(plan, CALENDAR, TODAY, works=planned_works({"P": (), "X": ("P",)}, ["X"], WorksDays()))
    assert (result.blocked, result.is_open_ended, result.permit_on) == (("X",), False, None)


DAY = st.none() | st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(DAY, DAY, DAY, st.booleans())
def test_no_acceptance_is_ever_expected_before_the_works_are_completed(
    start_on: date | None, finish_on: date | None, started_on: date | None, is_permitted: bool
) -> None:
    result = expect(WorksDays(start_on, finish_on, started_on), granted=BEFORE if is_permitted else "")
    assert result.works
    acceptance = [result.expected[code].decide_on for code in the_works().after]
    if result.works.decide_on is None:
        assert set(acceptance) == {None}
    else:
        assert all(day and day >= result.works.decide_on >= TODAY for day in acceptance)
        assert result.complete_on and result.complete_on >= CALENDAR.nth_working_day_after(result.works.decide_on, 14)
