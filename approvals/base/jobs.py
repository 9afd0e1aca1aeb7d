"""Jobs: work outside of any request. A row says what is to be done and holds it to one effect; a queue calls for it.

The row is the truth: it is written in the transaction that wants the work, taken by a lease, and settled in the
transaction that has the effect. What the queue loses is called for again by the schedule (`approvals/jobs`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.database import Database
from approvals.base.tables import JobRun
from approvals.base.text_validation import N_

JOB: Any = JobRun.__table__  # type: ignore[attr-defined]
LEASE = timedelta(minutes=5)  # longer than any stretch of a job between two of its writes
TRIES = 5  # unless whoever asks says otherwise
AGAIN_AFTER = timedelta(minutes=1)  # doubled with each try
APART = timedelta(minutes=1)  # how far the clock of whoever asks may be ahead of the worker's: what is asked is due now
LONGEST_ERROR = 300  # characters
NEVER_ENDED = N_("The worker that ran it never came to an end.")
Now = Callable[[], datetime]


class Fenced(Exception):
    """The lease has ended and somebody else has the job: nothing of this transaction may stay."""


class GivenUp(Exception):
    """A job that would fail again: it is not tried anew until somebody asks for it. The message says why."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands. `done` of `total` in `phase` is how far it is; `period` is its period or key."""

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
        """When its worker last said that it is at it; None when no worker has it."""
        return self.lease_until - LEASE if self.lease_until else None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is this worker's as long as nobody else has taken it since: `token` tells."""

    id: int
    kind: str
    period: str
    args: Mapping[str, Any]
    token: int


# Asking for work.


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
    """Have this done once for `kind` and `key`, not before `due_at`; the id of its row.

    Asking again changes nothing, but what had failed is tried anew, as it is asked for now; so is what was done, if it
    `is_repeated`. After the transaction, `Queue.call` makes a worker take it up at once.
    """
    add = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row: dict[str, Any] = {"kind": kind, "period": key, "args": orjson.dumps(dict(args)).decode(), "state": "waiting"}
    row |= {"due_at": due_at or now - APART, "made_at": now, "most_tries": tries}
    row |= {"worker": "", "token": 0, "tries": 0, "phase": "", "done": 0, "total": 0, "result": "{}", "error": ""}
    new = add(JOB).values(row).on_conflict_do_nothing().returning(JOB.c.id)
    if (made := tx.execute(new).scalar_one_or_none()) is not None:
        return int(made)
    over = ("failed", "done") if is_repeated else ("failed",)
    anew = _anew(now) | {name: row[name] for name in ("args", "made_at", "result", "error")}
    tx.execute(update(JOB).where(*_named(kind, key), JOB.c.state.in_(over)).values(anew))
    return int(tx.execute(select(JOB.c.id).where(*_named(kind, key))).scalar_one())


def try_again(tx: Connection, job_id: int, now: datetime) -> bool:
    """Have a failed job done after all; False when it has not failed."""
    failed = JOB.c.id == job_id, JOB.c.state == "failed"
    return bool(tx.execute(update(JOB).where(*failed).values(_anew(now))).rowcount)


def _anew(now: datetime) -> dict[str, Any]:
    return {"state": "waiting", "due_at": now - APART, "ended_at": None, "tries": 0}


def progress(tx: Connection, kind: str, key: str) -> JobView | None:
    """How the job of this kind and key stands; None when nobody asked for it."""
    row = tx.execute(select(JOB).where(*_named(kind, key))).one_or_none()
    return job_view(row) if row else None


def last_begun(tx: Connection) -> datetime | None:
    """When a worker last began any job; None when none ever did."""
    begun = select(JOB.c.begun_at).where(JOB.c.begun_at.is_not(None)).order_by(JOB.c.id.desc()).limit(1)
    return tx.execute(begun).scalar_one_or_none()


def job_view(row: Row[Any]) -> JobView:
    """The row as it is shown."""
    values = {name: getattr(row, name) for name in JobView.__slots__}
    return JobView(**values | {"result": orjson.loads(row.result)})


