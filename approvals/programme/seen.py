"""The item and the task at an address, as far as somebody may see them."""

from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.errors import NotFound
from approvals.programme.queries import ITEMS, may_see_item, sees_whole_item, task_called

_WITH_LEAD = select(ITEMS, UNIT.c.name.label("lead"), UNIT.c.name_en.label("lead_en")).join(
    UNIT, UNIT.c.id == ITEMS.c.lead_unit_id
)


def seen_item(tx: Connection, year: int, item_no: str, actor: Actor) -> Row[Any]:
    """The item of this number, with the name of its lead unit; NotFound when there is none that the actor may see."""
    row = tx.execute(_WITH_LEAD.where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)).one_or_none()
    if row is None or not may_see_item(tx, row, actor):
        raise NotFound
    return row


def seen_task(tx: Connection, item: Any, code: str, actor: Actor) -> Any:
    """The task of this code of an item that the actor sees; NotFound for one that they do not see."""
    task = task_called(tx, item.id, code)
    if not sees_whole_item(actor, item) and task.unit_id not in actor.units:
        raise NotFound
    return task
