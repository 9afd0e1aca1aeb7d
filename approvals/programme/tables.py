"""The year's programme: the ledger's items with money, unit and state."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from approvals.base.columns import Money, one_of

ITEM_KINDS = ("construction", "service")
ITEM_STATUSES = ("under_way", "completed", "suspended")


class ProgrammeItem(SQLModel, table=True):
    """One item of the programme. Amounts are in 10,000 yuan; `as_of_on` is the day of the status."""

    __tablename__ = "programme_items"
    __table_args__ = (one_of("kind", ITEM_KINDS), one_of("status", ITEM_STATUSES))

    year: int = Field(primary_key=True)
    item_no: str = Field(primary_key=True)
    category: str = Field(index=True)
    name: str
    kind: str
    owner_unit: str
    county: str
    is_practical_matter: bool
    is_key: bool
    is_urgent: bool
    planned_10k_yuan: Decimal = Field(sa_type=Money)
    executed_10k_yuan: Decimal = Field(sa_type=Money)
    status: str
    as_of_on: date
    is_amount_published: bool
