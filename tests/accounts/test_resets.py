"""A new password by a secret that works once, for a time, and that replaces the former password at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.accounts.actions import set_active
from approvals.accounts.audit import EVENT
from approvals.accounts.identity import SIGN_IN, credentials_of
from approvals.accounts.passwords import hash_password
from approvals.accounts.queries import PERSON
from approvals.accounts.resets import (
    CODE_HOLDS,
    LINK,
    LINK_HOLDS,
    begin_by_code,
    begin_by_link,
    choose_password,
    holder_of,
)
from approvals.accounts.sign_ins import matches
from approvals.base.errors import Forbidden, Invalid, Refused
from tests.support.builders import NOW, an_actor

NEW, OLD = "brown fox 1977", "the former one"


def begin(tx, how=begin_by_link, username="owner1"):
    return how(tx, username, by=an_actor(tx, "sysadmin1"), now=NOW)


def can_sign_in(tx, password, username="owner1"):
    return matches(credentials_of(tx, username), password)


@pytest.mark.parametrize(("how", "holds"), [(begin_by_link, LINK_HOLDS), (begin_by_code, CODE_HOLDS)])
def test_a_secret_sets_a_password_once_and_for_a_time(database, how, holds):
    with database.write() as tx:
        secret = begin(tx, how)
        assert secret not in str(tx.execute(select(LINK)).all())
        assert holder_of(tx, secret, NOW + holds - timedelta(seconds=1)).username == "owner1"
        with pytest.raises(Refused):
            holder_of(tx, secret, NOW + holds)
        assert choose_password(tx, f" {secret}\n", NEW, now=NOW) == "owner1"
        assert can_sign_in(tx, NEW)
        with pytest.raises(Refused):
            choose_password(tx, secret, NEW, now=NOW)


def test_the_former_password_and_all_sessions_end_with_the_reset(database):
    with database.write() as tx:
        tx.execute(PERSON.update().where(PERSON.c.username == "owner1").values(password_hash=hash_password(OLD)))
        person_id = an_actor(tx, "owner1").id
        session = {"begun_at": NOW, "seen_at": NOW, "ends_at": NOW + LINK_HOLDS, "person_id": person_id}
        tx.execute(SIGN_IN.insert().values(session | {"digest": "x", "address": ""}))
        assert can_sign_in(tx, OLD)
        begin(tx)
        assert not can_sign_in(tx, OLD) and not can_sign_in(tx, "")
        assert tx.execute(select(SIGN_IN.c.digest)).all() == []


def test_a_second_reset_ends_the_first_secret(database):
    with database.write() as tx:
        first, second = begin(tx), begin(tx)
        with pytest.raises(Refused):
            holder_of(tx, first, NOW)
        assert holder_of(tx, second, NOW).username == "owner1"


def test_a_poor_password_is_refused_and_the_secret_still_works(database):
    with database.write() as tx:
        secret = begin(tx)
        for poor in ("short", "owner1 owner1", "aaaaaaaaaaaa"):
            with pytest.raises(Invalid):
                choose_password(tx, secret, poor, now=NOW)
        choose_password(tx, secret, NEW, now=NOW)


def test_no_administrator_resets_their_own_password_nor_that_of_who_left(database):
    with database.write() as tx:
        with pytest.raises(Forbidden):
            begin(tx, username="sysadmin1")
        set_active(tx, "owner2", False, by=an_actor(tx, "sysadmin1"), now=NOW)
        with pytest.raises(Refused, match="deactivated"):
            begin(tx, username="owner2")


def test_both_steps_leave_an_event(database):
    with database.write() as tx:
        choose_password(tx, begin(tx), NEW, now=NOW)
        rows = tx.execute(select(EVENT.c.event, EVENT.c.actor, EVENT.c.subject).order_by(EVENT.c.id)).all()
        assert [tuple(row) for row in rows] == [
            ("password_reset", "sysadmin1", "owner1"),
            ("password_chosen", "owner1", "owner1"),
        ]
