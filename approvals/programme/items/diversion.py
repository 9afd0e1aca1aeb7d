"""Takes a diverted project into the programme: linked with the item that it names, or proposed as a new one."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import acting_role
from approvals.accounts.queries import UNIT
from approvals.history.commands import Command
from approvals.history.record import CITY
from approvals.programme.items.actions import begin_item, lock_numbers
from approvals.programme.queries import ITEMS
from workflows.charts.item import ITEM

DIGITS = 3  # of an item's number at least, as in 030
KINDS = {"construction": "works", "service": "service"}  # of a project, as the programme calls them


def enter_in_programme(tx: Connection, project: Row[Any], command: Command, on: date) -> dict[str, Any]:
    """Link the project with the item that it names, or propose an item of this year with its fields.

    The item that it names must be one that its unit leads, of this year or, where this year has none of that number,
    of the next, whose programme is being prepared; a number that stands for nothing yet is taken as it is.
    Returns year and number of the item, and whether it is a new one.
    """
    lock_numbers(tx)
    item_no = project.item_no
    lead_id = _lead_of(tx, on.year, item_no) if item_no else None
    year = on.year
    if item_no and lead_id is None and _lead_of(tx, year + 1, item_no) == project.owner_unit_id:
        year, lead_id = year + 1, project.owner_unit_id
    if item_no and lead_id == project.owner_unit_id:
        return {"item_year": year, "item_no": item_no, "is_new_item": False}
    if not item_no or lead_id is not None:
        item_no = next_number(tx, on.year)
    role = acting_role(command.actor, ITEM.move("propose"), CITY)
    address = {"year": on.year, "item_no": item_no, "lead_unit_id": project.owner_unit_id}
    begin_item(tx, command, address, _fields(tx, project), role)
    return {"item_year": on.year, "item_no": item_no, "is_new_item": True}


def _fields(tx: Connection, project: Row[Any]) -> dict[str, Any]:
    unit = tx.execute(select(UNIT.c.name).where(UNIT.c.id == project.owner_unit_id)).scalar_one()
    flags = {"practical_matter": project.is_practical_matter, "key": project.is_key, "urgent": project.is_urgent}
    return {
        "name": project.name,
        "category": project.category,
        "level": "city",
        "kind": KINDS[project.kind],
        "lead_unit": unit,
        "planned_10k_yuan": project.planned_10k_yuan,
        **{name: value for name, value in flags.items() if value},
    }


def _lead_of(tx: Connection, year: int, item_no: str) -> int | None:
    """The unit that leads this item today: the one that took it over, if it was merged."""
    successor = UNIT.c.successor_id
    query = select(ITEMS.c.lead_unit_id, successor).join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
    row = tx.execute(query.where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)).one_or_none()
    return (row.successor_id or row.lead_unit_id) if row else None


def next_number(tx: Connection, year: int) -> str:
    """The number after the highest one of the year; numbers that are none are passed over."""
    numbers = tx.execute(select(ITEMS.c.item_no).where(ITEMS.c.year == year).order_by(ITEMS.c.item_no)).scalars()
    highest = max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)
    return f"{highest + 1:0{DIGITS}}"
