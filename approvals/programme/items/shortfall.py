"""What an item lacks of its plan by what counts: targets that are not met, nodes that are not reached."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from approvals.programme.queries import INDICATORS, NODES, QUANTITIES, REACHED, TARGETS, of_tasks, tasks_of

NOTHING = Decimal(0)


def shortfall_of(tx: Connection, item_id: int) -> list[dict[str, Any]]:
    """Each target that is not met and each node that is not reached, by task; what approvals reach is left out."""
    codes = {task.id: task.code for task in tasks_of(tx, item_id)}
    return [*_targets(tx, codes), *_nodes(tx, codes)]


def _targets(tx: Connection, codes: dict[int, str]) -> Iterator[dict[str, Any]]:
    query = (
        select(TARGETS, INDICATORS.c.name, INDICATORS.c.direction)
        .join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
        .where(TARGETS.c.task_id.in_(list(codes)), TARGETS.c.target.is_not(None))
        .order_by(TARGETS.c.id)
    )
    rows = tx.execute(query).all()
    latest = _latest(tx, QUANTITIES, "target_id", "value", [row.id for row in rows])
    for row in rows:
        value = latest.get(row.id)
        is_met = value is not None and (value >= row.target if row.direction == "more" else value <= row.target)
        if not is_met and not (value is None and row.target == NOTHING):
            yield {"task": codes[row.task_id], "indicator": row.name, "target": row.target, "reached": value}


def _nodes(tx: Connection, codes: dict[int, str]) -> Iterator[dict[str, Any]]:
    rows = of_tasks(tx, NODES, list(codes))
    reached = _latest(tx, REACHED, "node_id", "reached_on", [row.id for row in rows])
    for row in rows:
        if row.id not in reached and not row.approval_code:
            yield {"task": codes[row.task_id], "node": row.name}


def _latest(tx: Connection, table: Any, key: str, column: str, ids: list[int]) -> dict[int, Any]:
    """The last value that counts, of the latest month; an entry without a figure leaves the one before."""
    rows = tx.execute(select(table).where(table.c[key].in_(ids)).order_by(table.c.month, table.c.id))
    values = {getattr(row, key): getattr(row, column) for row in rows if column != "value" or row.value is not None}
    return {key_: value for key_, value in values.items() if value is not None}
