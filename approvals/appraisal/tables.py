"""Deductions: points taken off a unit for one event of the record, in one regime."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.deduction import DEDUCTION
from workflows.charts.deduction_terms import EVENT_KINDS, REGIMES


class Deduction(SQLModel, table=True):
    """Points for one event, unit and regime; exactly one row for each of these.

    `serial` counts the deductions of `year`. `event_key` names the event for good, `cause` the delay that it belongs
    to; `about` is how what happened is addressed, `chain` and `entry_seq` the entry of the record that says so.
    `object_by` is the last day of the objection that is open now, None before the unit is told.
    """

    __tablename__ = "deductions"
    __table_args__ = (
        one_of("state", DEDUCTION.state_names),
        one_of("event", EVENT_KINDS),
        one_of("regime", REGIMES),
        CheckConstraint("points < 0", name="points_are_taken_off"),
        CheckConstraint("state IN ('proposed', 'revoked') OR object_by IS NOT NULL", name="told_may_object"),
        UniqueConstraint("year", "serial"),
        UniqueConstraint("event_key", "unit_id", "regime"),
        Index("ix_deductions_unit_id_happened_on", "unit_id", "happened_on"),
        Index("ix_deductions_happened_on_id", "happened_on", "id"),
        Index("ix_deductions_state_id", "state", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int
    serial: int
    unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    regime: str
    event: str
    event_key: str
    cause: str
    about: str
    chain: int = Field(sa_column=Column(Key, nullable=False))
    entry_seq: int
    happened_on: date
    days: int
    rules: str  # the edition of the rule book
    points: int
    object_by: date | None = None
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
