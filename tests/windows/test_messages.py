"""What a page asks for, somebody can do: the sentences of every state, held to the moves that are open."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.windows.messages import Sentence, next_step
from approvals.windows.queries import ApprovalView, approvals_of_project, moves_of_round, open_to
from tests.conftest import MakeDatabase
from tests.support.builders import (
    APPROVAL_PATHS,
    START,
    a_database,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    do,
    finish,
    project_row,
    walk,
    window,
)

TODAY = day_of(START) + timedelta(days=1)
LATER = TODAY + timedelta(days=200)
ENDS = {"suspended": ("office1", "suspend"), "withdrawn": ("owner1", "withdraw")}
# What sentences ask for, by the words: who, and which move.
ASKS = (
    ("submits the application", "owner1", "submit"),
    ("it accepts", "window", "accept"),
    ("issues a one-time notice", "window", "notify_once"),
    ("refuses intake", "window", "reject_intake"),
    ("makes the corrections", "owner1", "resubmit"),
    ("the window decides", "window", "grant"),
    ("until the window ends", "window", "end_special"),
    ("the window delivers", "window", "deliver"),
    ("may apply again", "owner1", "reapply"),
    ("may apply again", "liaison1", "reapply"),
)
TASKS = {"submit", "resubmit", "reapply", "accept", "grant", "end_special", "deliver"}


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase) -> Iterator[Database]:
    """Every state of an approval in every state of its project."""
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        for state in APPROVAL_PATHS:
            for end in ("", *ENDS):
                on = an_approval(tx, state, ref=a_project(tx, "registered"))
                for more in ("deliver",) if state in ("granted", "refused") and not end else ():
                    an_approval(tx, state, ref=a_project(tx, "registered"))
                    walk(tx, *on.split("/"), (more,))
                if end:
                    do(tx, *ENDS[end], on.partition("/")[0])
        again = an_approval(tx, "correcting")
        walk(tx, *again.split("/"), ("resubmit",))
        refused_again = an_approval(tx, "refused")
        walk(tx, *refused_again.split("/"), ("deliver", "reapply"))
        complete = a_project(tx, "registered")
        finish(tx, complete, without=("D07",))
        walk(tx, complete, "D07", ("withdraw_approval",))
        assert project_row(tx, complete).state == "completed"
    yield database
    database.close()


def everything(tx: Connection) -> list[ApprovalView]:
    projects = tx.exec_driver_sql("SELECT id FROM projects ORDER BY id").scalars().all()
    return [view for project in projects for view in approvals_of_project(tx, project, TODAY)]


def sentences(tx: Connection) -> Iterator[tuple[ApprovalView, Sentence]]:
    views = everything(tx)
    by_key = {(view.project_id, view.code): view for view in views}
    for view in views:
        needed = [by_key[view.project_id, code] for code in view.requires]
        needed = [need for need in needed if need.state != "granted"]
        for today in (TODAY, LATER):
            yield view, next_step(view, today, moves_of_round(tx, view), needed)


def may(tx: Connection, view: ApprovalView, who: str) -> set[str]:
    actor = an_actor(tx, window(view.code) if who == "window" else who)
    return {move.name for move in open_to(tx, view, actor)}


def test_what_a_sentence_asks_for_somebody_can_do(city: Database) -> None:
    said = set()
    with city.read() as tx:
        for view, sentence in sentences(tx):
            for words, who, move in ASKS:
                if words in sentence.msgid:
                    said.add(words)
                    assert move in may(tx, view, who), (view.ref, view.state, view.project_state, sentence)
    assert said == {words for words, *_ in ASKS}


def test_whoever_can_lead_on_is_asked_to(city: Database) -> None:
    with city.read() as tx:
        for view, sentence in sentences(tx):
            can = {(who, move) for who in ("owner1", "window") for move in may(tx, view, who) & TASKS}
            asked = {(who, move) for words, who, move in ASKS if words in sentence.msgid}
            assert not can or can & asked or "counts as accepted" in sentence.msgid, (view.state, can, sentence)


def test_what_waits_for_something_withdrawn_says_so(city: Database) -> None:
    with city.read() as tx:
        found = [
            (view, sentence) for view, sentence in sentences(tx) if view.code == "A02" and "withdrawn" in sentence.msgid
        ]
        assert found
        for view, sentence in found:
            assert view.project_state == "registered"
            assert "A01" in sentence.values["blockers"]
            assert approval_row(tx, view.project, "A01").state == "withdrawn"


def test_nobody_is_told_of_steps_in_a_project_that_is_closed(city: Database) -> None:
    with city.read() as tx:
        closed = [
            sentence.msgid
            for view, sentence in sentences(tx)
            if view.project_state in ("withdrawn", "completed") and view.state not in ("granted", "refused")
        ]
    assert set(closed) == {"The project is closed. No further steps."}


def test_the_single_notice_is_offered_once(city: Database) -> None:
    with city.read() as tx:
        received = [(v, s) for v, s in sentences(tx) if v.state == "received" and v.project_state == "registered"]
        told = {("notify_once" in moves_of_round(tx, v), "issues a one-time notice" in s.msgid) for v, s in received}
    assert told == {(True, False), (False, True), (False, False)}  # the last is silence after the limit
