"""A wrong day is corrected by two people; clock, cards, escalations and stored days follow from then on."""

from datetime import date

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.history.record import NOTICE
from approvals.registration.queries import approval_for
from approvals.supervision.sweep import sweep
from approvals.windows.clocks import reading_of
from tests.support.builders import (
    NOW,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    card_rows,
    do,
    entries,
    escalation_rows,
    faults,
    walk,
    when,
)
from tests.support.concurrency import race
from tests.support.trying import sweep_daily, sweep_to

WHY = {"reason": "窗口录入日期有误，以纸质收件单为准"}


def number_of(tx, ref, move):
    numbers = [e.seq for e in entries(tx, ref.partition("/")[0]) if (e.subject, e.move) == ("approval", move)]
    return numbers[-1]


def propose(tx, ref, move, right_on, by="window-a01", at="2026-03-12"):
    values = {"entry": number_of(tx, ref, move), "right_on": right_on} | WHY
    return do(tx, by, "propose_correction", ref, values, at=when(at))


def confirm(tx, ref, by="head-a01", at="2026-03-12", time="10:00"):
    return do(tx, by, "confirm_correction", ref, {}, at=when(at, time))


def corrected(town, ref, move, right_on, at="2026-03-12"):
    with town.write() as tx:
        propose(tx, ref, move, right_on, at=at)
        return confirm(tx, ref, at=at)


def reading(town, ref, day):
    with town.read() as tx:
        approval = approval_for(tx, *ref.split("/"), an_actor(tx, "office1"))
        return reading_of(tx, approval, date.fromisoformat(day))


def cards(town, ref):
    with town.read() as tx:
        return [(row.rule, row.state, str(row.shown_on)) for row in card_rows(tx, *ref.split("/"))]


def a_late_start(tx, day="2026-03-09"):
    """A01 received on 2 March and accepted on this day."""
    project = a_project(tx, "registered", at=when("2026-03-02"))
    walk(tx, project, "A01", ("submit",), at=when("2026-03-03"))
    walk(tx, project, "A01", ("accept",), at=when(day))
    return f"{project}/A01"


def test_from_the_correction_on_the_clock_runs_from_the_right_day_and_before_it_stays_as_it_was(town):
    with town.write() as tx:
        ref = a_late_start(tx, "2026-03-05")
    before = reading(town, ref, "2026-03-11")
    moved = corrected(town, ref, "accept", "2026-03-04")
    assert moved.state == "confirmed"
    assert reading(town, ref, "2026-03-11") == before
    after = reading(town, ref, "2026-03-12")
    assert (after["accepted_on"], after["promised"]["due_on"], after["used"]) == ("2026-03-04", "2026-03-11", 6)
    with town.read() as tx:
        row = approval_row(tx, *ref.split("/"))
    assert (str(row.accepted_on), str(row.promised_due_on)) == ("2026-03-04", "2026-03-11")


def test_the_history_keeps_the_wrong_entry_and_says_what_was_corrected_why_and_by_whom(town):
    with town.write() as tx:
        ref = a_late_start(tx, "2026-03-05")
    corrected(town, ref, "accept", "2026-03-06")
    with town.read() as tx:
        record = entries(tx, ref.partition("/")[0])
    accept = next(e for e in record if e.move == "accept")
    assert accept.at == when("2026-03-05")
    first, second = (e for e in record if e.subject == "correction")
    assert (first.actor, first.role, second.actor, second.role) == ("window-a01", "window", "head-a01", "window_head")
    assert f'"entry":{accept.seq}' in second.facts
    assert '"was_on":"2026-03-05"' in second.facts
    assert '"right_on":"2026-03-06"' in second.facts
    assert WHY["reason"] in second.facts


