"""What must hold of any history: metamorphic rules, on histories that hypothesis makes and shrinks."""

import json
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.clock.cases import the_calendar
from tests.support.clock.histories import NAIVE, PRODUCT, as_steps, histories
from tests.support.clock.oracle import NEXT, NaiveCalendar, live
from tests.support.clock.trial import the_same_calendar, the_same_limits
from workflows.clock.approval_clock import deadlines, read
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice
from workflows.clock.lights import light_of
from workflows.clock.timeline import Step

CYCLE = timedelta(days=28 * 365 + 7)  # in 28 years each date falls on the same weekday again, 2000-2100


def assert_no_earlier(after, before):
    assert after.promised_due_on >= before.promised_due_on
    assert after.legal_due_on >= before.legal_due_on


@given(histories(states=None), st.integers(0, 200))
def test_any_history_reads_as_the_oracle_lives_it(history, later):
    number, lot, moves = history
    until = moves[0].on + timedelta(days=later)
    for day, case in live(moves, lot, NAIVE[number], until):
        if day == until:
            reading = read(as_steps(moves), the_same_limits(lot), PRODUCT[number], day).to_json()
            del reading["calendar"]
            assert reading == case.reading(day)


@given(histories(states=("accepted",)), st.integers(0, 40), st.integers(0, 40))
def test_adding_a_pause_never_brings_a_due_date_forward(history, wait, length):
    number, lot, moves = history
    limits, calendar = the_same_limits(lot), PRODUCT[number]
    start = moves[-1].on + timedelta(days=wait)
    end = start + timedelta(days=length)
    steps = as_steps(moves)
    paused = [*steps, Step("start_special", start, procedure="公示"), Step("end_special", end)]
    before, after = deadlines(steps, limits, calendar), deadlines(paused, limits, calendar)
    assert_no_earlier(after, before)
    if length == 0:
        assert read(paused, limits, calendar, end) == read(steps, limits, calendar, end)


@given(histories(states=("accepted",)), st.integers(0, 40), st.integers(0, 40))
def test_a_pause_that_is_ended_and_begun_again_on_one_day_is_one_pause(history, wait, more):
    number, lot, moves = history
    seam, day = moves[-1].on + timedelta(days=wait), moves[-1].on + timedelta(days=wait + more)
    steps = [*as_steps(moves), Step("start_special", moves[-1].on, procedure="公示")]
    mended = [*steps, Step("end_special", seam), Step("start_special", seam, procedure="听证")]
    limits, calendar = the_same_limits(lot), PRODUCT[number]
    assert read(mended, limits, calendar, day) == read(steps, limits, calendar, day)


@given(histories(states=None), st.integers(0, 120))
def test_a_whole_cycle_of_equal_days_later_everything_falls_a_cycle_later(history, later):
    number, lot, moves = history
    naive = NAIVE[number]
    off, makeup = (days | {day + CYCLE for day in days} for days in (naive.off, naive.makeup))
    calendar = the_same_calendar(NaiveCalendar(off, makeup, {2025, 2026, 2053, 2054}))
    shifted = [move._replace(on=move.on + CYCLE) for move in moves]
    day, limits = moves[-1].on + timedelta(days=later), the_same_limits(lot)
    now = read(as_steps(moves), limits, calendar, day).to_json()
    then = read(as_steps(shifted), limits, calendar, day + CYCLE).to_json()
    del now["calendar"], then["calendar"]
    assert then == a_cycle_later(now)


def a_cycle_later(part):
    if isinstance(part, dict):
        return {key: a_cycle_later(value) for key, value in part.items()}
    if isinstance(part, list):
        return [a_cycle_later(value) for value in part]
    is_day = isinstance(part, str) and part[:1] == "2"
    return (date.fromisoformat(part) + CYCLE).isoformat() if is_day else part


@given(histories(), st.integers(1, 10))
def test_an_extension_never_brings_a_due_date_forward_and_never_worsens_the_light(history, days):
    number, lot, moves = history
    limits, calendar, steps = the_same_limits(lot), PRODUCT[number], as_steps(moves)
    longer = [*steps, Step("extend", moves[-1].on, days=days)]
    before, after = deadlines(steps, limits, calendar), deadlines(longer, limits, calendar)
    assert_no_earlier(after, before)
    order = [None, "green", "reminder", "yellow", "red"]
    for n in range(0, 90, 5):
        day = moves[-1].on + n * NEXT
        assert order.index(light_of(after, day)) <= order.index(light_of(before, day))


@given(histories(states=None))
def test_what_comes_later_never_changes_a_reading_of_before(history):
    number, lot, moves = history
    limits, calendar, steps = the_same_limits(lot), PRODUCT[number], as_steps(moves)
    for step in steps:
        past = [each for each in steps if each.on <= step.on]
        assert read(steps, limits, calendar, step.on) == read(past, limits, calendar, step.on)


@given(histories(states=("accepted",)), st.integers(2, 60))
def test_a_day_off_more_never_brings_a_due_date_forward(history, ahead):
    number, lot, moves = history
    limits, calendar, steps = the_same_limits(lot), PRODUCT[number], as_steps(moves)
    day = moves[-1].on + ahead * NEXT
    assume(calendar.is_published(day.year) and calendar.is_working_day(day) and day.weekday() < 5)
    notice = calendar.notice(day.year)
    more = calendar.with_notices(
        [HolidayNotice(day.year, (*notice.days_off, Holiday(day, day)), notice.makeup_workdays, notice.source)]
    )
    before, after = deadlines(steps, limits, calendar), deadlines(steps, limits, more)
    assert_no_earlier(after, before)


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 200), st.integers(0, 200))
def test_limits_add_up(day, first_limit, second_limit):
    calendar = the_calendar()
    first = calendar.nth_working_day_after(day, first_limit)
    assert calendar.nth_working_day_after(first, second_limit) == calendar.nth_working_day_after(
        day, first_limit + second_limit
    )
    assert calendar.working_days_between(day, first) == first_limit


@given(histories(states=None), st.integers(0, 60))
def test_a_reading_is_plain_json_of_dates_and_numbers(history, later):
    number, lot, moves = history
    reading = read(as_steps(moves), the_same_limits(lot), PRODUCT[number], moves[-1].on + later * NEXT).to_json()
    assert json.loads(json.dumps(reading)) == reading


def test_an_empty_calendar_is_monday_to_friday():
    day, calendar = date(2026, 1, 1), Calendar()
    for n in range(800):
        assert calendar.is_working_day(day + n * NEXT) is ((day + n * NEXT).weekday() < 5)
