"""Signing in and out, and giving one's password again.

`check_attempts` first, then the password is looked at (slowly, outside any transaction), then `sign_in` or
`confirm_password`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, text, update

from approvals.accounts.audit import note
from approvals.accounts.identity import FACTOR, SIGN_IN, Credentials, Session, credentials_of, digest
from approvals.accounts.passwords import is_right
from approvals.accounts.throttle import Client, check_attempts, count_refused, forget_refused
from workflows.config.sign_in_policy import load_sign_in_policy

SEEN_EVERY = timedelta(minutes=5)  # a session's last use is kept this exactly, so that not every page writes
NOWHERE = Client()
CodeCheck = Callable[[Connection], bool]


@dataclass(frozen=True, slots=True)
class SignInResult:
    """The token of the new session, empty where there is none; whether it only takes the second factor."""

    token: str = ""
    needs_code: bool = False


FAILED = SignInResult()


def matches(credentials: Credentials | None, password: str) -> bool:
    """Whether the password is right; slow on purpose, so it belongs outside a transaction."""
    return is_right(password, credentials.password_hash if credentials else "")


def sign_in(
    tx: Connection,
    username: str,
    credentials: Credentials | None,
    *,
    is_right: bool,
    client: Client = NOWHERE,
    browser: str = "",
    code_is_right: CodeCheck | None = None,
    now: datetime,
) -> SignInResult:
    """Begin a session, or say that the second factor is needed for it; neither after a failure, which is counted.

    `code_is_right` looks at the code that was given, in this transaction.
    """
    if not _is_still_right(tx, username, credentials, is_right, client, now) or credentials is None:
        # What was typed as a user name is kept only if it is one: it may have been a password.
        _refuse(tx, "sign_in_failed", "", username, credentials, client, now)
        return FAILED
    if credentials.has_expired(now):
        detail, subject = "initial password expired", credentials.username
        note(tx, "sign_in_failed", by="", subject=subject, detail=detail, address=client.address, now=now)
        return FAILED
    has_factor = tx.execute(select(FACTOR.c.person_id).where(FACTOR.c.person_id == credentials.person_id)).first()
    if has_factor and code_is_right is None:  # the tries before it count on, or codes could be tried without end
        return SignInResult(needs_code=True)
    if has_factor and code_is_right and not code_is_right(tx):
        _refuse(tx, "second_factor_refused", "", username, credentials, client, now)
        return FAILED
    forget_refused(tx, username, client, now)
    return SignInResult(_begin_session(tx, credentials, client, browser, now))


def confirm_password(
    tx: Connection, credentials: Credentials | None, username: str, *, is_right: bool, client: Client, now: datetime
) -> bool:
    """Whether somebody who is signed in gave their password; a wrong one counts like a refused sign-in."""
    if _is_still_right(tx, username, credentials, is_right, client, now):
        forget_refused(tx, username, client, now)
        return True
    _refuse(tx, "password_refused", username, username, credentials, client, now)
    return False


def _is_still_right(
    tx: Connection, username: str, credentials: Credentials | None, is_right: bool, client: Client, now: datetime
) -> bool:
    """Whether the password is right and no other was chosen meanwhile.

    The refused tries are looked at again, so that many attempts at once learn nothing about the password.
    """
    if tx.dialect.name == "postgresql":  # SQLite's writers come one by one anyway
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('sign-in', 0))"))
    check_attempts(tx, username, client, now)
    return bool(is_right and credentials and credentials == credentials_of(tx, credentials.username))


def _refuse(
    tx: Connection, event: str, by: str, username: str, credentials: Credentials | None, client: Client, now: datetime
) -> None:
    count_refused(tx, username, client, now)
    subject = credentials.username if credentials else ""
    note(tx, event, by=by, subject=subject, address=client.address, now=now)


def _begin_session(tx: Connection, credentials: Credentials, client: Client, browser: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    tx.execute(delete(SIGN_IN).where(SIGN_IN.c.ends_at < now))
    session = {
        "begun_at": now,
        "seen_at": now,
        "ends_at": now + load_sign_in_policy().longest,
        "address": client.address,
    }
    session |= {"browser": browser[:200], "confirmed_at": now}
    tx.execute(insert(SIGN_IN).values(session | {"digest": digest(token), "person_id": credentials.person_id}))
    username = credentials.username
    note(tx, "sign_in", by=username, subject=username, address=client.address, now=now)
    return token


def is_to_be_seen(session: Session, now: datetime) -> bool:
    """Whether the session's last use is so long ago that it is worth a write."""
    return now - session.seen_at > SEEN_EVERY


def see(tx: Connection, token: str, now: datetime) -> None:
    """Note that the session was used."""
    tx.execute(update(SIGN_IN).where(SIGN_IN.c.digest == digest(token)).values(seen_at=now))


def sign_out(tx: Connection, session: Session, now: datetime) -> None:
    """End one session; a copy of its cookie is worth nothing from now on."""
    tx.execute(delete(SIGN_IN).where(SIGN_IN.c.digest == digest(session.token)))
    note(tx, "sign_out", by=session.actor.username, subject=session.actor.username, now=now)


def is_confirmed(session: Session, now: datetime) -> bool:
    """Whether the password was given in this session so lately that it is not asked for again."""
    given_at = session.confirmed_at
    return given_at is not None and now - given_at < load_sign_in_policy().password_again


def keep_confirmed(tx: Connection, session: Session, now: datetime) -> None:
    """Note that the password was given in this session."""
    tx.execute(update(SIGN_IN).where(SIGN_IN.c.digest == digest(session.token)).values(confirmed_at=now))


def end_sessions(tx: Connection, person_id: int) -> None:
    """End all sessions of a person."""
    tx.execute(delete(SIGN_IN).where(SIGN_IN.c.person_id == person_id))
