"""Years of the programme: closed months, last year's totals, reminders, and outcomes with their source."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, Quantity, one_of, reference
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.reminder import REMINDER


class ProgrammeYear(SQLModel, table=True):
    """A year whose months are closed one after the other."""

    __tablename__ = "programme_years"
    __table_args__ = (one_of("state", PROGRAMME.state_names), UniqueConstraint("year"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


class ClosedMonth(SQLModel, table=True):
    """A month that was closed: nobody reports for it any more without an exception."""

    __tablename__ = "programme_closed_months"
    __table_args__ = (UniqueConstraint("month"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    month: str  # 2026-05
    closed_at: datetime = Field(sa_type=Moment)


class MonthException(SQLModel, table=True):
    """A closed month that is open again for one task, until a day."""

    __tablename__ = "programme_exceptions"
    __table_args__ = (Index("ix_programme_exceptions_task_id_month", "task_id", "month"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=reference("programme_tasks.id"))
    month: str
    until_on: date
    reason: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Moment)


class LastYearTotals(SQLModel, table=True):
    """The totals of the year before, typed with their source; the last record that counts on a day is the one told."""

    __tablename__ = "programme_last_years"
    __table_args__ = (Index("ix_programme_last_years_year_id", "year", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int  # beside whose figures they stand
    planned: Decimal = Field(sa_type=Money)
    fiscal: Decimal = Field(sa_type=Money)
    executed: Decimal | None = Field(default=None, sa_type=Money)
    source: str
    counts_at: datetime = Field(sa_type=Moment)


class SentReminder(SQLModel, table=True):
    """One reminder of all units together that had not reported for a month, on its day."""

    __tablename__ = "programme_reminders"
    __table_args__ = (one_of("state", REMINDER.state_names), UniqueConstraint("month", "move"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    month: str
    move: str
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


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
