"""The plan of an item: tasks with persons, indicators, nodes and fund lines, checked and written as a whole."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from approvals.accounts.units import unit_ids
from approvals.base.errors import Invalid
from approvals.base.i18n import N_
from approvals.catalogue.queries import catalogue_in_force
from approvals.programme.names import person_named, unit_among, username_of
from approvals.programme.queries import (
    INDICATORS,
    LINES,
    NODES,
    TARGETS,
    TASK_PEOPLE,
    TASKS,
)
from workflows.charts.programme_terms import FISCAL_SOURCES

Reasons = dict[str, list[tuple[str, dict[str, object]]]]


@dataclass
class PlanFaults:
    """What is wrong with a plan, by the path of the cell."""

    found: Reasons = field(default_factory=dict)

    def add(self, path: str, message: str, **params: object) -> None:
        self.found.setdefault(path, []).append((message, params))

    def check(self) -> None:
        if self.found:
            raise Invalid(self.found)


def check_plan(tx: Connection, plan: Mapping[str, Any], planned: Decimal | None, on: date) -> None:
    """Invalid names each cell of the plan that does not fit the rest, or the catalogue in force on this day.

    `planned` is the amount of the item, if named.
    """
    faults, units = PlanFaults(), unit_ids(tx)
    for index, row in enumerate(plan["tasks"]):
        _check_people(tx, units, faults, f"tasks.{index}", row)
    codes = [task["code"] for task in plan["tasks"]]
    check_unique(faults, "tasks", "code", codes)
    check_unique(faults, "indicators", "name", [row["name"] for row in plan.get("indicators", ())])
    _check_targets(faults, plan.get("indicators", ()), codes)
    _check_nodes(faults, plan.get("nodes", ()), codes, catalogue_in_force(tx, on).items)
    _check_funds(faults, plan.get("funds", ()), codes, planned)
    faults.check()


def _check_people(
    tx: Connection, units: Mapping[str, int], faults: PlanFaults, path: str, row: Mapping[str, Any]
) -> None:
    try:
        unit_id = unit_among(units, f"{path}.unit", row["unit"])
    except Invalid as problem:
        faults.found |= problem.fields
        return
    for name in ("person", "reporter"):
        if row.get(name):
            try:
                person_named(tx, f"{path}.{name}", row[name], unit_id)
            except Invalid as problem:
                faults.found |= problem.fields


def check_unique(faults: PlanFaults, rows: str, name: str, values: Sequence[object]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            faults.add(f"{rows}.{index}.{name}", N_("appears twice"))


def _check_targets(faults: PlanFaults, indicators: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> None:
    for index, row in enumerate(indicators):
        for code, target in row["targets"].items():
            path = f"indicators.{index}.targets.{code}"
            if code not in codes:
                faults.add(path, N_("is not a task of this item"))
            if target is not None and target != round(target, row.get("decimals", 0)):
                faults.add(path, N_("must have at most %(decimals)s decimal places"), decimals=row.get("decimals", 0))


def _check_nodes(
    faults: PlanFaults, nodes: Sequence[Mapping[str, Any]], codes: Sequence[str], approvals: Container[str]
) -> None:
    days: dict[tuple[str, str], date] = {(row["task"], row["name"]): row["planned_on"] for row in nodes}
    check_unique(faults, "nodes", "name", [(row["task"], row["name"]) for row in nodes])
    for index, row in enumerate(nodes):
        if row["task"] not in codes:
            faults.add(f"nodes.{index}.task", N_("is not a task of this item"))
        if row.get("approval") and row["approval"] not in approvals:
            faults.add(f"nodes.{index}.approval", N_("is not an approval of the catalogue"))
        if not row.get("after"):
            continue
        before = days.get((row["task"], row["after"]))
        if before is None or row["after"] == row["name"]:
            faults.add(f"nodes.{index}.after", N_("is not another node of this task"))
        elif row["planned_on"] < before:
            faults.add(f"nodes.{index}.planned_on", N_("is before “%(node)s”, which comes first"), node=row["after"])


def _check_funds(
    faults: PlanFaults, funds: Sequence[Mapping[str, Any]], codes: Sequence[str], planned: Decimal | None
) -> None:
    check_unique(faults, "funds", "source", [(row["task"], row["source"]) for row in funds])
    for index, row in enumerate(funds):
        if row["task"] not in codes:
            faults.add(f"funds.{index}.task", N_("is not a task of this item"))
    total = sum((row["planned_10k_yuan"] for row in funds), Decimal(0))
    if funds and planned is not None and total != planned:
        message = N_("add up to %(total)s, but the item is planned at %(planned)s (10,000 yuan)")
        faults.add("funds", message, total=f"{total:,.2f}", planned=f"{planned:,.2f}")


def write_plan(tx: Connection, item_id: int, plan: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The plan in place of what was planned before; nothing was reported of it yet.

    Returns who is responsible and who reports, by the code of the task.
    """
    _remove_plan(tx, item_id)
    people: dict[str, dict[str, str]] = {"responsible": {}, "reporters": {}}
    units = unit_ids(tx)
    ids = {row["code"]: _write_task(tx, item_id, units, row, at, people) for row in plan["tasks"]}
    for row in plan.get("indicators", ()):
        _write_indicator(tx, item_id, row, ids)
    _insert(tx, NODES, [node_values(row, ids) for row in plan.get("nodes", ())])
    _insert(tx, LINES, [line_values(row, ids) for row in plan.get("funds", ())])
    return {name: codes for name, codes in people.items() if codes}


