"""Refused tries on both engines: what waits, where, until when, and what lifting one wait leaves of the others."""

from datetime import timedelta

import pytest

from approvals.accounts.throttle import (
    Client,
    check_attempts,
    count_refused,
    forget_refused,
    lift_lock,
    locks,
    note_refused,
)
from approvals.base.errors import NotFound, TooMany
from tests.support.builders import NOW, an_actor
from workflows.config.sign_in_policy import load_sign_in_policy

RULES = load_sign_in_policy().throttle
HERE, THERE, BROWSER = Client("192.0.2.1"), Client("192.0.2.2"), Client("192.0.2.1", "browser")


def refuse(tx, account, client, times, at=NOW):
    for second in range(times):
        count_refused(tx, account, client, at + timedelta(seconds=second))


def waits(tx, account, client, at):
    try:
        check_attempts(tx, account, client, at)
    except TooMany:
        return True
    return False


def test_tries_wait_where_they_come_from(database):
    with database.write() as tx:
        refuse(tx, "owner1", HERE, RULES.per_account)
        soon, last = NOW + timedelta(seconds=30), NOW + RULES.account_window
        assert [waits(tx, "owner1", client, soon) for client in (HERE, THERE, BROWSER)] == [True, False, False]
        assert not waits(tx, "owner2", HERE, soon)
        assert waits(tx, "owner1", HERE, last - timedelta(seconds=1))
        assert not waits(tx, "owner1", HERE, last)
        refuse(tx, "owner1", BROWSER, RULES.per_account)
        assert waits(tx, "owner1", BROWSER, soon)
        forget_refused(tx, "owner1", BROWSER, soon)
        assert [waits(tx, "owner1", client, soon) for client in (HERE, THERE, BROWSER)] == [True, False, False]


def test_locks_are_listed_and_lifted_one_by_one(database):
    with database.write() as tx:
        by, soon = an_actor(tx, "sysadmin1"), NOW + timedelta(seconds=60)
        refuse(tx, "owner1", HERE, RULES.per_account)
        refuse(tx, "owner1", THERE, RULES.per_account)
        refuse(tx, "owner1", BROWSER, RULES.per_account - 1)
        for number in range(RULES.per_address):
            count_refused(tx, f"word{number}", Client("192.0.2.3"), NOW)
        found = locks(tx, soon)
        assert [(lock.username, lock.client.address, lock.until_at - NOW) for lock in found] == [
            ("", "192.0.2.3", RULES.address_window),
            ("owner1", "192.0.2.1", RULES.account_window),
            ("owner1", "192.0.2.2", RULES.account_window),
        ]
        lift_lock(tx, found[1].key, by=by, now=soon)
        assert [waits(tx, "owner1", client, soon) for client in (HERE, THERE)] == [False, True]
        lift_lock(tx, found[0].key, by=by, now=soon)
        assert [lock.client.address for lock in locks(tx, soon)] == ["192.0.2.2"]
        with pytest.raises(NotFound):
            lift_lock(tx, found[1].key, by=by, now=soon)
        note_refused(tx, "owner1", THERE, soon)


def test_a_wait_that_is_over_is_not_listed(database):
    with database.write() as tx:
        refuse(tx, "owner1", HERE, RULES.per_account)
        assert locks(tx, NOW + RULES.account_window) == []
