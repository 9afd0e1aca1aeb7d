"""A changed calendar moves the dates of open approvals: what is shown before is what happens, once for each."""

from collections import Counter
from datetime import date, timedelta
from itertools import islice

import pytest
from sqlalchemy import select

from approvals.accounts.audit import events
from approvals.base.errors import Refused
from approvals.calendar.queries import calendar_in_force, product_calendar_text, reading
from approvals.history.record import ENTRY, NOTICE
from approvals.recalculation.actions import (
    BATCH,
    apply,
    apply_taking_back,
    begin_taking_back,
    finish,
    is_pending,
    last_recalculation,
    unpublished_years,
)
from approvals.recalculation.preview import OPEN, preview, preview_taking_back
from approvals.registration.queries import APPROVALS
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_approval, approval_row, do, project_row, walk, when
from tests.support.concurrency import PATIENCE, started
from tests.support.extent import effort
from tests.support.holiday_notices import NEXT_YEAR, TWO_DAYS_OFF
from tests.support.project_copies import copy_projects
from tests.support.racers import redate
from tests.support.servers import eventually

TWO_DAYS_OFF_IN_OCTOBER = TWO_DAYS_OFF.replace("2026-11-24..2026-11-25", "2026-10-20..2026-10-21")


def approvals_in(database, *states, at="2026-11-19"):
    """One approval in each state, in this order, all begun on this day; their references."""
    with database.write() as tx:
        return [an_approval(tx, state, at=when(at)) for state in states]


def redated(database):
    """The history entries of dating anew, as (approval's id, facts)."""
    with database.read() as tx:
        statement = select(ENTRY.c.approval_id, ENTRY.c.facts).where(ENTRY.c.move == "redate").order_by(ENTRY.c.id)
        return [tuple(row) for row in tx.execute(statement)]


def row_of(database, approval):
    with database.read() as tx:
        return approval_row(tx, *approval.split("/"))


def put_in_force(database, text):
    return list(apply(database, text, by="sysadmin1", now=lambda: NOW))


def test_what_the_preview_shows_is_what_happens_with_one_entry_each(database):
    approvals_in(database, "received", "correcting", "accepted", "paused", "granted", "ready")
    with database.read() as tx:
        previewed = list(preview(tx, TWO_DAYS_OFF, date(2026, 11, 20)))
    assert redated(database) == [], "a preview changes nothing"
    assert put_in_force(database, TWO_DAYS_OFF) == previewed
    assert [approval.state for approval in previewed] == ["received", "accepted", "paused"]
    assert len(redated(database)) == 3
    with database.read() as tx:
        assert list(preview(tx, TWO_DAYS_OFF, date(2026, 11, 20))) == [], "nothing is left to move"


def test_an_accepted_approval_is_due_as_many_days_later_as_were_given_off(database):
    (approval,) = approvals_in(database, "accepted")
    before = row_of(database, approval)
    assert (before.promised_due_on, before.legal_due_on) == (date(2026, 11, 26), date(2026, 12, 17))
    put_in_force(database, TWO_DAYS_OFF)
    after = row_of(database, approval)
    assert (after.promised_due_on, after.legal_due_on) == (date(2026, 11, 30), date(2026, 12, 21))


def test_what_a_pause_has_cost_by_now_is_no_work_of_the_calendar(database):
    (approval,) = approvals_in(database, "paused", at="2026-10-12")
    with database.read() as tx:
        as_read = reading(tx, approval_row(tx, *approval.split("/")), NOW.date())
    (moved,) = put_in_force(database, TWO_DAYS_OFF)
    dates = {name: (before, after) for name, before, after in moved.moves}
    assert dates["promised_due_on"] == (as_read.promised.due_on, as_read.promised.due_on + timedelta(days=4))
    with database.read() as tx:
        after = reading(tx, approval_row(tx, *approval.split("/")), NOW.date())
    assert after.promised.due_on == dates["promised_due_on"][1]


def test_days_off_within_a_pause_move_nothing_and_are_told_to_nobody(database):
    approvals_in(database, "paused", at="2026-10-12")
    with database.read() as tx:
        assert list(preview(tx, TWO_DAYS_OFF_IN_OCTOBER, NOW.date())) == []
    assert put_in_force(database, TWO_DAYS_OFF_IN_OCTOBER) == []
    assert redated(database) == []


