"""Tables of escalations, cards, supervision orders, monthly words and the log of the sweep."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.order import ORDER
from workflows.charts.word import WORD
from workflows.config.policy import COLOURS
from workflows.rules.cards import RULES

SOURCES = ("escalation", "report", "bulletin")  # what an order may follow
ASKED_BY_BULLETIN = text("source_kind = 'bulletin'")
LIFTING = text("alarm_on IS NOT NULL")
STILL_LIFTS = text("state IN ('raised', 'answered')")  # no others are in the index by which the sweep finds them


class Escalation(SQLModel, table=True):
    """A late approval at one level; exactly one for each approval, round and level."""

    __tablename__ = "escalations"
    __table_args__ = (
        one_of("state", ESCALATION.state_names),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("state <> 'answered' OR commitment_on IS NOT NULL", name="answered_has_commitment"),
        UniqueConstraint("approval_id", "round", "level"),
        Index("ix_escalations_level_state_raised_on_id", "level", "state", "raised_on", "id"),
        Index("ix_escalations_state_since", "state_since"),
        Index("ix_escalations_lift_on", "lift_on", sqlite_where=STILL_LIFTS, postgresql_where=STILL_LIFTS),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False, index=True))
    approval_id: int = Field(sa_column=Column(Key, ForeignKey("approvals.id"), nullable=False))
    round: int
    level: int
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    light: str
    raised_on: date
    answer_due_on: date
    reason: str = Field(default="", sa_type=Text)
    commitment_on: date | None = None
    lift_on: date | None = None


class Card(SQLModel, table=True):
    """A card shown to the department of an approval; exactly one for each approval, round and rule."""

    __tablename__ = "cards"
    __table_args__ = (
        one_of("state", CARD.state_names),
        one_of("rule", RULES),
        one_of("colour", COLOURS),
        CheckConstraint("appeal_by >= shown_on", name="appeal_after_shown"),
        UniqueConstraint("approval_id", "round", "rule"),
        Index("ix_cards_shown_on_id", "shown_on", "id"),
        Index("ix_cards_state_appeal_by_id", "state", "appeal_by", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False, index=True))
    approval_id: int = Field(sa_column=Column(Key, ForeignKey("approvals.id"), nullable=False))
    round: int
    rule: str
    colour: str
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    shown_on: date
    appeal_by: date


class Order(SQLModel, table=True):
    """A supervision order to a department: about an approval, about a project, or at large.

    `serial` counts the orders of `year`; `level` keeps the order and accepts the answer. `alarm_on` is when it is
    reported as unanswered next, `lifted_to` the highest level that heard of it since it was issued or sent back.
    `source_ref` is how that is addressed which it follows, for what a bulletin asks at most one order. `round` is the
    approval's when the order was issued.
    """

    __tablename__ = "orders"
    __table_args__ = (
        one_of("state", ORDER.state_names),
        one_of("source_kind", ("", *SOURCES)),
        CheckConstraint("level BETWEEN 2 AND 3", name="level"),
        CheckConstraint("lifted_to BETWEEN 3 AND 4", name="lifted_to"),
        CheckConstraint("approval_id IS NULL OR project_id IS NOT NULL", name="approval_has_project"),
        CheckConstraint("state IN ('issued', 'sent_back') OR alarm_on IS NULL", name="only_unanswered_lifts"),
        UniqueConstraint("year", "serial"),
        Index("ix_orders_alarm_on", "alarm_on", sqlite_where=LIFTING, postgresql_where=LIFTING),
        Index("ix_orders_department_id_state_id", "department_id", "state", "id"),
        Index(
            "uq_orders_bulletin",
            "source_ref",
            unique=True,
            sqlite_where=ASKED_BY_BULLETIN,
            postgresql_where=ASKED_BY_BULLETIN,
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int
    serial: int
    project_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("projects.id"), index=True))
    approval_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("approvals.id"), index=True))
    round: int
    department_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    level: int
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    subject: str
    demands: str = Field(sa_type=Text)
    issued_on: date
    due_on: date
    alarm_on: date | None = None
    lifted_to: int | None = None
    source_kind: str = ""
    source_ref: str = ""


class MonthWord(SQLModel, table=True):
    """The month's word on a joint project, one for each month; both units' signatures stand under the same text."""

    __tablename__ = "month_words"
    __table_args__ = (
        one_of("state", WORD.state_names),
        CheckConstraint("signed_unit_id <> written_unit_id", name="two_units_sign"),
        CheckConstraint("(state = 'signed') = (signed_unit_id IS NOT NULL)", name="signed_has_signature"),
        UniqueConstraint("project_id", "month"),
        Index("ix_month_words_month_id", "month", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    month: str  # 2026-03
    text: str = Field(sa_type=Text)
    written_unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    signed_unit_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("units.id")))
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


class SweepRun(SQLModel, table=True):
    """One run of the sweep: when, how long, and what it did."""

    __tablename__ = "sweep_runs"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    swept_to: datetime = Field(sa_type=Moment)
    begun_at: datetime = Field(sa_type=Moment, index=True)
    ended_at: datetime = Field(sa_type=Moment)
    counts: str = Field(sa_type=Text)
