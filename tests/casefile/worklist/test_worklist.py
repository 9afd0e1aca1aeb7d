"""The worklist on both engines: its order, its pages, and what it asks of the database."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid
from approvals.base.pagination import PAGE, write_cursor
from approvals.casefile.worklist.kinds import KINDS
from approvals.casefile.worklist.worklist import SOURCES, Duty, duty_count, worklist
from tests.support.builders import NOW, a_project, an_actor, an_approval, walk, when
from tests.support.desk import counted_on

MONDAY = when("2026-11-16")  # NOW is the Friday after


def all_duties(tx: Connection, actor: Actor) -> list[Duty]:
    """The duties of all pages."""
    duties, cursor = [], ""
    while True:
        page = worklist(tx, actor, NOW, cursor=cursor).page
        duties += page.rows
        if not page.next_cursor:
            return duties
        cursor = page.next_cursor


def told(duties: list[Duty]) -> list[tuple[str, str, str]]:
    return [(duty.kind.name, duty.subject, str(duty.due_on)) for duty in duties]


def test_what_is_due_first_comes_first_whatever_its_kind(database):
    with database.write() as tx:
        a_project(tx, "filed", name="周一申报", at=MONDAY)
        a_project(tx, "filed", name="今日申报", at=NOW - timedelta(hours=1))
        a_project(tx, "suspended", name="已中止", at=MONDAY)
        an_approval(tx, "accepted", at=when("2026-03-02"))
        office, window = an_actor(tx, "office1"), an_actor(tx, "window-a01")
        assert told(all_duties(tx, office)) == [
            ("sort", "周一申报", "2026-11-19"),
            ("sort", "今日申报", "2026-11-25"),
        ], "a suspension is reviewed on its day"
        decide = [duty for duty in all_duties(tx, window) if duty.kind.name == "decide"]
        assert [(duty.light, duty.standing(NOW)) for duty in decide] == [("red", "late")]


def test_an_approval_is_the_duty_of_whose_turn_it_is(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", name="新建小学", at=MONDAY)
        owner, window, other = (an_actor(tx, name) for name in ("owner1", "window-a01", "window-a02"))

        def of(actor: Actor) -> set[str]:
            return {duty.kind.name for duty in all_duties(tx, actor) if duty.code == "A01"}

        assert (of(owner), of(window)) == ({"submit"}, set())
        walk(tx, ref, "A01", ("submit",), at=NOW - timedelta(hours=3))
        assert (of(owner), of(window), of(other)) == (set(), {"intake"}, set())
        walk(tx, ref, "A01", ("notify_once",), at=NOW - timedelta(hours=2))
        assert (of(owner), of(window)) == ({"resubmit"}, set())
        walk(tx, ref, "A01", ("resubmit", "accept"), at=NOW - timedelta(minutes=90))
        assert (of(owner), of(window)) == (set(), {"decide"})
        walk(tx, ref, "A01", ("grant",), at=NOW - timedelta(minutes=60))
        assert (of(owner), of(window)) == ({"collect"}, {"deliver"})
        walk(tx, ref, "A01", ("deliver",), at=NOW - timedelta(minutes=30))
        assert (of(owner), of(window)) == (set(), set())


def test_the_pages_hold_each_duty_once_and_their_number_is_the_total(database):
    with database.write() as tx:
        for number in range(PAGE + 3):
            a_project(tx, "filed", name=f"项目{number:02}", at=MONDAY + timedelta(minutes=number))
        office = an_actor(tx, "office1")
        duties = all_duties(tx, office)
        first = worklist(tx, office, NOW)

        assert [duty.subject for duty in duties] == [f"项目{number:02}" for number in range(PAGE + 3)]
        assert (len(first.page.rows), first.total, duty_count(tx, office, NOW)) == (PAGE, PAGE + 3, PAGE + 3)


@pytest.mark.parametrize("username", ["owner1", "office1", "centre1", "liaison1", "head-a01", "leader1", "finance1"])
def test_it_asks_the_database_as_often_for_many_rows_as_for_none(database, username):
    with database.write() as tx:
        actor = an_actor(tx, username)
        worklist(tx, actor, NOW)
        with counted_on(database) as none:
            worklist(tx, actor, NOW)
        for number in range(8):
            a_project(tx, "filed", at=MONDAY + timedelta(minutes=number))
            an_approval(tx, "accepted", at=when("2026-03-02"))
        worklist(tx, actor, NOW)  # the catalogue is read once
        with counted_on(database) as many:
            worklist(tx, actor, NOW)

    assert len(none) == len(many) <= 3


@pytest.mark.parametrize("cursor", ["x", write_cursor(-1), write_cursor(10**9), write_cursor("1")])
def test_a_cursor_of_somebody_elses_making_is_refused(database, cursor):
    with database.read() as tx, pytest.raises(Invalid):
        worklist(tx, an_actor(tx, "office1"), NOW, cursor=cursor)


def test_every_source_has_a_kind_of_its_own_name():
    assert {source.kind for source in SOURCES} <= set(KINDS)
    assert len(SOURCES) == len({source.kind for source in SOURCES})
