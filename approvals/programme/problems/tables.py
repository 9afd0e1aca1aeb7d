"""Problems of the programme: what hinders, of whom help is asked, and each word on it.

A problem stands in the chain of the item under which it was raised. The words are rows that are only ever added, so
that any past day can be read again; the columns of a problem say how it stands now. All of it follows from the history.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of, reference
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_terms import PROBLEM_KINDS


class Problem(SQLModel, table=True):
    """A problem; `number` counts those of the item. `said_at` is the last word on it.

    `asked` is what is asked of a unit or of a person's office, `answered_at` when they answered; `order_ref` is the
    supervision order that came of it.
    """

    __tablename__ = "programme_problems"
    __table_args__ = (
        one_of("state", PROBLEM.state_names),
        one_of("kind", PROBLEM_KINDS),
        CheckConstraint("answered_at IS NULL OR asked_at IS NOT NULL", name="answered_was_asked"),
        UniqueConstraint("item_id", "number"),
        Index("ix_programme_problems_state_said_at", "state", "said_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    item_id: int = Field(sa_column=reference("programme_items.id"))
    number: int
    kind: str
    text: str = Field(sa_type=Text)
    since_on: date
    expected_on: date | None = None
    asked_unit_id: int | None = Field(default=None, sa_column=reference("units.id", nullable=True, index=True))
    asked_office: str = ""
    asked: str = Field(default="", sa_type=Text)
    asked_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    order_ref: str = ""
    said_at: datetime = Field(sa_type=Moment)
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str


class ProblemWord(SQLModel, table=True):
    """What somebody did with a problem, and said: `move` is that of the chart, `asked_of` whom it asked.

    A text that is empty says that nothing has changed.
    """

    __tablename__ = "programme_problem_words"
    __table_args__ = (Index("ix_programme_problem_words_problem_id_id", "problem_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    problem_id: int = Field(sa_column=reference("programme_problems.id"))
    move: str
    text: str = Field(default="", sa_type=Text)
    asked_of: str = ""
    said_by: str  # user name
    said_at: datetime = Field(sa_type=Moment)


class ProblemTask(SQLModel, table=True):
    """A task that a problem holds up, of its item or of another one."""

    __tablename__ = "programme_problem_tasks"
    __table_args__ = (UniqueConstraint("problem_id", "task_id"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    problem_id: int = Field(sa_column=reference("programme_problems.id"))
    task_id: int = Field(sa_column=reference("programme_tasks.id", index=True))


class ProblemProject(SQLModel, table=True):
    """A project of the street that a problem holds up, by the internal id that it keeps."""

    __tablename__ = "programme_problem_projects"
    __table_args__ = (UniqueConstraint("problem_id", "project_uid"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    problem_id: int = Field(sa_column=reference("programme_problems.id"))
    project_uid: str
