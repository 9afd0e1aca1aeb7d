"""A new plan: asked for by the lead unit, in time or late, and what it changes once the office has confirmed it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, insert, select

from approvals.base.errors import Refused, invalid
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.history.record import OpenChain
from approvals.programme.items.asked import decide_waiting, waiting
from approvals.programme.items.plan import PlanFaults, check_unique
from approvals.programme.queries import LINES, NODES, PARTY_DAYS, REPLANNED_FUNDS, REPLANNED_NODES, REPLANS, tasks_of
from workflows.charts.programme_terms import ERROR
from workflows.config.policy import load_policy

Key = tuple[str, str]  # code of the task; name of the node or source of the money


@dataclass(frozen=True, slots=True)
class HoldingPlan:
    """The plan of an item that holds now: its nodes and fund lines as adopted, and the day of each node by now."""

    nodes: Mapping[Key, Any]
    lines: Mapping[Key, Any]
    days: Mapping[Key, date]


def ask(record: OpenChain, item_id: int, facts: Mapping[str, Any]) -> list[str]:
    """Keep the plan that is asked for; the names of the nodes for which that is late."""
    if waiting(record.tx, REPLANS, item_id):
        raise Refused(N_("A new plan is already awaiting confirmation. The office must confirm or refuse it first."))
    if not facts.get("nodes") and not facts.get("funds"):
        raise invalid("nodes", N_("needs at least one entry"))
    plan, on = _holding_plan(record.tx, item_id), day_of(record.at)
    _check_known(plan, facts)
    _check_order(plan, facts.get("nodes", ()))
    _check_days(plan, facts.get("nodes", ()), facts.get("days", ()))
    if facts["cause"] != ERROR:
        _check_ahead(plan, facts.get("nodes", ()), on)
    late = _late_nodes(record.tx, plan, facts.get("nodes", ()), on)
    row = {"item_id": item_id, "state": "asked", "cause": facts["cause"], "reason": facts["reason"]}
    record.tx.execute(insert(REPLANS), row | {"asked_for": canonical(asked_plan(facts)), "asked_at": record.at})
    return late


def asked_plan(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for: the parts of the plan that change, and whose the days are."""
    return {name: facts[name] for name in ("nodes", "funds", "days") if facts.get(name)}


def _holding_plan(tx: Connection, item_id: int) -> HoldingPlan:
    nodes, lines = rows_in_plan(tx, item_id, NODES, "name"), rows_in_plan(tx, item_id, LINES, "source")
    keys = {row.id: key for key, row in nodes.items()}
    replanned = select(REPLANNED_NODES).where(REPLANNED_NODES.c.node_id.in_(list(keys))).order_by(REPLANNED_NODES.c.id)
    latest = {keys[row.node_id]: row.planned_on for row in tx.execute(replanned)}
    return HoldingPlan(nodes, lines, {key: row.planned_on for key, row in nodes.items()} | latest)


def _check_known(plan: HoldingPlan, facts: Mapping[str, Any]) -> None:
    """Invalid for a node or line that the item does not have, or that stands there twice."""
    faults = PlanFaults()
    for name, column, known in (("nodes", "name", plan.nodes), ("funds", "source", plan.lines)):
        check_unique(faults, name, column, [(row["task"], row[column]) for row in facts.get(name, ())])
        for index, row in enumerate(facts.get(name, ())):
            if (row["task"], row[column]) not in known:
                faults.add(f"{name}.{index}.{column}", N_("is not in the plan of this item"))
    faults.check()


def _check_order(plan: HoldingPlan, nodes: Iterable[Mapping[str, Any]]) -> None:
    """Invalid for a node that would come before the one that it follows."""
    days = {**plan.days, **{(row["task"], row["name"]): row["planned_on"] for row in nodes}}
    faults = PlanFaults()
    for index, row in enumerate(nodes):
        key = row["task"], row["name"]
        first = row["task"], plan.nodes[key].after
        if first in days and days[key] < days[first]:
            faults.add(f"nodes.{index}.planned_on", N_("is before “%(node)s”, which comes first"), node=first[1])
        for other, follower in plan.nodes.items():
            if (row["task"], follower.after) == (other[0], row["name"]) and days[other] < days[key]:
                message = N_("is after “%(node)s”, which comes later")
                faults.add(f"nodes.{index}.planned_on", message, node=other[1])
    faults.check()


