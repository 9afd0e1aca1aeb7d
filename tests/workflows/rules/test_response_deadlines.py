"""Until when a request is answered: against the rule said once more in the plainest way, minute by minute."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.base.moments import CITY_ZONE
from tests.support.builders import when
from tests.support.clock.cases import the_calendar
from workflows.config.policy import ResponseRules, load_policy, read_hours
from workflows.rules.response_deadlines import due_at, is_office_time, minutes_taken

CALENDAR = the_calendar()
RULES = load_policy().answering
MINUTE = timedelta(minutes=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=CITY_ZONE)
moments = st.integers(0, 350 * 24 * 60).map(lambda minutes: NEW_YEAR + minutes * MINUTE)


@st.composite
def some_rules(draw):
    edges = draw(
        st.lists(st.integers(0, 24 * 12 - 1), min_size=2, max_size=6, unique=True).filter(lambda e: len(e) % 2 == 0)
    )
    clock = [f"{edge // 12:02}:{edge % 12 * 5:02}" for edge in sorted(edges)]
    spans = tuple(read_hours(f"{a}-{b}") for a, b in zip(clock[::2], clock[1::2], strict=True))
    return ResponseRules(spans, draw(st.integers(1, 600)), draw(st.integers(1, 600)), 7)


def counts(minute: datetime, rules: ResponseRules) -> bool:
    """Whether the minute that begins then is one of the office's."""
    return CALENDAR.is_working_day(minute.date()) and any(
        first <= minute.time() < last for first, last in rules.office_hours
    )


def plain_due(asked_at: datetime, rules: ResponseRules) -> datetime:
    in_office = counts(asked_at, rules)
    minutes, minute = rules.in_office if in_office else rules.otherwise, asked_at
    while minutes:
        minutes -= counts(minute, rules) or not in_office
        minute += MINUTE
    return minute


@pytest.mark.parametrize(
    ("day", "time", "due"),
    [
        ("2026-03-02", "10:00", ("2026-03-02", "11:00")),
        ("2026-03-02", "11:00", ("2026-03-02", "12:00")),  # the last minute before noon is enough
        ("2026-03-02", "11:30", ("2026-03-02", "14:00")),  # the noon break does not count
        ("2026-03-02", "12:00", ("2026-03-02", "14:00")),  # asked in it: two hours on the wall
        ("2026-03-06", "17:00", ("2026-03-09", "09:30")),  # over the weekend
        ("2026-03-06", "22:00", ("2026-03-07", "00:00")),
        ("2026-03-07", "10:00", ("2026-03-07", "12:00")),  # a Saturday
        ("2026-09-20", "10:00", ("2026-09-20", "11:00")),  # a Sunday that is a working day
        ("2026-09-30", "17:29", ("2026-10-08", "09:59")),  # the National Day
        ("2026-03-02", "08:59", ("2026-03-02", "10:59")),
    ],
)
def test_a_question_is_due_when_the_policy_says(day, time, due):
    moment = due_at(when(day, time), CALENDAR, RULES)
    assert (moment, moment.tzinfo) == (when(*due), CITY_ZONE)


@given(moments, some_rules())
def test_the_limit_ends_where_counting_minute_by_minute_ends(asked_at, rules):
    due = due_at(asked_at, CALENDAR, rules)
    assert due == plain_due(asked_at, rules)
    assert minutes_taken(asked_at, due, CALENDAR, rules) == (
        rules.in_office if counts(asked_at, rules) else rules.otherwise
    )


@given(moments, moments, some_rules())
def test_whoever_asks_later_in_the_same_hours_is_not_answered_earlier(moment, later, rules):
    first, second = sorted((moment, later))
    if counts(first, rules) == counts(second, rules):
        assert due_at(first, CALENDAR, rules) <= due_at(second, CALENDAR, rules)


@given(moments, st.integers(0, 3000), some_rules())
def test_minutes_are_those_of_the_office_or_all(asked_at, minutes, rules):
    answered = asked_at + minutes * MINUTE
    every = [asked_at + n * MINUTE for n in range(minutes)]
    expected = sum(counts(minute, rules) for minute in every) if counts(asked_at, rules) else minutes
    assert minutes_taken(asked_at, answered, CALENDAR, rules) == expected


@given(moments, some_rules())
def test_the_office_is_open_in_its_hours_of_working_days(asked_at, rules):
    assert is_office_time(asked_at, CALENDAR, rules) == counts(asked_at, rules)


def test_seconds_count_too():
    assert due_at(when("2026-03-02", "10:00:30"), CALENDAR, RULES) == when("2026-03-02", "11:00:30")
    assert minutes_taken(when("2026-03-02", "10:00:30"), when("2026-03-02", "10:59:59"), CALENDAR, RULES) == 59


@pytest.mark.parametrize("text", ["9-12", "09:00", "09:00-24:00", "09:60-12:00", "", None, 9, "09:00 - 12:00"])
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError):
        read_hours(text)
