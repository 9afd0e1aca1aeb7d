"""The plan of an item as its form shows it again: the input of `assign` that would write it, as texts."""

from typing import Any

from sqlalchemy import Connection, select

from approvals.programme.items.standing_plans import standing_plans
from approvals.programme.queries import ITEMS


def plan_values(tx: Connection, year: int, item_no: str) -> dict[str, Any]:
    """The plan as texts by field, all that was planned; sent again unchanged it writes the same plan."""
    item_id = tx.execute(select(ITEMS.c.id).where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)).scalar_one()
    plan = standing_plans(tx, [item_id])[item_id]
    return {
        "tasks": plan["tasks"],
        "indicators": [row | {"targets": _texts(row["targets"])} for row in plan["indicators"]],
        "nodes": [row | {"needs_evidence": "yes" if row["needs_evidence"] else ""} for row in plan["nodes"]],
        "funds": [row | {"fiscal": "yes" if row["fiscal"] else "no"} for row in plan["funds"]],
    }


def _texts(targets: dict[str, Any]) -> dict[str, str]:
    return {code: target or "" for code, target in targets.items()}
