"""New passwords by a secret that works once: a link by mail, or a code on paper. No administrator chooses one."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from approvals.accounts.actions import check_someone_else, set_password
from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.credentials import end_credentials
from approvals.accounts.identity import digest
from approvals.accounts.passwords import new_password, password_fault
from approvals.accounts.queries import PERSON, PersonView
from approvals.accounts.sign_ins import end_sessions
from approvals.accounts.tables import PasswordLink
from approvals.base.errors import Invalid, Refused
from approvals.base.i18n import N_
from approvals.base.tables import table_of

LINK: Any = table_of(PasswordLink)
LINK_HOLDS = timedelta(hours=24)
CODE_HOLDS = timedelta(days=7)  # a letter takes its time


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whose new password a secret sets."""

    person_id: int
    username: str
    name: str


def begin_by_link(tx: Connection, username: str, *, by: Actor, now: datetime) -> str:
    """The secret of a link by which the person chooses a new password.

    The former one, all sessions, tokens and the calendar address end.
    """
    return _begin(tx, username, secrets.token_urlsafe(32), now + LINK_HOLDS, "by link", by, now)


def begin_by_code(tx: Connection, username: str, *, by: Actor, confirmed_by: str = "", now: datetime) -> str:
    """A code that can be printed and typed, by which the person chooses a new password; else as by a link."""
    detail = f"by code, confirmed by {confirmed_by}" if confirmed_by else "by code"
    return _begin(tx, username, new_password(), now + CODE_HOLDS, detail, by, now)


def _begin(tx: Connection, username: str, secret: str, ends_at: datetime, detail: str, by: Actor, now: datetime) -> str:
    account = check_someone_else(tx, username, by)
    if not account.is_active:
        raise Refused(N_("This account is deactivated."))
    tx.execute(delete(LINK).where(LINK.c.person_id == account.id))
    tx.execute(insert(LINK).values(person_id=account.id, digest=digest(secret), ends_at=ends_at))
    set_password(tx, account.id, None, must_change=False)
    end_credentials(tx, account.id, now)
    note(tx, "password_reset", by=by.username, subject=username, detail=detail, now=now)
    return secret


def never_had_one(tx: Connection, account: PersonView) -> bool:
    """Whether nobody has ever had a password of this account, nor a secret for one."""
    waits = tx.execute(select(LINK.c.person_id).where(LINK.c.person_id == account.id)).first()
    return not account.has_password and account.signed_in_at is None and waits is None


def holder_of(tx: Connection, secret: str, now: datetime) -> LinkHolder:
    """Whose password this secret sets; Refused when there is none, it was used, or its time is over."""
    query = select(PERSON.c.id, PERSON.c.username, PERSON.c.name).join(LINK, LINK.c.person_id == PERSON.c.id)
    valid = LINK.c.digest == digest(secret.strip()), LINK.c.ends_at > now, PERSON.c.is_active
    row = tx.execute(query.where(*valid)).one_or_none()
    if row is None:
        raise Refused(N_("This link or code is not valid, was used already or has expired. Ask for a new one."))
    return LinkHolder(*row)


def choose_password(tx: Connection, secret: str, new: str, *, now: datetime) -> str:
    """Set the new password of whoever holds this secret, which is used up by it; the user name."""
    holder = holder_of(tx, secret, now)
    if fault := password_fault(new, holder.username):
        raise Invalid({"new": [fault]})
    if tx.execute(delete(LINK).where(LINK.c.digest == digest(secret.strip()))).rowcount != 1:
        raise Refused(N_("This link or code is not valid, was used already or has expired. Ask for a new one."))
    set_password(tx, holder.person_id, new, must_change=False)
    end_sessions(tx, holder.person_id)
    note(tx, "password_chosen", by=holder.username, subject=holder.username, now=now)
    return holder.username
