"""Gaps and overlaps of a roster, against looking at every quarter of an hour."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from approvals.base.moments import CITY_ZONE
from tests.support.builders import when
from tests.workflows.rules.test_response_deadlines import CALENDAR, RULES
from workflows.rules.response_deadlines import is_office_time
from workflows.rules.roster import ShiftSpan, gaps, outside_office, overlaps

QUARTER = timedelta(minutes=15)
START = datetime(2026, 9, 25, 0, 0, tzinfo=CITY_ZONE)  # a Friday before the Mid-Autumn Festival
quarters = st.integers(0, 4 * 24 * 16).map(lambda n: START + n * QUARTER)
spans = st.tuples(quarters, quarters).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: ShiftSpan(*sorted(pair)))


def every_quarter(period: ShiftSpan) -> list[datetime]:
    return [period.start + n * QUARTER for n in range((period.end - period.start) // QUARTER)]


def covered(moment: datetime, result: list[ShiftSpan]) -> int:
    return sum(span.start <= moment < span.end for span in result)


@given(spans)
def test_outside_the_office_is_every_moment_in_which_it_is_closed_and_no_other(period):
    result = list(outside_office(period, CALENDAR, RULES))
    assert result == sorted(result)
    for moment in every_quarter(period):
        assert covered(moment, result) == (not is_office_time(moment, CALENDAR, RULES))


@given(spans, st.lists(spans, max_size=8))
def test_a_gap_is_every_wanted_moment_that_no_shift_covers(period, shifts):
    outside = list(outside_office(period, CALENDAR, RULES))
    result = list(gaps(shifts, outside))
    assert result == sorted(result)
    for moment in every_quarter(period):
        assert covered(moment, result) == (covered(moment, outside) == 1 and not covered(moment, shifts))


@given(st.lists(spans, max_size=8))
def test_an_overlap_is_every_moment_with_two_on_duty_told_once(shifts):
    result = list(overlaps(shifts))
    assert result == sorted(result)
    for moment in every_quarter(ShiftSpan(START, START + timedelta(days=16))):
        assert covered(moment, result) == (covered(moment, shifts) > 1)


def test_a_night_and_a_noon_without_anybody_are_named():
    period = ShiftSpan(when("2026-03-02", "00:00"), when("2026-03-03", "00:00"))
    night = ShiftSpan(when("2026-03-01", "17:30"), when("2026-03-02", "09:00"))
    assert list(gaps([night], outside_office(period, CALENDAR, RULES))) == [
        ShiftSpan(when("2026-03-02", "12:00"), when("2026-03-02", "13:30")),
        ShiftSpan(when("2026-03-02", "17:30"), when("2026-03-03", "00:00")),
    ]


def test_shifts_that_meet_do_not_overlap():
    night = ShiftSpan(when("2026-03-02", "17:30"), when("2026-03-03", "09:00"))
    day = ShiftSpan(when("2026-03-03", "09:00"), when("2026-03-03", "17:30"))
    assert list(overlaps([night, day])) == []
    assert list(overlaps([night, night])) == [night]
