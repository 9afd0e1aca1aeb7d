"""Documents and photographs that prove something, and where they were used."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, reference


class Evidence(SQLModel, table=True):
    """A file as it was received: `sha256` is that of the original, which is kept inside.

    Of a picture there is a copy without EXIF and place data, turned upright and bounded, and a small one of the same.
    Equal pixels give equal copies. `taken_on` is what the camera says. `unit_id` is that of who sent it; None for what
    another system sent.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("received_by", "sha256", "name"),
        CheckConstraint("(copy_sha256 IS NULL) = (thumbnail_sha256 IS NULL)", name="copies_of_pictures"),
        Index("ix_evidence_sha256", "sha256"),
        Index("ix_evidence_copy_sha256", "copy_sha256"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    uid: str
    name: str
    media_type: str
    size: int
    sha256: str
    taken_on: date | None = None
    copy_sha256: str | None = None
    thumbnail_sha256: str | None = None
    received_by: str
    unit_id: int | None = Field(default=None, sa_column=reference("units.id", nullable=True))
    received_at: datetime = Field(sa_type=Moment)


class EvidenceUse(SQLModel, table=True):
    """What cites a piece of evidence: a case of the chain `project_id`, since its first move that did so."""

    __tablename__ = "evidence_uses"
    __table_args__ = (
        UniqueConstraint("evidence_id", "subject", "subject_id"),
        Index("ix_evidence_uses_project_id_id", "project_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    evidence_id: int = Field(sa_column=reference("evidence.id"))
    project_id: int = Field(sa_column=Column(Key, nullable=False))
    subject: str
    subject_id: int = Field(sa_column=Column(Key, nullable=False))
    used_at: datetime = Field(sa_type=Moment)
