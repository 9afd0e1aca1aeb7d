"""What items of the programme are called, and who leads each."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from approvals.accounts.queries import UNIT, UnitName
from approvals.programme.queries import ITEMS


@dataclass(frozen=True, slots=True)
class ItemName:
    name: str
    lead: UnitName


def item_names(tx: Connection, item_ids: Collection[int]) -> dict[int, ItemName]:
    """The names of these items by their ids."""
    query = select(ITEMS.c.id, ITEMS.c.name, UNIT.c.name.label("lead"), UNIT.c.name_en.label("lead_en"))
    query = query.join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id).where(ITEMS.c.id.in_(list(item_ids)))
    rows = tx.execute(query.order_by(ITEMS.c.id))
    return {row.id: ItemName(row.name, UnitName(row.lead, row.lead_en or "")) for row in rows}