def test_owner_and_window_are_told(database):
    approvals_in(database, "accepted")
    put_in_force(database, TWO_DAYS_OFF)
    with database.read() as tx:
        audiences = tx.execute(select(NOTICE.c.audience).where(NOTICE.c.move == "approval.redate")).scalars().all()
    assert sorted(audiences) == ["owner", "window"]


def test_what_is_decided_is_not_touched(database):
    approvals = approvals_in(database, "granted", "refused")
    before = [row_of(database, approval) for approval in approvals]
    put_in_force(database, TWO_DAYS_OFF)
    assert [row_of(database, approval) for approval in approvals] == before


def test_taking_a_wrong_calendar_back_gives_every_date_back(database):
    (approval,) = approvals_in(database, "accepted")
    before = row_of(database, approval)
    put_in_force(database, TWO_DAYS_OFF)
    with database.read() as tx:
        previewed = list(preview_taking_back(tx, 2026, date(2026, 11, 20)))
    assert list(apply_taking_back(database, 2026, by="sysadmin1", now=lambda: NOW)) == previewed
    after = row_of(database, approval)
    assert (after.promised_due_on, after.legal_due_on) == (before.promised_due_on, before.legal_due_on)
    assert len(redated(database)) == 2


def test_a_year_of_which_nothing_was_loaded_has_nothing_to_take_back(database):
    with pytest.raises(Refused):
        list(apply_taking_back(database, 2026, by="sysadmin1", now=lambda: NOW))


def test_taking_back_the_only_notice_of_a_year_leaves_it_unpublished(database):
    put_in_force(database, NEXT_YEAR)
    with database.read() as tx:
        assert calendar_in_force(tx).is_published(2027)
    list(apply_taking_back(database, 2027, by="sysadmin1", now=lambda: NOW))
    with database.read() as tx:
        assert not calendar_in_force(tx).is_published(2027)


def test_an_interrupted_dating_anew_is_gone_on_with_and_nothing_is_doubled(database):
    approvals_in(database, *["accepted"] * BATCH, "received", "paused")
    begun = list(islice(apply(database, TWO_DAYS_OFF, by="sysadmin1", now=lambda: NOW), 2))
    assert len(begun) == 2
    assert len(redated(database)) == BATCH, "whole transactions"
    with database.read() as tx:
        assert is_pending(tx)
    rest = list(finish(database, lambda: NOW))
    assert [approval.state for approval in rest] == ["received", "paused"]
    assert len(redated(database)) == BATCH + 2
    assert list(finish(database, lambda: NOW)) == []
    with database.read() as tx:
        assert not is_pending(tx)
        assert last_recalculation(tx).moved == BATCH + 2


def test_a_notice_that_comes_in_the_middle_of_a_dating_anew_has_the_last_word(database):
    approvals_in(database, *["accepted"] * (BATCH + 1))
    going_on = apply(database, TWO_DAYS_OFF, by="sysadmin1", now=lambda: NOW)
    next(going_on)
    with database.write() as tx:
        begin_taking_back(tx, 2026, by="sysadmin1", now=NOW)
    list(going_on)
    with database.read() as tx:
        assert not is_pending(tx)
        assert list(preview(tx, product_calendar_text(), date(2026, 11, 20))) == []


def test_the_auditor_sees_who_loaded_a_notice_and_who_took_it_back(database):
    put_in_force(database, NEXT_YEAR)
    list(apply_taking_back(database, 2027, by="sysadmin1", now=lambda: NOW))
    with database.read() as tx:
        records = [(event.event, event.actor, event.detail) for event in events(tx).rows]
    assert records == [("calendar_taken_back", "sysadmin1", "2027"), ("calendar_loaded", "sysadmin1", "2027")]


def test_a_light_that_the_new_calendar_puts_out_raises_nothing(database):
    (approval,) = approvals_in(database, "accepted", at="2026-11-13")
    assert row_of(database, approval).reminder_from == date(2026, 11, 19)
    earlier = TWO_DAYS_OFF.replace("2026-11-24..2026-11-25", "2026-11-16..2026-11-18")
    put_in_force(database, earlier)
    done = sweep(database, NOW, lambda: NOW)
    assert row_of(database, approval).reminder_from == date(2026, 11, 24)
    assert done["raise"] == 0


