"""The year's programme: items, and their tasks with what is planned of them.

What is promised is frozen when the item is adopted; what is replanned stands beside it. All of it follows from the
history, as `guahao verify` checks.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, Quantity, one_of, reference
from workflows.charts.item import ITEM
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, ITEM_KINDS, ITEM_LEVELS, RHYTHMS, SOURCES


class ProgrammeItem(SQLModel, table=True):
    """One item: what was promised for the year. Amounts are in 10,000 yuan.

    `planned_10k_yuan` is the amount that was named with the item; without it the fund lines are the plan.
    `in_use_asked` is how often it was asked since the works were verified whether they are in use.
    """

    __tablename__ = "programme_items"
    __table_args__ = (
        one_of("state", ITEM.state_names),
        one_of("kind", ITEM_KINDS),
        one_of("level", ITEM_LEVELS),
        UniqueConstraint("year", "item_no"),
        Index("ix_programme_items_year_state", "year", "state"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int
    item_no: str
    name: str
    category: str
    level: str
    kind: str
    lead_unit_id: int = Field(sa_column=reference("units.id", index=True))
    leader: str = ""
    origin: str = ""
    is_practical_matter: bool
    is_key: bool
    is_urgent: bool
    starts_on: date | None = None
    finishes_on: date | None = None
    planned_10k_yuan: Decimal | None = Field(default=None, sa_type=Money)
    is_taken_over: bool = False
    adopted_at: datetime | None = Field(default=None, sa_type=Moment)
    in_use_asked: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


class ProgrammeTask(SQLModel, table=True):
    """An item in one county or unit: `code` is the county's division code, or what the item calls it."""

    __tablename__ = "programme_tasks"
    __table_args__ = (one_of("rhythm", RHYTHMS), UniqueConstraint("item_id", "code"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=reference("programme_items.id"))
    code: str
    unit_id: int = Field(sa_column=reference("units.id", index=True))
    reporter_id: int | None = Field(default=None, sa_column=reference("people.id", nullable=True))
    rhythm: str


class TaskPerson(SQLModel, table=True):
    """Who is responsible for a task, from when until when."""

    __tablename__ = "programme_task_people"
    __table_args__ = (Index("ix_programme_task_people_task_id_id", "task_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=reference("programme_tasks.id"))
    person_id: int = Field(sa_column=reference("people.id", index=True))
    from_at: datetime = Field(sa_type=Moment)
    until_at: datetime | None = Field(default=None, sa_type=Moment)
    note: str = Field(default="", sa_type=Text)


class ProgrammeIndicator(SQLModel, table=True):
    """What is counted: unit, decimals, how it adds up over tasks, and whether more or less is better."""

    __tablename__ = "programme_indicators"
    __table_args__ = (
        one_of("adds_up", ADDS_UP),
        one_of("direction", DIRECTIONS),
        UniqueConstraint("item_id", "name"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=reference("programme_items.id"))
    name: str
    definition: str = Field(default="", sa_type=Text)
    unit: str
    decimals: int
    adds_up: str
    direction: str
    source: str = ""


class ProgrammeTarget(SQLModel, table=True):
    """What a task is to reach of an indicator by the end of the year; `target` is None where none was set."""

    __tablename__ = "programme_targets"
    __table_args__ = (UniqueConstraint("indicator_id", "task_id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    indicator_id: int = Field(sa_column=reference("programme_indicators.id"))
    task_id: int = Field(sa_column=reference("programme_tasks.id", index=True))
    target: Decimal | None = Field(default=None, sa_type=Quantity)


class ProgrammeNode(SQLModel, table=True):
    """A time node of a task; `planned_on` is the baseline's day and never changes after `adopt`.

    With `approval_code` it is reached by the grant of this approval of the project that names the item; `after` is the
    node before which it cannot be planned.
    """

    __tablename__ = "programme_nodes"
    __table_args__ = (UniqueConstraint("task_id", "name"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=reference("programme_tasks.id"))
    name: str
    planned_on: date
    who: str = ""
    needs_evidence: bool = False
    after: str = ""
    project_ref: str = ""
    approval_code: str = ""


class FundLine(SQLModel, table=True):
    """Money of a task by its source; `planned_10k_yuan` is the baseline's."""

    __tablename__ = "programme_fund_lines"
    __table_args__ = (one_of("source", SOURCES), UniqueConstraint("task_id", "source"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=reference("programme_tasks.id"))
    source: str
    mode: str = ""
    is_fiscal: bool
    planned_10k_yuan: Decimal = Field(sa_type=Money)
