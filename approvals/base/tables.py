"""Rows that know no business: number series, once-keys and plain facts of the installation."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from approvals.base.columns import Moment


class NumberSeries(SQLModel, table=True):
    """The last number given in a series; locked and raised in the transaction that uses the number."""

    __tablename__ = "number_series"

    series: str = Field(primary_key=True)
    last: int


class OnceKey(SQLModel, table=True):
    """A form or request that was carried out, and where its answer is, so that sending it twice has one effect."""

    __tablename__ = "once_keys"

    key: str = Field(primary_key=True)
    answer: str
    at: datetime = Field(sa_type=Moment, index=True)


class Fact(SQLModel, table=True):
    """A named fact of this installation, such as the demo's clock."""

    __tablename__ = "installation_facts"

    name: str = Field(primary_key=True)
    value: str