def _check_days(plan: HoldingPlan, nodes: Iterable[Mapping[str, Any]], days: Sequence[Mapping[str, Any]]) -> None:
    """Invalid for days by party that are not those by which their node moves."""
    moved = {(r["task"], r["name"]): (r["planned_on"] - plan.days[r["task"], r["name"]]).days for r in nodes}
    divided: dict[Key, int] = {}
    faults = PlanFaults()
    for index, row in enumerate(days):
        key = row["task"], row["name"]
        divided[key] = divided.get(key, 0) + row["days"]
        if key not in moved:
            faults.add(f"days.{index}.name", N_("is not among the nodes that move"))
    for key in divided.keys() & moved.keys():
        if divided[key] != moved[key]:
            message = N_("“%(node)s” moves by %(moved)s days, but %(divided)s are divided")
            faults.add("days", message, node=key[1], moved=moved[key], divided=divided[key])
    faults.check()


def _check_ahead(plan: HoldingPlan, nodes: Iterable[Mapping[str, Any]], on: date) -> None:
    """Invalid for a node whose planned day has come: from then on only an error is corrected."""
    faults = PlanFaults()
    for index, row in enumerate(nodes):
        if plan.days[row["task"], row["name"]] <= on:
            message = N_("“%(node)s” was planned for %(day)s: from that day on only an error is corrected")
            day = plan.days[row["task"], row["name"]].isoformat()
            faults.add(f"nodes.{index}.planned_on", message, node=row["name"], day=day)
    faults.check()


def _late_nodes(tx: Connection, plan: HoldingPlan, nodes: Iterable[Mapping[str, Any]], on: date) -> list[str]:
    """The names of the nodes whose planned day is nearer than the policy's working days, or has passed."""
    ahead, calendar = load_policy().programme.replan_ahead, calendar_in_force(tx)
    keys = [(row["task"], row["name"]) for row in nodes]
    return [name for task, name in keys if calendar.working_days_between(on, plan.days[task, name]) < ahead]


def confirm(record: OpenChain, item_id: int) -> None:
    """The new plan stands beside the baseline from now on."""
    replan = decide(record, item_id, "confirmed")
    for table, rows in _replanned_rows(record.tx, item_id, replan, record.at):
        if rows:
            record.tx.execute(insert(table), rows)


def _replanned_rows(
    tx: Connection, item_id: int, replan: Any, at: datetime
) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
    """What a confirmed plan adds to each table."""
    plan = orjson.loads(replan.asked_for)
    nodes, lines = rows_in_plan(tx, item_id, NODES, "name"), rows_in_plan(tx, item_id, LINES, "source")
    new = {"replan_id": replan.id, "counts_at": at}
    days = [
        new | {"node_id": nodes[row["task"], row["name"]].id, "planned_on": date.fromisoformat(row["planned_on"])}
        for row in plan.get("nodes", ())
    ]
    amounts = [
        new | {"line_id": lines[row["task"], row["source"]].id, "planned_10k_yuan": Decimal(row["planned_10k_yuan"])}
        for row in plan.get("funds", ())
    ]
    parties = [{**row, "replan_id": replan.id, "division_id": None} for row in party_rows(nodes, plan, at)]
    return (REPLANNED_NODES, days), (REPLANNED_FUNDS, amounts), (PARTY_DAYS, parties)


def party_rows(nodes: Mapping[Key, Any], asked: Mapping[str, Any], at: datetime) -> list[dict[str, Any]]:
    """The days by party that count from this moment on, in their order."""
    return [
        {"node_id": nodes[row["task"], row["name"]].id, "party": row["party"], "days": row["days"], "counts_at": at}
        for row in asked.get("days", ())
    ]


def decide(record: OpenChain, item_id: int, state: str) -> Row[Any]:
    """The plan that waits, decided; Refused when none does."""
    return decide_waiting(record, REPLANS, item_id, state, N_("No new plan was requested."))


def rows_in_plan(tx: Connection, item_id: int, table: Table, column: str) -> dict[Key, Any]:
    """The item's nodes or fund lines, by code of the task and name or source."""
    tasks = {task.id: task.code for task in tasks_of(tx, item_id)}
    rows = tx.execute(select(table).where(table.c.task_id.in_(list(tasks))).order_by(table.c.id))
    return {(tasks[row.task_id], getattr(row, column)): row for row in rows}
