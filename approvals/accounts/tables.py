"""Units, people, their roles, and how they sign in."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.roles import ROLE_NAMES

UNIT_KINDS = (
    "owner",
    "county",
    "department",
    "service_centre",
    "supervision_office",
    "city_government",
    "administration",
)
LANGUAGES = ("zh_Hans", "en")
STILL = text("until_at IS NULL")
REQUEST_KINDS = (
    "reset",
    "roles",
    "move",
    "deactivate",
    "activate",
    "second_factor",
)  # what a second administrator confirms
ASKED = text("state = 'asked'")
ABSENCE_KINDS = ("annual", "sick", "personal", "duty", "training", "other")


class Unit(SQLModel, table=True):
    """A unit that people work in; a department's windows are named by it. `name` is the one of today.

    `successor_id` is the unit into which it was merged: it has taken over what was open. `former_ids` are the ids of
    the units that were merged into this one, as `3 17`: people see what was closed there.
    """

    __tablename__ = "units"
    __table_args__ = (one_of("kind", UNIT_KINDS), UniqueConstraint("name"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    name: str
    name_en: str = ""
    kind: str
    successor_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("units.id"), index=True))
    former_ids: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))


class UnitRenaming(SQLModel, table=True):
    """A name of a unit, from a day on; those of before the first renaming hold from the beginning.

    A unit that was never renamed has none. `recorded_at` is when the city learnt of it: figures of before keep theirs.
    """

    __tablename__ = "unit_names"
    __table_args__ = (UniqueConstraint("unit_id", "from_on"), Index("ix_unit_names_name", "name"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    name: str
    name_en: str = ""
    from_on: date
    recorded_at: datetime = Field(sa_type=Moment)


class Person(SQLModel, table=True):
    """Somebody who signs in. The password is an argon2 hash; `seen_notice_id` is the last notice that was read.

    `must_change_password` is true of a password that an administrator knows; it holds until `password_ends_at`.
    """

    __tablename__ = "people"
    __table_args__ = (one_of("language", LANGUAGES), UniqueConstraint("username"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False, index=True))
    username: str
    name: str
    phone: str = ""
    email: str = ""
    password_hash: str = ""
    language: str = "zh_Hans"
    is_active: bool = True
    must_change_password: bool = False
    password_ends_at: datetime | None = Field(default=None, sa_type=Moment)
    seen_notice_id: int = Field(default=0, sa_column=Column(Key, nullable=False, default=0))


class RoleGrant(SQLModel, table=True):
    """A role that a person holds in their unit."""

    __tablename__ = "role_grants"
    __table_args__ = (one_of("role", ROLE_NAMES),)

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True))
    role: str = Field(primary_key=True)


class Appointment(SQLModel, table=True):
    """Who held which role in which unit, from when until when. The open rows are the roles of those who are active."""

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("role", ROLE_NAMES),
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_begins"),
        Index("uq_appointments_open", "person_id", "role", unique=True, sqlite_where=STILL, postgresql_where=STILL),
        Index("ix_appointments_person_id_from_at", "person_id", "from_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
    unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    role: str
    from_at: datetime = Field(sa_type=Moment)
    until_at: datetime | None = Field(default=None, sa_type=Moment)


class SignIn(SQLModel, table=True):
    """A session on the server; the cookie holds only a token, of which the digest is kept.

    `browser` is what the browser calls itself. `confirmed_at` is when the password was last given in it.
    """

    __tablename__ = "sign_ins"

    digest: str = Field(primary_key=True)
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    begun_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment, index=True)
    address: str = ""
    browser: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)


class SignInAttempt(SQLModel, table=True):
    """A refused password, counted by account and address; `device` is the known browser that it came from, if any."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_account_at", "account", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    account: str
    address: str
    device: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))
    at: datetime = Field(sa_type=Moment)


class CalendarFeed(SQLModel, table=True):
    """A secret address of a person's due dates, of which only the digest is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("digest"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    digest: str
    made_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class AccessToken(SQLModel, table=True):
    """A bearer token of a person, for programs; only its digest is kept. `used_at` is exact to some minutes.

    `unit_ids`, as `3 17`, are the units whose people it may speak for, `moves` what it may make, as `submit accept`;
    empty is no limit. From `ends_at` on it is worth nothing.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (UniqueConstraint("digest"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    digest: str
    label: str = ""
    made_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    used_from: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))
    unit_ids: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))
    moves: str = Field(default="", sa_column=Column(String, nullable=False, default="", server_default=""))
    ends_at: datetime | None = Field(default=None, sa_type=Moment)


