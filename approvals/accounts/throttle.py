"""Refused tries to give a password: counted by where they come from, so that nobody locks somebody else out.

A try counts for its account together with its address, and for its address alone. One from a browser that signed in to
this very account before counts for that browser instead, and waits for nobody else's tries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select

from approvals.accounts.actors import Actor
from approvals.accounts.audit import EVENT, note
from approvals.accounts.queries import ATTEMPT, PERSON
from approvals.base.errors import NotFound, TooMany
from approvals.base.i18n import N_
from workflows.config.sign_in_policy import Throttle, load_sign_in_policy


@dataclass(frozen=True, slots=True)
class Client:
    """Where a try comes from; `device` names a browser that is known for the account, else it is empty."""

    address: str = ""
    device: str = ""


def _counts(account: str, client: Client, rules: Throttle) -> list[tuple[ColumnElement[bool], int, timedelta]]:
    """What is counted for such a try, how many it may be, and within what time."""
    of_account = and_(ATTEMPT.c.account == account, _from(client))
    counts = [(of_account, rules.per_account, rules.account_window)]
    if not client.device:
        counts.append((_from_address(client.address), rules.per_address, rules.address_window))
    return counts


def _from(client: Client) -> ColumnElement[bool]:
    return ATTEMPT.c.device == client.device if client.device else _from_address(client.address)


def _from_address(address: str) -> ColumnElement[bool]:
    return and_(ATTEMPT.c.address == address, ATTEMPT.c.device == "")


def check_attempts(tx: Connection, account: str, client: Client, now: datetime) -> None:
    """TooMany after too many refused tries; for accounts that don't exist just the same."""
    for counted, most, window in _counts(account, client, load_sign_in_policy().throttle):
        recent = select(ATTEMPT.c.at).where(counted, ATTEMPT.c.at > now - window)
        attempts = tx.execute(recent.order_by(ATTEMPT.c.at.desc()).limit(most)).scalars().all()
        if len(attempts) >= most:
            wait = int((attempts[-1] + window - now).total_seconds()) + 1
            text = N_("Too many attempts. Try again in %(minutes)s minutes.")
            raise TooMany(text, wait=wait, minutes=-(-wait // 60))


def count_refused(tx: Connection, account: str, client: Client, now: datetime) -> None:
    """Count a refused try."""
    values = {"account": account, "address": client.address, "device": client.device}
    tx.execute(insert(ATTEMPT).values(values | {"at": now}))


def forget_refused(tx: Connection, account: str, client: Client, now: datetime) -> None:
    """The right password was given: the tries before it from there count no more, nor do those of long ago."""
    tx.execute(delete(ATTEMPT).where(ATTEMPT.c.account == account, _from(client)))
    tx.execute(delete(ATTEMPT).where(ATTEMPT.c.at < now - load_sign_in_policy().throttle.longest))


def is_noted(tx: Connection, subject: str, client: Client, now: datetime) -> bool:
    """Whether the events tell already that tries from there wait: one event tells of a wait, however many tries."""
    since = now - load_sign_in_policy().throttle.account_window
    same = EVENT.c.subject == subject, EVENT.c.event == "sign_in_refused", EVENT.c.address == client.address
    return bool(tx.execute(select(exists().where(*same, EVENT.c.at > since))).scalar_one())


def note_refused(tx: Connection, subject: str, client: Client, now: datetime) -> None:
    """Leave an event of a try that was refused unread; `subject` is empty for an account that does not exist."""
    if not is_noted(tx, subject, client, now):
        note(tx, "sign_in_refused", by="", subject=subject, address=client.address, now=now)


# What administrators see of it.


@dataclass(frozen=True, slots=True)
class Lock:
    """Tries that wait: of an account from one place, or with `is_address` of all accounts from one address.

    `username` is empty where what was typed is no account. `attempt_id` is the first of the tries.
    """

    attempt_id: int
    is_address: bool
    username: str
    name: str
    client: Client
    until_at: datetime

    @property
    def key(self) -> str:
        return f"{'address' if self.is_address else 'account'}-{self.attempt_id}"


def locks(tx: Connection, now: datetime) -> list[Lock]:
    """The locks that hold, those of addresses first."""
    rules = load_sign_in_policy().throttle
    found = [*_locked_addresses(tx, rules, now), *_locked_accounts(tx, rules, now)]
    names = {lock.username for lock in found} - {""}
    rows = tx.execute(select(PERSON.c.username, PERSON.c.name).where(PERSON.c.username.in_(names))).all()
    known = {row.username: row.name for row in rows}
    return [
        Lock(lock.attempt_id, lock.is_address, *_known(lock.username, known), lock.client, lock.until_at)
        for lock in found
    ]


def _known(username: str, names: dict[str, str]) -> tuple[str, str]:
    """The user name and name, both empty where it is no account: what was typed may have been a password."""
    return (username, names[username]) if username in names else ("", "")


def _locked_accounts(tx: Connection, rules: Throttle, now: datetime) -> list[Lock]:
    columns = (ATTEMPT.c.account, ATTEMPT.c.address, ATTEMPT.c.device)
    rows = _full(tx, columns, ATTEMPT.c.at > now - rules.account_window, rules.per_account)
    return [
        Lock(row.id, False, row.account, "", Client(row.address, row.device), row.first_at + rules.account_window)
        for row in rows
    ]


def _locked_addresses(tx: Connection, rules: Throttle, now: datetime) -> list[Lock]:
    recent = and_(ATTEMPT.c.at > now - rules.address_window, ATTEMPT.c.device == "")
    rows = _full(tx, (ATTEMPT.c.address,), recent, rules.per_address)
    return [Lock(row.id, True, "", "", Client(row.address), row.first_at + rules.address_window) for row in rows]


def _full(tx: Connection, columns: Sequence[Any], recent: ColumnElement[bool], most: int) -> Sequence[Any]:
    """The groups of tries that have reached their number."""
    told = func.min(ATTEMPT.c.id).label("id"), func.min(ATTEMPT.c.at).label("first_at")
    query = select(*columns, *told).where(recent).group_by(*columns).having(func.count() >= most)
    return tx.execute(query.order_by("first_at", "id")).all()


def lift_lock(tx: Connection, key: str, *, by: Actor, now: datetime) -> None:
    """Forget the tries that this lock came from. NotFound when it holds no more."""
    lock = next((lock for lock in locks(tx, now) if lock.key == key), None)
    if lock is None:
        raise NotFound
    first = select(ATTEMPT.c.account).where(ATTEMPT.c.id == lock.attempt_id).scalar_subquery()
    of_account = () if lock.is_address else (ATTEMPT.c.account == first,)
    tx.execute(delete(ATTEMPT).where(_from(lock.client), *of_account))
    note(tx, "lock_lifted", by=by.username, subject=lock.username, detail=lock.client.address, now=now)
