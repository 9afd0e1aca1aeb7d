"""Whose time it was, and the joint clock of a stage."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock.cases import on, steps, the_calendar
from tests.support.clock.histories import NAIVE, PRODUCT, as_steps, histories
from tests.support.clock.oracle import ledger_of
from tests.support.clock.trial import the_same_limits
from workflows.clock.approval_clock import read
from workflows.clock.time_accounting import TimeAccount, stage_clock, sum_of_accounts, time_account

WHOLE = (
    "03-02 open",  # Monday
    "03-04 submit",  # 2 owner days: 3, 4
    "03-06 notify_once",  # 2 department days: 5, 6
    "03-11 resubmit",  # 3 owner days: 9, 10, 11
    "03-12 accept",  # 1 department day
    "03-17 start_special 公示",  # 2 department days: 13, 16
    "03-20 end_special",  # 3 special days: 17, 18, 19
    "03-24 grant",  # 3 department days: 20, 23, 24
)


def the_ledger(first, last, *lines):
    return time_account(steps(*lines), the_calendar(), on(first), on(last))


def test_each_working_day_is_somebodys_and_they_add_up():
    march = the_ledger("03-01", "03-31", *WHOLE)
    assert march == TimeAccount(department=8, owner=5, special=3, none=6)
    assert sum(march) == the_calendar().working_days_between(on("02-28"), on("03-31")) == 22
    assert march.open == 16


ACCOUNTS = {  # the first and the last day, the history, whose days they were
    "after the acceptance": ("03-13", "03-24", WHOLE, TimeAccount(department=5, special=3)),
    "before the history": ("01-01", "02-28", WHOLE, TimeAccount(none=37)),
    "after the history": ("05-01", "05-31", WHOLE, TimeAccount(none=19)),
    "no history": ("05-01", "05-31", (), TimeAccount(none=19)),
    "no days": ("05-31", "05-01", WHOLE, TimeAccount()),
    "suspended in the owner's hands": (
        *("03-02", "03-10", ("03-02 open", "03-04 suspend", "03-09 resume")),
        TimeAccount(owner=3, special=3, none=1),
    ),
    "suspended in the window's hands": (
        *("03-03", "03-10", ("03-02 open", "03-02 submit", "03-04 suspend", "03-09 resume")),
        TimeAccount(department=3, special=3),
    ),
    "suspended while waiting for others": (
        *("03-02", "03-10", ("03-03 suspend", "03-09 open")),
        TimeAccount(special=1, none=6),
    ),
    "silence keeps the days with the department": (
        *("03-03", "03-13", ("03-02 open", "03-02 submit", "03-10 deem_accepted")),
        TimeAccount(department=9),
    ),
}


@pytest.mark.parametrize("case", ACCOUNTS)
def test_each_day_is_on_the_account_of_whoever_held_the_approval(case):
    first, last, lines, expected = ACCOUNTS[case]
    assert the_ledger(first, last, *lines) == expected


def test_a_period_may_be_cut_anywhere():
    parts = [the_ledger("03-01", "03-10", *WHOLE), the_ledger("03-11", "03-31", *WHOLE)]
    assert sum_of_accounts(parts) == the_ledger("03-01", "03-31", *WHOLE)


@given(histories(states=None), st.integers(-30, 60), st.integers(0, 120))
def test_the_ledgers_are_those_of_the_oracle_and_add_up(history, before, length):
    number, lot, moves = history
    first = moves[0].on + timedelta(days=before)
    last = first + timedelta(days=length)
    account = time_account(as_steps(moves), PRODUCT[number], first, last)
    assert account._asdict() == ledger_of(moves, lot, NAIVE[number], first, last)
    assert sum(account) == PRODUCT[number].working_days_between(first - timedelta(days=1), last)


@given(histories(states=("accepted", "paused", "granted", "refused")), st.integers(0, 60))
def test_used_and_paused_are_the_departments_and_special_days_since_the_acceptance(history, later):
    number, lot, moves = history
    steps, day = as_steps(moves), moves[-1].on + timedelta(days=later)
    reading = read(steps, the_same_limits(lot), PRODUCT[number], day)
    end = reading.decided_on or day
    account = time_account(steps, PRODUCT[number], reading.accepted_on + timedelta(days=1), end)
    assert (account.department, account.special) == (reading.used, reading.paused)


# Rule 13: the joint clock of a stage.

A = ("03-01 open", "03-02 submit", "03-04 accept")
B = ("03-01 open", "03-02 submit", "03-06 accept")


def the_stage(day, *approvals, **more):
    return stage_clock([steps(*lines) for lines in approvals], the_calendar(), on(day), **more)


def test_a_stage_has_no_clock_before_its_first_acceptance():
    assert the_stage("03-03", A, B) is None
    assert the_stage("03-03", ("03-01 open",)) is None
    assert stage_clock([], the_calendar(), on("03-03")) is None


def test_the_joint_clock_starts_with_the_first_acceptance_and_has_45_working_days():
    stage = the_stage("03-10", A, B)
    assert (stage.started_on, stage.used, stage.paused, stage.left) == (on("03-04"), 4, 0, 41)
    assert stage.due_on == the_calendar().nth_working_day_after(on("03-04"), 45)
    assert (stage.is_late, stage.is_paused) == (False, False)
    assert the_stage("03-10", A, B, limit=60).left == 56


def test_it_runs_while_one_open_approval_runs_and_stands_while_all_are_paused():
    a, b = (*A, "03-10 start_special 公示"), (*B, "03-12 start_special 听证", "03-17 end_special")
    assert the_stage("03-11", a, b).paused == 0
    stage = the_stage("03-16", a, b)
    assert (stage.used, stage.paused, stage.is_paused) == (5, 3, True)
    assert (the_stage("03-18", a, b).used, the_stage("03-18", a, b).is_paused) == (7, False)


def test_a_decided_approval_does_not_keep_the_joint_clock_running():
    stage = the_stage("03-12", (*A, "03-10 start_special 公示"), (*B, "03-11 grant"))
    assert (stage.used, stage.paused, stage.is_paused) == (4, 2, True)


def test_it_runs_on_between_two_approvals_and_ends_with_the_last_decision():
    a = (*A, "03-06 grant")
    waiting = ("03-01 open", "03-09 submit", "03-10 accept", "03-13 grant")
    assert the_stage("03-09", a, waiting).used == 3
    stage = the_stage("03-31", a, waiting)
    assert (stage.ended_on, stage.used) == (on("03-13"), 7)
    assert stage.to_json()["ended_on"] == "2026-03-13"


def test_its_last_day_counts_only_if_a_clock_ran_until_then():
    paused = (*A, "03-10 start_special 公示", "03-16 withdraw_approval")
    assert (the_stage("03-31", paused).used, the_stage("03-31", paused).paused) == (3, 5)
    assert the_stage("03-31", paused, (*B, "03-16 grant")).used == 8


def test_it_is_not_over_before_every_approval_of_the_stage_is():
    assert the_stage("03-31", (*A, "03-10 grant"), ("03-01 open", "03-02 submit")).ended_on is None
    assert the_stage("03-31", (*A, "03-10 grant"), ("03-01 open", "03-12 withdraw_approval")).ended_on == on("03-10")


def test_a_suspended_project_stops_the_joint_clock_even_between_two_approvals():
    suspension = ("03-09 suspend", "03-12 resume")
    a, b = (*A, "03-06 grant", *suspension), ("03-01 open", *suspension)
    assert (the_stage("03-13", a, b).used, the_stage("03-13", a, b).paused) == (4, 3)


def test_a_pause_is_over_for_the_due_date_on_the_day_of_the_reading():
    a = (*A, "03-10 start_special 公示")
    resumed = (*A, "03-10 start_special 公示", "03-20 end_special")
    assert the_stage("03-20", a).due_on == the_stage("03-20", resumed).due_on


@pytest.mark.parametrize(("day", "late"), [("05-11", False), ("05-12", True)])
def test_a_stage_is_late_the_day_after_its_due_date(day, late):
    assert the_stage(day, A).due_on == on("05-11")
    assert the_stage(day, A).is_late is late
