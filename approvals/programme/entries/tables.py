"""Monthly entries, and what counts of them.

Quantities, amounts, reached and expected nodes are rows that are only ever added: each counts from the moment at which
it was confirmed, so that any past day can be read again.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, Quantity, one_of, reference
from workflows.charts.monthly_entry import ENTRY


class MonthlyEntry(SQLModel, table=True):
    """What a task reports for a month; `reported` is the JSON of its last report, `amendment` of one that waits."""

    __tablename__ = "programme_entries"
    __table_args__ = (
        one_of("state", ENTRY.state_names),
        CheckConstraint("state = 'due' OR first_reported_at IS NOT NULL", name="reported_has_moment"),
        UniqueConstraint("task_id", "month"),
        Index("ix_programme_entries_month_state", "month", "state"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=reference("programme_tasks.id"))
    month: str  # 2026-05
    reported: str = Field(default="", sa_type=Text)
    amendment: str = Field(default="", sa_type=Text)
    amended_by: str = ""
    first_reported_at: datetime | None = Field(default=None, sa_type=Moment)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    money_confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


class SentReport(SQLModel, table=True):
    """One report of an entry: when it was sent, and whether every cell had a figure."""

    __tablename__ = "programme_reports"
    __table_args__ = (Index("ix_programme_reports_entry_id_id", "entry_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=reference("programme_entries.id"))
    is_complete: bool
    reported_at: datetime = Field(sa_type=Moment)


class ExpectedNode(SQLModel, table=True):
    """The day on which an open node will be reached, as a confirmed entry expects it."""

    __tablename__ = "programme_expected_nodes"
    __table_args__ = (Index("ix_programme_expected_nodes_node_id_month_id", "node_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=reference("programme_entries.id", index=True))
    node_id: int = Field(sa_column=reference("programme_nodes.id"))
    month: str
    expected_on: date
    counts_at: datetime = Field(sa_type=Moment)


class CountedQuantity(SQLModel, table=True):
    """A cumulative quantity that counts from a moment on; `value` is None where the entry says that it has none."""

    __tablename__ = "programme_quantities"
    __table_args__ = (Index("ix_programme_quantities_target_id_month_id", "target_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=reference("programme_entries.id", index=True))
    target_id: int = Field(sa_column=reference("programme_targets.id"))
    month: str
    value: Decimal | None = Field(default=None, sa_type=Quantity)
    counts_at: datetime = Field(sa_type=Moment)


class CountedAmount(SQLModel, table=True):
    """Cumulative money of a fund line that counts from a moment on; None where the entry says that it has no figure."""

    __tablename__ = "programme_amounts"
    __table_args__ = (Index("ix_programme_amounts_line_id_month_id", "line_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=reference("programme_entries.id", index=True))
    line_id: int = Field(sa_column=reference("programme_fund_lines.id"))
    month: str
    allocated: Decimal | None = Field(default=None, sa_type=Money)
    received: Decimal | None = Field(default=None, sa_type=Money)
    paid: Decimal | None = Field(default=None, sa_type=Money)
    counts_at: datetime = Field(sa_type=Moment)


class ReachedNode(SQLModel, table=True):
    """The day on which a node was reached, as known from a moment on; None where an amendment takes it back."""

    __tablename__ = "programme_reached_nodes"
    __table_args__ = (Index("ix_programme_reached_nodes_node_id_month_id", "node_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=reference("programme_entries.id", index=True))
    node_id: int = Field(sa_column=reference("programme_nodes.id"))
    month: str
    reached_on: date | None
    counts_at: datetime = Field(sa_type=Moment)
