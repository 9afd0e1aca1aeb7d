"""Codes of a device by RFC 6238, each taken once, and recovery codes, each taken once."""

import base64
import hashlib
import hmac
import struct
from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.accounts.identity import FACTOR
from approvals.accounts.second_factors import (
    RECOVERY,
    key_address,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    remove_own_factor,
    set_up_factor,
    take_code,
)
from approvals.base.errors import Invalid, Refused
from tests.support.builders import NOW, an_actor

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = NOW + timedelta(minutes=5)


def code_at(moment, secret=SECRET):
    """RFC 6238 by hand: SHA-1, six digits, steps of thirty seconds."""
    counter = struct.pack(">Q", int(moment.timestamp()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def test_our_own_codes_are_those_of_the_rfc():
    seed = base64.b32encode(b"12345678901234567890").decode()
    moments = {59: "94287082", 1111111109: "07081804", 1234567890: "89005924", 20000000000: "65353130"}  # appendix B
    for seconds, eight_digits in moments.items():
        moment = NOW - timedelta(seconds=NOW.timestamp() - seconds)
        assert code_at(moment, seed) == eight_digits[2:]


@pytest.fixture
def owner(database):
    with database.write() as tx:
        actor = an_actor(tx, "owner1")
        actor_codes = set_up_factor(tx, SECRET, code_at(NOW), by=actor, now=NOW)
    return actor, actor_codes


def take(database, actor, code, at):
    with database.write() as tx:
        return take_code(tx, actor.username, actor.id, code, at)


@pytest.mark.parametrize(("seconds", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_differ_by_one_step(database, owner, seconds, is_taken):
    actor, _codes = owner
    assert take(database, actor, code_at(LATER + timedelta(seconds=seconds)), LATER) == is_taken


def test_a_code_is_taken_once_and_none_before_it_afterwards(database, owner):
    actor, _codes = owner
    assert not take(database, actor, code_at(NOW), NOW), "the code of the set-up"
    code = code_at(LATER)
    assert take(database, actor, f" {code[:3]} {code[3:]} ", LATER)
    assert not take(database, actor, code, LATER)
    assert not take(database, actor, code_at(LATER - timedelta(seconds=30)), LATER)
    assert take(database, actor, code_at(LATER + timedelta(seconds=30)), LATER)


@pytest.mark.parametrize("code", ["", "000000 ", "12345", "1234567", "１２３４５６", "é", "x" * 200])
def test_what_is_no_code_is_not_taken(database, owner, code):
    assert not take(database, owner[0], code, LATER)


def test_recovery_codes_work_once_each_and_only_digests_are_kept(database, owner):
    actor, codes = owner
    assert len(set(codes)) == 10
    with database.read() as tx:
        assert not {str(row) for row in tx.execute(select(RECOVERY.c.digest)).scalars()} & set(codes)
    assert take(database, actor, f" {codes[3].upper()} ", LATER)
    assert not take(database, actor, codes[3], LATER)
    with database.write() as tx:
        assert recovery_codes_left(tx, actor.id) == 9
        assert not take_code(tx, "owner2", an_actor(tx, "owner2").id, codes[4], LATER), "they are of one person"
        fresh = new_recovery_codes(tx, by=actor, now=LATER)
    assert not take(database, actor, codes[5], LATER)
    assert take(database, actor, fresh[0], LATER)


@pytest.mark.parametrize("secret", ["", "short", "0" * 32, SECRET.lower(), SECRET + "A"])
def test_a_key_of_another_form_is_not_kept(database, secret):
    with database.write() as tx, pytest.raises(Invalid):
        set_up_factor(tx, secret, "123456", by=an_actor(tx, "owner1"), now=NOW)


def test_a_wrong_code_sets_nothing_up_and_there_is_one_factor(database, owner):
    actor, _codes = owner
    with database.write() as tx:
        with pytest.raises(Invalid):
            set_up_factor(tx, SECRET, code_at(LATER), by=an_actor(tx, "owner2"), now=NOW)
        with pytest.raises(Refused):
            set_up_factor(tx, SECRET, code_at(LATER), by=actor, now=LATER)
        assert tx.execute(select(FACTOR.c.person_id)).scalars().all() == [actor.id]


def test_the_factor_is_removed_with_a_code_of_it_only(database, owner):
    actor, codes = owner
    with database.write() as tx, pytest.raises(Invalid):
        remove_own_factor(tx, "000000", by=actor, now=LATER)
    with database.write() as tx:
        remove_own_factor(tx, codes[0], by=actor, now=LATER)
        assert tx.execute(select(FACTOR)).all() == tx.execute(select(RECOVERY)).all() == []
        with pytest.raises(Refused):
            new_recovery_codes(tx, by=actor, now=LATER)


def test_the_device_is_told_whose_key_it_is():
    secret = new_secret()
    address = key_address(secret, "owner1", "guahao Panzhihua")
    assert address.startswith("otpauth://totp/guahao%20Panzhihua:owner1?")
    assert f"secret={secret}" in address
