"""Corrections of wrong days."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.correction import CORRECTION
from workflows.rules.corrections import CORRECTABLE

OPEN = text("state = 'proposed'")


class Correction(SQLModel, table=True):
    """A day that one person found wrong, to be confirmed by another; at most one of an approval waits at a time.

    `entry` is the number, in the project's record, of the entry whose day it is.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        one_of("state", CORRECTION.state_names),
        one_of("moved", CORRECTABLE),
        CheckConstraint("right_on <> was_on", name="another_day"),
        Index("uq_corrections_open", "approval_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_corrections_approval_id_id", "approval_id", "id"),
        Index("ix_corrections_state_id", "state", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    approval_id: int = Field(sa_column=Column(Key, ForeignKey("approvals.id"), nullable=False))
    round: int
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    entry: int
    moved: str
    was_on: date
    right_on: date
    reason: str = Field(sa_type=Text)
    proposed_by: str  # user name
    proposed_as: str  # role
