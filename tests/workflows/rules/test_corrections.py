"""A corrected history is read as if the right days had been written at once, and the days before as they were known."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.clock.histories import NAIVE, PRODUCT, histories
from tests.support.clock.oracle import ledger_of, live
from tests.support.clock.trial import the_same_limits
from workflows.clock.approval_clock import deadlines, read
from workflows.clock.time_accounting import time_account
from workflows.clock.timeline import CORRECT, Step
from workflows.rules.corrections import correctable

ON_A_DAY = st.integers(0, 40)


def numbered(moves):
    return [Step(*move, seq=number) for number, move in enumerate(moves, 1)]


@st.composite
def corrected(draw, most=1):
    """(number of the calendar, limits, moves, steps with up to `most` corrections, moves as they truly were)."""
    number, lot, moves = draw(histories(states=None))
    steps, true, today = numbered(moves), list(moves), moves[-1].on
    for _ in range(most):
        today += timedelta(days=draw(ON_A_DAY))
        candidates = [candidate for candidate in correctable(steps, today) if candidate.first_on < candidate.last_on]
        assume(candidates or len(steps) > len(moves))
        if candidates:
            wrong = draw(st.sampled_from(candidates))
            right_on = wrong.first_on + timedelta(days=draw(st.integers(0, (wrong.last_on - wrong.first_on).days)))
            steps.append(Step(CORRECT, today, seq=len(steps) + 1, corrects=wrong.step.seq, right_on=right_on))
            true[wrong.step.seq - 1] = true[wrong.step.seq - 1]._replace(on=right_on)
    return number, lot, moves, steps, true


def told_by_the_oracle(moves, lot, calendar, day):
    *_, (_, case) = live(moves, lot, calendar, day)
    return case.reading(day)


def told(steps, lot, calendar, day):
    reading = read(steps, the_same_limits(lot), calendar, day).to_json()
    return {name: value for name, value in reading.items() if name != "calendar"}


@given(corrected(), st.integers(0, 400))
def test_before_the_correction_the_reading_is_what_was_known(case, back):
    number, lot, moves, steps, _ = case
    day = max(moves[0].on, steps[-1].on - timedelta(days=1 + back))
    assume(day < steps[-1].on)
    assert told(steps, lot, PRODUCT[number], day) == told_by_the_oracle(moves, lot, NAIVE[number], day)


@given(corrected(most=3), ON_A_DAY)
def test_from_the_corrections_on_the_reading_is_that_of_the_right_days(case, later):
    number, lot, _, steps, true = case
    day = steps[-1].on + timedelta(days=later)
    assert told(steps, lot, PRODUCT[number], day) == told_by_the_oracle(true, lot, NAIVE[number], day)


@given(corrected(most=2))
def test_the_three_ledgers_and_the_stored_days_follow_the_right_days(case):
    number, lot, _, steps, true = case
    first, last = true[0].on, steps[-1].on + timedelta(days=20)
    account = time_account(steps, PRODUCT[number], first, last)._asdict()
    assert account == ledger_of(true, lot, NAIVE[number], first, last)
    limits = the_same_limits(lot)
    assert deadlines(steps, limits, PRODUCT[number]) == deadlines(numbered(true), limits, PRODUCT[number])


@given(corrected(most=2))
def test_a_right_day_lies_between_its_neighbours_and_never_in_the_future(case):
    *_, steps, true = case
    days = [move.on for move in true]
    assert days == sorted(days)
    assert days[-1] <= steps[-1].on


@pytest.mark.parametrize("move", ["deem_accepted", "redate", "suspend", "resume", "open"])
def test_what_the_system_does_and_what_a_project_does_is_not_corrected_here(move):
    steps = [Step(move, date(2026, 3, 2), seq=1)]
    assert correctable(steps, date(2026, 3, 9)) == []
