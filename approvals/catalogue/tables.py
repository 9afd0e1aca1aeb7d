"""Editions of the catalogue: whole texts by their checksum, and from when on each is in force."""

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, String, Text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment


class CatalogueText(SQLModel, table=True):
    """A catalogue as it was loaded, word for word. Projects name the one under which they were registered."""

    __tablename__ = "catalogue_texts"

    sha256: str = Field(primary_key=True)
    name: str  # what the text calls itself, such as 2026-01
    text: str = Field(sa_type=Text)


class CatalogueEdition(SQLModel, table=True):
    """One loading or taking back; never changed, only followed. Without `from_on` it counts from the beginning.

    `taken_back_id` is the edition that this one takes back: it brings the text before that one into force again.
    """

    __tablename__ = "catalogue_editions"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    sha256: str = Field(sa_column=Column(String, ForeignKey("catalogue_texts.sha256"), nullable=False))
    from_on: date | None = None
    taken_back_id: int | None = Field(default=None, sa_column=Column(Key, ForeignKey("catalogue_editions.id")))
    loaded_by: str
    loaded_at: datetime = Field(sa_type=Moment)
