"""What the sweep raises, lifts and closes, and on which day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.base.errors import Problem
from approvals.base.moments import day_of
from approvals.supervision.escalations.actions import sweep_project
from approvals.supervision.queries import due_projects
from tests.support.builders import (
    GIVEN,
    NOW,
    a_project,
    an_approval,
    approval_row,
    do,
    entries,
    escalation_rows,
    project_row,
    walk,
    when,
)
from tests.support.extent import effort
from tests.support.trying import sweep_daily, sweep_to

# A01 (5 promised, 20 legal days) accepted on Monday, 2 March 2026: one promised day is left from Friday the 6th on, the
# promise is due on the 9th, the law on the 30th.
NORMAL = {  # level -> raised, to be answered by, lifted
    1: ("2026-03-06", "2026-03-11", "2026-03-12"),
    2: ("2026-03-10", "2026-03-13", "2026-03-14"),  # yellow comes before the lifting
    3: ("2026-03-14", "2026-03-18", "2026-03-19"),  # the lifting comes before red
    4: ("2026-03-19", "2026-03-24", None),
}
HURRIED = {
    1: ("2026-03-06", "2026-03-09", "2026-03-10"),
    2: ("2026-03-10", "2026-03-11", "2026-03-12"),
    3: ("2026-03-12", "2026-03-13", "2026-03-14"),
    4: ("2026-03-14", "2026-03-16", None),
}
ANSWERER = {1: "window-a01", 2: "centre1", 3: "office1", 4: "leader1"}


def an_accepted(town, *, key=False, urgent=False):
    """The reference of an approval that was accepted on 2 March, of a project of this kind."""
    with town.write() as tx:
        ref = a_project(tx, "filed")
        do(tx, "office1", "classify", ref, GIVEN["classify"] | {"key": key, "urgent": urgent})
        do(tx, "centre1", "register", ref)
        walk(tx, ref, "A01", ("submit", "accept"))
    return f"{ref}/A01"


def climbed(town, ref):
    """What stands of the escalations: level -> raised, to be answered by, lifts or lifted, state."""
    with town.read() as tx:
        rows = escalation_rows(tx, *ref.split("/"))
    return {
        (r.round, r.level): (str(r.raised_on), str(r.answer_due_on), r.lift_on and str(r.lift_on), r.state)
        for r in rows
    }


def all_of(days, **states):
    """What is expected when everything was raised and lifted: the highest level waits, the others were lifted."""
    return {(1, n): (*dates, states.get(f"level{n}", "raised" if n == 4 else "lifted")) for n, dates in days.items()}


@pytest.mark.parametrize("kind", ["normal", "key", "urgent"])
@pytest.mark.parametrize("often", ["daily", "once"])
def test_an_approval_that_nobody_answers_for_climbs_to_the_top_on_its_proper_days(town, kind, often):
    ref = an_accepted(town, key=kind == "key", urgent=kind == "urgent")
    days = NORMAL if kind == "normal" else HURRIED
    if often == "daily":
        sweep_daily(town, "2026-03-03", "2026-03-31")
    sweep_to(town, "2026-04-10")
    assert climbed(town, ref) == all_of(days)


@pytest.mark.parametrize(("level", "day"), [(n, days[0]) for n, days in NORMAL.items()])
def test_nothing_is_raised_a_day_too_early_nor_a_day_too_late(town, level, day):
    ref = an_accepted(town)
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    sweep_to(town, before, "23:59:59")
    assert (1, level) not in climbed(town, ref)
    sweep_to(town, day, "00:00")
    assert climbed(town, ref)[1, level][0] == day


def test_what_the_sweep_does_is_recorded_at_the_first_moment_of_its_day(town):
    ref = an_accepted(town)
    sweep_to(town, "2026-04-10")
    with town.read() as tx:
        recorded = [(e.move, e.at) for e in entries(tx, ref.partition("/")[0]) if e.subject == "escalation"]
    for move, at in recorded:
        assert at == when(day_of(at).isoformat(), "00:00"), move
    moves = [(move, day_of(at).isoformat()) for move, at in recorded]
    assert moves == [
        ("raise", "2026-03-06"), ("raise", "2026-03-10"), ("lift", "2026-03-12"), ("lift", "2026-03-14"),
        ("raise", "2026-03-14"), ("lift", "2026-03-19"), ("raise", "2026-03-19"),
    ]  # fmt: skip


def test_sweeping_again_does_nothing(town):
    an_accepted(town)
    sweep_to(town, "2026-04-10")
    with town.read() as tx:
        assert due_projects(tx, date(2026, 4, 10)) == []
    assert not sweep_to(town, "2026-04-10")
    assert not sweep_to(town, "2026-03-05")


@pytest.mark.parametrize(
    ("level", "committed", "after"),
    [
        (1, "2026-03-20", "2026-03-21"),
        (2, "2026-03-20", "2026-03-21"),
        (3, "2026-03-25", "2026-03-26"),
        (4, "2026-03-25", None),
    ],
)
def test_an_answer_holds_its_level_until_the_commitment_has_passed_and_the_top_rests(town, level, committed, after):
    ref = an_accepted(town)
    with town.write() as tx:
        answer = {"reason": "专家出差", "commitment_on": committed, "level": level}
        do(tx, ANSWERER[level], "answer", ref, answer, at=when(NORMAL[level][0], "10:00"))
    sweep_to(town, committed)
    assert climbed(town, ref)[1, level][3] == "answered"
    sweep_to(town, after or "2026-05-29")
    assert climbed(town, ref)[1, level][2:] == (after, "lifted" if after else "answered")


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_a_decision_closes_what_is_open_and_nothing_is_raised_after_it(town, decision):
    ref = an_accepted(town)
    sweep_to(town, "2026-03-10")
    with town.write() as tx:
        do(tx, "window-a01", decision, ref, at=when("2026-03-11", "10:00"))
    sweep_to(town, "2026-05-29")
    assert {row[3] for row in climbed(town, ref).values()} == {"closed"}
    assert set(climbed(town, ref)) == {(1, 1), (1, 2)}
    with town.read() as tx:
        closed = [e.at for e in entries(tx, ref.partition("/")[0]) if e.move == "close"]
    assert closed == [when("2026-03-11", "10:00")] * 2


@pytest.mark.parametrize(
    ("day", "standing"),
    [("2026-03-05", {}), ("2026-03-06", {(1, 1): "closed"})],  # the 6th is the day of the reminder
)
def test_a_decision_in_time_raises_nothing_but_the_reminder_of_its_day(town, day, standing):
    ref = an_accepted(town)
    sweep_to(town, day)
    with town.write() as tx:
        do(tx, "window-a01", "grant", ref, at=when(day, "10:00"))
    sweep_to(town, "2026-05-29")
    assert {key: row[3] for key, row in climbed(town, ref).items()} == standing


@pytest.mark.parametrize("day", ["2026-03-06", "2026-03-09", "2026-03-10", "2026-03-16", "2026-04-02"])
@pytest.mark.parametrize("move", ["grant", "start_special", "extend", "withdraw_approval"])
def test_what_was_due_before_a_move_is_raised_even_when_no_sweep_ran(town, day, move):
    """Invariant 6: none skipped, however many sweeps are missed."""
    seen = []
    for is_swept in (True, False):
        ref = an_accepted(town)
        if is_swept:
            sweep_daily(town, "2026-03-03", day)
        with town.write() as tx:
            maker = {"extend": "head-a01", "withdraw_approval": "owner1"}.get(move, "window-a01")
            do(tx, maker, move, ref, at=when(day, "10:00"))
        sweep_to(town, "2026-05-29")
        seen.append(climbed(town, ref))
    assert seen[0] == seen[1]


def test_a_new_round_climbs_anew(town):
    ref = an_accepted(town)
    sweep_to(town, "2026-03-10")
    project, code = ref.split("/")
    with town.write() as tx:
        do(tx, "window-a01", "refuse", ref, at=when("2026-03-11", "10:00"))
        walk(tx, project, code, ("reapply", "submit", "accept"), at=when("2026-03-16"))
    sweep_to(town, "2026-05-29")
    rounds = climbed(town, ref)
    assert {key for key in rounds if key[0] == 1} == {(1, 1), (1, 2)}
    assert {row[3] for key, row in rounds.items() if key[0] == 1} == {"closed"}
    # Two weeks later: the 20th is the Friday before the promise is due.
    assert [rounds[2, n][0] for n in (1, 2, 3, 4)] == ["2026-03-20", "2026-03-24", "2026-03-28", "2026-04-02"]


def test_what_is_paused_before_the_reminder_is_never_reminded_of(town):
    ref = an_accepted(town)
    with town.write() as tx:
        do(tx, "window-a01", "start_special", ref, at=when("2026-03-05", "10:00"))
    sweep_to(town, "2026-05-29")
    assert climbed(town, ref) == {}
    with town.write() as tx:
        do(tx, "window-a01", "end_special", ref, at=when("2026-06-01", "10:00"))
    # Two days were used up; the resumption is the third, the 2nd of June the fourth.
    sweep_to(town, "2026-06-01")
    assert climbed(town, ref) == {}
    sweep_to(town, "2026-06-02")
    assert climbed(town, ref)[1, 1][0] == "2026-06-02"


def test_silence_is_acceptance_on_the_day_after_the_fifth_and_is_done_once(town):
    with town.write() as tx:
        ref = an_approval(tx, "received")
    project, code = ref.split("/")
    sweep_to(town, "2026-03-09", "23:59:59")
    with town.read() as tx:
        assert approval_row(tx, project, code).state == "received"
    assert sweep_to(town, "2026-03-10", "00:00")["deem_accepted"] == 1
    sweep_to(town, "2026-03-10", "00:00")
    with town.read() as tx:
        row = approval_row(tx, project, code)
        deemed = [e.at for e in entries(tx, project) if e.move == "deem_accepted"]
    assert (row.state, row.accepted_on, row.is_deemed) == ("accepted", date(2026, 3, 2), True)
    assert deemed == [when("2026-03-10", "00:00")]


def test_what_is_accepted_by_silence_is_late_from_its_receipt_on(town):
    with town.write() as tx:
        ref = an_approval(tx, "received")
    sweep_to(town, "2026-05-29")
    # Until the 10th nobody could know that it was late, and the report of the days before must not change any more.
    assert climbed(town, ref) == all_of(
        {
            1: ("2026-03-10", "2026-03-13", "2026-03-14"),
            2: ("2026-03-10", "2026-03-13", "2026-03-14"),
            3: ("2026-03-14", "2026-03-18", "2026-03-19"),
            4: ("2026-03-19", "2026-03-24", None),
        }
    )


# Whenever the sweeps ran, the escalations are the same.

EVENTS = {  # what may happen besides, by whom, and on which of these days
    "answer1": ("window-a01", "answer"),
    "answer2": ("centre1", "answer"),
    "answer3": ("office1", "answer"),
    "pause": ("window-a01", "start_special"),
    "resume": ("window-a01", "end_special"),
    "extend": ("head-a01", "extend"),
    "refuse": ("window-a01", "refuse"),
    "reapply": ("owner1", "reapply"),
    "submit": ("owner1", "submit"),
    "accept": ("window-a01", "accept"),
    "grant": ("window-a01", "grant"),
    "suspend": ("office1", "suspend"),
    "unsuspend": ("office1", "resume"),
}
LAST = 45  # days after the acceptance
DAYS = st.integers(1, LAST)
events = st.lists(st.tuples(DAYS, st.sampled_from(sorted(EVENTS))), max_size=8).map(sorted)
sweeps = st.sets(DAYS, max_size=10)


def happen(tx, ref, on, name):
    """Try the event on this day; whether it is allowed does not matter, as long as it is the same for all."""
    by, move = EVENTS[name]
    values = GIVEN[move]
    if move == "answer":
        values = {"reason": "专家出差", "commitment_on": "2026-04-15", "level": int(name[-1])}
    where = ref.partition("/")[0] if move in ("suspend", "resume") else ref
    try:
        with tx.begin_nested():
            do(tx, by, move, where, values, at=when(on.isoformat(), "12:00"))
    except Problem as problem:
        return type(problem).__name__
    return "done"


def live(town, ref, happenings, swept):
    """What the events answered, and how the escalations stand after all of it."""
    answers = []
    with town.write() as tx:
        project = project_row(tx, ref.partition("/")[0])
        for n in range(1, LAST + 1):
            on = date(2026, 3, 2) + timedelta(days=n)
            if n in swept:
                sweep_project(tx, project.id, when(on.isoformat(), "00:00"), NOW)
            answers += [happen(tx, ref, on, name) for day, name in happenings if day == n]
        sweep_project(tx, project.id, when("2026-05-29"), NOW)
    return answers, climbed(town, ref)


@settings(max_examples=effort(10, 200))
@given(happenings=events, swept=sweeps)
def test_the_escalations_are_the_same_however_many_sweeps_were_missed(town, happenings, swept):
    every_day, some_days, never = (
        live(town, an_accepted(town), happenings, days) for days in (range(LAST + 1), swept, ())
    )
    assert some_days == every_day
    assert never == every_day
