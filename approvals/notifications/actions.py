"""Actions on channels and calendar feeds of a person, and on dead deliveries."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.credentials import FEED
from approvals.accounts.identity import digest
from approvals.base import jobs
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.jobs import JOB
from approvals.base.tables import insert_once
from approvals.notifications.preferences import ChannelChoice, NewMail, NewWebhook
from approvals.notifications.queries import CHANNEL, DELIVERING

CONFIRM_WITHIN = timedelta(hours=24)
NEXT_MAIL_AFTER = timedelta(minutes=2)  # against flooding a mail box
_EMPTY = {
    "address": "",
    "robot": "",
    "secret": "",
    "act": "now",
    "cases": "daily",
    "escalations": "now",
    "new_address": "",
}
_NO_REQUEST = {"new_address": "", "token_digest": None, "token_until": None}


def request_mail(tx: Connection, entry: NewMail, *, by: Actor, now: datetime) -> str:
    """Store a new mail address until it is confirmed, and return the token of the confirmation link."""
    row = _channel(tx, by, "mail")
    if row is not None and row.token_until and row.token_until - CONFIRM_WITHIN + NEXT_MAIL_AFTER > now:
        raise invalid("address", N_("an email was just sent; wait two minutes before requesting another"))
    token = secrets.token_urlsafe(32)
    values = {"new_address": entry.address, "token_digest": digest(token), "token_until": now + CONFIRM_WITHIN}
    _save(tx, by, "mail", values)
    return token


def cancel_mail_request(tx: Connection, *, by: Actor) -> None:
    """Delete the unconfirmed address: no mail could be sent there."""
    _save(tx, by, "mail", _NO_REQUEST)


def check_token(tx: Connection, token: str, *, by: Actor, now: datetime) -> str:
    """The address that this token confirms; NotFound when it is not this person's, Refused when it has expired."""
    row = _channel(tx, by, "mail")
    if row is None or row.token_digest is None or row.token_digest != digest(token):
        raise NotFound
    if row.token_until <= now:
        raise Refused(N_("This link has expired. Enter the address again."))
    return str(row.new_address)


def confirm_mail(tx: Connection, token: str, *, by: Actor, now: datetime) -> str:
    """Use the address from now on; the token is used up."""
    address = check_token(tx, token, by=by, now=now)
    _save(tx, by, "mail", _NO_REQUEST | {"address": address, "on_since": now})
    note(tx, "mail_confirmed", by=by.username, subject=by.username, now=now)
    return address


def set_webhook(tx: Connection, entry: NewWebhook, *, by: Actor, now: datetime) -> None:
    """Use this robot from now on; without a new secret, that of the same address stays."""
    row = _channel(tx, by, "webhook")
    secret = row.secret if row is not None and row.address == entry.address and not entry.secret else entry.secret
    _save(tx, by, "webhook", {"robot": entry.robot, "address": entry.address, "secret": secret, "on_since": now})
    note(tx, "webhook_set", by=by.username, subject=by.username, now=now)


def remove_channel(tx: Connection, channel: str, *, by: Actor, now: datetime) -> None:
    """Delete the address of this channel."""
    if _channel(tx, by, channel) is None:
        return
    _save(tx, by, channel, _NO_REQUEST | {"address": "", "robot": "", "secret": "", "on_since": None})
    note(tx, f"{channel}_removed", by=by.username, subject=by.username, now=now)


def choose(tx: Connection, channel: str, choice: ChannelChoice, *, by: Actor, now: datetime) -> None:
    """Set when each kind of notice goes out by this channel. A channel starts now: nothing older is sent."""
    row = _channel(tx, by, channel)
    if row is None or not row.address:
        return
    on_since = (row.on_since or now) if choice.is_on else None
    _save(tx, by, channel, choice.modes() | {"on_since": on_since})


def _channel(tx: Connection, by: Actor, channel: str) -> Any:
    return tx.execute(select(CHANNEL).where(CHANNEL.c.person_id == by.id, CHANNEL.c.channel == channel)).one_or_none()


def _save(tx: Connection, by: Actor, channel: str, values: dict[str, Any]) -> None:
    key = {"person_id": by.id, "channel": channel}
    tx.execute(insert_once(tx, CHANNEL).values(_EMPTY | key))
    tx.execute(update(CHANNEL).where(CHANNEL.c.person_id == by.id, CHANNEL.c.channel == channel).values(values))


# The calendar feed.


def make_feed(tx: Connection, *, by: Actor, now: datetime) -> str:
    """Create a new secret address of the person's calendar and return it; the former one is revoked."""
    _revoke(tx, by, now)
    secret = secrets.token_urlsafe(32)
    tx.execute(insert(FEED).values(person_id=by.id, digest=digest(secret), made_at=now))
    note(tx, "calendar_feed_made", by=by.username, subject=by.username, now=now)
    return secret


def revoke_feed(tx: Connection, *, by: Actor, now: datetime) -> None:
    """Revoke the secret address of the person's calendar."""
    if _revoke(tx, by, now):
        note(tx, "calendar_feed_revoked", by=by.username, subject=by.username, now=now)


def _revoke(tx: Connection, by: Actor, now: datetime) -> bool:
    open_ = FEED.c.person_id == by.id, FEED.c.revoked_at.is_(None)
    return bool(tx.execute(update(FEED).where(*open_).values(revoked_at=now)).rowcount)


# Dead letters.


def try_again(tx: Connection, job_id: int | None, *, by: Actor, now: datetime) -> int:
    """Retry a dead delivery, or with None all of them; the number of retries."""
    count = jobs.try_again(tx, DELIVERING & (JOB.c.id == job_id) if job_id else DELIVERING, now)
    if count:
        note(tx, "deliveries_tried_again", by=by.username, detail=str(count), now=now)
    return count