def _named(kind: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return JOB.c.kind == kind, JOB.c.period == key


# Doing it.


def due_jobs(tx: Connection, now: datetime) -> list[int]:
    """The jobs that nobody has and that are due by `now`, the one that waits longest first."""
    return list(tx.execute(select(JOB.c.id).where(_is_free(now)).order_by(JOB.c.due_at, JOB.c.id)).scalars())


def kind_of(tx: Connection, job_id: int) -> str:
    """The kind of this job; empty when there is none."""
    return str(tx.execute(select(JOB.c.kind).where(JOB.c.id == job_id)).scalar_one_or_none() or "")


def _is_free(now: datetime) -> ColumnElement[bool]:
    # A lease that ends later than any can was given by a clock that has been put back since.
    lost = and_(JOB.c.state == "running", or_(JOB.c.lease_until <= now, JOB.c.lease_until > now + 2 * LEASE))
    return or_(and_(JOB.c.state == "waiting", JOB.c.due_at <= now), lost)


def take(tx: Connection, job_id: int, worker: str, now: datetime) -> Claim | None:
    """Take the job for the time of a lease; None when another has it, or it is over.

    One that was taken too often and never came to an end is given up.
    """
    free = select(JOB).where(JOB.c.id == job_id, _is_free(now)).with_for_update(skip_locked=True)
    row = tx.execute(free).one_or_none()
    if row is None:
        return None
    if row.tries >= row.most_tries:
        over = {"state": "failed", "lease_until": None, "ended_at": now, "error": row.error or NEVER_ENDED}
        tx.execute(update(JOB).where(JOB.c.id == job_id).values(over))
        return None
    taken = {"state": "running", "worker": worker, "lease_until": now + LEASE, "begun_at": now}
    taken |= {"token": row.token + 1, "tries": row.tries + 1, "phase": "", "done": 0, "total": 0}
    tx.execute(update(JOB).where(JOB.c.id == job_id).values(taken))
    return Claim(row.id, row.kind, row.period, orjson.loads(row.args), row.token + 1)


class Running:
    """A job while it is done: its own way to the database, where every write proves that the job is still held."""

    def __init__(self, database: Database, claim: Claim, now: Now) -> None:
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
        """A write transaction that comes to nothing (Fenced) when the job was lost; it renews the lease."""
        with self.database.write() as tx:
            self._hold(tx, {"lease_until": self.now() + LEASE})
            yield tx

    @contextmanager
    def finishing(self, result: Mapping[str, Any] | None = None) -> Iterator[Connection]:
        """The write transaction that has the effect: the job is over with it, or neither is.

        `result` may be filled in on the way.
        """
        told = {} if result is None else result
        with self.database.write() as tx:
            self._hold(tx, {"lease_until": self.now() + LEASE})
            yield tx
            over = {"state": "done", "lease_until": None, "ended_at": self.now(), "error": ""}
            self._hold(tx, over | {"result": orjson.dumps(dict(told), option=orjson.OPT_SORT_KEYS).decode()})
        self.is_done = True

    def tell(self, phase: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is; the job stays held for another lease."""
        with self.database.write() as tx:
            self._hold(tx, {"phase": phase, "done": done, "total": total, "lease_until": self.now() + LEASE})

    def fail(self, why: str, *, is_final: bool = False) -> None:
        """Keep why it failed; it is tried again later unless that is useless or was done often enough."""
        error = why[:LONGEST_ERROR] or "no reason given"
        with self.database.write() as tx:
            row = tx.execute(select(JOB.c.tries, JOB.c.most_tries).where(*self._held())).one_or_none()
            if row is None or is_final or row.tries >= row.most_tries:
                values = {"state": "failed", "ended_at": self.now()}
            else:
                values = {"state": "waiting", "due_at": self.now() + AGAIN_AFTER * 2 ** (row.tries - 1)}
            self._hold(tx, values | {"lease_until": None, "error": error})

    def _held(self) -> tuple[ColumnElement[bool], ...]:
        return JOB.c.id == self.claim.id, JOB.c.token == self.claim.token, JOB.c.state == "running"

    def _hold(self, tx: Connection, values: Mapping[str, Any]) -> None:
        if not tx.execute(update(JOB).where(*self._held()).values(values)).rowcount:
            raise Fenced(f"job {self.claim.id} has another worker by now")


def let_go(tx: Connection, worker: str, now: datetime) -> int:
    """What this worker holds is free at once, because it ends; how many. Its own late writes come to nothing."""
    free = {"state": "waiting", "lease_until": None, "due_at": now, "token": JOB.c.token + 1, "tries": JOB.c.tries - 1}
    return int(tx.execute(update(JOB).where(JOB.c.worker == worker, JOB.c.state == "running").values(free)).rowcount)
