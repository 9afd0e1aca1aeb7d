"""Which cards are shown by rule, on which day, and that each is shown exactly once."""

from datetime import date

import pytest
from sqlalchemy import select, update

from approvals.base.moments import day_of
from approvals.history.record import NOTICE
from approvals.supervision.queries import CARDS
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, an_approval, card_rows, do, entries, faults, walk, when
from tests.support.concurrency import race
from tests.support.trying import sweep_daily, sweep_to

# A01 (5 promised, 20 legal days), accepted on Monday, 2 March 2026: the promise is due on the 9th, the law on the 30th.
LATE = [("promised", "yellow", "2026-03-10"), ("legal", "red", "2026-03-31")]


def an_accepted(town, state="accepted"):
    with town.write() as tx:
        return an_approval(tx, state)


def cards(town, ref):
    with town.read() as tx:
        return [(row.rule, row.colour, str(row.shown_on)) for row in card_rows(tx, *ref.split("/"))]


@pytest.mark.parametrize("often", ["daily", "a week late", "once"])
def test_a_limit_that_passes_shows_its_card_on_its_day_however_late_the_sweep_comes(town, often):
    ref = an_accepted(town)
    if often == "daily":
        sweep_daily(town, "2026-03-03", "2026-04-02")
    if often == "a week late":
        sweep_to(town, "2026-03-09")
        sweep_to(town, "2026-03-17")
    sweep_to(town, "2026-04-07")
    assert cards(town, ref) == LATE
    with town.read() as tx:
        recorded = [(e.move, e.at) for e in entries(tx, ref.partition("/")[0]) if e.subject == "card"]
    assert recorded == [("show_card", when("2026-03-10", "00:00")), ("show_card", when("2026-03-31", "00:00"))]


def test_no_card_comes_a_day_too_early(town):
    ref = an_accepted(town)
    sweep_to(town, "2026-03-09", "23:59:59")
    assert cards(town, ref) == []
    sweep_to(town, "2026-03-10", "00:00")
    assert cards(town, ref) == LATE[:1]


def test_a_decision_on_the_due_date_is_in_time_and_one_the_day_after_is_not(town):
    for day, expected in (("2026-03-09", []), ("2026-03-10", LATE[:1])):
        ref = an_accepted(town)
        with town.write() as tx:
            do(tx, "window-a01", "grant", ref, at=when(day, "17:00"))
            do(tx, "window-a01", "deliver", ref, at=when(day, "17:30"))
        sweep_to(town, "2026-06-01")
        assert cards(town, ref) == expected, day


def test_silence_shows_a_card_with_the_deemed_acceptance(town):
    ref = an_accepted(town, "received")
    sweep_to(town, "2026-03-10")
    # The promise of five days had passed by then too, counted from the receipt.
    assert sorted(cards(town, ref)) == [
        ("promised", "yellow", "2026-03-10"),
        ("silence", "yellow", "2026-03-10"),
    ]


def test_a_second_notice_shows_a_card_at_its_moment(town):
    ref = an_accepted(town, "correcting")
    project, code = ref.split("/")
    with town.write() as tx:
        walk(tx, project, code, ("resubmit",), at=when("2026-03-04"))
        do(tx, "head-a01", "notify_again", ref, at=when("2026-03-05", "10:30"))
        walk(tx, project, code, ("resubmit",), at=when("2026-03-05", "15:00"))
        do(tx, "head-a01", "notify_again", ref, at=when("2026-03-06", "10:30"))
    sweep_to(town, "2026-03-13")
    assert cards(town, ref) == [("second_notice", "yellow", "2026-03-05")]
    with town.read() as tx:
        moments = [e.at for e in entries(tx, project) if e.subject == "card"]
    assert moments == [when("2026-03-05", "10:30")]


def test_what_is_delivered_late_shows_a_card_and_what_is_delivered_in_time_none(town):
    # Decided on 3 March, due within ten working days: on the 17th.
    for day, expected in (("2026-03-17", []), ("2026-03-18", [("delivery", "yellow", "2026-03-18")])):
        ref = an_accepted(town)
        with town.write() as tx:
            do(tx, "window-a01", "grant", ref, at=when("2026-03-03"))
            do(tx, "window-a01", "deliver", ref, at=when(day, "09:00"))
        sweep_to(town, "2026-05-04")
        assert cards(town, ref) == expected, day


def test_what_is_never_delivered_shows_one_card_unless_the_project_was_withdrawn_by_then(town):
    for is_withdrawn in (False, True):
        ref = an_accepted(town)
        with town.write() as tx:
            do(tx, "window-a01", "grant", ref, at=when("2026-03-03"))
            if is_withdrawn:
                do(tx, "owner1", "withdraw", ref.partition("/")[0], at=when("2026-03-16"))
        sweep_to(town, "2026-05-04")
        assert cards(town, ref) == ([] if is_withdrawn else [("delivery", "yellow", "2026-03-18")])


def test_a_new_round_has_cards_of_its_own(town):
    ref = an_accepted(town)
    project, code = ref.split("/")
    with town.write() as tx:
        do(tx, "window-a01", "refuse", ref, at=when("2026-03-11"))
        do(tx, "window-a01", "deliver", ref, at=when("2026-03-11", "10:00"))
        walk(tx, project, code, ("reapply", "submit", "accept"), at=when("2026-03-16"))
    sweep_to(town, "2026-03-31")
    assert cards(town, ref) == [("promised", "yellow", "2026-03-10"), ("promised", "yellow", "2026-03-24")]


def test_a_clock_that_stands_still_shows_no_card(town):
    ref = an_accepted(town)
    with town.write() as tx:
        do(tx, "window-a01", "start_special", ref, at=when("2026-03-05"))
    sweep_to(town, "2026-06-01")
    assert cards(town, ref) == []


def test_the_department_and_the_office_are_told(town):
    ref = an_accepted(town)
    sweep_to(town, "2026-03-10")
    with town.read() as tx:
        (card,) = card_rows(tx, *ref.split("/"))
        statement = select(NOTICE.c.audience).where(NOTICE.c.approval_id == card.approval_id)
        audiences = tx.execute(statement.where(NOTICE.c.move == "card.show_card").order_by(NOTICE.c.id)).scalars().all()
    assert audiences == ["window", "supervision_office"]
    assert day_of(card.state_since) == card.shown_on


@pytest.mark.parametrize(
    "changed",
    [
        {"colour": "red"},
        {"rule": "order"},
        {"shown_on": date(2026, 3, 9)},
        {"appeal_by": date(2026, 4, 1)},
        {"round": 2},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_verify_names_a_card_that_was_changed_behind_the_record(database_url, changed):
    database = a_database(database_url)
    an_accepted(database)
    sweep_to(database, "2026-03-10")
    assert faults(database) == []
    with database.write() as tx:
        tx.execute(update(CARDS).values(**changed))
    assert any(next(iter(changed)) in fault for fault in faults(database))
    database.close()


def sweep_along(database, wait, to):
    wait()
    return dict(sweep(database, to, lambda: NOW, keep=False))


def test_four_sweeps_at_once_show_each_card_exactly_once(database, database_url):
    refs = [an_accepted(database) for _ in range(12)]
    done = race(database_url, [(sweep_along, (when("2026-04-07"),))] * 4)
    assert sum(counts.get("show_card", 0) for counts in done) == 24
    assert {tuple(cards(database, ref)) for ref in refs} == {tuple(LATE)}
