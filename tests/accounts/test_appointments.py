"""Who held which role in which unit when; lines of the feed are read by the rights of their own moment."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import text, update

from approvals.accounts.actions import create_person, move_person, set_active, set_roles
from approvals.accounts.appointments import APPOINTMENT, actor_at, appointments_of
from approvals.accounts.inputs import NewPerson
from approvals.accounts.queries import person
from approvals.base.errors import Invalid
from approvals.base.migrations import downgrade, upgrade
from approvals.imports.feed import Feed
from tests.support.builders import NOW, START, a_database, a_project, an_actor, approval_row, faults, walk, when
from tests.support.former_editions import hash_as_before

DAY = timedelta(days=1)
LEFT = NOW - 2 * DAY
NONE = frozenset()


def a_change(tx, username, *roles, at=NOW, since=None):
    set_roles(tx, username, frozenset(roles), by=an_actor(tx, "secadmin1"), now=at, since=since)


def leaves(tx, username, at=LEFT):
    set_active(tx, username, False, by=an_actor(tx, "sysadmin1"), now=at)


def fed(database, by, move, on, at, given=None):
    line = {"id": f"{by}{move}{at}", "at": at.isoformat(), "by": by, "move": move, "on": on, "with": given or {}}
    (outcome,) = Feed(database, lambda: NOW).take([orjson.dumps(line)])
    return outcome.outcome, str(outcome.problem or "")


@pytest.fixture
def received(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit",), at=START + DAY)
    return f"{ref}/A01"


def test_a_line_by_somebody_who_has_left_since_is_accepted(database, received):
    with database.write() as tx:
        leaves(tx, "window-a01")
    assert fed(database, "window-a01", "accept", received, START + 2 * DAY) == ("done", "")
    with database.read() as tx:
        assert approval_row(tx, *received.split("/")).state == "accepted"


def test_a_line_of_after_the_leaving_is_refused(database, received):
    with database.write() as tx:
        leaves(tx, "window-a01")
    assert fed(database, "window-a01", "accept", received, LEFT) == ("refused", "by: held no role at that time")


def test_a_line_from_before_a_role_was_given_is_refused_and_one_after_it_accepted(database, received):
    with database.write() as tx:
        unit = person(tx, "window-a01").unit_id
        create_person(tx, unit, NewPerson(username="new1", name="钟离"), by=an_actor(tx, "sysadmin1"), now=START)
        a_change(tx, "new1", "window", at=START + 4 * DAY)
    assert fed(database, "new1", "accept", received, START + 3 * DAY)[1] == "by: held no role at that time"
    assert fed(database, "new1", "accept", received, START + 4 * DAY) == ("done", "")


def test_a_role_that_was_taken_away_counts_for_the_days_before(database, received):
    with database.write() as tx:
        a_change(tx, "window-a01", at=START + 3 * DAY)
        assert actor_at(tx, "window-a01", START + 3 * DAY) is None
        assert an_actor(tx, "window-a01").roles == NONE
    assert fed(database, "window-a01", "accept", received, START + 2 * DAY) == ("done", "")


def test_a_line_by_nobody_is_still_refused(database, received):
    assert fed(database, "nobody", "accept", received, START + 2 * DAY)[1] == "by: is not a known person"


def test_a_registration_of_the_past_names_the_liaison_of_then(database):
    with database.write() as tx:
        ref = a_project(tx, "classified")
        leaves(tx, "liaison1")
    assert fed(database, "centre1", "register", ref, NOW - DAY, {"liaison": "liaison1"})[0] == "refused"
    assert fed(database, "centre1", "register", ref, LEFT - DAY, {"liaison": "liaison1"})[0] == "done"


def test_a_role_may_hold_from_a_day_in_the_past_but_not_from_within_an_earlier_one(database):
    with database.write() as tx:
        a_change(tx, "window-a01", "window", "window_head", since=(START + DAY).date())
        assert actor_at(tx, "window-a01", START).roles == {"window"}
        assert actor_at(tx, "window-a01", START + DAY).roles == {"window", "window_head"}
        a_change(tx, "window-a01", "window", at=LEFT)
        with pytest.raises(Invalid):
            a_change(tx, "window-a01", "window", "window_head", since=START.date())
        with pytest.raises(Invalid):
            a_change(tx, "window-a01", "window", "window_head", since=(NOW + DAY).date())


def test_leaving_and_coming_back_are_two_appointments(database):
    with database.write() as tx:
        leaves(tx, "window-a01")
        set_active(tx, "window-a01", True, by=an_actor(tx, "sysadmin1"), now=NOW)
        views = appointments_of(tx, person(tx, "window-a01").id)
    assert [(view.from_at, view.until_at) for view in views] == [(NOW, None), (None, LEFT)]
    assert faults(database) == []


def test_roles_of_a_deactivated_person_begin_when_they_are_activated(database):
    with database.write() as tx:
        leaves(tx, "window-a01")
        a_change(tx, "window-a01", "window", "window_head", at=LEFT + DAY)
        assert actor_at(tx, "window-a01", LEFT + DAY) is None
    assert faults(database) == []
    with database.write() as tx:
        set_active(tx, "window-a01", True, by=an_actor(tx, "sysadmin1"), now=NOW)
        assert actor_at(tx, "window-a01", NOW).roles == {"window", "window_head"}
    assert faults(database) == []


def test_roles_of_a_deactivated_person_hold_from_no_day_in_the_past(database):
    with database.write() as tx:
        leaves(tx, "window-a01")
        with pytest.raises(Invalid):
            a_change(tx, "window-a01", "window", "window_head", since=(START + DAY).date())
        assert person(tx, "window-a01").roles == ("window",)


def test_a_deactivated_person_comes_back_to_another_unit(database):
    with database.write() as tx:
        leaves(tx, "window-a01")
        by, unit_id = an_actor(tx, "sysadmin1"), person(tx, "window-a02").unit_id
        move_person(tx, "window-a01", unit_id, by=by, now=LEFT + DAY)
        a_change(tx, "window-a01", "window_head", at=LEFT + DAY)
        set_active(tx, "window-a01", True, by=by, now=NOW)
        assert actor_at(tx, "window-a01", NOW).unit_id == unit_id
    assert faults(database) == []


def test_verify_names_a_role_that_no_appointment_tells(database_url):
    database = a_database(database_url)
    with database.write() as tx:
        tx.execute(update(APPOINTMENT).where(APPOINTMENT.c.role == "auditor").values(until_at=NOW))
    assert any(fault.startswith("appointments_are_the_roles_held") for fault in faults(database))
    database.close()


def test_appointments_of_before_come_from_the_events_and_the_record(database_url):
    database = a_database(database_url)
    early, late = when("2026-03-01"), when("2026-10-01")
    with database.write() as tx:
        a_project(tx, "filed")
        a_change(tx, "window-a01", "window", "window_head", at=early)
        a_change(tx, "window-a01", "window_head", at=late)
        a_change(tx, "owner1", "owner", "liaison", at=late)
        leaves(tx, "liaison2")
        tx.execute(text("UPDATE people SET is_active = false WHERE username = 'office1'"))
    hash_as_before(database)
    downgrade(database_url, "0019")
    with database.write() as tx:
        tx.execute(text("UPDATE account_events SET detail = '+owner' WHERE subject = 'owner1'"))
    upgrade(database_url)
    with database.read() as tx:
        told = {
            name: [(v.role, v.from_at, v.until_at) for v in reversed(appointments_of(tx, person(tx, name).id))]
            for name in ("window-a01", "owner1", "liaison2", "office1", "centre1")
        }
    assert told["window-a01"] == [("window", None, late), ("window_head", early, None)]
    assert told["owner1"][-1] == ("owner", START, None)  # the record knows them longer than the event
    assert told["liaison2"] == [("liaison", None, LEFT)]
    assert [until is None for *_, until in told["office1"]] == [False]
    assert told["centre1"] == [("service_centre", None, None)]
    assert faults(database) == []
    database.close()
