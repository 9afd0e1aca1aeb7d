"""Accounts: an account without a password lets nobody in, and what changes of a person leaves one event."""

import pytest
from sqlalchemy import select

from approvals.accounts.actions import add_person, change_person
from approvals.accounts.audit import EVENT
from approvals.accounts.identity import credentials_of
from approvals.accounts.inputs import NewPerson, PersonDetails
from approvals.accounts.queries import person
from approvals.accounts.resets import begin_by_code, choose_password
from approvals.accounts.sign_ins import matches, sign_in
from approvals.accounts.throttle import Client
from approvals.base.errors import Forbidden
from tests.support.builders import NOW, an_actor


def last_event(tx):
    columns = (EVENT.c.event, EVENT.c.subject, EVENT.c.detail)
    return tuple(tx.execute(select(*columns).order_by(EVENT.c.id.desc()).limit(1)).one())


def test_nobody_signs_in_until_the_account_has_a_password(database):
    with database.write() as tx:
        by = an_actor(tx, "sysadmin1")
        add_person(tx, by.unit_id, NewPerson(username="zhong01", name="钟离"), by=by, now=NOW)
        credentials = credentials_of(tx, "zhong01")
        is_right = matches(credentials, "")
        assert not is_right
        assert sign_in(tx, "zhong01", credentials, is_right=is_right, client=Client("192.0.2.7"), now=NOW).token == ""
        code = begin_by_code(tx, "zhong01", by=by, now=NOW)
        assert not person(tx, "zhong01").has_password
        choose_password(tx, code, "quarry lantern 58", now=NOW)
        assert person(tx, "zhong01").has_password
        assert matches(credentials_of(tx, "zhong01"), "quarry lantern 58")


def test_changed_details_leave_one_event_without_contact_data(database):
    with database.write() as tx:
        by, before = an_actor(tx, "sysadmin1"), person(tx, "owner1")
        details = PersonDetails(name="钟离", phone="0812-9999999", email="x@example.com")
        change_person(tx, "owner1", details, by=by, now=NOW)
        assert last_event(tx) == ("person_changed", "owner1", f"name {before.name} → 钟离; phone; email")
        event = tx.execute(select(EVENT.c.id).order_by(EVENT.c.id.desc()).limit(1)).scalar_one()
        change_person(tx, "owner1", details, by=by, now=NOW)
        assert tx.execute(select(EVENT.c.id).order_by(EVENT.c.id.desc()).limit(1)).scalar_one() == event
        after = person(tx, "owner1")
        assert (after.name, after.phone, after.email, after.roles) == (
            "钟离",
            "0812-9999999",
            "x@example.com",
            before.roles,
        )
        with pytest.raises(Forbidden):
            change_person(tx, "sysadmin1", details, by=by, now=NOW)
