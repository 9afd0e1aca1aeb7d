"""Leave, deputies, and their rights for these days."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from approvals.accounts.absence import actions as leave
from approvals.accounts.absence.queries import roster, uncovered_count
from approvals.accounts.audit import EVENT
from approvals.accounts.queries import ABSENCE
from approvals.base.errors import Forbidden, Invalid, NotFound, Problem, Refused
from approvals.history.queries import entries_of_project
from approvals.history.timeline import describe
from approvals.integrity.absences import deputies_stood_in
from tests.support.builders import a_project, an_actor, an_approval, do, faults, project_row, when
from tests.support.concurrency import race
from tests.support.leaves import MONDAY, a_leave, enter_at_once
from workflows.charts.roles import DEPUTIES


@pytest.fixture
def tx(database):
    with database.write() as tx:
        yield tx


def refused(what: type[Problem], *args, **more) -> str:
    with pytest.raises(what) as told:
        a_leave(*args, **more)
    return str(told.value)


# Rights.


def test_a_deputy_accompanies_the_projects_of_a_liaison_for_these_days_and_history_says_for_whom(tx):
    ref = a_project(tx, "registered")  # accompanied by liaison1
    a_leave(tx, "liaison1", "2026-03-03", "2026-03-05", "liaison2")
    for day in ("2026-03-02", "2026-03-06"):
        with pytest.raises(Forbidden):
            do(tx, an_actor(tx, "liaison2", date.fromisoformat(day)), "submit", f"{ref}/A01", at=when("2026-03-06"))
    do(tx, "liaison2", "submit", f"{ref}/A01", at=when("2026-03-05", "23:59"))
    last = entries_of_project(tx, project_row(tx, ref).id)[-1]
    assert (last.actor, last.role, last.facts["for"]) == ("liaison2", "liaison", "liaison1")
    (told,) = describe(tx, [last])
    assert (told.who, told.away) == ("邓志勇", "何晓梅")


def test_who_acted_for_somebody_without_standing_in_for_them_is_found(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        a_leave(tx, "liaison1", "2026-03-03", "2026-03-05", "liaison2")
        do(tx, "liaison2", "submit", f"{ref}/A01", at=when("2026-03-05"))
    assert faults(database) == []
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tx.execute(update(ABSENCE).values(until_on=date(2026, 3, 4)))
        (found,) = deputies_stood_in(tx)
        assert "liaison2 acted for liaison1" in found.found
        tx.execute(update(ABSENCE).values(until_on=date(2026, 3, 5), confirmed_at=None))
        assert len(list(deputies_stood_in(tx))) == 1
        row = tx.execute(select(ABSENCE)).one()._asdict() | {"id": 99, "entered_by": "liaison1"}
        tx.execute(insert(ABSENCE).values(row))
        assert "overlaps with leave 1" in next(deputies_stood_in(tx)).found
        1 / 0  # noqa: B018 none of this is to stay


def test_the_day_of_the_rights_is_that_of_the_city(tx):
    a_leave(tx, "liaison1", "2026-03-03", "2026-03-05", "liaison2")
    ref = a_project(tx, "registered")
    with pytest.raises(Forbidden):
        do(tx, "liaison2", "submit", f"{ref}/A01", at=when("2026-03-02", "23:59"))
    do(tx, "liaison2", "submit", f"{ref}/A01", at=when("2026-03-03", "00:00"))  # still 2 March in UTC


def test_what_a_deputy_may_do_in_their_own_right_they_do_not_do_for_anybody(tx):
    ref = a_project(tx, "registered")
    a_leave(tx, "liaison2", "2026-03-03", None, "liaison1")
    do(tx, "liaison1", "submit", f"{ref}/A01", at=when("2026-03-04"))
    assert "for" not in entries_of_project(tx, project_row(tx, ref).id)[-1].facts


def test_a_window_officer_acts_as_head_only_while_the_head_is_away(tx):
    ref = an_approval(tx, "accepted").partition("/")[0]
    a_leave(tx, "head-a01", "2026-03-03", "2026-03-04", "window-a01")
    with pytest.raises(Forbidden):
        do(tx, an_actor(tx, "window-a01", date(2026, 3, 5)), "extend", f"{ref}/A01", at=when("2026-03-05"))
    do(tx, "window-a01", "extend", f"{ref}/A01", at=when("2026-03-04"))
    last = entries_of_project(tx, project_row(tx, ref).id)[-1]
    assert (last.role, last.facts["for"]) == ("window_head", "head-a01")


@pytest.mark.parametrize(
    ("role", "person", "deputy"),
    [
        ("window", "window-a01", "head-a01"),
        ("window_head", "head-a01", "window-a01"),
        ("liaison", "liaison1", "liaison2"),
    ],
)
def test_rights_come_and_go_with_the_days(tx, role, person, deputy):
    a_leave(tx, person, "2026-03-03", "2026-03-05", deputy)
    for day in range(1, 9):
        actor = an_actor(tx, deputy, date(2026, 3, day))
        assert bool(actor.covers) == (3 <= day <= 5)
        assert (role in actor.roles) == (3 <= day <= 5 or role == "liaison")
        assert actor.roles - actor.lent == an_actor(tx, deputy).roles


def test_every_role_of_people_has_roles_that_may_stand_in_and_no_administrator_gets_another():
    assert "integration" not in DEPUTIES
    for role in ("sysadmin", "secadmin", "auditor", "owner"):
        assert DEPUTIES[role] == {role}


def test_ending_early_gives_the_rights_back_at_once(tx):
    found = a_leave(tx, "liaison1", "2026-03-02", "2026-03-13", "liaison2")
    assert an_actor(tx, "liaison2", date(2026, 3, 4)).covers
    leave.end(tx, found, by=an_actor(tx, "liaison1"), now=when("2026-03-04", "10:00"))
    assert not an_actor(tx, "liaison2", date(2026, 3, 4)).covers
    assert roster(tx, date(2026, 3, 2)).on_duty(an_actor(tx, "liaison1").id, date(2026, 3, 3)) is not None


def test_a_deputy_who_has_not_confirmed_or_is_away_too_has_no_rights(tx):
    a_leave(tx, "liaison1", "2026-03-02", "2026-03-13", "liaison2", is_confirmed=False)
    assert not an_actor(tx, "liaison2", date(2026, 3, 3)).covers


def test_a_deputy_on_leave_covers_nobody_on_those_days_and_the_centre_is_told(tx):
    a_leave(tx, "liaison1", "2026-03-02", "2026-03-13", "liaison2")
    centre = an_actor(tx, "centre1")
    assert uncovered_count(tx, centre, MONDAY) == 0
    a_leave(tx, "liaison2", "2026-03-05", "2026-03-06")
    assert [day for day in (4, 5, 6, 7) if an_actor(tx, "liaison2", date(2026, 3, day)).covers] == [4, 7]
    assert uncovered_count(tx, centre, MONDAY) == 2
    assert uncovered_count(tx, an_actor(tx, "head-a01"), MONDAY) == 0


# What is refused.


def test_two_leaves_of_one_person_do_not_overlap(tx):
    a_leave(tx, "liaison1", "2026-03-02", "2026-03-06")
    assert "2026-03-05 – 2026-03-06" in refused(Invalid, tx, "liaison1", "2026-03-05", None)
    a_leave(tx, "liaison1", "2026-03-07", "2026-03-08")


def test_a_deputy_who_is_away_is_refused_with_the_exact_days(tx):
    a_leave(tx, "liaison2", "2026-03-05", "2026-03-06")
    days = ("2026-03-02", "2026-03-13")
    assert "is absent: 2026-03-05 – 2026-03-06" in refused(Invalid, tx, "liaison1", *days, "liaison2")


def test_two_do_not_stand_in_for_one_another_on_the_same_day(tx):
    a_leave(tx, "liaison1", "2026-03-02", "2026-03-06", "liaison2")
    assert "is absent" in refused(Invalid, tx, "liaison2", "2026-03-06", "2026-03-07", "liaison1")
    a_leave(tx, "liaison2", "2026-03-07", "2026-03-08", "liaison1")


@pytest.mark.parametrize("deputy", ["liaison1", "centre1", "window-a01", "integration1", "nobody"])
def test_a_deputy_needs_a_role_that_covers(tx, deputy):
    refused(Invalid, tx, "liaison1", "2026-03-03", None, deputy)


def test_a_leave_begins_today_at_the_earliest_and_ends_after_it_begins(tx):
    refused(Invalid, tx, "liaison1", "2026-03-01", None)
    refused(Invalid, tx, "liaison1", "2026-03-05", "2026-03-04")


@pytest.mark.parametrize(
    ("person", "allowed", "others"),
    [
        ("window-a01", ("head-a01", "centre1"), ("head-a02",)),
        ("liaison1", ("centre1",), ("liaison2", "sysadmin1", "office1")),
    ],
)
def test_who_enters_leave_for_whom(tx, person, allowed, others):
    for by in others:
        refused(Forbidden, tx, person, "2026-03-03", None, by=by)
    for day, by in enumerate(allowed, 3):
        a_leave(tx, person, f"2026-03-{day:02}", f"2026-03-{day:02}", by=by)


def test_only_the_deputy_answers_and_only_once(tx):
    found = a_leave(tx, "liaison1", "2026-03-03", None, "liaison2", is_confirmed=False)
    with pytest.raises(NotFound):
        leave.confirm(tx, found, by=an_actor(tx, "centre1"), now=MONDAY)
    leave.decline(tx, found, "自己也有任务", by=an_actor(tx, "liaison2"), now=MONDAY)
    with pytest.raises(Refused):
        leave.confirm(tx, found, by=an_actor(tx, "liaison2"), now=MONDAY)
    assert [one.why for one in roster(tx, date(2026, 3, 3)).uncovered(date(2026, 3, 3))] == ["declined"]


def test_another_deputy_goes_on_from_today_and_the_days_before_keep_theirs(tx):
    found = a_leave(tx, "window-a01", "2026-03-02", "2026-03-13", "head-a01")
    person, head = an_actor(tx, "window-a01").id, an_actor(tx, "head-a01").id
    leave.name_deputy(tx, found, "", by=an_actor(tx, "head-a01"), now=when("2026-03-05"))
    known = roster(tx, date(2026, 3, 2))
    assert known.on_duty(person, date(2026, 3, 4)) == head
    assert known.on_duty(person, date(2026, 3, 5)) is None
    assert known.on_duty(person, date(2026, 3, 14)) == person


def test_the_auditor_reads_what_was_done_with_a_leave(tx):
    found = a_leave(tx, "liaison1", "2026-03-03", "2026-03-05", "liaison2")
    leave.end(tx, found, by=an_actor(tx, "centre1"), now=MONDAY)
    rows = tx.execute(EVENT.select().order_by(EVENT.c.id)).all()
    assert [(row.event, row.actor, row.subject) for row in rows] == [
        ("absence_entered", "liaison1", "liaison1"),
        ("absence_confirmed", "liaison2", "liaison1"),
        ("absence_ended", "centre1", "liaison1"),
    ]
    assert rows[0].detail == "2026-03-03 – 2026-03-05 → liaison2"


def test_of_two_who_name_each_other_at_the_same_moment_one_is_refused(database, database_url):
    for _ in range(3):
        pairs = [("liaison1", "liaison2"), ("liaison2", "liaison1")]
        outcomes = race(database_url, [(enter_at_once, pair) for pair in pairs])
        assert sorted(outcomes) in (["Invalid", "entered"], ["Invalid", "Invalid"])
    with database.read() as tx:
        assert len(roster(tx, date(2026, 3, 2)).absences) == 1
