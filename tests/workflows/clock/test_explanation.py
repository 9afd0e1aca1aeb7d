"""Click a date, see why: the days behind a due date."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock.cases import CALENDAR_DAYS, TEN_OF_TWENTY, on, steps, the_calendar
from tests.support.clock.histories import PRODUCT, as_steps, histories
from tests.support.clock.oracle import NEXT
from tests.support.clock.trial import the_same_limits
from workflows.clock.explanation import RULES, explain

ACCEPTED = ("03-01 open", "03-02 submit", "03-04 accept")
PAUSED = (*ACCEPTED, "03-09 start_special 专家评审", "03-12 end_special")


def the_explanation(day, *lines, limits=TEN_OF_TWENTY, clock="decision"):
    return explain(steps(*lines), limits, the_calendar(), on(day), clock)


def test_each_day_says_why_by_which_rule_and_what_was_used_by_then():
    answer = the_explanation("03-20", *PAUSED)
    days = {day.on: day for day in answer.days}
    assert (answer.since_on, answer.days[0].on, answer.days[-1].on) == (on("03-04"), on("03-05"), on("04-07"))
    assert days[on("03-06")][1:5] == (True, True, "", "working_day")
    assert days[on("03-07")].rule == "weekend"
    assert (days[on("03-09")].rule, days[on("03-09")].name) == ("special_procedure", "专家评审")
    assert (days[on("04-06")].why, days[on("04-06")].name) == ("holiday", "清明节")
    assert (days[on("03-20")].used, days[on("03-20")].marks) == (9, ("reading",))
    assert (days[on("03-23")].used, days[on("03-23")].marks) == (10, ("promised_due",))
    assert (days[on("04-07")].legal_used, days[on("04-07")].marks) == (20, ("legal_due",))
    assert "国办发明电〔2025〕7号" in days[on("03-20")].source
    assert next(day.on for day in answer.days if day.is_assumed) == on("03-21")


def test_a_clock_that_stands_still_is_assumed_to_go_on_on_the_day_of_the_reading():
    answer = the_explanation("03-11", *PAUSED[:4])
    days = {day.on: day for day in answer.days}
    assert (days[on("03-10")].why, days[on("03-11")].why, days[on("03-11")].is_assumed) == ("paused", "", True)
    assert days[on("03-20")].marks == ("promised_due",)


def test_a_make_up_day_and_a_suspension_have_rules_of_their_own():
    lines = ("02-24 open", "02-25 submit", "02-26 accept", "03-02 suspend")
    days = {day.on: day for day in the_explanation("03-03", *lines).days}
    assert (days[on("02-28")].rule, days[on("02-28")].counts) == ("makeup_day", True)
    assert (days[on("03-02")].rule, days[on("03-02")].name) == ("suspension", "中止")


def test_a_procedure_inside_of_a_suspension_is_named_first():
    lines = (*ACCEPTED, "03-09 start_special 公示", "03-10 suspend", "03-13 end_special", "03-17 resume")
    days = {day.on: day.name for day in the_explanation("03-20", *lines).days}
    assert [days[on(day)] for day in ("03-09", "03-10", "03-13", "03-16", "03-17")] == [
        "公示",
        "公示",
        "中止",
        "中止",
        "",
    ]


def test_calendar_days_count_for_the_legal_limit_alone_and_end_on_a_working_day():
    days = {day.on: day for day in the_explanation("03-20", *ACCEPTED, limits=CALENDAR_DAYS).days}
    assert (days[on("03-07")].counts, days[on("03-07")].legal_counts) == (False, True)
    assert (days[on("05-03")].legal_used, days[on("05-06")].marks) == (60, ("legal_due",))


def test_the_days_of_a_decided_approval_end_with_its_due_dates():
    answer = the_explanation("12-31", *ACCEPTED, "03-06 grant")
    assert [(day.on, day.marks) for day in answer.days if day.marks] == [
        (on("03-06"), ("stopped",)), (on("03-18"), ("promised_due",)), (on("04-01"), ("legal_due",)),
    ]  # fmt: skip


def test_notice_and_delivery_have_their_days_too():
    notice = the_explanation("03-04", "03-01 open", "03-02 submit", clock="notice")
    assert (notice.since_on, notice.days[-1].on, notice.days[-1].used) == (on("03-02"), on("03-09"), 5)
    delivery = the_explanation("03-25", *ACCEPTED, "03-20 grant", clock="delivery")
    assert (delivery.since_on, delivery.days[-1].on, delivery.days[-1].used) == (on("03-20"), on("04-03"), 10)


@pytest.mark.parametrize(
    ("day", "clock"),
    [("03-20", "notice"), ("03-20", "delivery"), ("03-02", "decision"), ("03-20", ""), ("03-20", "legal")],
)
def test_a_clock_that_does_not_run_has_nothing_to_explain(day, clock):
    assert the_explanation(day, *ACCEPTED, clock=clock) is None


def test_the_explanation_is_plain_json_with_rule_and_article():
    answer = json.loads(json.dumps(the_explanation("03-20", *PAUSED).to_json(), ensure_ascii=False))
    assert answer["reading"]["promised"]["due_on"] == "2026-03-23"
    assert (answer["days"][4]["on"], answer["days"][4]["law_rule"], answer["days"][4]["article"]) == (
        "2026-03-09",
        14,
        "45",
    )
    assert {day["rule"] for day in answer["days"]} <= set(RULES)


def test_days_in_a_year_without_a_notice_are_provisional():
    answer = the_explanation("2026-12-30", "2026-12-01 open", "2026-12-02 submit", "2026-12-28 accept")
    assert [day.is_provisional for day in answer.days[:5]] == [False, False, False, True, True]
    assert answer.days[4].source == ""


@given(histories(states=None), st.integers(0, 60), st.sampled_from(("decision", "notice", "delivery")))
def test_the_running_totals_arrive_at_the_limits_on_the_due_dates(history, later, clock):
    number, lot, moves = history
    day = moves[-1].on + later * NEXT
    answer = explain(as_steps(moves), the_same_limits(lot), PRODUCT[number], day, clock)
    if answer is None:
        return
    marks = {mark: row for row in answer.days for mark in row.marks}
    reading = answer.reading
    if clock == "decision":
        assert marks["promised_due"].used == reading.promised.limit
        rolled = lot.legal_unit == "calendar_days"
        assert marks["legal_due"].legal_used == reading.legal.limit or rolled
        end = reading.decided_on or day
        lived = [row for row in answer.days if not row.is_assumed and row.on <= end]
        assert len([row for row in lived if row.counts]) == reading.used or answer.reading.state == "withdrawn"
    else:
        assert marks["due"].used == getattr(reading, clock).limit
