"""The plans of several items as they stand, as the input of `assign` that would write them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, and_, select

from approvals.accounts.queries import PERSON, UNIT
from approvals.base.formatting import plain_number
from approvals.programme.queries import INDICATORS, LINES, NODES, TARGETS, TASK_PEOPLE, TASKS, of_tasks

_REPORTER = PERSON.alias("reporter")
Plan = dict[str, Any]


def standing_plans(tx: Connection, item_ids: Collection[int]) -> dict[int, Plan]:
    """The plan of each item, all that was planned, with the people who are responsible now; the same written again."""
    tasks = _tasks(tx, item_ids)
    codes = {row.id: row.code for row in tasks}
    items = {row.id: row.item_id for row in tasks}
    plans: dict[int, Plan] = {id_: {"tasks": [], "indicators": [], "nodes": [], "funds": []} for id_ in item_ids}
    for row in tasks:
        plans[row.item_id]["tasks"].append(_task(row))
    for indicator, targets in _indicators(tx, item_ids, codes):
        plans[indicator.item_id]["indicators"].append(_indicator(indicator, targets))
    for row in of_tasks(tx, NODES, codes):
        plans[items[row.task_id]]["nodes"].append(_node(row, codes))
    for row in of_tasks(tx, LINES, codes):
        plans[items[row.task_id]]["funds"].append(_fund(row, codes))
    return plans


def _tasks(tx: Connection, item_ids: Collection[int]) -> list[Any]:
    now = and_(TASK_PEOPLE.c.task_id == TASKS.c.id, TASK_PEOPLE.c.until_at.is_(None))
    query = select(
        TASKS, UNIT.c.name.label("unit"), PERSON.c.username, _REPORTER.c.username.label("reporter")
    ).select_from(
        TASKS.join(UNIT, UNIT.c.id == TASKS.c.unit_id)
        .outerjoin(TASK_PEOPLE, now)  # of a task that was taken over nobody is known to be responsible
        .outerjoin(PERSON, PERSON.c.id == TASK_PEOPLE.c.person_id)
        .outerjoin(_REPORTER, _REPORTER.c.id == TASKS.c.reporter_id)
    )
    return list(tx.execute(query.where(TASKS.c.item_id.in_(item_ids)).order_by(TASKS.c.id)))


def _indicators(
    tx: Connection, item_ids: Collection[int], codes: Mapping[int, str]
) -> list[tuple[Any, dict[str, Any]]]:
    targets: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in of_tasks(tx, TARGETS, codes):
        targets[row.indicator_id][codes[row.task_id]] = row.target
    rows = tx.execute(select(INDICATORS).where(INDICATORS.c.item_id.in_(item_ids)).order_by(INDICATORS.c.id))
    return [(row, targets[row.id]) for row in rows]


def _task(row: Any) -> dict[str, str]:
    own = {"code": row.code, "unit": row.unit, "rhythm": row.rhythm}
    people = {"person": row.username, "reporter": row.reporter}
    return own | {name: username for name, username in people.items() if username}


def _indicator(row: Any, targets: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("name", "unit", "decimals", "adds_up", "direction")}
    more = {name: value for name in ("definition", "source") if (value := getattr(row, name))}
    return (
        own
        | more
        | {"targets": {code: None if value is None else plain_number(value) for code, value in targets.items()}}
    )


def _node(row: Any, codes: Mapping[int, str]) -> dict[str, Any]:
    own = {"name": row.name, "task": codes[row.task_id], "planned_on": row.planned_on.isoformat()}
    texts = {"who": row.who, "after": row.after, "project": row.project_ref, "approval": row.approval_code}
    return own | {name: text for name, text in texts.items() if text} | {"needs_evidence": row.needs_evidence}


def _fund(row: Any, codes: Mapping[int, str]) -> dict[str, Any]:
    own = {"source": row.source, "task": codes[row.task_id], "planned_10k_yuan": f"{row.planned_10k_yuan:.2f}"}
    return own | ({"mode": row.mode} if row.mode else {}) | {"fiscal": row.is_fiscal}
