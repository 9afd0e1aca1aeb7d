"""Fan-out of notices: from an audience to each person and channel, by a cursor over the notices."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, select, text, update

from approvals.base.database import Transactions
from approvals.base.jobs import enqueue_new
from approvals.base.moments import CITY_ZONE, day_of
from approvals.base.tables import insert_once
from approvals.history.record import ENTRY, NOTICE
from approvals.notifications.queries import CURSOR, DELIVERY, cursor_and_newest, subscribers
from approvals.notifications.tables import CHANNELS, DELIVERY_KINDS
from workflows.charts.registry import CHARTS
from workflows.config.outbox_policy import OutboxPolicy, load_outbox_policy
from workflows.rules.notification_kinds import kind_of

BATCH = 500  # notices, or digests, of one transaction
PATIENCE, LOOK_EVERY = 2.0, 0.02  # seconds: the wait for writers, and between two checks
# A transaction that writes notices holds this lock on the table until it ends.
_WRITERS = text(
    "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' "
    "AND relation = 'notices'::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch of notices: its deliveries, and the cursor before and after it."""

    before: int
    after: int
    deliveries: list[dict[str, Any]]
    is_last: bool


def fan_out(database: Transactions, now: Now) -> int:
    """Make the deliveries of every new notice, and count them. Concurrent workers make each delivery once."""
    count = 0
    with database.read() as tx:
        cursor, newest = cursor_and_newest(tx)
    if newest <= cursor or not _are_settled(database):
        return count
    is_last = False
    while not is_last:
        with database.read() as tx:
            batch = _read(tx, newest, now(), load_outbox_policy())
        with database.write() as tx:
            if not _advance(tx, batch, now()):
                return count
        count, is_last = count + len(batch.deliveries), batch.is_last
    return count


def _are_settled(database: Transactions) -> bool:
    """Wait for transactions that may still commit a smaller id than the newest; False when they take too long.

    PostgreSQL gives ids at the insert and shows rows at the commit, so a cursor could step over a slow writer. New
    writers are not held up. SQLite's writers come one by one.
    """
    if database.is_sqlite:
        return True
    slow, until = _writers(database), time.monotonic() + PATIENCE
    while slow and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        slow &= _writers(database)
    return not slow


def _writers(database: Transactions) -> set[str]:
    with database.read() as tx:
        return set(tx.execute(_WRITERS).scalars())


def _read(tx: Connection, newest: int, now: datetime, policy: OutboxPolicy) -> _Batch:
    cursor, _ = cursor_and_newest(tx)
    readers = subscribers(tx, day_of(now))
    of_notice = and_(ENTRY.c.project_id == NOTICE.c.project_id, ENTRY.c.seq == NOTICE.c.seq)
    rows = tx.execute(
        select(NOTICE.c.id, NOTICE.c.audience, NOTICE.c.unit_id, NOTICE.c.move, ENTRY.c.recorded_at)
        .join(ENTRY, of_notice)
        .where(NOTICE.c.id > cursor, NOTICE.c.id <= newest, NOTICE.c.at >= now - policy.not_older)
        .order_by(NOTICE.c.id)
        .limit(BATCH)
    ).all()
    is_last = len(rows) < BATCH or not readers
    deliveries = [
        delivery for row in rows for delivery in _of_notice(row, readers.get((row.audience, row.unit_id), []), now)
    ]
    return _Batch(cursor, max(cursor, newest) if is_last else rows[-1].id, deliveries, is_last)


def _of_notice(row: Any, readers: list[Any], now: datetime) -> list[dict[str, Any]]:
    chart, _, move = row.move.partition(".")
    kind = kind_of(CHARTS[chart], CHARTS[chart].move(move), row.audience)
    deliveries = []
    for channel in readers:
        when = getattr(channel, kind)
        if when != "never" and row.recorded_at > channel.on_since:
            values = _new_values(channel.person_id, channel.channel, row.recorded_at, now)
            deliveries.append(values | {"notice_id": row.id, "state": "waiting" if when == "now" else "held"})
    return deliveries


