"""Sends the daily root to auditors and the supervision office by mail, so that a copy lies outside of the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.appointments import holders
from approvals.accounts.identity import actor_of
from approvals.base.jobs import Running, enqueue_new
from approvals.base.moments import day_of
from approvals.base.service import settings_in_use
from approvals.history.daily_roots import ROOTS, keep_root
from approvals.notifications.delivery import send_letter
from approvals.notifications.messages import root_letter
from approvals.notifications.queries import CHANNEL

WITNESSES = ("auditor", "supervision_office")
KEEP, SEND = "keep_root", "send_root"  # kinds of jobs


def keep(job: Running) -> Mapping[str, Any]:
    """Keep the root of this day, and enqueue its letters."""
    day = date.fromisoformat(job.period)
    result: dict[str, Any] = {}
    with job.finishing(result) as tx:
        result["root"] = keep_root(tx, day, job.now())
        if settings_in_use().mail is not None:
            enqueue_new(tx, SEND, [f"{day}/{person_id}" for person_id in _witnesses(tx, job)], job.now())
    return result


def _witnesses(tx: Connection, job: Running) -> list[int]:
    """Who is told and has a confirmed mail address that is switched on."""
    people = holders(tx, WITNESSES, job.now())
    mail = CHANNEL.c.channel == "mail", CHANNEL.c.on_since.is_not(None), CHANNEL.c.person_id.in_(people)
    return list(tx.execute(select(CHANNEL.c.person_id).where(*mail).order_by(CHANNEL.c.person_id)).scalars())


def send(job: Running) -> Mapping[str, Any]:
    """Send the root of a day to one person; nothing when they have no address any more."""
    day, _, person_id = job.period.partition("/")
    with job.read() as tx:
        own = CHANNEL.c.person_id == int(person_id), CHANNEL.c.channel == "mail", CHANNEL.c.on_since.is_not(None)
        channel = tx.execute(select(CHANNEL).where(*own)).one_or_none()
        reader = actor_of(tx, int(person_id), day_of(job.now()))
        root = tx.execute(select(ROOTS.c.root).where(ROOTS.c.day == date.fromisoformat(day))).scalar_one()
    if channel is not None and reader is not None and reader.has(*WITNESSES):
        letter = root_letter(date.fromisoformat(day), root, reader, settings_in_use().public_url)
        send_letter(channel, letter, f"{SEND}-{job.period.replace('/', '-')}", job.now())
    return {}
