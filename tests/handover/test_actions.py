"""Somebody leaves in each role: what is open with them has somebody else, or stands on the list."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.accounts.absence.actions import enter as enter_absence
from approvals.accounts.actions import set_active
from approvals.accounts.inputs import NewAbsence
from approvals.accounts.queries import person
from approvals.base.errors import Forbidden, Invalid
from approvals.handover.actions import CENTRE, change_roles, deactivate, move_to_unit
from approvals.handover.responsibilities import responsibilities
from approvals.handover.vacancies import vacancies, vacancy_count
from approvals.history.record import NOTICE
from approvals.liaisons.on_call import SHIFTS, helper
from approvals.liaisons.queries import REQUESTS, terms_of
from approvals.liaisons.roster import coming_gaps, enter
from approvals.supervision.sweep import sweep
from tests.support.builders import (
    NOW,
    a_database,
    a_project,
    a_role,
    an_actor,
    an_approval,
    approval_row,
    do,
    entries,
    faults,
    head,
    project_row,
    when,
)
from tests.support.colleagues import a_colleague

OPEN = when("2026-11-20", "10:00")  # a Friday, in office hours
MORNING = OPEN - timedelta(hours=1)


def leaves(tx, username, successor="", now=NOW):
    deactivate(tx, username, successor, by=an_actor(tx, "sysadmin1"), now=now)


def open_with(tx, username):
    account = person(tx, username)
    return responsibilities(tx, account, frozenset(account.roles), NOW)


def labels(work):
    return [(post.post.kind, post.unit.name if post.unit else "", [(c.en, n) for c, n in post.counts]) for post in work]


def responsible(tx):
    return dict(tx.execute(select(REQUESTS.c.no, REQUESTS.c.responsible_id)).all())


def test_a_liaison_who_leaves_needs_a_successor_or_the_service_centre(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
    for successor in ("", "owner1", "liaison1", "nobody"):
        with pytest.raises(Invalid), database.write() as tx:
            leaves(tx, "liaison1", successor)
    with database.read() as tx:
        assert open_with(tx, "liaison1").projects == ("攀挂〔2026〕1号",)
        assert person(tx, "liaison1").is_active
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison1").id


@pytest.mark.parametrize("state", ["registered", "suspended"])
def test_the_successor_has_the_project_and_its_questions_and_all_are_told(database, state):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=MORNING - timedelta(hours=1))
        do(tx, "owner1", "ask", f"{ref}/requests", at=MORNING)
        if state == "suspended":
            do(tx, "office1", "suspend", ref)
        leaves(tx, "liaison1", "liaison2", OPEN)
        next_id = an_actor(tx, "liaison2").id
        assert project_row(tx, ref).liaison_id == next_id
        assert responsible(tx) == {1: next_id}
        assert [term.until_at for term in terms_of(tx, project_row(tx, ref).id)] == [OPEN, None]
        hear = select(NOTICE.c.audience, NOTICE.c.unit_id).where(NOTICE.c.move == "project.hand_over")
        told = {tuple(row) for row in tx.execute(hear)}
        assert told == {("owner", project_row(tx, ref).owner_unit_id), ("liaison", next_id), ("service_centre", 0)}
        assert [entry.move for entry in entries(tx, ref)][-2:] == ["hand_over", "pass_on"]
        assert vacancies(tx).is_empty
    assert faults(database) == []


def test_without_a_successor_the_centre_has_it_and_it_stands_on_the_list_until_it_names_one(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=MORNING - timedelta(hours=1))
        do(tx, "owner1", "ask", f"{ref}/requests", at=MORNING)
        leaves(tx, "liaison1", CENTRE, OPEN)
        centre = an_actor(tx, "centre1")
        assert [(p.ref, p.questions) for p in vacancies(tx).projects.rows] == [(project_row(tx, ref).number, 1)]
        assert responsible(tx) == {1: centre.id}
        assert vacancy_count(tx, centre, OPEN) == 1
    assert faults(database) == []
    with database.write() as tx:
        do(tx, "centre1", "reassign", ref, at=OPEN)
        assert vacancies(tx).is_empty
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison2").id
    assert faults(database) == []


def test_the_owner_is_told_to_call_somebody_who_is_there(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        liaison = project_row(tx, ref).liaison_id
        set_active(tx, "liaison1", False, by=an_actor(tx, "sysadmin1"), now=MORNING)  # as it was done before
        call = helper(tx, liaison, OPEN).liaison
        assert (call.name, call.is_office) == (an_actor(tx, "centre1").name, True)
        assert [p.ref for p in vacancies(tx).projects.rows] == [project_row(tx, ref).number]
    assert faults(database) == []


@pytest.mark.parametrize("at", [OPEN, when("2026-11-21", "22:00"), when("2026-11-20", "23:00")])
def test_a_question_to_who_has_left_finds_somebody_on_duty_at_any_hour(database, at):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        set_active(tx, "liaison1", False, by=an_actor(tx, "sysadmin1"), now=MORNING)
        do(tx, "owner1", "ask", f"{ref}/requests", at=at, now=at)
        assert responsible(tx) == {1: an_actor(tx, "centre1").id}


def test_a_question_to_a_liaison_on_leave_without_a_deputy_is_for_the_centre(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        from_on = {"person": "liaison1", "from_on": OPEN.date(), "kind": "annual"}
        enter_leave(tx, from_on)
        do(tx, "owner1", "ask", f"{ref}/requests", at=OPEN)
        assert responsible(tx) == {1: an_actor(tx, "centre1").id}
        call = helper(tx, project_row(tx, ref).liaison_id, OPEN).liaison
        assert (call.away, call.is_office) == (an_actor(tx, "liaison1").name, True)


def enter_leave(tx, values):
    from_ = NewAbsence.model_validate(values)
    enter_absence(tx, from_, by=an_actor(tx, "centre1"), now=MORNING)


def test_a_role_taken_away_hands_over_as_well(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        by = an_actor(tx, "secadmin1")
    with pytest.raises(Invalid), database.write() as tx:
        change_roles(tx, "liaison1", frozenset({"service_centre"}), "", by=by, now=NOW)
    with database.write() as tx:
        change_roles(tx, "liaison1", frozenset({"service_centre"}), "liaison2", by=by, now=NOW)
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison2").id
    assert faults(database) == []


def test_a_role_given_asks_for_nobody(database):
    with database.write() as tx:
        a_project(tx, "registered")
        by, roles = an_actor(tx, "secadmin1"), frozenset({"liaison", "service_centre"})
        change_roles(tx, "liaison1", roles, "", by=by, now=NOW)
        assert an_actor(tx, "liaison1").roles == roles


def test_moving_to_another_unit_ends_the_roles_and_hands_over(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        unit = person(tx, "window-a01").unit_id
        move_to_unit(tx, "liaison1", unit, "liaison2", by=an_actor(tx, "sysadmin1"), now=NOW)
        moved = an_actor(tx, "liaison1")
        assert (moved.unit_id, moved.roles) == (unit, frozenset())
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison2").id
        with pytest.raises(Invalid):
            move_to_unit(tx, "liaison1", unit, "", by=an_actor(tx, "sysadmin1"), now=NOW)
    assert faults(database) == []


def test_the_last_at_a_window_leaves_the_window_on_the_list(database):
    with database.write() as tx:
        an_approval(tx, "accepted")
        do(tx, "office1", "issue", "orders")
        leaves(tx, "head-a01")
        assert vacancies(tx).is_empty
        told = labels(open_with(tx, "window-a01").posts)
        assert told == [("window", "市发展改革委", [("approvals in hand", 1), ("orders to answer", 1)])]
        leaves(tx, "window-a01")
        assert labels(vacancies(tx).posts) == told
        assert vacancy_count(tx, an_actor(tx, "centre1"), NOW) == 1
        set_active(tx, "window-a01", True, by=an_actor(tx, "sysadmin1"), now=NOW)
        assert vacancies(tx).is_empty
    assert faults(database) == []


@pytest.mark.parametrize(
    ("username", "state", "kind", "label"),
    [
        ("owner1", "filed", "owner", "open projects"),
        ("office1", "filed", "supervision_office", "filings to sort"),
        ("centre1", "classified", "service_centre", "projects to register"),
    ],
)
def test_the_last_of_a_unit_or_an_office_leaves_its_work_on_the_list(database, username, state, kind, label):
    with database.write() as tx:
        a_project(tx, state)
        leaves(tx, username)
        assert [(post, counts) for post, _, counts in labels(vacancies(tx).posts)] == [(kind, [(label, 1)])]
        assert vacancy_count(tx, an_actor(tx, "sysadmin1"), NOW) == 1
    assert faults(database) == []


def test_the_last_of_the_citys_government_and_the_head_of_a_joint_unit_are_missed(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-01-05"))
        do(tx, "owner1", "submit", f"{ref}/A01")
        do(tx, "office1", "manage_jointly", ref)
    sweep(database, NOW, lambda: NOW)
    with database.write() as tx:
        for username in ("leader1", head("A05")):
            leaves(tx, username)
        vacant = {(post, unit) for post, unit, _ in labels(vacancies(tx).posts)}
        assert vacant == {("city_government", ""), ("head", "市水利局")}
    assert faults(database) == []


@pytest.mark.parametrize("username", ["auditor1", "secadmin1", "integration1", "liaison2", "window-a02"])
def test_who_has_nothing_open_leaves_without_a_question(database, username):
    with database.write() as tx:
        a_project(tx, "registered")
        assert open_with(tx, username).is_empty
        if username in ("auditor1", "secadmin1"):  # the last one stays
            a_role(tx, a_colleague(tx), username.removesuffix("1"))
        leaves(tx, username)
        assert vacancies(tx).is_empty
    assert faults(database) == []


def test_nobody_administers_their_own_leaving(database):
    with database.write() as tx, pytest.raises(Forbidden):
        leaves(tx, "sysadmin1")


@pytest.mark.parametrize(("successor", "has_gap"), [("liaison2", False), (CENTRE, True)])
def test_duties_of_the_roster_go_on_or_are_shown_as_a_gap(database, successor, has_gap):
    with database.write() as tx:
        shift = {"person": "liaison1", "since": "2026-11-20 08:00", "until": "2026-11-28 08:00"}
        enter(tx, [shift], knows_gaps=True, by=an_actor(tx, "centre1"), now=MORNING)
        assert coming_gaps(tx, OPEN) == ()
        leaves(tx, "liaison1", successor, OPEN)
        assert bool(coming_gaps(tx, OPEN)) == has_gap
        rows = tx.execute(select(SHIFTS.c.person_id, SHIFTS.c.from_at, SHIFTS.c.until_at).order_by(SHIFTS.c.id)).all()
        assert rows[0][2] == OPEN  # who was on duty until then stays known


def test_a_duty_of_who_was_switched_off_before_counts_as_a_gap(database):
    with database.write() as tx:
        shift = {"person": "liaison1", "since": "2026-11-20 08:00", "until": "2026-11-28 08:00"}
        enter(tx, [shift], knows_gaps=True, by=an_actor(tx, "centre1"), now=MORNING)
        set_active(tx, "liaison1", False, by=an_actor(tx, "sysadmin1"), now=MORNING)
        assert coming_gaps(tx, OPEN)


def test_a_question_of_the_night_goes_on_when_the_officer_on_duty_leaves(database):
    night = when("2026-11-20", "22:00")
    with database.write() as tx:
        a_role(tx, "owner2", "service_centre")
        ref = a_project(tx, "registered")
        shift = {"person": "owner2", "since": "2026-11-20 18:00", "until": "2026-11-21 08:00"}
        enter(tx, [shift], knows_gaps=True, by=an_actor(tx, "centre1"), now=MORNING)
        do(tx, "owner1", "ask", f"{ref}/requests", at=night, now=night)
        assert responsible(tx) == {1: person(tx, "owner2").id}
        leaves(tx, "owner2", CENTRE, night)
        assert responsible(tx) == {1: an_actor(tx, "liaison1").id}
    assert faults(database) == []


def test_verify_names_open_work_that_no_list_shows(database_url):
    database = a_database(database_url)
    with database.write() as tx:
        a_project(tx, "registered")
        tx.exec_driver_sql("UPDATE appointments SET until_at = from_at WHERE role = 'liaison'")
    assert any(fault.startswith("no_responsibility_points_at_nobody") for fault in faults(database))
    database.close()


def handler_of(tx, ref):
    return approval_row(tx, *ref.split("/")).handler_id


@pytest.mark.parametrize("how", ["deactivate", "change_roles", "move_to_unit"])
def test_the_cases_of_who_leaves_a_window_are_nobodys_and_stand_on_the_list(database, how):
    with database.write() as tx:
        colleague = a_colleague(tx)
        open_ref, done, other = (an_approval(tx, state) for state in ("received", "granted", "accepted"))
        for ref in (open_ref, done):
            do(tx, "head-a01", "assign", ref, {"handler": colleague})
        do(tx, "window-a01", "take", other)
        do(tx, "window-a01", "deliver", done)
        administrator = an_actor(tx, "secadmin1" if how == "change_roles" else "sysadmin1")
        assert open_with(tx, colleague).handled == 1
        if how == "deactivate":
            deactivate(tx, colleague, "", by=administrator, now=NOW)
        elif how == "change_roles":
            change_roles(tx, colleague, frozenset({"owner"}), "", by=administrator, now=NOW)
        else:
            move_to_unit(tx, colleague, an_actor(tx, "owner2").unit_id, "", by=administrator, now=NOW)

        assert handler_of(tx, open_ref) is None
        assert handler_of(tx, done) and handler_of(tx, other)  # what is done stays said, what others have is theirs
        assert [(row.unit.name, row.number) for row in vacancies(tx).cases] == [(an_actor(tx, "window-a01").unit, 1)]
        assert entries(tx, open_ref.partition("/")[0])[-1].move == "unassign"
        before = vacancy_count(tx, an_actor(tx, "centre1"), NOW)
        do(tx, "window-a01", "take", open_ref, at=NOW)
        assert vacancies(tx).cases == ()
        assert vacancy_count(tx, an_actor(tx, "centre1"), NOW) == before - 1


def test_who_keeps_a_role_at_the_window_keeps_the_cases(database):
    with database.write() as tx:
        a_role(tx, "window-a01", "window_head")
        ref = an_approval(tx, "received")
        do(tx, "window-a01", "take", ref)
        roles = frozenset({"window_head"})
        change_roles(tx, "window-a01", roles, "", by=an_actor(tx, "secadmin1"), now=NOW)
        assert handler_of(tx, ref) == an_actor(tx, "window-a01").id
