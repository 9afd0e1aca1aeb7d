"""The pace that windows kept: quartiles of what was decided, and what stands in when little was."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock.cases import steps, the_calendar
from workflows.clock.approval_clock import deadlines
from workflows.clock.timeline import Limits
from workflows.rules.speed import FEWEST, DecisionSpeed, DecisionSpeeds, pace_of, year_before

HERE = "市发展改革委"


def test_a_quarter_took_at_most_the_low_and_three_quarters_at_most_the_high() -> None:
    assert pace_of([1, 2, 3, 4]) == DecisionSpeed(1, 3, 4)
    assert pace_of([1, 2, 3, 4, 5]) == DecisionSpeed(2, 4, 5)
    assert pace_of([0, 0, 0, 0, 9]) == DecisionSpeed(0, 0, 5)


def test_an_item_with_little_decided_takes_the_pace_of_its_department_and_else_none() -> None:
    speeds = DecisionSpeeds({(HERE, "A01"): [1] * FEWEST, (HERE, "A04"): [9] * (FEWEST - 1), ("市水利局", "A05"): [3]})
    assert speeds.of(HERE, "A01") == DecisionSpeed(1, 1, FEWEST)
    assert speeds.of(HERE, "A04") == DecisionSpeed(1, 9, 2 * FEWEST - 1)
    assert speeds.of(HERE, "C01") == speeds.of(HERE, "A04")
    assert speeds.of("市水利局", "A05") is None


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_the_range_holds_the_middle_half(used: list[int]) -> None:
    pace = pace_of(sorted(used))
    assert pace.low <= pace.high
    assert 4 * sum(days <= pace.low for days in used) >= len(used)
    assert 4 * sum(days < pace.low for days in used) < len(used)
    assert 4 * sum(days <= pace.high for days in used) >= 3 * len(used)
    assert 4 * sum(days < pace.high for days in used) < 3 * len(used)


def test_days_on_which_the_clock_stood_still_are_not_used() -> None:
    history = ["03-02 submit", "03-02 accept", "03-04 start_special 听证", "03-09 end_special", "03-10 grant"]
    assert deadlines(steps(*history), Limits(5, 20), the_calendar()).used_days == 3
    assert deadlines(steps(*history[:-1]), Limits(5, 20), the_calendar()).used_days is None


def test_a_year_before_the_29th_of_february_is_the_28th() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2026, 11, 25)) == date(2025, 11, 25)
