"""The same move on many cases: each by itself, once, with an outcome for each."""

from functools import partial

import pytest
from sqlalchemy import select

from approvals import bulk
from approvals.accounts.queries import PERSON
from approvals.base.errors import NotFound
from approvals.bulk import MOST, BulkTarget, bulk_result, key_of, make_each
from approvals.history.commands import Command, Reference
from approvals.windows.queries import approval
from tests.support.builders import NOW, an_actor, an_approval, approval_row, do, entries
from tests.support.concurrency import at_once

HEAD, KEY = "head-a01", key_of(7, "0123456789")


def target(tx, ref, *, by=HEAD, handler="window-a01"):
    actor, (number, _, code) = an_actor(tx, by), ref.rpartition("/")
    view = approval(tx, number, code, actor, NOW.date())
    command = Command("assign", Reference("approval", number, code), {"handler": handler}, actor, NOW)
    return BulkTarget(command, view.project_name)


def make(database, refs, key=KEY, target=target):
    make_each(database, key, refs, target, action="assign", back="/windows", now=NOW)
    with database.read() as tx:
        return bulk_result(tx, key)


def handler_of(database, ref):
    with database.read() as tx:
        handler_id = approval_row(tx, *ref.split("/")).handler_id
        return tx.execute(select(PERSON.c.username).where(PERSON.c.id == handler_id)).scalar_one_or_none()


def moves_of(database, ref):
    with database.read() as tx:
        return [entry.move for entry in entries(tx, ref.partition("/")[0])]


def test_each_case_has_its_own_outcome_and_one_that_fails_stops_no_other(database):
    with database.write() as tx:
        refs = [an_approval(tx, state) for state in ("received", "granted", "accepted", "ready")]
        do(tx, "window-a01", "deliver", refs[1])
        do(tx, "head-a01", "assign", refs[2])
    asked = [refs[0], "2026-nothing/A01", "a\x00b/A01", refs[1], refs[2], refs[3]]

    result = make(database, asked)

    assert [row.ref for row in result.rows] == asked
    assert [row.is_done for row in result.rows] == [True, False, False, False, False, False]
    assert (result.done, result.refused) == (1, 5)
    reasons = [[reason[0] for _, reason in row.reasons] for row in result.rows]
    assert reasons[1] == reasons[2] == [NotFound.default]
    assert reasons[3] == ["Nothing is left to be done at the window."]
    assert reasons[4] == ["is already the handler of this approval"]
    assert [word.en for word, _ in result.rows[4].reasons] == ["Handler"]
    assert [handler_of(database, ref) for ref in refs] == ["window-a01", None, "window-a01", None]


def test_sent_again_nothing_is_done_twice_and_the_outcome_stays(database):
    with database.write() as tx:
        refs = [an_approval(tx, "received"), an_approval(tx, "ready")]
    first = make(database, refs)
    with database.write() as tx:
        do(tx, HEAD, "give_back", refs[0], at=NOW)  # it is not assigned again by the form of before
    assert make(database, refs) == first
    assert [handler_of(database, ref) for ref in refs] == [None, None]
    assert moves_of(database, refs[0]).count("assign") == 1


def test_what_was_interrupted_is_made_up_for(database, monkeypatch):
    with database.write() as tx:
        refs = [an_approval(tx, "received") for _ in range(3)]

    def breaks(tx, ref):
        if ref == refs[1]:
            raise KeyboardInterrupt
        return target(tx, ref)

    with pytest.raises(KeyboardInterrupt):
        make(database, refs, target=breaks)
    with database.read() as tx:
        result = bulk_result(tx, KEY)
    assert [row.is_done for row in result.rows] == [True, False, False]
    assert [reason for _, (reason, _) in result.rows[1].reasons] == [bulk.INTERRUPTED]

    assert make(database, refs).done == 3
    assert [moves_of(database, ref).count("assign") for ref in refs] == [1, 1, 1]


def test_two_who_send_the_same_cases_at_once_make_each_move_once(database):
    with database.write() as tx:
        refs = [an_approval(tx, "received") for _ in range(4)]
    sent = [(key_of(7, "aaaaaaaa"), "window-a01"), (key_of(8, "bbbbbbbb"), "head-a01")]

    results = at_once(*(partial(make, database, refs, key, partial(target, handler=handler)) for key, handler in sent))

    for number, ref in enumerate(refs):  # both may have assigned it, one after the other, and each once
        made = sum(result.rows[number].is_done for result in results)
        assert made == moves_of(database, ref).count("assign") == 2


def test_the_same_form_sent_twice_at_once_makes_each_move_once(database):
    with database.write() as tx:
        refs = [an_approval(tx, "received") for _ in range(4)]

    results = at_once(*(partial(make, database, refs) for _ in range(2)))

    assert [result.rows for result in results] == [results[0].rows] * 2 or all(r.refused <= 4 for r in results)
    with database.read() as tx:
        assert bulk_result(tx, KEY).done == 4
    assert [moves_of(database, ref).count("assign") for ref in refs] == [1] * 4


def test_no_more_are_taken_than_a_page_holds(database):
    result = make(database, [f"none-{number}/A01" for number in range(MOST + 9)])

    assert len(result.rows) == MOST


def test_there_is_no_result_of_what_was_never_sent(database):
    with pytest.raises(NotFound), database.read() as tx:
        bulk_result(tx, key_of(7, "never-sent"))