def _new_values(person_id: int, channel: str, told_at: datetime, now: datetime) -> dict[str, Any]:
    values = {"key": secrets.token_hex(16), "person_id": person_id, "channel": channel}
    return values | {"made_at": now, "told_at": told_at}


def _enqueue(tx: Connection, deliveries: list[dict[str, Any]], now: datetime) -> None:
    """Enqueue a job for each delivery that is not held for a digest."""
    for channel in CHANNELS:
        keys = [row["key"] for row in deliveries if row["channel"] == channel and row["state"] == "waiting"]
        enqueue_new(tx, DELIVERY_KINDS[channel], keys, now, tries=load_outbox_policy().tries)


def _advance(tx: Connection, batch: _Batch, now: datetime) -> bool:
    """Store the deliveries and advance the cursor; False when another worker has done so."""
    position = tx.execute(select(CURSOR.c.notice_id).with_for_update(skip_locked=True)).scalar_one_or_none()
    if position != batch.before:
        return False
    if batch.deliveries:
        tx.execute(insert(DELIVERY), batch.deliveries)
        _enqueue(tx, batch.deliveries, now)
    if batch.after != batch.before:
        tx.execute(update(CURSOR).values(notice_id=batch.after))
    return True


# The daily digest.


def gather_digests(database: Transactions, now: Now) -> int:
    """Make today's digests once their hour has come, one for each person and channel with held notices."""
    at = now()
    on = day_of(at)
    hour = datetime.combine(on, load_outbox_policy().digest_at, CITY_ZONE)
    if at < hour:
        return 0
    with database.read() as tx:
        due = _undigested(tx, on, hour)
    count = 0
    for person_id, channel in due:
        with database.write() as tx:
            count += _gather(tx, person_id, channel, on, hour, at)
    return count


def _undigested(tx: Connection, on: date, hour: datetime) -> list[Any]:
    today = DELIVERY.alias("today")
    has_one = exists().where(
        today.c.digest_on == on, today.c.person_id == DELIVERY.c.person_id, today.c.channel == DELIVERY.c.channel
    )
    key = DELIVERY.c.person_id, DELIVERY.c.channel
    undigested = select(*key).where(DELIVERY.c.state == "held", DELIVERY.c.told_at < hour, ~has_one)
    return list(tx.execute(undigested.distinct().order_by(*key).limit(BATCH)))


def _gather(tx: Connection, person_id: int, channel: str, on: date, hour: datetime, now: datetime) -> int:
    digest = _new_values(person_id, channel, hour, now) | {"digest_on": on, "state": "waiting"}
    new = insert_once(tx, DELIVERY).values(digest).returning(DELIVERY.c.id)
    digest_id = tx.execute(new).scalar_one_or_none()
    if digest_id is None:  # another worker was faster
        return 0
    is_held = DELIVERY.c.person_id == person_id, DELIVERY.c.channel == channel, DELIVERY.c.state == "held"
    into = update(DELIVERY).where(*is_held, DELIVERY.c.told_at < hour).values(state="gathered", digest_id=digest_id)
    if tx.execute(into).rowcount:
        _enqueue(tx, [digest], now)
        return 1
    tx.execute(delete(DELIVERY).where(DELIVERY.c.id == digest_id))
    return 0


def purge_deliveries(database: Transactions, now: Now) -> int:
    """Delete old finished deliveries; dead ones stay until an administrator deals with them."""
    over = DELIVERY.c.made_at < now() - load_outbox_policy().kept, DELIVERY.c.state.in_(("sent", "dropped"))
    members = DELIVERY.alias("members")
    in_use = exists().where(members.c.digest_id == DELIVERY.c.id)
    with database.write() as tx:
        gone = tx.execute(delete(DELIVERY).where(*over, DELIVERY.c.notice_id.is_not(None))).rowcount
        return int(gone + tx.execute(delete(DELIVERY).where(*over, ~in_use)).rowcount)