def _remove_plan(tx: Connection, item_id: int) -> None:
    tasks = select(TASKS.c.id).where(TASKS.c.item_id == item_id)
    for table in (TARGETS, NODES, LINES, TASK_PEOPLE):
        tx.execute(delete(table).where(table.c.task_id.in_(tasks)))
    for table in (INDICATORS, TASKS):
        tx.execute(delete(table).where(table.c.item_id == item_id))


def _write_task(
    tx: Connection,
    item_id: int,
    units: Mapping[str, int],
    row: Mapping[str, Any],
    at: datetime,
    people: dict[str, dict[str, str]],
) -> int:
    """The row of a task, whose unit and people were checked; they are noted in `people` by its code."""
    unit_id, reporter = units[row["unit"]], row.get("reporter")
    person_id = person_named(tx, "person", row["person"], unit_id)
    reporter_id = person_named(tx, "reporter", reporter, unit_id) if reporter else None
    values = {"item_id": item_id, "code": row["code"], "unit_id": unit_id, "reporter_id": reporter_id}
    task = insert(TASKS).values(values | {"rhythm": row.get("rhythm", "monthly")}).returning(TASKS.c.id)
    task_id = int(tx.execute(task).scalar_one())
    tx.execute(insert(TASK_PEOPLE), {"task_id": task_id, "person_id": person_id, "from_at": at})
    people["responsible"][row["code"]] = username_of(tx, person_id)
    if reporter_id is not None:
        people["reporters"][row["code"]] = username_of(tx, reporter_id)
    return task_id


def _write_indicator(tx: Connection, item_id: int, row: Mapping[str, Any], tasks: Mapping[str, int]) -> None:
    values = {"item_id": item_id, **indicator_values(row)}
    indicator_id = tx.execute(insert(INDICATORS).values(values).returning(INDICATORS.c.id)).scalar_one()
    targets = row["targets"].items()
    _insert(tx, TARGETS, [{"indicator_id": indicator_id, "task_id": tasks[c], "target": value} for c, value in targets])


# The columns that rows of a plan give; `tasks` are the ids of tasks by their codes.


def indicator_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "definition": row.get("definition", ""),
        "unit": row["unit"],
        "decimals": row.get("decimals", 0),
        "adds_up": row.get("adds_up", "sum"),
        "direction": row.get("direction", "more"),
        "source": row.get("source", ""),
    }


def node_values(row: Mapping[str, Any], tasks: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "task_id": tasks[row["task"]],
        "name": row["name"],
        "planned_on": row["planned_on"],
        "who": row.get("who", ""),
        "needs_evidence": row.get("needs_evidence", False),
        "after": row.get("after", ""),
        "project_ref": row.get("project", ""),
        "approval_code": row.get("approval", ""),
    }


def line_values(row: Mapping[str, Any], tasks: Mapping[str, Any]) -> dict[str, Any]:
    is_fiscal = row.get("fiscal")
    return {
        "task_id": tasks[row["task"]],
        "source": row["source"],
        "mode": row.get("mode", ""),
        "is_fiscal": row["source"] in FISCAL_SOURCES if is_fiscal is None else is_fiscal,
        "planned_10k_yuan": row["planned_10k_yuan"],
    }


def _insert(tx: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(insert(table), rows)
