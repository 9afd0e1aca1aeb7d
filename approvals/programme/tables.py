"""The year's programme: items, their tasks with plan and entries, and what counts of them from which moment on.

What is promised is frozen when the item is adopted; what is replanned stands beside it. Quantities, amounts and reached
nodes are rows that are only ever added: each counts from the moment at which it was confirmed, so that any past day
can be read again. All of it follows from the history, as `guahao verify` checks.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, Quantity, one_of
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, ITEM_KINDS, ITEM_LEVELS, PARTIES, RHYTHMS, SOURCES
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.reminder import REMINDER

ASKED = text("state = 'asked'")
REPLAN_STATES = ("asked", "confirmed", "refused")
DIVISION_STATES = ("asked", "confirmed", "declined")


def _key(*, refers_to: str | None = None, nullable: bool = False, index: bool = False) -> Column[int]:
    foreign = [ForeignKey(refers_to)] if refers_to else []
    return Column(Key, *foreign, nullable=nullable, index=index)


def _of_one(refers_to: str) -> Column[int]:
    return _key(refers_to=refers_to, nullable=True, index=True)


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
    lead_unit_id: int = Field(sa_column=_key(refers_to="units.id", index=True))
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
    item_id: int = Field(sa_column=_key(refers_to="programme_items.id"))
    code: str
    unit_id: int = Field(sa_column=_key(refers_to="units.id", index=True))
    reporter_id: int | None = Field(default=None, sa_column=_key(refers_to="people.id", nullable=True))
    rhythm: str


class TaskPerson(SQLModel, table=True):
    """Who is responsible for a task, from when until when."""

    __tablename__ = "programme_task_people"
    __table_args__ = (Index("ix_programme_task_people_task_id_id", "task_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id"))
    person_id: int = Field(sa_column=_key(refers_to="people.id", index=True))
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
    item_id: int = Field(sa_column=_key(refers_to="programme_items.id"))
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
    indicator_id: int = Field(sa_column=_key(refers_to="programme_indicators.id"))
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id", index=True))
    target: Decimal | None = Field(default=None, sa_type=Quantity)


class ProgrammeNode(SQLModel, table=True):
    """A time node of a task; `planned_on` is the baseline's day and never changes after `adopt`.

    With `approval_code` it is reached by the grant of this approval of the project that names the item; `after` is the
    node before which it cannot be planned.
    """

    __tablename__ = "programme_nodes"
    __table_args__ = (UniqueConstraint("task_id", "name"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id"))
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
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id"))
    source: str
    mode: str = ""
    is_fiscal: bool
    planned_10k_yuan: Decimal = Field(sa_type=Money)


class Replan(SQLModel, table=True):
    """A new plan that the lead unit asks for: `asked_for` is the JSON of its nodes, fund lines and days by party."""

    __tablename__ = "programme_replans"
    __table_args__ = (
        one_of("state", REPLAN_STATES),
        Index("uq_programme_replans_asked", "item_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
        Index("ix_programme_replans_item_id_id", "item_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=_key(refers_to="programme_items.id"))
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
    replan_id: int = Field(sa_column=_key(refers_to="programme_replans.id"))
    node_id: int = Field(sa_column=_key(refers_to="programme_nodes.id"))
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
    replan_id: int = Field(sa_column=_key(refers_to="programme_replans.id"))
    line_id: int = Field(sa_column=_key(refers_to="programme_fund_lines.id"))
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
    item_id: int = Field(sa_column=_key(refers_to="programme_items.id"))
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
    division_id: int | None = Field(default=None, sa_column=_of_one("programme_day_divisions.id"))
    replan_id: int | None = Field(default=None, sa_column=_of_one("programme_replans.id"))
    node_id: int = Field(sa_column=_key(refers_to="programme_nodes.id"))
    party: str
    days: int
    counts_at: datetime = Field(sa_type=Moment)


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
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id"))
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
    entry_id: int = Field(sa_column=_key(refers_to="programme_entries.id"))
    is_complete: bool
    reported_at: datetime = Field(sa_type=Moment)


class ExpectedNode(SQLModel, table=True):
    """The day on which an open node will be reached, as a confirmed entry expects it."""

    __tablename__ = "programme_expected_nodes"
    __table_args__ = (Index("ix_programme_expected_nodes_node_id_month_id", "node_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=_key(refers_to="programme_entries.id", index=True))
    node_id: int = Field(sa_column=_key(refers_to="programme_nodes.id"))
    month: str
    expected_on: date
    counts_at: datetime = Field(sa_type=Moment)


class CountedQuantity(SQLModel, table=True):
    """A cumulative quantity that counts from a moment on; `value` is None where the entry says that it has none."""

    __tablename__ = "programme_quantities"
    __table_args__ = (Index("ix_programme_quantities_target_id_month_id", "target_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=_key(refers_to="programme_entries.id", index=True))
    target_id: int = Field(sa_column=_key(refers_to="programme_targets.id"))
    month: str
    value: Decimal | None = Field(default=None, sa_type=Quantity)
    counts_at: datetime = Field(sa_type=Moment)


class CountedAmount(SQLModel, table=True):
    """Cumulative money of a fund line that counts from a moment on; None where the entry says that it has no figure."""

    __tablename__ = "programme_amounts"
    __table_args__ = (Index("ix_programme_amounts_line_id_month_id", "line_id", "month", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    entry_id: int = Field(sa_column=_key(refers_to="programme_entries.id", index=True))
    line_id: int = Field(sa_column=_key(refers_to="programme_fund_lines.id"))
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
    entry_id: int = Field(sa_column=_key(refers_to="programme_entries.id", index=True))
    node_id: int = Field(sa_column=_key(refers_to="programme_nodes.id"))
    month: str
    reached_on: date | None
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


class MonthException(SQLModel, table=True):
    """A closed month that is open again for one task, until a day."""

    __tablename__ = "programme_exceptions"
    __table_args__ = (Index("ix_programme_exceptions_task_id_month", "task_id", "month"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    task_id: int = Field(sa_column=_key(refers_to="programme_tasks.id"))
    month: str
    until_on: date
    reason: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Moment)
