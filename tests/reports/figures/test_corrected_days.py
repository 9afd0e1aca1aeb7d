"""A wrong day that is corrected within a month is right in its report, and what fell with it is counted as it fell."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from approvals.base.database import Database
from approvals.calendar.actions import load_notices
from approvals.history.record import ENTRY
from approvals.reports.figures.serialization import frozen
from approvals.supervision.sweep import sweep
from tests.reports.conftest import compiled
from tests.support.builders import NOW, an_approval, do, head, when, window

CODE = "A01"
RIGHT = "2026-03-11"  # the last day of the promised limit; delivered within ten working days of it, too


def entry_of(database: Database, ref: str, move: str) -> int:
    """The number of the last entry of this move in the project's chain, as a correction names it."""
    with database.read() as tx:
        newest = select(ENTRY.c.seq).where(ENTRY.c.move == move).order_by(ENTRY.c.id.desc()).limit(1)
        return int(tx.execute(newest).scalar_one())


def correct(database: Database, ref: str, move: str, right_on: str, proposed: str, confirmed: str | None) -> None:
    """The window proposes, its head confirms, or declines when no day for it is given."""
    inputs = {"entry": entry_of(database, ref, move), "right_on": right_on, "reason": "窗口录入日期有误"}
    with database.write() as tx:
        do(tx, window(CODE), "propose_correction", ref, inputs, at=when(proposed, "10:00"))
    with database.write() as tx:
        if confirmed:
            do(tx, head(CODE), "confirm_correction", ref, at=when(confirmed, "11:00"))
        else:
            do(tx, head(CODE), "decline_correction", ref, at=when(proposed, "11:00"))


def granted_late(database: Database) -> str:
    """Accepted on the 4th, granted on a day that lies beyond the promised limit."""
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-04"))
    sweep(database, when("2026-03-25"), lambda: NOW, keep=False)
    with database.write() as tx:
        do(tx, window(CODE), "grant", ref, at=when("2026-03-25", "16:00"))
        do(tx, window(CODE), "deliver", ref, at=when("2026-03-25", "17:00"))
    return ref


def test_a_decision_whose_day_was_corrected_in_its_month_is_judged_by_the_right_day(database: Database) -> None:
    ref = granted_late(database)
    before = compiled(database, "2026-03").city.now
    correct(database, ref, "grant", RIGHT, "2026-03-26", "2026-03-27")
    sweep(database, when("2026-03-31"), lambda: NOW, keep=False)
    after = compiled(database, "2026-03").city.now
    assert (before.decisions.decided, before.decisions.within_promised) == (1, 0)
    assert (after.decisions.decided, after.decisions.within_promised) == (1, 1)
    assert (before.speed.used, after.speed.used) == (15, 5)
    assert before.moves.granted == after.moves.granted == 1


def test_a_correction_that_was_declined_changes_nothing(database: Database) -> None:
    ref = granted_late(database)
    before = compiled(database, "2026-03").city
    correct(database, ref, "grant", RIGHT, "2026-03-26", None)
    assert compiled(database, "2026-03").city == before


def test_one_that_waits_at_the_months_end_counts_from_its_confirmation_on(database: Database) -> None:
    ref = granted_late(database)
    march = compiled(database, "2026-03")
    correct(database, ref, "grant", RIGHT, "2026-03-30", "2026-04-01")
    sweep(database, when("2026-04-02"), lambda: NOW, keep=False)
    again, april = compiled(database, "2026-03"), compiled(database, "2026-04")
    assert again.city.now.decisions.within_promised == 0, "as it was known at the end of March"
    assert again.city.now.speed.used == 15
    assert april.city.before == again.city.now
    assert april.city.now.decisions.decided == 0, "it counts once, in the month in which it was recorded"
    assert again.offices.city.open == 1, "the proposal was waiting for its second person"
    assert [(row.kind, row.is_raised) for row in again.objections if row not in march.objections] == [
        ("correction", True)
    ]
    same = {name: getattr(march, name) for name in ("offices", "objections", "chain_root")}
    assert frozen(replace(again, **same)) == frozen(march)


def test_a_card_that_a_correction_voids_is_counted_as_withdrawn_and_told(database: Database) -> None:
    ref = granted_late(database)
    before = compiled(database, "2026-03").oversight
    assert before.cards.yellow == 1
    correct(database, ref, "grant", RIGHT, "2026-03-26", "2026-03-27")
    sweep(database, when("2026-03-31"), lambda: NOW, keep=False)
    after = compiled(database, "2026-03")
    cards = after.oversight.cards
    assert (cards.yellow, cards.withdrawn) == (1, 1)
    assert [(card.state, card.shown_on) for card in after.oversight.card_list] == [
        ("withdrawn", before.card_list[0].shown_on)
    ]
    (line,) = after.card_departments
    assert line.now == cards
    assert sum(level.open for level in after.city.now.levels) == 0


def test_an_acceptance_whose_day_was_corrected_moves_the_due_dates_and_the_light(database: Database) -> None:
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-16"))
    before = compiled(database, "2026-03")
    correct(database, ref, "accept", "2026-03-17", "2026-03-18", "2026-03-19")
    sweep(database, when("2026-03-31"), lambda: NOW, keep=False)
    after = compiled(database, "2026-03")
    assert before.late[0].accepted_on == date(2026, 3, 16)
    assert after.late[0].accepted_on == date(2026, 3, 17)
    assert after.late[0].promised_due_on > before.late[0].promised_due_on
    assert after.city.now.moves.accepted == 1


def test_a_notice_loaded_after_a_decision_does_not_judge_it_anew(database: Database) -> None:
    """Decision 0021: what was decided keeps the calendar that was known then."""
    granted_late(database)
    before = compiled(database, "2026-03").city.now
    with database.write() as tx:
        text = "years: {2026: {days_off: [2026-03-05..2026-03-24]}}"
        load_notices(tx, text, by="sysadmin1", now=when("2026-03-30"))
    after = compiled(database, "2026-03").city.now
    assert after.decisions == before.decisions
    assert after.speed == before.speed
    april = compiled(database, "2026-04")
    assert april.city.before == after
