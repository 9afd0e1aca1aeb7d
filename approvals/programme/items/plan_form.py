"""The plan of an item as its form shows it again: the input of `assign` that would write it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON, UNIT
from approvals.programme.items.plan import plan_rows
from approvals.programme.queries import INDICATORS, ITEMS, LINES, NODES, TARGETS, TASK_PEOPLE, TASKS

_REPORTER = PERSON.alias("reporter")


def plan_values(tx: Connection, year: int, item_no: str) -> dict[str, Any]:
    """The plan as texts by field, all that was planned; sent again unchanged it writes the same plan."""
    item_id = tx.execute(select(ITEMS.c.id).where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)).scalar_one()
    query = select(
        TASKS, UNIT.c.name.label("unit"), PERSON.c.username, _REPORTER.c.username.label("reporter")
    ).select_from(
        TASKS.join(UNIT, UNIT.c.id == TASKS.c.unit_id)
        .join(TASK_PEOPLE, TASK_PEOPLE.c.task_id == TASKS.c.id)
        .join(PERSON, PERSON.c.id == TASK_PEOPLE.c.person_id)
        .outerjoin(_REPORTER, _REPORTER.c.id == TASKS.c.reporter_id)
    )
    tasks = tx.execute(query.where(TASKS.c.item_id == item_id).order_by(TASKS.c.id)).all()
    codes = {row.id: row.code for row in tasks}
    return {
        "tasks": [_task(row) for row in tasks],
        "indicators": _indicators(tx, item_id, codes),
        "nodes": [_node(row, codes) for row in plan_rows(tx, NODES, codes)],
        "funds": [_fund(row, codes) for row in plan_rows(tx, LINES, codes)],
    }


def _task(row: Any) -> dict[str, str]:
    own = {"code": row.code, "unit": row.unit, "person": row.username, "rhythm": row.rhythm}
    return own | ({"reporter": row.reporter} if row.reporter else {})


def _indicators(tx: Connection, item_id: int, codes: Mapping[int, str]) -> list[dict[str, Any]]:
    targets: dict[int, dict[str, str]] = {}
    for row in plan_rows(tx, TARGETS, codes):
        text = "" if row.target is None else f"{row.target.normalize():f}"
        targets.setdefault(row.indicator_id, {})[codes[row.task_id]] = text
    rows = tx.execute(select(INDICATORS).where(INDICATORS.c.item_id == item_id).order_by(INDICATORS.c.id)).all()
    names = ("name", "unit", "decimals", "adds_up", "direction", "definition", "source")
    return [{name: getattr(row, name) for name in names} | {"targets": targets.get(row.id, {})} for row in rows]


def _node(row: Any, codes: Mapping[int, str]) -> dict[str, str]:
    return {
        "name": row.name,
        "task": codes[row.task_id],
        "planned_on": row.planned_on.isoformat(),
        "who": row.who,
        "after": row.after,
        "project": row.project_ref,
        "approval": row.approval_code,
        "needs_evidence": "yes" if row.needs_evidence else "",
    }


def _fund(row: Any, codes: Mapping[int, str]) -> dict[str, str]:
    return {
        "source": row.source,
        "task": codes[row.task_id],
        "mode": row.mode,
        "fiscal": "yes" if row.is_fiscal else "no",
        "planned_10k_yuan": f"{row.planned_10k_yuan:.2f}",
    }
