"""A unit is merged into another one, which leads its items and has its tasks from then on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, or_, select, update

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.history.record import OpenChain, move
from approvals.programme.queries import ITEMS, TASKS, item_case, tasks_of
from workflows.charts.item import ITEM
from workflows.charts.model import SYSTEM

MOVE = "change_unit"


def items_of_unit(tx: Connection, unit_id: int) -> list[int]:
    """The items that a unit leads or has a task of, but for those that were dropped."""
    own = or_(
        ITEMS.c.lead_unit_id == unit_id, ITEMS.c.id.in_(select(TASKS.c.item_id).where(TASKS.c.unit_id == unit_id))
    )
    query = select(ITEMS.c.id).where(own, ITEMS.c.state.not_in(ITEM.final_states))
    return list(tx.execute(query.order_by(ITEMS.c.id)).scalars())


def hand_item_over(record: OpenChain, item: Any, unit_id: int, successor_id: int, facts: Mapping[str, object]) -> None:
    """One move: the successor leads the item, where the unit did, and has its tasks; who is responsible stays."""
    tasks = [task.code for task in tasks_of(record.tx, item.id) if task.unit_id == unit_id]
    changes = {"lead_unit_id": successor_id} if item.lead_unit_id == unit_id else {}
    own = TASKS.c.item_id == item.id, TASKS.c.unit_id == unit_id
    record.tx.execute(update(TASKS).where(*own).values(unit_id=successor_id))
    case = item_case(item, tasks_of(record.tx, item.id))
    place = replace(case.place, lead_unit_id=changes.get("lead_unit_id", item.lead_unit_id))
    recorded = {**facts, "columns": sorted(changes), "tasks": tasks}
    move(record, replace(case, place=place), MOVE, by=SYSTEM_ACTOR, role=SYSTEM, facts=recorded, changes=changes)
