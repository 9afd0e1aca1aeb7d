"""Reminders of owners and windows: once a day, while somebody has to act, and without any change of the approval."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Refused
from approvals.history.record import NOTICE
from tests.support.builders import a_project, an_approval, approval_row, do, entries, finish, walk, when

MORNING = when("2026-03-05", "09:00")


def row_of(tx, ref):
    return approval_row(tx, *ref.split("/"))


def last_notices(tx, move):
    rows = tx.execute(select(NOTICE).where(NOTICE.c.move == f"approval.{move}").order_by(NOTICE.c.id))
    return [row.audience for row in rows]


@pytest.mark.parametrize(
    ("state", "move", "audience"),
    [
        ("ready", "remind_owner", "owner"),
        ("correcting", "remind_owner", "owner"),
        ("received", "remind_window", "window"),
        ("accepted", "remind_window", "window"),
        ("paused", "remind_window", "window"),
        ("granted", "remind_window", "window"),
        ("refused", "remind_window", "window"),
    ],
)
@pytest.mark.parametrize("by", ["liaison1", "centre1"])
def test_whoever_has_to_act_is_told_and_the_row_stays_as_it_is(database, state, move, audience, by):
    with database.write() as tx:
        ref = an_approval(tx, state)
        before = row_of(tx, ref)
        do(tx, by, move, ref, {"note": "请尽快"}, at=MORNING)
        assert row_of(tx, ref) == before
        assert last_notices(tx, move) == [audience]
        assert entries(tx, ref.partition("/")[0])[-1].move == move


def test_a_reminder_is_sent_once_a_day(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
        do(tx, "centre1", "remind_window", ref, at=MORNING)
    with pytest.raises(Refused), database.write() as tx:
        do(tx, "liaison1", "remind_window", ref, at=MORNING + timedelta(hours=14, minutes=59))
    with database.write() as tx:
        do(tx, "liaison1", "remind_window", ref, at=MORNING + timedelta(hours=15))  # the day after has begun


def test_nobody_is_reminded_of_what_is_done_or_stands_still(database):
    with database.write() as tx:
        delivered, suspended = an_approval(tx, "granted"), an_approval(tx, "accepted")
        walk(tx, delivered.partition("/")[0], "A01", ("deliver",))
        do(tx, "office1", "suspend", suspended.partition("/")[0])
    for ref in (delivered, suspended):
        with pytest.raises(Refused), database.write() as tx:
            do(tx, "centre1", "remind_window", ref)


def test_a_delivery_is_reminded_of_when_the_project_is_complete(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        finish(tx, ref)
        do(tx, "centre1", "remind_window", f"{ref}/A01")


def test_only_the_liaison_of_the_project_and_the_centre_remind(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
    for by in ("liaison2", "office1", "window-a01", "head-a01", "owner1", "leader1"):
        with pytest.raises(Forbidden), database.write() as tx:
            do(tx, by, "remind_window", ref)


def test_a_form_that_was_open_before_a_reminder_can_still_be_sent(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
        version = row_of(tx, ref).version
        do(tx, "centre1", "remind_window", ref)
        do(tx, "window-a01", "accept", ref, version=version)
        assert row_of(tx, ref).state == "accepted"