@pytest.mark.parametrize(
    ("accepted", "right_on", "before", "after"),
    [
        ("2026-03-04", "2026-03-06", "shown", "withdrawn"),
        ("2026-03-04", "2026-03-03", "shown", "shown"),
        ("2026-03-06", "2026-03-03", "", "shown"),
    ],
)
def test_a_false_card_is_withdrawn_by_a_correction_a_true_one_shown(town, accepted, right_on, before, after):
    with town.write() as tx:
        ref = a_late_start(tx, accepted)
    sweep_to(town, "2026-03-12")
    assert cards(town, ref) == ([("promised", before, "2026-03-12")] if before else [])
    corrected(town, ref, "accept", right_on)
    sweep_to(town, "2026-03-12", "18:00")
    assert cards(town, ref) == [("promised", after, "2026-03-12")]
    with town.read() as tx:
        voids = [(e.role, e.at) for e in entries(tx, ref.partition("/")[0]) if e.move == "void_card"]
    assert voids == ([("system", when("2026-03-12", "10:00"))] if after == "withdrawn" else [])


def test_a_decided_approval_that_was_late_after_all_is_shown_its_card(town):
    with town.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-02"))
        do(tx, "window-a01", "grant", ref, at=when("2026-03-09"))
        do(tx, "window-a01", "deliver", ref, at=when("2026-03-10"))
    corrected(town, ref, "grant", "2026-03-10")
    sweep_to(town, "2026-03-12", "18:00")
    assert cards(town, ref) == [("promised", "shown", "2026-03-12")]
    assert reading(town, ref, "2026-03-12")["light"] == "yellow"


def test_silence_was_none_when_the_application_came_later(town):
    with town.write() as tx:
        project = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, project, "A01", ("submit",), at=when("2026-03-03"))
    ref = f"{project}/A01"
    sweep_to(town, "2026-03-11")
    assert ("silence", "shown", "2026-03-11") in cards(town, ref)
    corrected(town, ref, "submit", "2026-03-09")
    sweep_to(town, "2026-03-12", "18:00")
    assert ("silence", "withdrawn", "2026-03-11") in cards(town, ref)
    assert reading(town, ref, "2026-03-12")["accepted_on"] == "2026-03-09"


def test_an_earlier_receipt_is_accepted_by_silence_at_the_correction_and_no_day_before_changes(town):
    with town.write() as tx:
        project = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, project, "A01", ("submit",), at=when("2026-03-11"))
    ref = f"{project}/A01"
    corrected(town, ref, "submit", "2026-03-03")
    clock = reading(town, ref, "2026-03-12")
    assert (clock["state"], clock["deemed"], clock["accepted_on"]) == ("accepted", True, "2026-03-03")
    assert reading(town, ref, "2026-03-11")["received_on"] == "2026-03-11"
    sweep_to(town, "2026-03-12", "18:00")
    assert ("silence", "shown", "2026-03-12") in cards(town, ref)


@pytest.mark.parametrize("often", ["daily", "once"])
def test_an_escalation_without_a_ground_is_closed_at_the_correction_however_late_the_sweep_comes(town, often):
    with town.write() as tx:
        ref = a_late_start(tx, "2026-03-04")
    if often == "daily":
        sweep_daily(town, "2026-03-05", "2026-03-11")
    corrected(town, ref, "accept", "2026-03-09", at="2026-03-11")
    if often == "daily":
        sweep_daily(town, "2026-03-12", "2026-03-17")
    sweep_to(town, "2026-03-17", "18:00")
    with town.read() as tx:
        levels = [(row.level, row.state, str(row.raised_on)) for row in escalation_rows(tx, *ref.split("/"))]
    # The promise is due on the 16th now: yellow on the 17th raises the second level.
    assert levels == [(1, "closed", "2026-03-10"), (2, "raised", "2026-03-17")]


def test_owner_window_and_liaison_are_told(town):
    with town.write() as tx:
        ref = a_late_start(tx)
    corrected(town, ref, "accept", "2026-03-06")
    with town.read() as tx:
        row = approval_row(tx, *ref.split("/"))
        of_move = NOTICE.c.approval_id == row.id, NOTICE.c.move == "correction.confirm_correction"
        audiences = tx.execute(select(NOTICE.c.audience).where(*of_move).order_by(NOTICE.c.id)).scalars()
        assert sorted(audiences) == ["liaison", "owner", "window"]


