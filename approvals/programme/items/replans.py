"""A new plan: asked for by the lead unit, in time or late, and what it changes once the office has confirmed it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, insert, select, update

from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.history.hashing import canonical
from approvals.history.record import OpenChain
from approvals.programme.items.plan import PlanFaults, check_unique
from approvals.programme.queries import LINES, NODES, PARTY_DAYS, REPLANNED_FUNDS, REPLANNED_NODES, REPLANS, tasks_of
from workflows.charts.programme_terms import ERROR
from workflows.config.policy import load_policy

PARTS = (("nodes", NODES, "name"), ("funds", LINES, "source"))
Key = tuple[str, str]  # code of the task; name of the node or source of the money


def ask(record: OpenChain, item_id: int, facts: Mapping[str, Any]) -> list[str]:
    """Keep the plan that is asked for; the names of the nodes for which that is late."""
    if _asked(record.tx, item_id):
        raise Refused(N_("A new plan waits already. The office confirms or refuses it first."))
    check_replan(record.tx, item_id, facts)
    if facts["cause"] != ERROR:
        _check_ahead(record.tx, item_id, facts.get("nodes", ()), day_of(record.at))
    late = late_nodes(record.tx, item_id, facts.get("nodes", ()), day_of(record.at))
    plan = asked_plan(facts)
    row = {"item_id": item_id, "state": "asked", "cause": facts["cause"], "reason": facts["reason"]}
    record.tx.execute(insert(REPLANS), row | {"asked_for": canonical(plan), "asked_at": record.at})
    return late


def asked_plan(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for: the parts of the plan that change, and whose the days are."""
    return {name: facts[name] for name in ("nodes", "funds", "days") if facts.get(name)}


def check_replan(tx: Connection, item_id: int, facts: Mapping[str, Any]) -> None:
    """Invalid for a new plan that changes nothing, or a node or line that the item does not have."""
    if not facts.get("nodes") and not facts.get("funds"):
        raise invalid("nodes", N_("needs at least one entry"))
    faults = PlanFaults()
    for name, table, column in PARTS:
        known = rows_in_plan(tx, item_id, table, column)
        check_unique(faults, name, column, [(row["task"], row[column]) for row in facts.get(name, ())])
        for index, row in enumerate(facts.get(name, ())):
            if (row["task"], row[column]) not in known:
                faults.add(f"{name}.{index}.{column}", N_("is not in the plan of this item"))
    faults.check()
    _check_order(tx, item_id, facts.get("nodes", ()))
    _check_days(tx, item_id, facts.get("nodes", ()), facts.get("days", ()))


def _check_ahead(tx: Connection, item_id: int, nodes: Iterable[Mapping[str, Any]], on: date) -> None:
    """Invalid for a node whose planned day has come: from then on only an error is corrected."""
    planned, faults = planned_days(tx, item_id), PlanFaults()
    for index, row in enumerate(nodes):
        if planned[row["task"], row["name"]] <= on:
            message = N_("“%(node)s” was planned for %(day)s: from that day on only an error is corrected")
            day = planned[row["task"], row["name"]].isoformat()
            faults.add(f"nodes.{index}.planned_on", message, node=row["name"], day=day)
    faults.check()


def _check_days(
    tx: Connection, item_id: int, nodes: Iterable[Mapping[str, Any]], days: Sequence[Mapping[str, Any]]
) -> None:
    """Invalid for days by party that are not those by which their node moves."""
    planned = planned_days(tx, item_id)
    moved = {(r["task"], r["name"]): (r["planned_on"] - planned[r["task"], r["name"]]).days for r in nodes}
    divided: dict[Key, int] = {}
    faults = PlanFaults()
    for index, row in enumerate(days):
        key = row["task"], row["name"]
        divided[key] = divided.get(key, 0) + row["days"]
        if key not in moved:
            faults.add(f"days.{index}.name", N_("is not among the nodes that move"))
    for key in divided.keys() & moved.keys():
        if divided[key] != moved[key]:
            message = N_("“%(node)s” moves by %(moved)s days, divided are %(divided)s")
            faults.add("days", message, node=key[1], moved=moved[key], divided=divided[key])
    faults.check()


def _check_order(tx: Connection, item_id: int, nodes: Iterable[Mapping[str, Any]]) -> None:
    """Invalid for a node that would come before the one that it follows."""
    plan, days = rows_in_plan(tx, item_id, NODES, "name"), planned_days(tx, item_id)
    days |= {(row["task"], row["name"]): row["planned_on"] for row in nodes}
    faults = PlanFaults()
    for index, row in enumerate(nodes):
        key = row["task"], row["name"]
        first = row["task"], plan[key].after
        if first in days and days[key] < days[first]:
            faults.add(f"nodes.{index}.planned_on", N_("is before “%(node)s”, which comes first"), node=first[1])
        for other, follower in plan.items():
            if (row["task"], follower.after) == (other[0], row["name"]) and days[other] < days[key]:
                message = N_("is after “%(node)s”, which comes later")
                faults.add(f"nodes.{index}.planned_on", message, node=other[1])
    faults.check()


def planned_days(tx: Connection, item_id: int) -> dict[Key, date]:
    """The day of each node by what is planned now."""
    plan = rows_in_plan(tx, item_id, NODES, "name")
    ids = {row.id: key for key, row in plan.items()}
    replanned = select(REPLANNED_NODES).where(REPLANNED_NODES.c.node_id.in_(list(ids))).order_by(REPLANNED_NODES.c.id)
    latest = {ids[row.node_id]: row.planned_on for row in tx.execute(replanned)}
    return {key: row.planned_on for key, row in plan.items()} | latest


def late_nodes(tx: Connection, item_id: int, nodes: Iterable[Mapping[str, Any]], on: date) -> list[str]:
    """The names of the nodes whose planned day is nearer than the policy's working days, or has passed."""
    days, ahead = planned_days(tx, item_id), load_policy().programme.replan_ahead
    calendar = calendar_in_force(tx)
    keys = [(row["task"], row["name"]) for row in nodes]
    return [name for task, name in keys if calendar.working_days_between(on, days[task, name]) < ahead]


def confirm(record: OpenChain, item_id: int) -> None:
    """The new plan stands beside the baseline from now on."""
    replan = decide(record, item_id, "confirmed")
    for table, rows in replanned_rows(record.tx, item_id, replan, record.at):
        if rows:
            record.tx.execute(insert(table), rows)


def replanned_rows(
    tx: Connection, item_id: int, replan: Any, at: datetime
) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
    """What a confirmed plan adds to each table."""
    plan = orjson.loads(replan.asked_for)
    nodes, lines = (rows_in_plan(tx, item_id, table, column) for _, table, column in PARTS)
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
    replan = _asked(record.tx, item_id)
    if replan is None:
        raise Refused(N_("No new plan was asked for."))
    changes = {"state": state, "decided_at": record.at}
    record.tx.execute(update(REPLANS).where(REPLANS.c.id == replan.id).values(changes))
    return replan


def _asked(tx: Connection, item_id: int) -> Row[Any] | None:
    return tx.execute(select(REPLANS).where(REPLANS.c.item_id == item_id, REPLANS.c.state == "asked")).one_or_none()


def rows_in_plan(tx: Connection, item_id: int, table: Table, column: str) -> dict[Key, Any]:
    """The item's nodes or fund lines, by code of the task and name or source."""
    tasks = {task.id: task.code for task in tasks_of(tx, item_id)}
    rows = tx.execute(select(table).where(table.c.task_id.in_(list(tasks))).order_by(table.c.id))
    return {(tasks[row.task_id], getattr(row, column)): row for row in rows}
