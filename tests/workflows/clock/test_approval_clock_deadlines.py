"""The dates to sort and sweep by, and the lights that follow from them."""

from datetime import date, timedelta

import pytest

from tests.support.clock.cases import CALENDAR_DAYS, TEN_OF_TWENTY, on, steps, the_calendar
from workflows.clock.approval_clock import deadlines, next_alarm, read
from workflows.clock.lights import LIGHTS, light, light_of
from workflows.clock.timeline import Limits

RECEIVED = ("03-01 open", "03-02 submit")
ACCEPTED = (*RECEIVED, "03-04 accept")


def the_dates(*lines, limits=TEN_OF_TWENTY, **more):
    return deadlines(steps(*lines), limits, the_calendar(), **more)


DATES = {  # the history, and what is known of it
    "received": (
        RECEIVED,
        {"notice_due_on": on("03-09"), "alarm_on": on("03-10"), "promised_due_on": None, "reminder_from": None},
    ),
    "suspended": ((*RECEIVED, "03-04 suspend"), {"state": "received", "notice_due_on": None, "alarm_on": None}),
    "resumed": ((*RECEIVED, "03-04 suspend", "03-16 resume"), {"notice_due_on": on("03-19")}),
    "paused on the day after the due Friday": (
        (*RECEIVED, "03-06 accept", "03-21 start_special 公示"),
        {"yellow_from": on("03-21"), "red_from": None},
    ),
    "delivered": (
        (*ACCEPTED, "03-18 grant", "03-20 deliver"),
        {"delivered_on": on("03-20"), "delivery_due_on": None, "alarm_on": None},
    ),
    "suspended before the delivery": ((*ACCEPTED, "03-18 grant", "03-20 suspend"), {"delivery_due_on": None}),
    "resumed before it": (
        (*ACCEPTED, "03-18 grant", "03-20 suspend", "03-27 resume"),
        {"delivery_due_on": on("04-09")},
    ),
    "a new round": (
        (*ACCEPTED, "03-18 refuse", "03-20 reapply"),
        {"round": 2, "state": "ready", "accepted_on": None, "alarm_on": None, "delivery_due_on": None},
    ),
}


@pytest.mark.parametrize("case", DATES)
def test_the_dates_are_those_of_the_clocks_that_run(case):
    lines, expected = DATES[case]
    dates = the_dates(*lines)
    assert {name: getattr(dates, name) for name in expected} == expected


COLOURS = {  # limits, what follows the acceptance, both due dates, and the first day of each colour
    "as planned": (TEN_OF_TWENTY, (), "03-18 04-01", ("03-17", "03-19", "04-02")),
    "paused in time": (TEN_OF_TWENTY, ("03-09 start_special 公示",), "03-18 04-01", (None, None, None)),
    "paused when late": (TEN_OF_TWENTY, ("03-25 start_special 公示",), "03-18 04-01", ("03-17", "03-19", None)),
    "red before yellow": (Limits(10, 10, "calendar_days"), (), "03-18 03-16", ("03-17", "03-17", "03-17")),
}


@pytest.mark.parametrize("case", COLOURS)
def test_an_accepted_approval_knows_its_due_dates_and_the_first_day_of_each_colour(case):
    limits, lines, due, colours = COLOURS[case]
    dates = the_dates(*ACCEPTED, *lines, limits=limits)
    assert [dates.promised_due_on, dates.legal_due_on] == [on(day) for day in due.split()]
    assert (dates.reminder_from, dates.yellow_from, dates.red_from) == tuple(day and on(day) for day in colours)
    assert dates.alarm_on == dates.reminder_from


def test_alarms_follow_one_another_until_nothing_more_can_happen():
    dates, day, alarms = the_dates(*ACCEPTED), None, []
    while day := next_alarm(dates, day):
        alarms.append(day)
    assert alarms == [on("03-17"), on("03-19"), on("04-02")]
    assert dates.alarm_on == alarms[0]


def test_the_reminder_comes_as_many_days_ahead_as_the_policy_says():
    assert the_dates(*ACCEPTED, reminder_at=3).reminder_from == on("03-13")
    assert the_dates(*ACCEPTED, limits=Limits(1, 20)).reminder_from == on("03-04")


def test_after_the_decision_colours_that_were_not_reached_never_come():
    dates = the_dates(*ACCEPTED, "03-18 grant")
    assert (dates.reminder_from, dates.yellow_from, dates.red_from) == (on("03-17"), None, None)
    assert (dates.delivery_due_on, dates.alarm_on) == (on("04-01"), on("04-02"))
    assert light_of(dates, on("12-31")) == "reminder"


@pytest.mark.parametrize("limits", [TEN_OF_TWENTY, CALENDAR_DAYS, Limits(1, 1), Limits(0, 1)])
@pytest.mark.parametrize(
    "more",
    [
        (),
        ("03-09 start_special 公示",),
        ("03-09 start_special 公示", "03-14 end_special"),
        ("03-28 start_special 公示",),
        ("03-10 extend 7",),
        ("03-17 grant",),
        ("03-12 start_special 公示", "03-25 withdraw_approval"),
    ],
)
def test_the_stored_dates_give_the_light_of_the_reading_on_every_later_day(limits, more):
    lines = steps(*ACCEPTED, *more)
    dates = deadlines(lines, limits, the_calendar())
    for n in range(120):
        day = lines[-1].on + timedelta(days=n)
        assert light_of(dates, day) == read(lines, limits, the_calendar(), day).light, day


def test_no_step_at_all_is_an_approval_that_waits():
    assert the_dates().state == "waiting"
    assert light_of(the_dates(), date(2026, 3, 1)) is None


# Lights look at days and at nothing else.


@pytest.mark.parametrize(
    ("day", "left", "expected"),
    [
        ("03-16", 2, "green"),
        ("03-17", 1, "reminder"),
        ("03-18", 0, "reminder"),
        ("03-19", -1, "yellow"),
        ("04-01", -10, "yellow"),
        ("04-02", -11, "red"),
    ],
)
def test_the_light_goes_from_green_to_red_with_the_days(day, left, expected):
    assert light(on(day), on("03-18"), on("04-01"), left) == expected


def test_the_policy_says_when_to_remind():
    assert light(on("03-13"), on("03-18"), on("04-01"), 3, reminder_at=3) == "reminder"
    assert light(on("03-13"), on("03-18"), on("04-01"), 3, reminder_at=0) == "green"


def test_late_by_law_is_red_even_before_the_promise_is_broken():
    assert light(on("03-18"), on("03-20"), on("03-17"), 2) == "red"


def test_the_lights_stand_in_order_of_alarm():
    assert LIGHTS == ("green", "reminder", "yellow", "red")
