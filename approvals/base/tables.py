"""Rows that know no business: number series, once-keys, plain facts of the installation, seals, and jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Index, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of

JOB_STATES = ("waiting", "running", "done", "failed")


def table_of(model: type[SQLModel]) -> Table:
    """The table of these rows."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert_once(tx: Connection, table: Table) -> Any:
    """An INSERT that leaves a row that is there as it is; a second writer of the same row waits for the first."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


class NumberSeries(SQLModel, table=True):
    """The last number given in a series; locked and raised in the transaction that uses the number."""

    __tablename__ = "number_series"

    series: str = Field(primary_key=True)
    last: int


class OnceKey(SQLModel, table=True):
    """A form or request that was carried out, and where its answer is, so that sending it twice has one effect."""

    __tablename__ = "once_keys"

    key: str = Field(primary_key=True)
    answer: str
    at: datetime = Field(sa_type=Moment, index=True)


class Fact(SQLModel, table=True):
    """A named fact of this installation, such as the demo's clock."""

    __tablename__ = "installation_facts"

    name: str = Field(primary_key=True)
    value: str


class Seal(SQLModel, table=True):
    """What a row said when it was written, as a salted digest; the seals of one stream are chained by `hash`.

    `key` is how the row is known in its stream. A row that was taken away has a last seal with an empty digest.
    """

    __tablename__ = "seals"
    __table_args__ = (UniqueConstraint("stream", "seq"), Index("ix_seals_stream_key_seq", "stream", "key", "seq"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    stream: str
    seq: int
    key: str
    at: datetime = Field(sa_type=Moment)
    salt: str
    digest: str
    hash: str


class JobRun(SQLModel, table=True):
    """One piece of work outside of any request, done once: `period` is the time it is for, or the key it was asked by.

    Whoever runs it holds it until `lease_until`, by a `token` that rises with every taking: who comes back after the
    lease finds a higher one and cannot commit. `tries` counts since it was last asked for, up to
    `most_tries`. `phase`, `done` and `total` say how far it is; `args` and `result` are JSON.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        one_of("state", JOB_STATES),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_lease"),
        CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="over_has_end"),
        CheckConstraint("state <> 'failed' OR error <> ''", name="failed_has_reason"),
        UniqueConstraint("kind", "period"),
        Index("ix_job_runs_state_kind_due_at_id", "state", "kind", "due_at", "id"),
        Index("ix_job_runs_kind_due_at", "kind", "due_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    kind: str
    period: str
    args: str = Field(default="{}", sa_type=Text)
    state: str
    due_at: datetime = Field(sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    begun_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    worker: str = ""
    token: int = 0
    tries: int = 0
    most_tries: int
    phase: str = ""
    done: int = 0
    total: int = 0
    result: str = Field(default="{}", sa_type=Text)
    error: str = Field(default="", sa_type=Text)
