"""What concerns an administrator takes two: one asks, another one confirms, and none of the three roles dies out."""

import pytest
from sqlalchemy import select

from approvals.accounts.actors import OPERATOR
from approvals.accounts.audit import EVENT
from approvals.accounts.queries import person
from approvals.accounts.resets import holder_of
from approvals.base.errors import Forbidden, NotFound, Refused
from approvals.handover.second_administrator import (
    act_or_ask,
    ask_second,
    confirm_request,
    decline_request,
    open_requests,
    requests_for,
)
from tests.support.builders import NOW, a_role, an_actor
from tests.support.colleagues import a_colleague
from tests.support.concurrency import race

SECADMIN, NOBODY = {"roles": ["secadmin"]}, {"roles": []}


def roles_of(tx, username):
    return set(person(tx, username).roles)


def ask(tx, kind="roles", username="window-a01", details=SECADMIN, by="secadmin1"):
    return act_or_ask(tx, kind, username, details, by=an_actor(tx, by), now=NOW)


def request(tx):
    (row,) = open_requests(tx)
    return row


def confirm(tx, by):
    return confirm_request(tx, request(tx).id, by=an_actor(tx, by), now=NOW)


def test_other_accounts_need_no_second_administrator(database):
    with database.write() as tx:
        assert ask(tx, details={"roles": ["owner"]})
        assert roles_of(tx, "window-a01") == {"owner"} and open_requests(tx) == []


def test_nobody_becomes_an_administrator_by_one_alone(database):
    with database.write() as tx:
        assert not ask(tx)
        assert roles_of(tx, "window-a01") == {"window"}
        with pytest.raises(Forbidden):
            confirm(tx, "secadmin1")
        assert (requests_for(tx, an_actor(tx, "secadmin1")), requests_for(tx, an_actor(tx, "auditor1"))) == (0, 1)
        assert confirm(tx, "sysadmin1") == ""
        assert roles_of(tx, "window-a01") == {"secadmin"} and open_requests(tx) == []
        events = tx.execute(select(EVENT.c.event, EVENT.c.actor).order_by(EVENT.c.id.desc()).limit(3)).all()
        assert [tuple(event) for event in reversed(events)] == [
            ("second_asked", "secadmin1"),
            ("second_confirmed", "sysadmin1"),
            ("roles_changed", "secadmin1"),
        ]


def test_nor_does_an_administrator_confirm_what_is_about_themselves(database):
    with database.write() as tx:
        ask_second(tx, "reset", "secadmin1", {}, by=an_actor(tx, "sysadmin1"), now=NOW)
        with pytest.raises(Forbidden):
            confirm(tx, "secadmin1")
        code = confirm(tx, "auditor1")
        assert holder_of(tx, code, NOW).username == "secadmin1"


def test_what_is_declined_has_no_effect_and_is_decided_once(database):
    with database.write() as tx:
        ask(tx)
        number = request(tx).id
        decline_request(tx, number, by=an_actor(tx, "auditor1"), now=NOW)
        assert roles_of(tx, "window-a01") == {"window"} and open_requests(tx) == []
        with pytest.raises(Refused, match="decided already"):
            confirm_request(tx, number, by=an_actor(tx, "sysadmin1"), now=NOW)
        with pytest.raises(NotFound):
            confirm_request(tx, number + 1, by=an_actor(tx, "sysadmin1"), now=NOW)
        ask(tx)


def test_one_thing_at_a_time_waits_for_an_account(database):
    with database.write() as tx:
        ask(tx)
        with pytest.raises(Refused, match="waits for a second administrator already"):
            ask(tx, details=NOBODY | SECADMIN)


def test_whoever_sits_at_the_machine_needs_no_second(database):
    with database.write() as tx:
        assert act_or_ask(tx, "roles", "window-a01", SECADMIN, by=OPERATOR, now=NOW)
        assert roles_of(tx, "window-a01") == {"secadmin"}


@pytest.mark.parametrize("role", ["secadmin", "auditor"])
@pytest.mark.parametrize(("kind", "details"), [("roles", NOBODY), ("deactivate", {}), ("move", {"unit_id": 1})])
def test_the_last_of_an_administrators_role_stays(database, role, kind, details):
    with database.write() as tx, pytest.raises(Refused, match="Nobody else"):
        act_or_ask(tx, kind, f"{role}1", details, by=OPERATOR, now=NOW)
    with database.write() as tx:
        assert roles_of(tx, f"{role}1") == {role} and person(tx, f"{role}1").is_active
        act_or_ask(tx, "roles", "window-a01", {"roles": [role]}, by=OPERATOR, now=NOW)
        act_or_ask(tx, "deactivate", f"{role}1", {}, by=OPERATOR, now=NOW)
        assert not person(tx, f"{role}1").is_active


def leave(database, wait, username):
    """Whether this administrator could be deactivated, at the same time as others."""
    wait()
    try:
        with database.write() as tx:
            act_or_ask(tx, "deactivate", username, {}, by=OPERATOR, now=NOW)
    except Refused:
        return False
    return True


def test_of_two_who_go_at_once_one_stays(database, database_url):
    with database.write() as tx:
        other = a_colleague(tx)
        act_or_ask(tx, "roles", other, {"roles": ["auditor"]}, by=OPERATOR, now=NOW)

    assert sorted(race(database_url, [(leave, ("auditor1",)), (leave, (other,))])) == [False, True]
    with database.read() as tx:
        assert [person(tx, name).is_active for name in ("auditor1", other)].count(True) == 1


def test_who_asked_must_still_be_an_administrator(database):
    with database.write() as tx:
        a_role(tx, "window-a02", "secadmin")
        ask(tx, by="window-a02")
        act_or_ask(tx, "roles", "window-a02", {"roles": ["window"]}, by=OPERATOR, now=NOW)
        with pytest.raises(Refused, match="no administrator any more"):
            confirm(tx, "sysadmin1")
