"""The State Council's notices, one row an edition of a year; the latest of each year is in force."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment


class CalendarEdition(SQLModel, table=True):
    """What was loaded for one year, word for word; never changed, only followed by a later edition."""

    __tablename__ = "calendar_editions"

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    year: int = Field(index=True)
    notice: str = Field(sa_type=Text)
    loaded_by: str
    loaded_at: datetime = Field(sa_type=Moment)