def test_nobody_confirms_what_they_proposed_and_only_the_right_second_person_does(town):
    with town.write() as tx:
        ref = a_late_start(tx)
        propose(tx, ref, "accept", "2026-03-06")
    for by in ("window-a01", "centre1", "head-a02", "office1", "owner1"):
        with pytest.raises((Forbidden, NotFound)), town.write() as tx:
            confirm(tx, ref, by=by)
    with town.write() as tx:
        confirm(tx, ref)
        propose(tx, ref, "accept", "2026-03-05", by="head-a01", at="2026-03-13")
    for by in ("head-a01", "window-a01"):
        with pytest.raises(Forbidden), town.write() as tx:
            confirm(tx, ref, by=by, at="2026-03-13")
    with town.write() as tx:
        assert confirm(tx, ref, by="centre1", at="2026-03-13").state == "confirmed"


def test_one_correction_waits_at_a_time_and_a_declined_one_changes_nothing(town):
    with town.write() as tx:
        ref = a_late_start(tx)
        propose(tx, ref, "accept", "2026-03-06")
    with pytest.raises(Refused, match="Another correction"), town.write() as tx:
        propose(tx, ref, "submit", "2026-03-04")
    with town.write() as tx:
        do(tx, "head-a01", "decline_correction", ref, {"reason": "收件单日期无误"}, at=when("2026-03-12", "11:00"))
    assert reading(town, ref, "2026-03-12")["accepted_on"] == "2026-03-09"
    with pytest.raises(Refused, match="No correction"), town.write() as tx:
        confirm(tx, ref, at="2026-03-13")


@pytest.mark.parametrize(
    ("move", "right_on", "field"),
    [
        ("accept", "2026-03-02", "right_on"),  # before it was received
        ("accept", "2026-03-13", "right_on"),  # in the future
        ("accept", "2026-03-09", "right_on"),  # the day that stands
        ("submit", "2026-03-01", "right_on"),  # before the registration
        ("submit", "2026-03-10", "right_on"),  # after it was accepted
        ("open", "2026-03-03", "entry"),  # the system's
    ],
)
def test_a_day_that_cannot_be_is_refused(town, move, right_on, field):
    with town.write() as tx:
        ref = a_late_start(tx)
    with pytest.raises(Invalid) as refusal, town.write() as tx:
        propose(tx, ref, move, right_on)
    assert list(refusal.value.fields) == [field]


def test_a_grant_stays_before_the_applications_that_needed_it(town):
    with town.write() as tx:
        ref = an_approval(tx, "granted", at=when("2026-03-02"))
        project = ref.partition("/")[0]
        do(tx, "window-a01", "deliver", ref, at=when("2026-03-20"))
        walk(tx, project, "A02", ("submit",), at=when("2026-03-21"))
    with pytest.raises(Invalid), town.write() as tx:
        propose(tx, f"{project}/A02", "submit", "2026-03-01", by="window-a02", at="2026-03-30")
    corrected(town, ref, "grant", "2026-03-10", at="2026-03-30")
    with town.write() as tx:
        corrected_to = propose(tx, f"{project}/A02", "submit", "2026-03-10", by="window-a02", at="2026-03-31")
    assert corrected_to.state == "proposed"
    with town.write() as tx:
        do(tx, "head-a02", "decline_correction", f"{project}/A02", {"reason": "无误"}, at=when("2026-03-31", "12:00"))
    with pytest.raises(Invalid), town.write() as tx:
        propose(tx, f"{project}/A02", "submit", "2026-03-09", by="window-a02", at="2026-04-01")


def confirm_along(town, wait, ref, by):
    wait()
    try:
        with town.write() as tx:
            return confirm(tx, ref, by=by).state
    except Refused:
        return "refused"


def test_two_confirmations_at_once_have_one_effect(database, database_url):
    with database.write() as tx:
        ref = a_late_start(tx)
        propose(tx, ref, "accept", "2026-03-06")
    done = race(database_url, [(confirm_along, (ref, "head-a01"))] * 4)
    assert sorted(done) == ["confirmed", "refused", "refused", "refused"]
    assert faults(database) == []
    sweep(database, NOW, lambda: NOW)
