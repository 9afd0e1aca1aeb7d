"""What changes in the plan of an item beside its baseline: new plans, and whose the days of late nodes are.

What counts are rows that are only ever added, each from the moment at which it was confirmed.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, one_of, reference
from workflows.charts.programme_terms import PARTIES

ASKED = text("state = 'asked'")
REPLAN_STATES = ("asked", "confirmed", "refused")
DIVISION_STATES = ("asked", "confirmed", "declined")


class Replan(SQLModel, table=True):
    """A new plan that the lead unit asks for: `asked_for` is the JSON of its nodes, fund lines and days by party."""

    __tablename__ = "programme_replans"
    __table_args__ = (
        one_of("state", REPLAN_STATES),
        Index("uq_programme_replans_asked", "item_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
        Index("ix_programme_replans_item_id_id", "item_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=reference("programme_items.id"))
    state: str
    cause: str
    reason: str = Field(sa_type=Text)
    asked_for: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class ReplannedNode(SQLModel, table=True):
    """The day of a node in a confirmed replan."""

    __tablename__ = "programme_replanned_nodes"
    __table_args__ = (
        UniqueConstraint("replan_id", "node_id"),
        Index("ix_programme_replanned_nodes_node_id", "node_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    replan_id: int = Field(sa_column=reference("programme_replans.id"))
    node_id: int = Field(sa_column=reference("programme_nodes.id"))
    planned_on: date
    counts_at: datetime = Field(sa_type=Moment)


class ReplannedFund(SQLModel, table=True):
    """The amount of a fund line in a confirmed replan."""

    __tablename__ = "programme_replanned_funds"
    __table_args__ = (
        UniqueConstraint("replan_id", "line_id"),
        Index("ix_programme_replanned_funds_line_id", "line_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    replan_id: int = Field(sa_column=reference("programme_replans.id"))
    line_id: int = Field(sa_column=reference("programme_fund_lines.id"))
    planned_10k_yuan: Decimal = Field(sa_type=Money)
    counts_at: datetime = Field(sa_type=Moment)


class DayDivision(SQLModel, table=True):
    """Whose the days of late nodes are, as the lead unit proposes: `asked_for` is the JSON of the days by party."""

    __tablename__ = "programme_day_divisions"
    __table_args__ = (
        one_of("state", DIVISION_STATES),
        Index("uq_programme_day_divisions_asked", "item_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
        Index("ix_programme_day_divisions_item_id_id", "item_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=reference("programme_items.id"))
    state: str
    note: str = Field(sa_type=Text)
    asked_for: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class PartyDays(SQLModel, table=True):
    """Days of a node that are one party's, of a confirmed division or a confirmed new plan, in their order."""

    __tablename__ = "programme_party_days"
    __table_args__ = (
        one_of("party", PARTIES),
        CheckConstraint("(division_id IS NULL) <> (replan_id IS NULL)", name="of_division_or_replan"),
        Index("ix_programme_party_days_node_id_id", "node_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    division_id: int | None = Field(
        default=None, sa_column=reference("programme_day_divisions.id", nullable=True, index=True)
    )
    replan_id: int | None = Field(default=None, sa_column=reference("programme_replans.id", nullable=True, index=True))
    node_id: int = Field(sa_column=reference("programme_nodes.id"))
    party: str
    days: int
    counts_at: datetime = Field(sa_type=Moment)
