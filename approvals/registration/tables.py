"""Approvals, planned when their project is registered, and who accompanies the project from then on."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.approval import APPROVAL
from workflows.config.catalogue import UNITS

STILL = text("until_at IS NULL")
LIT = text("state IN ('accepted', 'paused')")  # what has a light; little of all that there is
LIGHTS_FROM = ("reminder_from", "yellow_from", "red_from")  # so that a queue is counted by light off its index alone
IN_LIT = ("state", "yellow_from", "project_id", "red_from", "reminder_from", "department_id", "id")
IN_DECIDED = ("department_id", "state_since", "id")
DECIDED = text("state IN ('granted', 'refused', 'not_accepted')")
IN_PACE = ("decided_on", "department_id", "code", "used_days")  # all that the speed of decisions is calculated from
PACED = text("used_days IS NOT NULL")
IN_LAPSING = ("project_id", "lapses_on", "state")
IN_STILL = ("state", "still_left", "due_on", "id", "department_id")
HANDLED = text("handler_id IS NOT NULL")
LEFT = text("handler_left_at IS NOT NULL")
STANDS = text("still_left IS NOT NULL")  # the clock stands still
LAPSES = text("lapses_on IS NOT NULL")
OWING = text("owed_until IS NOT NULL")
ALARMED = text("owed_alarm_on IS NOT NULL")
CHECKED = text("check_on IS NOT NULL")
WATCHED = text("check_alarm_on IS NOT NULL")
NUMBERED = text("document_key IS NOT NULL")


class Approval(SQLModel, table=True):
    """One item of the catalogue for one project. `requires` is JSON of prerequisite codes that apply here; what is
    `after_works` opens only once the completion of the works was reported, too.

    Days from `received_on` to `used_days` follow from the history; they exist to sort and sweep by, are rebuilt by
    `calendar.queries.stored_days()` and checked by `guahao verify`. `*_from` is the first day on which the light is
    at least that colour.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        one_of("state", APPROVAL.state_names),
        one_of("legal_unit", UNITS),
        CheckConstraint("state NOT IN ('granted', 'refused') OR decided_on IS NOT NULL", name="decided_has_day"),
        CheckConstraint("state <> 'granted' OR document_no IS NOT NULL", name="granted_has_document"),
        CheckConstraint(
            "state NOT IN ('accepted', 'paused', 'granted', 'refused') OR accepted_on IS NOT NULL",
            name="accepted_has_day",
        ),
        CheckConstraint("promised_limit <= legal_limit", name="promised_within_legal"),
        UniqueConstraint("project_id", "code"),
        Index(
            "ix_approvals_department_id_state_due_on_id",
            *("department_id", "state", "due_on", "id", *LIGHTS_FROM, "handler_id"),
        ),
        Index("ix_approvals_state_due_on_id", "state", "due_on", "id", *LIGHTS_FROM),
        Index("ix_approvals_lit", *IN_LIT, sqlite_where=LIT, postgresql_where=LIT),
        Index("ix_approvals_decided", *IN_DECIDED, sqlite_where=DECIDED, postgresql_where=DECIDED),
        Index("ix_approvals_pace", *IN_PACE, sqlite_where=PACED, postgresql_where=PACED),
        Index("ix_approvals_lapsing", *IN_LAPSING, sqlite_where=LAPSES, postgresql_where=LAPSES),
        Index("ix_approvals_still", *IN_STILL, sqlite_where=STANDS, postgresql_where=STANDS),
        Index(
            "ix_approvals_document_key",
            "department_id",
            "document_key",
            sqlite_where=NUMBERED,
            postgresql_where=NUMBERED,
        ),
        Index("ix_approvals_owed", "owed_until", "id", sqlite_where=OWING, postgresql_where=OWING),
        Index("ix_approvals_owed_alarm_on", "owed_alarm_on", sqlite_where=ALARMED, postgresql_where=ALARMED),
        Index("ix_approvals_check", "check_on", "id", sqlite_where=CHECKED, postgresql_where=CHECKED),
        Index("ix_approvals_check_alarm_on", "check_alarm_on", sqlite_where=WATCHED, postgresql_where=WATCHED),
        Index("ix_approvals_alarm_on", "alarm_on"),
        Index("ix_approvals_handler_id", "handler_id", sqlite_where=HANDLED, postgresql_where=HANDLED),
        Index("ix_approvals_handler_left_at", "handler_left_at", sqlite_where=LEFT, postgresql_where=LEFT),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    code: str
    stage: int
    department_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    requires: str = Field(sa_type=Text)
    after_works: bool = False
    catalogue_edition: str
    promised_limit: int
    legal_limit: int
    legal_unit: str
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    round: int = 1
    document_no: str | None = None
    document_key: str | None = None  # the number, folded: one key for all ways to write it
    document_uid: str | None = None  # of the file that the grant carries
    document_on: date | None = None  # the day that the document bears, where it is another than that of the grant
    is_deemed: bool = False
    received_on: date | None = None
    accepted_on: date | None = None
    decided_on: date | None = None
    delivered_on: date | None = None
    notice_due_on: date | None = None
    promised_due_on: date | None = None
    legal_due_on: date | None = None
    delivery_due_on: date | None = None
    reminder_from: date | None = None
    yellow_from: date | None = None
    red_from: date | None = None
    lapses_on: date | None = None
    owed_until: date | None = None  # the day for what an acceptance left owed, until all of it is ticked off
    owed_alarm_on: date | None = None  # the day on which the system has next to say something of it
    check_on: date | None = None  # the day by which the promise of a grant is checked, while that is due
    check_alarm_on: date | None = None  # the day on which the system has next to say something of it
    calendar_edition: int = 0  # of the notices by which the days were counted; a decision keeps the one it was made by
    due_on: date | None = None  # of the clock that runs; of one that stands still, had it resumed with the last move
    still_left: int | None = None  # working days left to `due_on` while the clock stands still
    alarm_on: date | None = None
    struck_ground: str | None = Field(default=None, sa_type=Text)  # why it was struck from the plan, while it is
    handler_id: int | None = Field(
        default=None, sa_column=Column(Key, ForeignKey("people.id"))
    )  # expected to handle it
    handler_left_at: datetime | None = Field(default=None, sa_type=Moment)  # when the last one left, until another does
    used_days: int | None = None  # working days from the acceptance to the decision


class LiaisonTerm(SQLModel, table=True):
    """From when until when somebody accompanied a project; the open one is of whom `projects.liaison_id` names.

    `note` is the hand-over note of whoever changed the liaison, `by_id` that person.
    """

    __tablename__ = "liaison_terms"
    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_begins"),
        Index("uq_liaison_terms_open", "project_id", unique=True, sqlite_where=STILL, postgresql_where=STILL),
        Index("ix_liaison_terms_project_id_id", "project_id", "id"),
        Index("ix_liaison_terms_person_id_from_at", "person_id", "from_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
    from_at: datetime = Field(sa_type=Moment)
    until_at: datetime | None = Field(default=None, sa_type=Moment)
    note: str = Field(default="", sa_type=Text)
    by_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
