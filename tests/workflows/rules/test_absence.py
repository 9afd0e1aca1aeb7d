"""The rules of absence cover, against a reading day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.absence import FOREVER, AbsenceSpan, Leave, clashes, common, days_of, gaps, is_away, on_duty

FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(n) for n in range(40)]
PEOPLE = range(1, 6)

days = st.integers(0, 30)
spans = st.builds(lambda at, long: AbsenceSpan(DAYS[at], DAYS[min(at + long, 39)]), days, st.integers(0, 9))
leaves = st.lists(
    st.builds(
        Leave,
        id=st.integers(1, 99),
        person=st.sampled_from(PEOPLE),
        days=spans,
        deputy=st.none() | st.sampled_from(PEOPLE),
        covered_from=st.none() | st.sampled_from(DAYS),
    ).filter(lambda leave: leave.person != leave.deputy),
    max_size=12,
)


def without_overlaps(drawn: list[Leave]) -> list[Leave]:
    """Those that could be entered one after another: none overlaps with an earlier one of the same person."""
    entered: list[Leave] = []
    for leave in drawn:
        if not clashes(leave.days, entered, leave.person):
            entered.append(leave)
    return entered


@given(leaves)
def test_whoever_is_on_duty_is_there_on_that_day(drawn: list[Leave]) -> None:
    entered = without_overlaps(drawn)
    for day in DAYS:
        for person in PEOPLE:
            answers = on_duty(entered, person, day)
            assert answers is None or not is_away(entered, answers, day)
            assert (answers == person) == (not is_away(entered, person, day))


@given(leaves)
def test_the_gaps_are_exactly_the_days_without_anybody_on_duty(drawn: list[Leave]) -> None:
    entered = without_overlaps(drawn)
    for leave in entered:
        lacking = gaps(leave, entered, FIRST)
        for day in DAYS:
            is_open = day in leave.days and on_duty(entered, leave.person, day) is None
            assert any(day in span for span in lacking) == is_open, (leave, day)


@given(leaves)
def test_deputies_who_are_there_when_named_never_make_a_circle(drawn: list[Leave]) -> None:
    entered: list[Leave] = []
    for leave in drawn:
        is_free = not clashes(leave.days, entered, leave.person)
        if is_free and (leave.deputy is None or not clashes(leave.days, entered, leave.deputy)):
            entered.append(leave)
    for day in DAYS:
        for person in PEOPLE:
            seen, at = {person}, person
            while away := next((leave for leave in entered if leave.person == at and day in leave.days), None):
                if away.deputy is None:
                    break
                at = away.deputy
                assert at not in seen, "A stands in for B, who stands in for A"
                seen.add(at)


@given(spans, spans)
def test_common_days_are_those_that_both_have(first: AbsenceSpan, second: AbsenceSpan) -> None:
    shared = common(first, second)
    for day in DAYS:
        assert (shared is not None and day in shared) == (day in first and day in second)


def test_a_leave_that_ended_early_has_only_the_days_before() -> None:
    assert days_of(FIRST, DAYS[9], DAYS[3]) == AbsenceSpan(FIRST, DAYS[2])
    assert days_of(FIRST, None) == AbsenceSpan(FIRST, FOREVER)
    assert days_of(FIRST, DAYS[9], FIRST) is None
    assert days_of(DAYS[1], FIRST) is None
