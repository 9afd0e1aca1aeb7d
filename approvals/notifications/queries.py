"""Queries of channels, deliveries and calendar feeds, and the health of the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.credentials import FEED
from approvals.accounts.identity import actor_of, actors_among, digest
from approvals.accounts.queries import PERSON
from approvals.base.jobs import JOB
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, page_by_id
from approvals.base.tables import table_of
from approvals.history.record import ENTRY, NOTICE
from approvals.notifications.inbox import addressed
from approvals.notifications.tables import DELIVERY_KINDS, Channel, Delivery, OutboxCursor

CHANNEL: Table = table_of(Channel)
DELIVERY: Table = table_of(Delivery)
CURSOR: Table = table_of(OutboxCursor)
DELIVERING = JOB.c.kind.in_(DELIVERY_KINDS.values())  # the jobs that deliver
GIVEN_UP = DELIVERING & (JOB.c.state == "failed")
_COUNT_DEAD = select(func.count()).select_from(JOB).where(GIVEN_UP)
Address = tuple[str, int]  # an audience, and the unit or person that it is; 0 is all


def channels_of(tx: Connection, person_id: int) -> dict[str, Row[Any]]:
    rows = tx.execute(select(CHANNEL).where(CHANNEL.c.person_id == person_id).order_by(CHANNEL.c.channel))
    return {row.channel: row for row in rows}


def subscribers(tx: Connection, on: date) -> dict[Address, list[Row[Any]]]:
    """The channels that are on, by the audience that they reach on this day: deputies hear as whom they cover."""
    is_on = CHANNEL.c.on_since.is_not(None)
    actors = {actor.id: actor for actor in actors_among(tx, select(CHANNEL.c.person_id).where(is_on), on)}
    channels: dict[Address, list[Row[Any]]] = {}
    for row in tx.execute(select(CHANNEL).where(is_on).order_by(CHANNEL.c.person_id, CHANNEL.c.channel)):
        for address in addressed(actors[row.person_id]) if row.person_id in actors else ():
            channels.setdefault(address, []).append(row)
    return channels


def cursor_and_newest(tx: Connection) -> tuple[int, int]:
    """The ids of the last notice of the fan-out and of the newest notice."""
    walked, newest = select(CURSOR.c.notice_id).scalar_subquery(), select(func.max(NOTICE.c.id)).scalar_subquery()
    row = tx.execute(select(walked, func.coalesce(newest, 0))).one()
    return row[0], row[1]


def feed_of(tx: Connection, person_id: int) -> datetime | None:
    """When the calendar feed of a person was made; None when there is none that is still open."""
    open_ = FEED.c.person_id == person_id, FEED.c.revoked_at.is_(None)
    return tx.execute(select(func.max(FEED.c.made_at)).where(*open_)).scalar_one()


def actor_of_feed(tx: Connection, secret: str, on: date) -> Actor | None:
    """The active person whose calendar has this secret address, unless it was revoked."""
    query = select(FEED.c.person_id).where(FEED.c.digest == digest(secret), FEED.c.revoked_at.is_(None))
    person_id = tx.execute(query).scalar_one_or_none()
    return actor_of(tx, person_id, on) if person_id else None


def members_of(tx: Connection, digest_id: int) -> Sequence[int]:
    """The ids of the notices of a digest, the newest first."""
    query = select(DELIVERY.c.notice_id).where(DELIVERY.c.digest_id == digest_id)
    return tx.execute(query.order_by(DELIVERY.c.notice_id.desc())).scalars().all()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead delivery: its receiver and error, without any content. `id` is that of its job."""

    id: int
    username: str
    name: str
    channel: str
    is_digest: bool
    tries: int
    made_at: datetime
    last_error: str


_SORT_KEYS: Keys = {"name": PERSON.c.name, "made": DELIVERY.c.made_at, "tries": JOB.c.tries}
_DEAD = (
    select(JOB.c.id, PERSON.c.username, PERSON.c.name, DELIVERY.c.channel)
    .add_columns(DELIVERY.c.notice_id.is_(None).label("is_digest"))
    .add_columns(JOB.c.tries, DELIVERY.c.made_at, JOB.c.error.label("last_error"))
    .join(DELIVERY, DELIVERY.c.key == JOB.c.period)
    .join(PERSON, PERSON.c.id == DELIVERY.c.person_id)
    .where(GIVEN_UP)
)


def dead_letters(tx: Connection, part: ListPart = FIRST_PART) -> Page[DeadLetter]:
    """The dead deliveries, the newest first."""
    page = page_by_id(tx, _DEAD, _SORT_KEYS, JOB.c.id, part, newest_first=True)
    return page.shown([DeadLetter(**{name: row._mapping[name] for name in DeadLetter.__slots__}) for row in page.rows])


@dataclass(frozen=True, slots=True)
class Health:
    """The numbers of dead and pending deliveries, and since when the oldest is late."""

    dead: int
    on_the_way: int
    late_since: datetime | None
    unread_since: datetime | None


def health(tx: Connection) -> Health:
    """The state of the outbox. `late_since` is when a delivery should have been tried that still was not."""
    open_ = DELIVERING & JOB.c.state.in_(("waiting", "running"))
    count, late_since = tx.execute(select(func.count(), func.min(JOB.c.due_at)).where(open_)).one()
    walked = select(CURSOR.c.notice_id).scalar_subquery()
    of_notice = (ENTRY.c.project_id == NOTICE.c.project_id) & (ENTRY.c.seq == NOTICE.c.seq)
    unread = tx.execute(
        select(ENTRY.c.recorded_at).join(NOTICE, of_notice).where(NOTICE.c.id > walked).order_by(NOTICE.c.id).limit(1)
    ).scalar()
    return Health(int(tx.execute(_COUNT_DEAD).scalar_one()), count, late_since, unread)


def dead_count(tx: Connection, _actor: Actor, _now: datetime) -> int:
    """The number of dead deliveries."""
    return int(tx.execute(_COUNT_DEAD).scalar_one())
