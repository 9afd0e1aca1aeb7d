"""Enters projects in the programme's ledger: what is diverted stands there, linked or as a new item."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from approvals.accounts.units import unit_ids
from approvals.programme.queries import ITEMS

DIGITS = 3  # of an item's number at least, as in 030
ONE_WRITER = "LOCK TABLE programme_items IN SHARE ROW EXCLUSIVE MODE"  # two new items never get one number
FIELDS = ("category", "name", "kind", "county", "is_practical_matter", "is_key", "is_urgent", "planned_10k_yuan")


def enter_in_ledger(tx: Connection, project: Row[Any], owner_unit: str, on: date) -> dict[str, Any]:
    """Link the project with the item of this year that it names, or give it an item of its own with its fields.

    The item that it names must be one of its unit; a number that stands for nothing yet is taken as it is. Returns
    year and number of the item, and whether it is a new one.
    """
    if tx.dialect.name == "postgresql":  # SQLite has one writer at a time
        tx.execute(text(ONE_WRITER))
    item_no = project.item_no
    named = _unit_of(tx, on.year, item_no) if item_no else None
    if item_no and named is not None and _is_same_unit(tx, named, owner_unit):
        return {"item_year": on.year, "item_no": item_no, "is_new_item": False}
    if not item_no or named is not None:
        item_no = _next_number(tx, on.year)
    row = {name: getattr(project, name) for name in FIELDS}
    address = {"year": on.year, "item_no": item_no, "owner_unit": owner_unit}
    status = {"executed_10k_yuan": 0, "status": "under_way", "as_of_on": on, "is_amount_published": False}
    tx.execute(insert(ITEMS), row | address | status)
    return {"item_year": on.year, "item_no": item_no, "is_new_item": True}


def _is_same_unit(tx: Connection, named: str, owner_unit: str) -> bool:
    """Whether both names are of one unit: the ledger keeps the name of then."""
    known = unit_ids(tx)
    return named == owner_unit or known.get(named, 0) == known.get(owner_unit)


def _unit_of(tx: Connection, year: int, item_no: str) -> str | None:
    unit: str | None = tx.execute(
        select(ITEMS.c.owner_unit).where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)
    ).scalar_one_or_none()
    return unit


def _next_number(tx: Connection, year: int) -> str:
    """The number after the highest one of the year; numbers that are none are passed over."""
    numbers = tx.execute(select(ITEMS.c.item_no).where(ITEMS.c.year == year).order_by(ITEMS.c.item_no)).scalars()
    highest = max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)
    return f"{highest + 1:0{DIGITS}}"
