"""Tables of requests, contacts and duty shifts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.request import REQUEST

CHANNELS = ("phone", "visit", "wecom", "mail", "meeting")
TO_FOLLOW_UP = text("follow_up_on IS NOT NULL AND done_at IS NULL")
CLIMBING = text("climbs_at IS NOT NULL")


class Request(SQLModel, table=True):
    """A request of an owner; `no` counts within the project. Answers and further questions are in the history.

    `text`, `asked_at`, `due_at` and `responsible_id` are those of the last question; `climbs_at` is when it goes to the
    service centre, empty once it was answered or has gone there.
    """

    __tablename__ = "requests"
    __table_args__ = (
        one_of("state", REQUEST.state_names),
        CheckConstraint("state = 'raised' OR climbs_at IS NULL", name="only_raised_climbs"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered_has_moment"),
        UniqueConstraint("project_id", "no"),
        Index("ix_requests_climbs_at", "climbs_at", sqlite_where=CLIMBING, postgresql_where=CLIMBING),
        Index("ix_requests_state_due_at_id", "state", "due_at", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    no: int
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    text: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    climbs_at: datetime | None = Field(default=None, sa_type=Moment)
    climbed_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    responsible_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))


class Contact(SQLModel, table=True):
    """A line of the contact log. Nothing is deleted: a later line may strike this one, by `strikes_id`."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("channel", CHANNELS),
        UniqueConstraint("strikes_id"),
        Index("ix_contacts_project_id_at_id", "project_id", "at", "id"),
        Index("ix_contacts_recorded_at", "recorded_at"),
        Index("ix_contacts_follow_up_on", "follow_up_on", sqlite_where=TO_FOLLOW_UP, postgresql_where=TO_FOLLOW_UP),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    recorder_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    channel: str
    with_whom: str
    text: str = Field(sa_type=Text)
    is_shared: bool = False
    follow_up_on: date | None = None
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    done_by_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("people.id")))
    strikes_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("contacts.id")))


class Shift(SQLModel, table=True):
    """An officer's duty; no two shifts that stand overlap. One that was taken off the roster keeps its row."""

    __tablename__ = "duty_shifts"
    __table_args__ = (
        CheckConstraint("until_at > from_at", name="ends_after_it_begins"),
        Index("ix_duty_shifts_until_at", "until_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    from_at: datetime = Field(sa_type=Moment)
    until_at: datetime = Field(sa_type=Moment)
    entered_by_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
    entered_at: datetime = Field(sa_type=Moment)
    removed_by_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("people.id")))
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
