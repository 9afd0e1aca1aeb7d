"""What a pause, a suspension or an extension did to both due dates."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock.cases import TEN_OF_TWENTY, on, steps, the_calendar
from tests.support.clock.histories import NAIVE, PRODUCT, as_steps, histories
from tests.support.clock.oracle import NEXT, Case, live
from tests.support.clock.trial import the_same_limits
from workflows.clock.deadline_changes import Dates, shifts, specials
from workflows.clock.timeline import Limits

STOPS = ("grant", "refuse", "withdraw_approval")
ACCEPTED = ("02-10 open", "02-11 submit", "02-12 accept")  # the last Thursday but one before the Spring Festival


def the_shifts(day, *lines, limits=TEN_OF_TWENTY, caps=None):
    return shifts(steps(*lines), limits, caps or {}, the_calendar(), on(day))


def days(*pair):
    return Dates(*map(on, pair))


# The known answers of the rules of time: 2026-02-12 and 5, 20 working days; 2026-09-30 and 7; 2026-04-30 and 3.


def test_an_extension_adds_its_days_to_both_limits():
    found = the_shifts("03-02", *ACCEPTED, "03-02 extend 5", limits=Limits(5, 15))
    (change,) = found
    assert (change.move, change.days, change.from_on, change.until_on) == ("extend", 5, on("03-02"), on("03-02"))
    assert change.before == days("02-26", "03-11")
    assert change.after == days("03-04", "03-18")


def test_a_pause_over_the_national_day_moves_both_dates_by_the_working_days_it_took():
    lines = ("09-28 open", "09-28 submit", "09-28 accept", "09-29 start_special 公示", "09-30 end_special")
    (change,) = the_shifts("10-15", *lines, limits=Limits(3, 9))
    assert (change.special.procedure, change.days) == ("公示", 1)
    assert change.before.legal == on("10-15")  # the seventh working day after 09-30
    assert change.after == days("10-09", "10-16")


def test_a_pause_that_still_runs_tells_the_dates_as_if_it_ended_today():
    lines = ("04-29 open", "04-29 submit", "04-29 accept", "04-30 start_special 公示")
    (change,) = the_shifts("04-30", *lines, limits=Limits(3, 20))
    assert (change.until_on, change.days, change.before.promised) == (None, 1, on("05-07"))
    assert the_shifts("05-06", *lines, limits=Limits(3, 20))[0].after.promised == on("05-08")


def test_a_pause_and_a_resumption_on_one_day_cost_nothing():
    (change,) = the_shifts("03-10", *ACCEPTED, "03-03 start_special 听证", "03-03 end_special")
    assert change.days == 0
    assert change.before == change.after == days("03-04", "03-18")  # the twentieth working day after 02-12


@pytest.mark.parametrize(("move", "end"), [("start_special 公示", "end_special"), ("suspend", "resume")])
def test_the_day_of_the_acceptance_never_counts_so_a_pause_does_not_lose_it(move, end):
    (change,) = the_shifts("02-27", *ACCEPTED, f"02-12 {move}", f"02-24 {end}")
    assert change.days == 2  # 13 February, and the make-up Saturday of the 14th
    assert the_calendar().working_days_between(change.before.legal, change.after.legal) == 2


@pytest.mark.parametrize("move", ["start_special 公示", "suspend"])
def test_a_pause_that_only_a_withdrawal_ends_lost_that_day_too(move):
    (change,) = the_shifts("03-31", *ACCEPTED, f"03-02 {move}", "03-04 withdraw_approval")
    assert (change.until_on, change.days) == (on("03-04"), 3)


def test_what_moved_an_earlier_round_is_not_told_of_the_next():
    first = (*ACCEPTED, "03-02 extend 5", "03-03 start_special 公示", "03-05 end_special", "03-09 refuse")
    assert len(the_shifts("03-10", *first)) == 2
    again = (*first, "03-10 reapply")
    assert the_shifts("03-10", *again) == []
    (change,) = the_shifts("03-31", *again, "03-11 submit", "03-12 accept", "03-13 extend 3")
    assert (change.move, change.days) == ("extend", 3)


def test_special_procedures_of_all_rounds_are_known_with_their_caps():
    first = (*ACCEPTED, "03-02 start_special 公示", "03-05 end_special", "03-09 refuse")
    again = ("03-10 reapply", "03-11 submit", "03-12 accept", "03-13 suspend", "03-16 resume")
    history = steps(*first, *again, "03-17 start_special 听证")
    procedures = specials(history, {"公示": 2, "听证": 5}, the_calendar(), on("03-23"))
    assert [(special.round, special.procedure, special.days, special.cap) for special in procedures] == [
        (1, "公示", 3, 2),
        (2, "听证", 5, 5),
    ]
    assert [special.is_over for special in procedures] == [True, False]
    assert [special.is_near(1) for special in procedures] == [False, True]


# Against the naive clock, which is asked day by day.


@given(histories(states=("accepted", "paused", "granted", "refused")), st.integers(0, 60))
def test_both_dates_before_and_after_are_those_of_the_oracle(history, later):
    number, lot, moves = history
    until = moves[-1].on + timedelta(days=later)
    changes = shifts(as_steps(moves), the_same_limits(lot), {}, PRODUCT[number], until)
    expected = recounted(moves, lot, NAIVE[number], until)
    assert [(change.at, change.before, change.after, change.days) for change in changes] == expected
    for change in changes:
        assert change.before.promised <= change.after.promised
        assert change.before.legal <= change.after.legal


def recounted(moves, lot, calendar, until):
    """(place, dates before, dates after, days) of each pause and extension of the last round, by hand."""
    accepted = max(at for at, move in enumerate(moves) if move.move in ("accept", "deem_accepted"))
    changes = []
    for at, move in enumerate(moves):
        if at < accepted or move.move not in ("extend", "suspend", "start_special") or move.procedure == "中止":
            continue
        if any(earlier.move in STOPS for earlier in moves[accepted:at]):
            continue
        end = at if move.move == "extend" else the_end(moves, at)
        after_on = until if end is None else moves[end].on
        past = moves if end is None else moves[: end + 1]
        before, after = dates(moves[:at], lot, calendar, move.on), dates(past, lot, calendar, after_on)
        changes.append(
            (at, before, after, move.days if move.move == "extend" else lost(moves, at, end, calendar, until))
        )
    return changes


def the_end(moves, at):
    end = {"suspend": "resume", "start_special": "end_special"}[moves[at].move]
    return next((n for n in range(at + 1, len(moves)) if moves[n].move in (end, *STOPS)), None)


def dates(moves, lot, calendar, day):
    *_, (_, case) = live(moves, lot, calendar, day)
    reading = case.reading(day)
    return Dates(on(reading["promised"]["due_on"]), on(reading["legal"]["due_on"]))


def lost(moves, at, end, calendar, until):
    """Working days on whose close this pause held, after the acceptance; a stop in the pause loses its own day."""
    case = Case(None, calendar)
    for move in moves:
        case.happen(move)
    is_stopped = end is not None and moves[end].move in STOPS
    last = until if end is None else moves[end].on if is_stopped else moves[end].on - NEXT
    day, count = max(moves[at].on, case.accepted_on + NEXT), 0
    while day <= last:
        count += calendar.works(day)
        day += NEXT
    return count
