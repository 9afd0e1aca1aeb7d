"""Projects, their documents, and unsent forms."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, Money, one_of
from workflows.charts.project import PROJECT

AMENDED = text("amendment_seq IS NOT NULL")
KINDS = ("construction", "service")


class Project(SQLModel, table=True):
    """A project; `answers` is JSON of the screening questions, `scale` of amount and unit, `funding` of the amounts by
    source. Registered ones have a number, unique and gap-free.

    The keys are the folded name and external reference, by which they are searched and told apart.
    `works_*_on` are the days of the works as last reported, by the owner or by the liaison, who thereby confirms them.
    """

    __tablename__ = "projects"
    __table_args__ = (
        one_of("state", PROJECT.state_names),
        one_of("kind", KINDS),
        CheckConstraint(
            "number IS NOT NULL OR state NOT IN ('registered', 'suspended', 'completed')", name="registered_has_number"
        ),
        CheckConstraint("liaison_id IS NULL OR number IS NOT NULL", name="liaison_needs_number"),
        CheckConstraint(
            "joint_first_id <> joint_second_id AND (joint_first_id IS NULL) = (joint_second_id IS NULL)",
            name="joint_units_are_two",
        ),
        UniqueConstraint("uid"),
        UniqueConstraint("number"),
        UniqueConstraint("owner_unit_id", "reference_key"),
        UniqueConstraint("year", "serial"),
        Index("ix_projects_state_state_since_id", "state", "state_since", "id"),
        Index("ix_projects_owner_unit_id_id", "owner_unit_id", "id"),
        Index("ix_projects_owner_unit_id_state", "owner_unit_id", "state"),
        Index("ix_projects_liaison_id_state", "liaison_id", "state"),
        Index("ix_projects_filed_at", "filed_at"),
        Index("ix_projects_item_no", "item_no"),
        Index("ix_projects_reference_key", "reference_key"),
        Index("ix_projects_external_ref", "external_ref"),
        Index("ix_projects_amended", "state", "id", sqlite_where=AMENDED, postgresql_where=AMENDED),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    uid: str
    number: str | None = None
    year: int | None = None
    serial: int | None = None
    external_ref: str | None = None
    reference_key: str | None = None
    item_no: str | None = None
    name: str
    name_key: str
    category: str
    kind: str
    county: str
    planned_10k_yuan: Decimal = Field(sa_type=Money)
    answers: str = Field(sa_type=Text)
    site: str | None = None
    works_kind: str | None = None
    scale: str | None = Field(default=None, sa_type=Text)
    funding: str | None = Field(default=None, sa_type=Text)
    project_code: str | None = None
    credit_code: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    owner_unit_id: int = Field(sa_column=Column(Key, ForeignKey("units.id"), nullable=False))
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    is_key: bool = False
    is_urgent: bool = False
    is_practical_matter: bool = False
    liaison_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("people.id"), index=True))
    drafted_at: datetime = Field(sa_type=Moment)
    filed_at: datetime | None = Field(default=None, sa_type=Moment)
    registered_at: datetime | None = Field(default=None, sa_type=Moment)
    review_on: date | None = None
    amendment_seq: int | None = None  # the number, in its record, of the change that awaits confirmation
    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    works_started_on: date | None = None
    works_finished_on: date | None = None
    is_works_start_confirmed: bool = False
    is_works_finish_confirmed: bool = False
    catalogue_sha256: str | None = Field(
        default=None, sa_column=Column(String, ForeignKey("catalogue_texts.sha256"), nullable=True)
    )  # of the edition under which it was registered
    joint_first_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("units.id"), index=True))
    joint_second_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("units.id"), index=True))


class Receipt(SQLModel, table=True):
    """The receipt of one filing: its number within the year, and the code by which anybody verifies it."""

    __tablename__ = "filing_receipts"
    __table_args__ = (UniqueConstraint("year", "serial"), UniqueConstraint("code"))

    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), primary_key=True))
    seq: int = Field(primary_key=True)
    year: int
    serial: int
    code: str
    at: datetime = Field(sa_type=Moment)


class Document(SQLModel, table=True):
    """A file of a project: stored under its checksum, its name kept as data. `material` is what it serves as."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("uid"), Index("ix_documents_project_id_id", "project_id", "id"))

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    uid: str
    project_id: int = Field(sa_column=Column(Key, ForeignKey("projects.id"), nullable=False))
    material: str = ""
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime = Field(sa_type=Moment)


class TypedForm(SQLModel, table=True):
    """A form that a person has typed and not yet sent, complete or not."""

    __tablename__ = "typed_forms"

    person_id: int = Field(sa_column=Column(Key, ForeignKey("people.id"), primary_key=True))
    form: str = Field(primary_key=True)
    content: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
