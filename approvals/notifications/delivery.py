"""Delivers one notice or digest: reads it, sends it outside of any transaction, settles.

A job of the worker, with its lease and its tries. A worker that dies between the server's 250 and the settling leaves a
mail that is sent again, since SMTP has no way to ask; both have the same Message-ID.
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
from approvals.notifications.inbox import notices_by_id
from approvals.notifications.mail import PATIENCE, message_of, send_mail
from approvals.notifications.messages import Message, Undelivered, digest_letter, notice_letter
from approvals.notifications.queries import CHANNEL, DELIVERY, members_of
from approvals.notifications.webhooks import send_webhook
from workflows.config.outbox_policy import load_outbox_policy


def deliver(job: Running) -> Mapping[str, Any]:
    """Send the delivery of this key, or drop it when the person has switched the channel off or lost the right."""
    with job.read() as tx:
        delivery = tx.execute(select(DELIVERY).where(DELIVERY.c.key == job.period)).one()
        channel, letter = _prepared(tx, delivery, job.now())
    if letter:
        send_letter(channel, letter, delivery.key, job.now())
    with job.finishing(is_forgotten=True) as tx:
        itself, members = DELIVERY.c.id == delivery.id, DELIVERY.c.digest_id == delivery.id
        outcome = {"state": "sent", "sent_at": job.now()} if letter else {"state": "dropped"}
        tx.execute(update(DELIVERY).where(or_(itself, members) if delivery.digest_on else itself).values(outcome))
    return {}


def wait_after(tries: int) -> timedelta:
    """The wait after so many failed tries, by the city's policy; random, so that retries are spread."""
    return load_outbox_policy().wait_after(tries, random.random())


def _prepared(tx: Connection, delivery: Row[Any], now: datetime) -> tuple[Any, Message | None]:
    """The channel and the letter; no letter when the delivery is to be dropped."""
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


def send_letter(channel: Any, letter: Message, key: str, now: datetime, *, patience: float = PATIENCE) -> None:
    """Send the letter by this channel's row; Undelivered when it was not taken.

    `key` becomes the Message-ID. `patience` is the timeout in seconds for each answer of a mail server.
    """
    server = settings_in_use().mail
    if channel.channel == "webhook":
        settings = settings_in_use()
        send_webhook(channel, letter, now, any_webhook=settings.any_webhook, hosts=settings.robot_hosts)
        return
    if server is None:
        raise Undelivered("this installation has no mail server (GUAHAO_SMTP_URL)")
    send_mail(message_of(letter, server, channel.address, key, now), server, channel.address, patience=patience)
