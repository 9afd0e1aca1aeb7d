"""A clock reading, rule by rule."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from tests.support.clock.cases import CALENDAR_DAYS, TEN_OF_TWENTY, on, steps, the_calendar
from workflows.clock.approval_clock import max_extension, pauses, read
from workflows.clock.holiday_notices import CalendarError, HolidayNotice
from workflows.clock.timeline import Limits, UnknownMove

RECEIVED = ("03-01 open", "03-02 submit")
ACCEPTED = (*RECEIVED, "03-04 accept")
SUSPENDED = (*RECEIVED, "03-04 suspend", "03-16 resume")
EXTENDED = (*ACCEPTED, "03-20 extend 5")
DELIVERED = (*ACCEPTED, "03-20 grant", "03-30 deliver")
AGAIN = (*ACCEPTED, "03-05 extend 5", "03-20 refuse", "04-01 reapply", "04-02 submit", "04-03 accept")
WAITING = {"state": "waiting", "round": 1, "light": None, "days": ()}
NOTICED = {"notice": (5, on("03-09"), 3), "promised": None, "legal": None, "light": None, "delivery": None}
PAUSED = ("03-06 start_special 公示",)
ON_ONE_DAY = ("03-09 start_special 公示", "03-09 end_special")


DESIGN = {  # a clock reading as DESIGN prints it, its keys in that order
    "on": "2026-03-20", "state": "accepted", "round": 1, "received_on": "2026-03-02", "accepted_on": "2026-03-04",
    "deemed": False, "decided_on": None, "delivered_on": None, "used": 9, "paused": 3, "light": "reminder",
    "notice": None, "promised": {"limit": 10, "due_on": "2026-03-23", "left": 1},
    "legal": {"limit": 20, "unit": "working_days", "used": 9, "due_on": "2026-04-07", "left": 11},
    "delivery": None, "provisional": False, "calendar": "2026",
}  # fmt: skip


def a_reading(day, *lines, limits=TEN_OF_TWENTY, **more):
    return read(steps(*lines), limits, the_calendar(), on(day), **more)


def test_the_reading_of_the_design_comes_out_as_printed():
    reading = a_reading("03-20", *ACCEPTED, "03-09 start_special 专家评审", "03-12 end_special").to_json()
    *values, (last, days) = reading.items()
    assert (values, last) == (list(DESIGN.items()), "days")
    assert days[:3] == [
        {"on": "2026-03-05", "counts": True},
        {"on": "2026-03-06", "counts": True},
        {"on": "2026-03-07", "counts": False, "why": "weekend"},
    ]
    assert days[4] == {"on": "2026-03-09", "counts": False, "why": "paused"}
    assert len(days) == 16


def test_a_reading_says_what_was_known_on_that_day_and_nothing_later():
    whole = (
        *ACCEPTED,
        "03-09 start_special 公示",
        "03-12 end_special",
        "03-13 extend 5",
        "03-16 grant",
        "03-20 deliver",
    )
    for count, day in enumerate(("03-01", "03-02", "03-04", "03-09", "03-12", "03-13", "03-16", "03-20"), 1):
        assert a_reading(day, *whole) == a_reading(day, *whole[:count])


def test_a_reading_without_days_leaves_them_out():
    reading = a_reading("03-20", *ACCEPTED, days=False)
    assert reading.days is None
    assert "days" not in reading.to_json()


def test_a_reading_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        a_reading("03-20", *ACCEPTED).used = 0


# Rules 3 to 5: which days count.


def test_the_day_of_acceptance_does_not_count_and_the_due_date_is_in_time():
    assert a_reading("03-04", *ACCEPTED).used == 0
    assert a_reading("03-05", *ACCEPTED).used == 1
    assert a_reading("03-18", *ACCEPTED).promised == (10, on("03-18"), 0)
    assert a_reading("03-18", *ACCEPTED).light == "reminder"
    assert a_reading("03-19", *ACCEPTED).light == "yellow"


def test_late_begins_with_the_next_calendar_day_be_it_a_saturday():
    lines = ("03-01 open", "03-02 submit", "03-06 accept")
    due = a_reading("03-06", *lines).promised.due_on
    assert due == on("03-20")  # a Friday
    assert a_reading("03-21", *lines).light == "yellow"


COUNTED = {  # the day of the reading, what follows the acceptance, days used and days paused
    "a grant on the day of acceptance uses nothing": ("05-01", ["03-04 grant"], 0, 0),
    "the day of the decision counts": ("05-01", ["03-06 refuse"], 2, 0),
    "paused again on the day of resumption": ("03-10", [*ON_ONE_DAY, "03-09 start_special 听证"], 2, 2),
    "a grant on the day of resumption": ("04-01", [*PAUSED, "03-10 end_special", "03-10 grant"], 2, 2),
    "overlapping pauses count once": ("03-20", [*PAUSED, "03-10 suspend", "03-12 end_special", "03-17 resume"], 5, 7),
    "a suspension alone": ("03-20", ["03-10 suspend", "03-17 resume"], 7, 5),
    "a pause that a withdrawal ends": ("06-01", ["03-05 start_special 公示", "03-06 withdraw_approval"], 0, 2),
}


@pytest.mark.parametrize("case", COUNTED)
def test_days_used_and_paused_are_those_of_rules_3_to_7(case):
    day, lines, used, paused = COUNTED[case]
    reading = a_reading(day, *ACCEPTED, *lines)
    assert (reading.used, reading.paused) == (used, paused)


def test_paused_and_resumed_on_one_day_costs_nothing():
    assert a_reading("03-20", *ACCEPTED, *ON_ONE_DAY) == a_reading("03-20", *ACCEPTED)


def test_the_day_of_the_pause_does_not_count_and_the_day_of_the_resumption_does():
    reading = a_reading("03-12", *ACCEPTED, "03-09 start_special 公示", "03-12 end_special")
    assert [day.on for day in reading.days if day.why == "paused"] == [on("03-09"), on("03-10"), on("03-11")]
    assert (reading.used, reading.paused) == (3, 3)


def test_a_paused_clock_does_not_run_over_a_holiday():
    reading = a_reading("05-08", *ACCEPTED, "04-29 start_special 公示", "05-07 end_special")
    assert [day.why for day in reading.days[-10:]] == ["paused"] * 2 + ["holiday"] * 5 + ["paused", "", ""]


def test_while_paused_the_due_date_is_that_of_resuming_on_that_day():
    lines = (*ACCEPTED, "03-09 start_special 公示")
    for day in ("03-09", "03-12", "03-14", "04-05", "09-27"):
        resumed = a_reading(day, *lines, f"{day} end_special")
        assert a_reading(day, *lines).promised.due_on == resumed.promised.due_on
        assert a_reading(day, *lines).legal.due_on == resumed.legal.due_on


# Rule 6: calendar days.


def test_calendar_days_count_every_day_and_end_on_a_working_day():
    reading = a_reading("03-20", *ACCEPTED, limits=CALENDAR_DAYS)
    assert reading.used == 12
    assert reading.legal == (60, "calendar_days", 16, on("05-06"), 44)  # day 60 is May 3, in the holidays


def test_a_pause_is_left_out_of_calendar_days_too():
    lines = (*ACCEPTED, "03-07 start_special 公示", "03-09 end_special")
    assert a_reading("03-20", *lines, limits=CALENDAR_DAYS).legal.used == 14
    assert a_reading("03-20", *lines, limits=CALENDAR_DAYS).used == 12


def test_a_calendar_limit_is_late_only_after_the_working_day_to_which_it_moved():
    limits = Limits(promised=60, legal=60, legal_unit="calendar_days")
    assert a_reading("05-06", *ACCEPTED, limits=limits).legal.left == -3
    assert a_reading("05-06", *ACCEPTED, limits=limits).light == "green"
    assert a_reading("05-07", *ACCEPTED, limits=limits).light == "red"


@pytest.mark.parametrize("unit", ["working_days", "calendar_days"])
def test_a_limit_of_no_days_is_due_on_the_very_day_even_a_saturday(unit):
    lines = ("03-01 open", "03-02 submit", "03-07 accept")
    reading = a_reading("03-07", *lines, limits=Limits(0, 0, unit))
    assert (reading.promised.due_on, reading.legal.due_on) == (on("03-07"), on("03-07"))
    assert a_reading("03-08", *lines, limits=Limits(0, 0, unit)).light == "red"


# Rule 7: pauses overlap, and have caps.


def test_a_suspended_project_stops_an_accepted_clock_by_itself():
    alone = a_reading("03-20", *ACCEPTED, "03-10 suspend", "03-17 resume")
    lines = ("03-10 suspend", "03-10 start_special 中止", "03-17 resume", "03-17 end_special")
    assert a_reading("03-20", *ACCEPTED, *lines) == alone


def test_a_pause_beyond_its_cap_stays_a_pause():
    lines = steps(*ACCEPTED, "03-09 start_special 公示", "03-24 end_special", "03-25 start_special 听证")
    listed = pauses(lines, {"公示": 10, "听证": None}, the_calendar(), on("03-26"))
    assert [(pause.procedure, pause.working_days, pause.cap) for pause in listed] == [
        ("公示", 11, 10),
        ("听证", 2, None),
    ]


def test_only_the_pauses_of_the_decision_clock_are_listed():
    lines = ("03-01 open", "03-02 submit", "03-03 suspend", "03-04 resume", "03-05 accept", "03-09 start_special 公示")
    listed = pauses(steps(*lines, "03-10 start_special 听证"), {}, the_calendar(), on("03-12"))
    assert [(pause.procedure, pause.from_on, pause.working_days) for pause in listed] == [("公示", on("03-09"), 4)]
    assert pauses(steps(*lines), {}, the_calendar(), on("03-04")) == []


# Rules 8 to 12: the notice clock, the decision and the delivery.

STANDING = {  # the day of the reading, the history, and what the reading says
    "before the first step an approval waits": ("02-28", ACCEPTED, WAITING),
    "received, with the five days of the notice": ("03-04", RECEIVED, NOTICED),
    "suspended, with the notice as if it went on on that day": (
        *("03-10", (*RECEIVED, "03-04 suspend")),
        {"notice": (5, on("03-13"), 4)},
    ),
    "the notice after a suspension": ("03-16", SUSPENDED, {"notice": (5, on("03-19"), 3)}),
    "still received on the last day": ("03-09", (*RECEIVED, "03-10 deem_accepted"), {"state": "received"}),
    "silence is acceptance from the day of receipt": (
        *("03-10", (*RECEIVED, "03-10 deem_accepted")),
        {"accepted_on": on("03-02"), "deemed": True, "used": 6, "promised": (10, on("03-16"), 4)},
    ),
    "a suspension before it is no days of the decision either": (
        *("03-20", (*SUSPENDED, "03-20 deem_accepted")),
        {"accepted_on": on("03-02"), "used": 6, "paused": 8},
    ),
    "waiting for the owner's correction is no clock": (
        *("03-20", (*RECEIVED, "03-04 notify_once")),
        {"state": "correcting", "notice": None, "used": 0},
    ),
    "a resubmission is a new receipt": (
        *("03-20", (*RECEIVED, "03-04 notify_once", "03-18 resubmit")),
        {"received_on": on("03-18"), "notice": (5, on("03-25"), 3)},
    ),
    "refused intake ends the round without a clock": (
        *("06-01", (*RECEIVED, "03-04 reject_intake")),
        {"state": "not_accepted", "notice": None, "light": None, "decided_on": None},
    ),
    "the day before an extension": ("03-19", EXTENDED, {"promised": (10, on("03-18"), -1), "light": "yellow"}),
    "a decision has ten working days to be delivered": ("03-25", DELIVERED, {"delivery": (10, on("04-03"), 7)}),
    "until the delivery": ("03-30", DELIVERED, {"delivery": None, "delivered_on": on("03-30")}),
    "a new round starts afresh": (
        *("04-07", AGAIN),
        {"round": 2, "promised": (10, on("04-20"), 9), "delivery": None},
    ),
    "and only then": ("03-31", AGAIN, {"round": 1}),
    "with nothing accepted yet": ("04-01", AGAIN, {"accepted_on": None}),
    "a withdrawal stops the clock and decides nothing": (
        *("06-01", (*ACCEPTED, "03-06 withdraw_approval")),
        {"state": "withdrawn", "used": 2, "decided_on": None, "delivery": None, "promised": (10, on("03-18"), 8)},
    ),
    "a pause after the due date changes no due date and no light": (
        *("05-20", (*ACCEPTED, "03-25 start_special 公示")),
        {"promised": (10, on("03-18"), -4), "light": "yellow"},
    ),
}


@pytest.mark.parametrize("case", STANDING)
def test_a_reading_says_how_an_approval_stands(case):
    day, lines, expected = STANDING[case]
    reading = a_reading(day, *lines)
    assert {name: getattr(reading, name) for name in expected} == expected


# Rules 11 and 15: extension and decision.


@pytest.mark.parametrize(("legal", "most"), [(7, 3), (10, 5), (15, 7), (20, 10), (30, 10), (60, 10), (1, 0)])
def test_an_extension_is_at_most_half_of_the_legal_limit_and_ten_days(legal, most):
    assert max_extension(Limits(promised=1, legal=legal)) == most


def test_an_extension_adds_to_both_limits_from_its_day_on():
    reading = a_reading("03-20", *EXTENDED)
    assert (reading.promised.limit, reading.legal.limit, reading.light) == (15, 25, "green")


def test_after_the_decision_dates_and_light_stay_what_they_were():
    lines = (*ACCEPTED, "03-20 grant")
    decided = a_reading("03-20", *lines)
    later = a_reading("12-30", *lines)
    assert (later.promised, later.legal, later.light, later.days) == (
        decided.promised, decided.legal, "yellow", decided.days,
    )  # fmt: skip


# Rule 2: years without a notice.


def test_a_year_without_a_notice_between_two_with_one_makes_the_reading_provisional():
    calendar = the_calendar().with_notices([HolidayNotice(2027), HolidayNotice(2029)])
    lines = steps("2027-01-01 open", "2027-01-04 submit", "2027-01-05 accept")
    assert not read(lines, TEN_OF_TWENTY, calendar, on("2027-12-31")).provisional
    assert read(lines, TEN_OF_TWENTY, calendar, on("2029-01-01")).provisional


@pytest.mark.parametrize(
    ("day", "lines", "expected"),
    [
        ("2026-12-10", ("2026-12-01 open", "2026-12-02 submit", "2026-12-03 accept"), False),
        ("2026-12-10", ("2026-12-01 open", "2026-12-02 submit", "2026-12-04 accept"), True),  # the legal date
        ("2026-12-30", ("2026-12-01 open", "2026-12-28 submit"), True),  # the notice date
        ("2025-01-02", ("2024-12-30 open", "2024-12-31 submit"), True),  # the day of receipt
        ("2026-06-10", ("2026-06-01 open", "2026-06-02 submit"), False),
        ("2026-12-31", ("2026-12-01 open", "2026-12-02 submit", "2026-12-03 accept", "2026-12-18 grant"), True),
        ("2026-12-31", ("2026-12-01 open", "2026-12-02 submit", "2026-12-03 accept", "2026-12-17 grant"), False),
    ],
)
def test_a_date_in_a_year_without_a_notice_makes_the_reading_provisional(day, lines, expected):
    assert a_reading(day, *lines).provisional is expected


def test_the_reading_names_the_notice_that_it_rests_upon():
    assert a_reading("2025-12-31", *ACCEPTED).calendar == "2025"
    assert a_reading("2027-03-01", *ACCEPTED).calendar == "2026"


# Bad input.


def test_a_move_without_a_rule_is_refused_and_not_passed_over():
    with pytest.raises(UnknownMove, match="acept"):
        a_reading("03-20", "03-01 open", "03-02 acept")


def test_days_outside_of_the_known_century_are_refused():
    with pytest.raises(CalendarError):
        read(steps(*ACCEPTED), TEN_OF_TWENTY, the_calendar(), date(9999, 12, 31))
    with pytest.raises(CalendarError):
        read(steps("1990-01-01 open", "1990-01-02 submit"), TEN_OF_TWENTY, the_calendar(), on("03-20"))
