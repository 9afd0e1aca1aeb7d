"""Jobs: work outside of any request, one row and one effect each.

The row is written in the transaction that wants the work, taken by a lease, and settled in the transaction that has
the effect. Workers (`approvals/jobs`) look each second for rows that are due.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, delete, or_, select, update

from approvals.base.database import Transactions
from approvals.base.i18n import N_
from approvals.base.tables import JobRun, insert_once, table_of

JOB: Table = table_of(JobRun)
LEASE = timedelta(minutes=5)  # longer than any stretch of a job between two of its writes
TRIES = 5  # unless `enqueue` is told otherwise
AGAIN_AFTER = timedelta(minutes=1)  # doubled with each try
APART = timedelta(minutes=1)  # how far the clock of a caller may be ahead of the worker's: a new job is due now
LONGEST_ERROR = 300  # characters
NEVER_ENDED = N_("The worker that ran it stopped before finishing.")
Now = Callable[[], datetime]


class LeaseLost(Exception):
    """The lease has ended and another worker has the job: nothing of this transaction may stay."""


class JobFailed(Exception):
    """A job failed for a reason outside the program; the message says why. `is_final` when it would fail again."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class JobView:
    """A job for pages. `done` of `total` in `phase` is its progress; `period` is its period or key."""

    id: int
    kind: str
    period: str
    state: str
    phase: str
    done: int
    total: int
    due_at: datetime
    made_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    worker: str
    tries: int
    result: Mapping[str, Any]
    error: str
    lease_until: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def heard_at(self) -> datetime | None:
        """The last sign of its worker; None when no worker has it."""
        return self.lease_until - LEASE if self.lease_until else None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job taken by this worker; it is lost when the row has another `token` by now. `tries` counts this one."""

    id: int
    kind: str
    period: str
    args: Mapping[str, Any]
    token: int
    tries: int
    most_tries: int


# Enqueueing.


def enqueue(
    tx: Connection,
    kind: str,
    key: str,
    args: Mapping[str, Any],
    now: datetime,
    *,
    due_at: datetime | None = None,
    tries: int = TRIES,
    is_repeated: bool = False,
) -> int:
    """Enqueue the one job of this `kind` and `key`, due at `due_at`; the id of its row.

    A second call changes nothing, except that a failed job starts again with the new arguments; so does a successful
    one that `is_repeated`.
    """
    row = _new_row(kind, key, now, tries) | {"args": orjson.dumps(dict(args)).decode()}
    row |= {"due_at": due_at} if due_at else {}
    job_id = tx.execute(insert_once(tx, JOB).values(row).returning(JOB.c.id)).scalar_one_or_none()
    if job_id is not None:
        return int(job_id)
    over = ("failed", "done") if is_repeated else ("failed",)
    values = _restart(now) | {name: row[name] for name in ("args", "made_at", "result", "error")}
    tx.execute(update(JOB).where(*_named(kind, key), JOB.c.state.in_(over)).values(values))
    return int(tx.execute(select(JOB.c.id).where(*_named(kind, key))).scalar_one())


def enqueue_new(tx: Connection, kind: str, keys: Sequence[str], now: datetime, *, tries: int = TRIES) -> None:
    """Enqueue a job for each of these keys that have none yet."""
    if keys:
        tx.execute(insert_once(tx, JOB), [_new_row(kind, key, now, tries) for key in keys])


def _new_row(kind: str, key: str, now: datetime, tries: int) -> dict[str, Any]:
    row = {"kind": kind, "period": key, "args": "{}", "state": "waiting", "due_at": now - APART, "made_at": now}
    row |= {"worker": "", "token": 0, "tries": 0, "most_tries": tries, "phase": "", "done": 0, "total": 0}
    return row | {"result": "{}", "error": ""}


def try_again(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """Start the failed ones among these jobs again; how many."""
    return int(tx.execute(update(JOB).where(which, JOB.c.state == "failed").values(_restart(now))).rowcount)


def _restart(now: datetime) -> dict[str, Any]:
    return {"state": "waiting", "due_at": now - APART, "ended_at": None, "tries": 0}


def progress(tx: Connection, kind: str, key: str) -> JobView | None:
    """The job of this kind and key, or None."""
    row = tx.execute(select(JOB).where(*_named(kind, key))).one_or_none()
    return job_view(row) if row else None


def last_begun(tx: Connection) -> datetime | None:
    """When a worker last began any job; None when none ever did."""
    query = select(JOB.c.begun_at).where(JOB.c.begun_at.is_not(None)).order_by(JOB.c.id.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none()


def job_view(row: Row[Any]) -> JobView:
    """The row of a job for pages."""
    values = {name: getattr(row, name) for name in JobView.__slots__}
    return JobView(**values | {"result": orjson.loads(row.result)})


def _named(kind: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return JOB.c.kind == kind, JOB.c.period == key


# Running.


def is_due(tx: Connection, which: ColumnElement[bool], now: datetime) -> bool:
    """Whether one of these jobs is due by `now` and no worker has it."""
    return any(tx.execute(query).first() for query in _free_jobs(which, now))


def _free_jobs(which: ColumnElement[bool], now: datetime) -> tuple[Select[Any], Select[Any]]:
    """The queries for a job whose worker was lost, and for the one that waits longest: each has its own index.

    A lease that ends later than any can was given by a clock that has been put back since.
    """
    lost = JOB.c.state == "running", or_(JOB.c.lease_until <= now, JOB.c.lease_until > now + 2 * LEASE)
    waiting = JOB.c.state == "waiting", JOB.c.due_at <= now
    first, second = (
        select(JOB).where(which, *free).order_by(JOB.c.due_at, JOB.c.id).limit(1) for free in (lost, waiting)
    )
    return first, second


def take(tx: Connection, which: ColumnElement[bool], worker: str, now: datetime) -> Claim | None:
    """Take one of these jobs for the time of a lease; None when none is free.

    One that was taken too often and never came to an end is given up.
    """
    locked = (tx.execute(query.with_for_update(skip_locked=True)).one_or_none() for query in _free_jobs(which, now))
    row = next(filter(None, locked), None)
    if row is None:
        return None
    if row.tries >= row.most_tries:
        over = {"state": "failed", "lease_until": None, "ended_at": now, "error": row.error or NEVER_ENDED}
        tx.execute(update(JOB).where(JOB.c.id == row.id).values(over))
        return None
    token, tries = row.token + 1, row.tries + 1
    taken = {"state": "running", "worker": worker, "lease_until": now + LEASE, "begun_at": now, "token": token}
    taken |= {"tries": tries, "phase": "", "done": 0, "total": 0}
    tx.execute(update(JOB).where(JOB.c.id == row.id).values(taken))
    return Claim(row.id, row.kind, row.period, orjson.loads(row.args), token, tries, row.most_tries)


class Running:
    """A job while it runs: its access to the database, where every write proves that the lease still holds."""

    def __init__(self, database: Transactions, claim: Claim, now: Now) -> None:
        self.database, self.claim, self.now = database, claim, now
        self.is_sqlite = database.is_sqlite
        self.is_done = False

    @property
    def period(self) -> str:
        return self.claim.period

    @property
    def args(self) -> Mapping[str, Any]:
        return self.claim.args

    def read(self) -> AbstractContextManager[Connection]:
        """A read transaction."""
        return self.database.read()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction that renews the lease; LeaseLost, and no effect, when another worker has the job."""
        with self.database.write() as tx:
            self._update(tx, {"lease_until": self.now() + LEASE})
            yield tx

    @contextmanager
    def finishing(self, result: Mapping[str, Any] | None = None, *, is_forgotten: bool = False) -> Iterator[Connection]:
        """The write transaction that has the effect: the job is over with it, or neither is.

        `result` may be filled in on the way. With `is_forgotten` no row of the job stays.
        """
        with self.write() as tx:
            yield tx
            if is_forgotten:
                self._prove(tx.execute(delete(JOB).where(*self._own_row())).rowcount)
            else:
                text = orjson.dumps(dict(result or {}), option=orjson.OPT_SORT_KEYS).decode()
                over = {"state": "done", "lease_until": None, "ended_at": self.now(), "error": "", "result": text}
                self._update(tx, over)
        self.is_done = True

    def tell(self, phase: str, done: int = 0, total: int = 0) -> None:
        """Store the progress, and renew the lease."""
        with self.database.write() as tx:
            self._update(tx, {"phase": phase, "done": done, "total": total, "lease_until": self.now() + LEASE})

    def fail(self, why: str, again_after: timedelta | None) -> None:
        """Store why it failed; it is tried again after this time, unless that is None or the tries are used up."""
        values: dict[str, Any] = {"lease_until": None, "error": why[:LONGEST_ERROR] or "no reason given"}
        if again_after is None or self.claim.tries >= self.claim.most_tries:
            values |= {"state": "failed", "ended_at": self.now()}
        else:
            values |= {"state": "waiting", "due_at": self.now() + again_after}
        with self.database.write() as tx:
            self._update(tx, values)

    def _own_row(self) -> tuple[ColumnElement[bool], ...]:
        return JOB.c.id == self.claim.id, JOB.c.token == self.claim.token, JOB.c.state == "running"

    def _update(self, tx: Connection, values: Mapping[str, Any]) -> None:
        self._prove(tx.execute(update(JOB).where(*self._own_row()).values(values)).rowcount)

    def _prove(self, rows: int) -> None:
        if not rows:
            raise LeaseLost(f"job {self.claim.id} has another worker by now")


def let_go(tx: Connection, worker: str, now: datetime) -> int:
    """Free all jobs of a worker that ends; how many. Its own late writes come to nothing."""
    free = {"state": "waiting", "lease_until": None, "due_at": now, "token": JOB.c.token + 1, "tries": JOB.c.tries - 1}
    return int(tx.execute(update(JOB).where(JOB.c.worker == worker, JOB.c.state == "running").values(free)).rowcount)
