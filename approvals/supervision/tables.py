"""Escalations, cards, and the sweep's own record."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.card import CARD
from workflows.cards import RULES
from workflows.escalation import ESCALATION
from workflows.policy import COLOURS


class Escalation(SQLModel, table=True):
    """A late approval at one level; exactly one for each approval, round and level."""

    __tablename__ = "escalations"
    __table_args__ = (
        one_of("state", ESCALATION.state_names),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("state <> 'answered' OR commitment_on IS NOT NULL", name="answered_has_commitment"),
        UniqueConstraint("approval_id", "round", "level"),
        Index("ix_escalations_level_state_raised_on_id", "level", "state", "raised_on", "id"),
        Index("ix_escalations_lift_on", "lift_on"),
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


class SweepRun(SQLModel, table=True):
    """One run of the sweep: when, how long, and what it did."""

    __tablename__ = "sweep_runs"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    swept_to: datetime = Field(sa_type=Moment)
    begun_at: datetime = Field(sa_type=Moment, index=True)
    ended_at: datetime = Field(sa_type=Moment)
    counts: str = Field(sa_type=Text)
