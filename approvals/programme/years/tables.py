"""Outcomes beside the outputs of a year: what an office states of a category, with its source."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Quantity


class StatedOutcome(SQLModel, table=True):
    """The value of an outcome in a period, with the change on the year before in per cent.

    Rows are only ever added: of one outcome and period the last that counts on a day is the one told.
    """

    __tablename__ = "programme_outcomes"
    __table_args__ = (Index("ix_programme_outcomes_year_id", "year", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int
    category: str
    name: str
    unit: str
    period: str
    value: Decimal = Field(sa_type=Quantity)
    change: Decimal | None = Field(default=None, sa_type=Quantity)
    source: str
    reason: str = Field(default="", sa_type=Text)  # why it was corrected
    counts_at: datetime = Field(sa_type=Moment)
