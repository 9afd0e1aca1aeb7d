"""The append-only record of all moves, chained project by project, and the notices that go out with them."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.registry import CHARTS

# What the clock of an approval reads of its record; no other chart has a move of this name.
OF_CLOCK = text("(subject = 'approval' OR move = 'confirm_correction')")
BEGINS = text("seq = 1")  # the entry with which a chain begins
HALTS = text("subject = 'project' AND move IN ('suspend', 'resume')")  # what stops all clocks of a project


class Chain(SQLModel, table=True):
    """The head of a project's chain; its lock orders the writers of one project."""

    __tablename__ = "history_chains"

    project_id: int = Field(sa_column=Column(Key, primary_key=True, autoincrement=False))
    seq: int
    head: str
    last_at: datetime = Field(sa_type=Moment)


class Entry(SQLModel, table=True):
    """One move. `facts` is canonical JSON; `digest` stands for actor and facts in the chain, salted by `salt`.

    `via` is the interface through which it came; `told` is JSON of the label and the audiences of its notices. Both are
    empty in entries of before they were kept.
    """

    __tablename__ = "history_entries"
    __table_args__ = (
        one_of("subject", CHARTS),
        UniqueConstraint("project_id", "seq"),
        Index("ix_history_entries_approval_id_seq", "approval_id", "seq"),
        Index("ix_history_entries_at", "at", "subject", "move"),
        Index("ix_history_entries_first", "at", "project_id", sqlite_where=BEGINS, postgresql_where=BEGINS),
        Index("ix_history_entries_halts", "project_id", sqlite_where=HALTS, postgresql_where=HALTS),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, nullable=False))
    seq: int
    subject: str
    subject_id: int = Field(sa_column=Column(Key, nullable=False))
    approval_id: int | None = Field(default=None, sa_column=Column(Key))
    round: int
    move: str
    from_state: str
    to_state: str
    actor: str
    role: str
    unit: str
    at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    facts: str = Field(sa_type=Text)
    salt: str
    digest: str
    via: str | None = None
    told: str | None = Field(default=None, sa_type=Text)
    hash: str


class NoticeRow(SQLModel, table=True):
    """An outgoing notice of a move to one audience; written with the move or not at all."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_audience_unit_id_id", "audience", "unit_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, nullable=False))
    seq: int
    audience: str
    unit_id: int = Field(sa_column=Column(Key, nullable=False))  # the unit or, for a liaison, the person; 0 is all
    approval_id: int | None = Field(default=None, sa_column=Column(Key))
    move: str
    label: str
    at: datetime = Field(sa_type=Moment)


class DailyRoot(SQLModel, table=True):
    """The root of the whole record at one moment of a day, which follows the root of the day before.

    `last_entry` is the newest entry then, `seals` JSON of the number of the last seal of each stream.
    """

    __tablename__ = "daily_roots"

    day: date = Field(primary_key=True)
    kept_at: datetime = Field(sa_type=Moment)
    last_entry: int = Field(sa_column=Column(Key, nullable=False))
    seals: str = Field(sa_type=Text)
    root: str
