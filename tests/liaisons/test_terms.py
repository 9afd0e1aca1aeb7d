"""Who accompanies a project: one liaison at any moment, from the registration on, handed over with a note."""

import contextlib
import random
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from approvals.accounts.queries import PERSON
from approvals.base.errors import Forbidden, Invalid, Refused, Stale
from approvals.history.record import NOTICE
from approvals.liaisons.queries import REQUESTS, TERMS, terms_of
from tests.support.builders import NOW, a_database, a_project, a_role, an_actor, do, faults, project_row, when
from tests.support.concurrency import race
from tests.support.trying import outcome

HAND_OVER = {"liaison": "liaison2", "note": "用地预审正在办理。"}
MANY = 100


def told(tx, ref):
    names = dict(tx.execute(select(PERSON.c.id, PERSON.c.username)).all())
    return [(names[t.person_id], t.from_at, t.until_at, t.note) for t in terms_of(tx, project_row(tx, ref).id)]


def test_the_terms_of_a_projects_liaisons_follow_one_another(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        began = project_row(tx, ref).registered_at
        first, second = began + timedelta(days=3), began + timedelta(days=9)
        do(tx, "centre1", "reassign", ref, HAND_OVER, at=first)
        do(tx, "centre1", "reassign", ref, HAND_OVER | {"liaison": "liaison1"}, at=second)
        assert told(tx, ref) == [
            ("liaison1", began, first, ""),
            ("liaison2", first, second, HAND_OVER["note"]),
            ("liaison1", second, None, HAND_OVER["note"]),
        ]
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison1").id


def test_both_liaisons_are_told_and_the_new_one_gets_what_waits_for_an_answer(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02", "08:00"))
        do(tx, "owner1", "ask", f"{ref}/requests", at=when("2026-03-02", "10:00"))
        do(tx, "centre1", "reassign", ref, at=when("2026-03-02", "10:10"))
        former, new = (an_actor(tx, username).id for username in ("liaison1", "liaison2"))
        hear = select(NOTICE.c.audience, NOTICE.c.unit_id).where(NOTICE.c.move == "project.reassign")
        assert {("liaison", new), ("officer", former)} < {tuple(row) for row in tx.execute(hear)}
        assert tx.execute(select(REQUESTS.c.responsible_id)).scalars().all() == [new]


@pytest.mark.parametrize("username", ["owner1", "liaison1", "office1", "leader1"])
def test_nobody_but_the_service_centre_hands_a_project_over(database, username):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        with pytest.raises(Forbidden):
            do(tx, username, "reassign", ref)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (HAND_OVER | {"liaison": "liaison1"}, Invalid),  # it is theirs already
        (HAND_OVER | {"liaison": "owner1"}, Invalid),
        (HAND_OVER | {"liaison": "nobody"}, Invalid),
        (HAND_OVER | {"note": " "}, Invalid),
        (HAND_OVER | {"note": "长" * 4001}, Invalid),
        ({"liaison": "liaison2"}, Invalid),
    ],
)
def test_a_hand_over_needs_another_liaison_and_a_note(database, given, problem):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        with pytest.raises(problem):
            do(tx, "centre1", "reassign", ref, given)
        assert [name for name, *_ in told(tx, ref)] == ["liaison1"]


@pytest.mark.parametrize("state", ["filed", "classified", "completed", "withdrawn", "suspended"])
def test_only_a_project_under_way_changes_its_liaison(database, state):
    with database.write() as tx:
        ref = a_project(tx, state)
    assert outcome(database, "centre1", "reassign", ref) == (state if state == "suspended" else Refused)


def test_the_database_itself_refuses_two_open_terms(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
    with pytest.raises(IntegrityError), database.write() as tx:
        project, by = project_row(tx, ref), an_actor(tx, "centre1").id
        row = {"project_id": project.id, "person_id": by, "from_at": NOW, "note": "", "by_id": by}
        tx.execute(insert(TERMS), row)


def hand_over(database, wait, username, refs):
    """Give each project to this liaison, together with others who want another one; how often it was done."""
    wait()
    done = 0
    for ref in refs:
        with contextlib.suppress(Invalid, Stale):
            with database.write() as tx:
                do(tx, "centre1", "reassign", ref, {"liaison": username, "note": f"移交给{username}"}, at=NOW)
            done += 1
    return done


def test_a_hundred_hand_overs_at_once_leave_one_liaison_to_each_project(database, database_url):
    with database.write() as tx:
        a_role(tx, "centre1", "liaison")
        refs = [a_project(tx, "registered") for _ in range(5)]
    dice = random.Random(4)
    names = ("liaison1", "liaison2", "centre1")
    jobs = [(hand_over, (dice.choice(names), dice.choices(refs, k=MANY // 5))) for _ in range(5)]
    done = sum(race(database_url, jobs))
    assert 5 <= done <= MANY
    with database.read() as tx:
        all_terms = [told(tx, ref) for ref in refs]
    assert sum(len(terms) - 1 for terms in all_terms) == done
    for terms in all_terms:
        assert [until for *_, until, _ in terms[:-1]] == [since for _, since, *_ in terms[1:]]
        assert [until for *_, until, _ in terms].count(None) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE liaison_terms SET person_id = by_id",
        "UPDATE liaison_terms SET until_at = from_at",
        "DELETE FROM liaison_terms",
        "UPDATE projects SET liaison_id = (SELECT id FROM people WHERE username = 'liaison2')",
    ],
)
def test_verify_names_a_term_that_the_history_does_not_tell(database_url, change):
    database = a_database(database_url)
    with database.write() as tx:
        a_project(tx, "registered")
        tx.exec_driver_sql(change)
    assert any(fault.startswith("one_liaison_at_any_moment") for fault in faults(database))
    database.close()
