"""Delivers one notice or digest: reads what is to be said, sends it outside of any transaction, settles.

A job of the worker, with its lease and its tries. Who dies between the server's 250 and the settling leaves a mail that
is sent again, since SMTP has no way to ask; both have the same Message-ID.
"""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from approvals.accounts.identity import actor_of
from approvals.base.jobs import Running
from approvals.base.moments import day_of
from approvals.base.service import settings_in_use
from approvals.notifications.channels import send_letter
from approvals.notifications.inbox import notices_by_id
from approvals.notifications.messages import Message, digest_letter, notice_letter
from approvals.notifications.queries import CHANNEL, DELIVERY, members_of
from workflows.config.outbox_policy import load_outbox_policy


def deliver(job: Running) -> Mapping[str, Any]:
    """Send the delivery of this key, or drop it when the person wants or may see it no more."""
    with job.read() as tx:
        delivery = tx.execute(select(DELIVERY).where(DELIVERY.c.key == job.period)).one()
        channel, letter = _written(tx, delivery, job.now())
    if letter:
        send_letter(channel, letter, delivery.key, job.now())
    with job.finishing(is_forgotten=True) as tx:
        _settle(tx, delivery, {"state": "sent", "sent_at": job.now()} if letter else {"state": "dropped"})
    return {}


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries in vain, by the city's policy; what failed together is spread."""
    return load_outbox_policy().wait_after(tries, random.random())


def _written(tx: Connection, delivery: Row[Any], now: datetime) -> tuple[Any, Message | None]:
    """The channel and the letter; no letter when the person wants or may see it no more."""
    own = CHANNEL.c.person_id == delivery.person_id, CHANNEL.c.channel == delivery.channel
    channel = tx.execute(select(CHANNEL).where(*own)).one_or_none()
    reader, url = actor_of(tx, delivery.person_id, day_of(now)), settings_in_use().public_url
    if channel is None or channel.on_since is None or reader is None:
        return channel, None
    views = notices_by_id(tx, reader, [delivery.notice_id] if delivery.notice_id else members_of(tx, delivery.id))
    if not views:
        return channel, None
    if delivery.digest_on:
        return channel, digest_letter(views, delivery.digest_on, reader, url)
    return channel, notice_letter(views[0], reader, url)


def _settle(tx: Connection, delivery: Row[Any], values: Mapping[str, Any]) -> None:
    """Keep what came of it, for a digest also with what it told."""
    itself, members = DELIVERY.c.id == delivery.id, DELIVERY.c.digest_id == delivery.id
    tx.execute(update(DELIVERY).where(or_(itself, members) if delivery.digest_on else itself).values(values))
