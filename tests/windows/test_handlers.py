"""The handler of an approval: assigned, taken, given back and lost, without any change of state, clock or right."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.accounts.queries import PERSON
from approvals.base.errors import Forbidden, Invalid, NotFound, Problem, Refused
from approvals.handover.actions import deactivate
from approvals.history.record import NOTICE
from approvals.windows.handlers import members
from approvals.windows.queries import approval, open_to
from approvals.windows.views import page
from tests.support.builders import (
    NOW,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    do,
    entries,
    faults,
    finish,
    project_row,
    walk,
)
from tests.support.colleagues import a_colleague
from tests.support.concurrency import at_once
from tests.support.leaves import a_leave

DAYS = ("received_on", "accepted_on", "due_on", "promised_due_on", "legal_due_on", "notice_due_on", "alarm_on")


def row_of(tx, ref):
    return approval_row(tx, *ref.split("/"))


def handler_of(tx, ref):
    handler_id = row_of(tx, ref).handler_id
    return tx.execute(select(PERSON.c.username).where(PERSON.c.id == handler_id)).scalar_one_or_none()


def told(tx, move):
    rows = tx.execute(select(NOTICE).where(NOTICE.c.move == f"approval.{move}").order_by(NOTICE.c.id))
    return {(row.audience, row.unit_id) for row in rows}


def offered(tx, ref, username):
    actor = an_actor(tx, username)
    view = approval(tx, *ref.split("/"), actor, NOW.date())
    return {move.name for move in open_to(tx, view, actor)} & {"assign", "take", "give_back"}


def test_a_case_is_taken_given_back_and_assigned_and_nothing_else_changes(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
        colleague, before = a_colleague(tx), row_of(tx, ref)
        do(tx, "window-a01", "take", ref)
        assert handler_of(tx, ref) == "window-a01"
        do(tx, "window-a01", "give_back", ref, {"reason": "外出"})
        assert handler_of(tx, ref) is None
        do(tx, "head-a01", "assign", ref, {"handler": colleague, "note": "请尽快"})
        after = row_of(tx, ref)

        assert handler_of(tx, ref) == colleague
        assert (after.state, after.state_since, after.round) == (before.state, before.state_since, before.round)
        assert {name: getattr(after, name) for name in DAYS} == {name: getattr(before, name) for name in DAYS}
        assert [entry.move for entry in entries(tx, ref.partition("/")[0])][-3:] == ["take", "give_back", "assign"]


def test_who_gets_and_who_loses_a_case_are_told(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)
        first, second = an_actor(tx, "window-a01"), an_actor(tx, colleague)
        do(tx, "head-a01", "assign", ref)
        assert told(tx, "assign") == {("handler", first.id)}
        do(tx, "head-a01", "assign", ref, {"handler": colleague})
        assert told(tx, "assign") == {("handler", first.id), ("handler", second.id)}
        do(tx, colleague, "give_back", ref)
        assert told(tx, "give_back") == {("window_head", first.unit_id), ("handler", second.id)}


@pytest.mark.parametrize("handler", ["window-a02", "owner1", "liaison1", "nobody", "head-a02", "x" * 500, "a\x00b"])
def test_only_people_of_the_window_can_be_assigned(database, handler):
    with database.write() as tx:
        ref = an_approval(tx, "received")
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        do(tx, "head-a01", "assign", ref, {"handler": handler})
    assert list(refusal.value.fields) == ["handler"]
    with database.read() as tx:
        assert handler_of(tx, ref) is None


def test_who_handles_a_case_already_is_not_assigned_again_and_nobody_takes_it_away(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)
        do(tx, "head-a01", "assign", ref)
    for by, move, given, error in (
        ("head-a01", "assign", {"handler": "window-a01"}, Invalid),
        (colleague, "take", {}, Refused),
        (colleague, "give_back", {"reason": "我来办"}, Refused),
        ("window-a01", "assign", {"handler": colleague}, Forbidden),
        ("window-a02", "take", {}, NotFound),
        ("centre1", "assign", {"handler": colleague}, Forbidden),
    ):
        with pytest.raises(error), database.write() as tx:
            do(tx, by, move, ref, given)
    with database.write() as tx:
        assert handler_of(tx, ref) == "window-a01"
        do(tx, "head-a01", "give_back", ref)
        assert handler_of(tx, ref) is None


def test_everybody_of_the_window_may_still_decide(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)
        do(tx, "head-a01", "assign", ref)
        do(tx, colleague, "accept", ref)
        do(tx, colleague, "grant", ref)
        assert (row_of(tx, ref).state, handler_of(tx, ref)) == ("granted", "window-a01")


def test_a_case_has_a_handler_until_it_is_delivered_whatever_became_of_the_project(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        an_approval(tx, "accepted", ref=ref)
        do(tx, "office1", "suspend", ref)
        do(tx, "window-a01", "take", f"{ref}/A01")  # it stands still, and somebody has it all the same
        do(tx, "office1", "resume", ref)
        do(tx, "window-a01", "grant", f"{ref}/A01")
        finish(tx, ref)
        assert project_row(tx, ref).state == "completed"
        do(tx, "window-a01", "give_back", f"{ref}/A01")
        do(tx, "window-a01", "take", f"{ref}/A01")
        do(tx, "window-a01", "deliver", f"{ref}/A01")
        assert offered(tx, f"{ref}/A01", "head-a01") == set()
    for by, move in (("head-a01", "assign"), ("window-a01", "give_back")):
        with pytest.raises(Refused), database.write() as tx:
            do(tx, by, move, f"{ref}/A01")


def test_nobody_handles_what_a_withdrawn_project_left_undecided(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        an_approval(tx, "accepted", ref=ref)
        do(tx, "owner1", "withdraw", ref)
    with pytest.raises(Refused), database.write() as tx:
        do(tx, "head-a01", "assign", f"{ref}/A01")


def test_a_new_round_begins_without_a_handler(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
        do(tx, "window-a01", "take", ref)
        walk(tx, ref.partition("/")[0], "A01", ("reject_intake", "reapply", "submit"))
        assert (row_of(tx, ref).round, handler_of(tx, ref)) == (2, None)


def test_what_is_offered_is_what_can_be_done(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)
        assert offered(tx, ref, "window-a01") == {"take"}
        assert offered(tx, ref, "head-a01") == {"assign"}
        do(tx, "window-a01", "take", ref)
        assert offered(tx, ref, "window-a01") == {"give_back"}
        assert offered(tx, ref, colleague) == set()
        assert offered(tx, ref, "head-a01") == {"assign", "give_back"}


def test_a_deputy_gives_back_for_who_is_away(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)
        do(tx, "window-a01", "take", ref)
        a_leave(tx, "window-a01", "2026-03-02", "2026-03-13", colleague)
    with database.write() as tx:
        do(tx, colleague, "give_back", ref)
        assert handler_of(tx, ref) is None


def test_an_owner_learns_that_there_is_a_handler_and_not_who(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
        do(tx, "head-a01", "assign", ref, {"handler": "window-a01", "note": "内部说明"})
        views = {
            name: page(tx, *ref.split("/"), an_actor(tx, name), today=NOW.date()) for name in ("owner1", "office1")
        }
    by_reader = {
        name: next(entry for day in view.days for entry in day.entries if entry.move.name == "assign")
        for name, view in views.items()
    }
    assert by_reader["owner1"].facts == ()
    assert {fact.word.name: fact.value for fact in by_reader["office1"].facts}["note"] == "内部说明"
    assert (views["owner1"].shows_handler, views["office1"].shows_handler) == (False, True)


def test_members_are_the_people_with_a_role_at_the_window(database):
    with database.write() as tx:
        colleague, unit_id = a_colleague(tx), an_actor(tx, "window-a01").unit_id
        assert [member.username for member in members(tx, unit_id)] == ["head-a01", "window-a01", colleague]
        deactivate(tx, colleague, "", by=an_actor(tx, "sysadmin1"), now=NOW)
        assert [member.username for member in members(tx, unit_id)] == ["head-a01", "window-a01"]


def test_one_of_two_who_take_a_case_at_once_has_it(database):
    with database.write() as tx:
        ref, colleague = an_approval(tx, "received"), a_colleague(tx)

    def take(by):
        try:
            with database.write() as tx:
                do(tx, by, "take", ref, at=NOW - timedelta(days=1))
            return by
        except Problem as problem:
            return type(problem)

    results = at_once(lambda: take("window-a01"), lambda: take(colleague))

    assert sorted(map(str, results), key=len)[-1].endswith("Refused'>")
    with database.read() as tx:
        assert handler_of(tx, ref) in results


def test_nobody_is_assigned_who_leaves_at_the_same_moment(database):
    with database.write() as tx:
        refs, colleague = [an_approval(tx, "received") for _ in range(3)], a_colleague(tx)

    def assign(ref):
        try:
            with database.write() as tx:
                do(tx, "head-a01", "assign", ref, {"handler": colleague}, at=NOW - timedelta(days=1))
        except Invalid:
            return "refused"
        return "assigned"

    def leave():
        with database.write() as tx:
            deactivate(tx, colleague, "", by=an_actor(tx, "sysadmin1"), now=NOW)

    at_once(leave, *(lambda ref=ref: assign(ref) for ref in refs))

    with database.read() as tx:
        assert [handler_of(tx, ref) for ref in refs] == [None] * 3
    assert faults(database) == []