def test_an_open_clock_that_runs_into_a_year_without_a_notice_is_counted(database):
    (first,) = approvals_in(database, "granted")
    with database.read() as tx:
        assert unpublished_years(tx) == {}
    ref = first.partition("/")[0]
    with database.write() as tx:
        walk(tx, ref, "A03", ("submit", "accept"))  # sixty calendar days from 19 November
    with database.read() as tx:
        assert unpublished_years(tx) == {2027: 1}
    put_in_force(database, NEXT_YEAR)
    with database.read() as tx:
        assert unpublished_years(tx) == {}


ON = date(2026, 11, 20)
COPIES = {"sqlite": effort(40, 400), "postgresql": effort(10, 40)}  # of each of five projects with five open approvals
OPENED = 5
SPECIAL = {"procedure": "委托评审", "expected_days": 10, "notice": "已书面告知"}


def a_busy_project(tx, day):
    """A project in which A01 is decided and the five items behind it are open: accepted, extended, paused, received."""
    ref = a_project(tx, "registered", at=when(day))
    walk(tx, ref, "A01", ("submit", "accept", "grant"))
    for code in ("A02", "A03"):
        walk(tx, ref, code, ("submit", "accept"))
    walk(tx, ref, "A04", ("submit", "accept", "start_special"), given=SPECIAL)
    walk(tx, ref, "A05", ("submit", "accept", "extend"))
    walk(tx, ref, "A06", ("submit",))
    return project_row(tx, ref).number


@pytest.fixture
def many(database, engine_name):
    """The city with its many cases; one project in five is suspended."""
    with database.write() as tx:
        numbers = [a_busy_project(tx, f"2026-11-{day}") for day in (11, 12, 13, 18, 19)]
        do(tx, "office1", "suspend", numbers[0], at=when("2026-11-19", "18:00"))
        copy_projects(tx, numbers, COPIES[engine_name])
    return database


def decided(tx):
    statement = select(APPROVALS).where(APPROVALS.c.state.not_in(OPEN))
    return sorted(map(tuple, tx.execute(statement)))


def test_many_are_dated_anew_once_each_though_the_process_is_killed(many, database_url, engine_name, tmp_path):
    with many.read() as tx:
        previewed = {approval.ref: approval for approval in preview(tx, TWO_DAYS_OFF, ON)}
        untouched = decided(tx)
    assert len(previewed) > OPENED * COPIES[engine_name] * 3

    begun = started(database_url, tmp_path / "told", redate, TWO_DAYS_OFF)
    eventually(lambda: len(begun.told()) > len(previewed) // 10, seconds=PATIENCE, what="a tenth of them")
    begun.kill()
    reported = [ref for (ref,) in begun.told()]
    before = redated(many)
    with many.read() as tx:
        assert is_pending(tx), "it was killed in the middle"
    assert len(reported) <= len(before) < len(previewed)

    rest = list(finish(many, lambda: NOW))
    assert len(before) + len(rest) == len(previewed)
    assert [approval for approval in rest if previewed[approval.ref] != approval] == [], "each moves as it was shown"
    assert set(reported).isdisjoint(approval.ref for approval in rest)

    entries_of = Counter(approval_id for approval_id, _ in redated(many))
    assert set(entries_of.values()) == {1} and len(entries_of) == len(previewed)
    with many.read() as tx:
        assert not is_pending(tx)
        assert last_recalculation(tx).moved == len(previewed)
        assert list(preview(tx, TWO_DAYS_OFF, ON)) == [], "nothing is left to move"
        assert decided(tx) == untouched


def test_a_notice_that_begins_in_the_old_year_moves_its_december_and_is_taken_back(database):
    (approval,) = approvals_in(database, "accepted", at="2025-12-24")  # a Wednesday; A01 promises five days
    assert row_of(database, approval).promised_due_on == date(2025, 12, 31)
    begins_in_december = TWO_DAYS_OFF.replace("2026-01-01..2026-01-03", "2025-12-31..2026-01-03")

    with database.read() as tx:
        previewed = list(preview(tx, begins_in_december, NOW.date()))
    assert put_in_force(database, begins_in_december) == previewed
    assert row_of(database, approval).promised_due_on == date(2026, 1, 4)

    list(apply_taking_back(database, 2026, by="sysadmin1", now=lambda: NOW))
    assert row_of(database, approval).promised_due_on == date(2025, 12, 31)