class SecondFactor(SQLModel, table=True):
    """The secret that a person's device makes codes from; `last_step` is that of the last code that was taken."""

    __tablename__ = "second_factors"

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True, autoincrement=False))
    secret: str
    last_step: int = Field(default=0, sa_column=Column(Key, nullable=False, default=0))
    set_at: datetime = Field(sa_type=Moment)


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the device, once; only its digest is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("digest"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    digest: str
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class PasswordLink(SQLModel, table=True):
    """The secret by which a person chooses a new password, one at a time; only its digest is kept."""

    __tablename__ = "password_links"
    __table_args__ = (UniqueConstraint("digest"),)

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True, autoincrement=False))
    digest: str
    ends_at: datetime = Field(sa_type=Moment)


class AccountRequest(SQLModel, table=True):
    """What one administrator asks of an account and a second one confirms; `details` is JSON."""

    __tablename__ = "account_requests"
    __table_args__ = (
        one_of("kind", REQUEST_KINDS),
        one_of("state", ("asked", "confirmed", "declined")),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        CheckConstraint("decided_by <> asked_by", name="decided_by_another"),
        Index("uq_account_requests_open", "person_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    kind: str
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    details: str = Field(sa_type=Text)
    asked_by: str
    asked_at: datetime = Field(sa_type=Moment)
    state: str
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class TokenCall(SQLModel, table=True):
    """A call of a program that changed something or was refused. `refused` counts the lines of a feed that were."""

    __tablename__ = "token_calls"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    token_id: int = Field(sa_column=Column(Key, ForeignKey("access_tokens.id"), nullable=False, index=True))
    at: datetime = Field(sa_type=Moment)
    method: str
    path: str
    status: int
    lines: int = 0
    refused: int = 0
    address: str = ""


class AccountEvent(SQLModel, table=True):
    """What happened to accounts: sign-ins, roles given and taken, passwords, tokens; read by the auditor."""

    __tablename__ = "account_events"
    __table_args__ = (Index("ix_account_events_subject_event_at", "subject", "event", "at"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    at: datetime = Field(sa_type=Moment, index=True)
    actor: str
    event: str
    subject: str = ""
    detail: str = ""
    address: str = ""


class Absence(SQLModel, table=True):
    """Somebody's leave, and who stands in for them. `until_on` None is until further notice.

    `ended_on` is the day from which the person was back before the time. A deputy who has not confirmed does not count.
    Nothing else of a row changes once it is written, so that who was on duty on a past day stays known.
    """

    __tablename__ = "absences"
    __table_args__ = (
        one_of("kind", ABSENCE_KINDS),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="from_before_until"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="deputy_is_another"),
        CheckConstraint("confirmed_at IS NULL OR deputy_id IS NOT NULL", name="confirmed_by_a_deputy"),
        CheckConstraint("confirmed_at IS NULL OR declined_at IS NULL", name="one_answer"),
        CheckConstraint("(declined_at IS NULL) = (decline_reason = '')", name="declined_with_a_reason"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    from_on: date
    until_on: date | None = None
    kind: str
    note: str = ""
    deputy_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("people.id"), index=True))
    entered_by: str
    entered_at: datetime = Field(sa_type=Moment)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    declined_at: datetime | None = Field(default=None, sa_type=Moment)
    decline_reason: str = ""
    ended_on: date | None = None


class SavedView(SQLModel, table=True):
    """A list as a person saved it: filters and order, as the query of its address. `page` is the list's endpoint."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "page", "name"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
    page: str
    name: str
    query: str = ""
    saved_at: datetime = Field(sa_type=Moment)


class ReadHint(SQLModel, table=True):
    """A hint that a person has read, by the name that its page has for it."""

    __tablename__ = "read_hints"
    __table_args__ = (UniqueConstraint("person_id", "hint"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False))
    hint: str
    read_at: datetime = Field(sa_type=Moment)


class ListFile(SQLModel, table=True):
    """A list that is too long to be written while its reader waits: `address` is the list's, and asks for the file.

    A worker fills in name, media type and content; the row is deleted after days.
    """

    __tablename__ = "list_files"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), nullable=False, index=True))
    title: str
    address: str
    asked_at: datetime = Field(sa_type=Moment, index=True)
    made_at: datetime | None = Field(default=None, sa_type=Moment)
    name: str = ""
    media_type: str = ""
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
