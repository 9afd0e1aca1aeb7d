"""Tries what is due: claim, send outside of any transaction, settle. Runs in the worker alone.

A claim is a lease: who dies or freezes loses it, and another worker tries again. A mail may then arrive twice, since
SMTP has no way to ask; both have the same Message-ID.
"""

import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from approvals.accounts.queries import actor_of
from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.notifications.inbox import notices_by_id
from approvals.notifications.mail import message_of, send_mail
from approvals.notifications.messages import Letter, digest_letter, notice_letter
from approvals.notifications.queries import CHANNEL, DELIVERY, first_due, members_of
from approvals.notifications.sending import Posting, Undelivered, reason
from approvals.notifications.tables import TO_TRY
from approvals.notifications.webhooks import send_webhook
from workflows.config.outbox_policy import OutboxPolicy, load_outbox_policy

LEASE = timedelta(minutes=5)  # longer than the longest exchange with a server
NEVER_ENDED = "whoever tried it never came to an end"
_log = structlog.get_logger(__name__)
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's until the lease ends. `tries` counts this one."""

    id: int
    key: str
    person_id: int
    channel: str
    notice_id: int | None
    digest_on: date | None
    tries: int
    claim: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: sent, failed (to be tried again), dead, or dropped because nobody wants it any more."""

    state: str
    why: str = ""


def deliver(
    database: Database, channel: str, posting: Posting, now: Now, *, go_on: Callable[[], bool] = lambda: True
) -> Counter[str]:
    """Try what is due by this channel, one after the other, as long as `go_on` says so; how many had each outcome."""
    done = Counter[str]()
    while go_on() and (claimed := _next(database, channel, now)):
        outcome = _tried(database, claimed, posting, now)
        with database.write() as tx:
            done[settle(tx, claimed, outcome, now(), dice=random.random())] += 1
    return done


def _next(database: Database, channel: str, now: Now) -> Claimed | None:
    with database.read() as tx:  # mostly nothing is due, and nothing is written then
        if tx.execute(first_due(channel, now())).first() is None:
            return None
    with database.write() as tx:
        return claim(tx, channel, now())


def claim(tx: Connection, channel: str, now: datetime) -> Claimed | None:
    """Take the delivery that is due longest, for the time of the lease; None when there is none that is free."""
    found = tx.execute(first_due(channel, now).with_for_update(skip_locked=True)).scalar_one_or_none()
    if found is None:
        return None
    taken = {"claim": secrets.token_hex(8), "claimed_until": now + LEASE, "tries": DELIVERY.c.tries + 1}
    named = [DELIVERY.c[name] for name in Claimed.__slots__]
    return Claimed(*tx.execute(update(DELIVERY).where(DELIVERY.c.id == found).values(taken).returning(*named)).one())


def _tried(database: Database, claimed: Claimed, posting: Posting, now: Now) -> Outcome:
    if claimed.tries > load_outbox_policy().tries:
        return Outcome("dead", NEVER_ENDED)
    try:
        with database.read() as tx:
            channel, letter = _written(tx, claimed, posting.url, day_of(now()))
        if letter is None:
            return Outcome("dropped")
        _send(channel, letter, claimed.key, posting, now())
    except Undelivered as undelivered:
        return Outcome("dead" if undelivered.is_final else "failed", str(undelivered))
    except Exception as error:  # one that cannot be written must not hold up all others
        _log.exception("a delivery failed through a fault of ours", delivery=claimed.id)
        return Outcome("failed", reason(f"a fault of ours: {type(error).__name__}"))
    return Outcome("sent")


def _written(tx: Connection, claimed: Claimed, url: str, on: date) -> tuple[Any, Letter | None]:
    """The channel and the letter; no letter when the person wants or may see it no more."""
    wanted = select(CHANNEL).where(CHANNEL.c.person_id == claimed.person_id, CHANNEL.c.channel == claimed.channel)
    channel = tx.execute(wanted).one_or_none()
    reader = actor_of(tx, claimed.person_id, on)
    if channel is None or channel.on_since is None or reader is None:
        return channel, None
    views = notices_by_id(tx, reader, [claimed.notice_id] if claimed.notice_id else members_of(tx, claimed.id))
    if not views:
        return channel, None
    if claimed.digest_on:
        return channel, digest_letter(views, claimed.digest_on, reader, url)
    return channel, notice_letter(views[0], reader, url)


def _send(channel: Any, letter: Letter, key: str, posting: Posting, now: datetime) -> None:
    if channel.channel == "webhook":
        send_webhook(channel, letter, now, any_webhook=posting.any_webhook)
        return
    if posting.mail is None:
        raise Undelivered("this installation has no mail server (GUAHAO_SMTP_URL)")
    send_mail(message_of(letter, posting.mail, channel.address, key, now), posting.mail, channel.address)


def settle(tx: Connection, claimed: Claimed, outcome: Outcome, now: datetime, *, dice: float) -> str:
    """Keep what came of it, for a digest also with what it told: the new state, “lost” when another has it by now.

    What was sent is sent, whoever holds it now: nobody needs to try again.
    """
    policy = load_outbox_policy()
    values = _values(claimed, outcome, now, policy, dice)
    still = [DELIVERY.c.id == claimed.id, DELIVERY.c.state.in_(TO_TRY)]
    if outcome.state != "sent":
        still.append(DELIVERY.c.claim == claimed.claim)
    kept = tx.execute(update(DELIVERY).where(*still).values(values)).rowcount
    if kept and claimed.digest_on and values["state"] in ("sent", "dropped"):
        members = DELIVERY.c.digest_id == claimed.id
        tx.execute(update(DELIVERY).where(members).values(state=values["state"], sent_at=values["sent_at"]))
    return str(values["state"]) if kept else "lost"


def _values(claimed: Claimed, outcome: Outcome, now: datetime, policy: OutboxPolicy, dice: float) -> dict[str, Any]:
    state = "dead" if outcome.state == "failed" and claimed.tries >= policy.tries else outcome.state
    return {
        "state": state,
        "claim": "",
        "claimed_until": None,
        "last_error": outcome.why,
        "next_try_at": now + policy.wait_after(claimed.tries, dice) if state == "failed" else None,
        "sent_at": now if state == "sent" else None,
    }
