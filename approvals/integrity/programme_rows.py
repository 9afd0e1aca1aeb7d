"""Reads the stored rows of the programme by item, in the form in which the history tells them."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, select

from approvals.programme.queries import (
    AMOUNTS,
    DIVISIONS,
    ENTRIES,
    EXPECTED,
    INDICATORS,
    LINES,
    NODES,
    PARTY_DAYS,
    QUANTITIES,
    REACHED,
    REPLANNED_FUNDS,
    REPLANNED_NODES,
    REPLANS,
    REPORTS,
    TARGETS,
    TASK_PEOPLE,
    TASKS,
)
from workflows.rules.programme_facts import KINDS_OF_MONEY

Stored = dict[int, dict[str, Counter[tuple[Any, ...]]]]  # by item, by what they are
PLANNED = ("name", "planned_on", "who", "needs_evidence", "after", "project_ref", "approval_code")
INDICATOR = ("name", "definition", "unit", "decimals", "adds_up", "direction", "source")
DIVISION = ("state", "note", "asked_for", "asked_at", "decided_at")
REPLAN = ("state", "cause", "reason", "asked_for", "asked_at", "decided_at")


def stored_plans(tx: Connection, successors: dict[int, int]) -> Stored:
    """Tasks, indicators, targets, nodes, fund lines, people, replans and divided days of all items."""
    in_task, of_node, of_line = TASKS.c.item_id, _of_task(NODES), _of_task(LINES)
    replanned = {
        REPLANNED_NODES: (of_node, NODES.c.id == REPLANNED_NODES.c.node_id, NODES.c.name, "planned_on"),
        REPLANNED_FUNDS: (of_line, LINES.c.id == REPLANNED_FUNDS.c.line_id, LINES.c.source, "planned_10k_yuan"),
    }
    queries: dict[str, Select[Any]] = {
        "programme_indicators": select(INDICATORS.c.item_id, *(INDICATORS.c[name] for name in INDICATOR)),
        "programme_targets": select(in_task, INDICATORS.c.name, TASKS.c.code, TARGETS.c.target).select_from(
            _of_task(TARGETS).join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
        ),
        "programme_nodes": select(in_task, TASKS.c.code, *(NODES.c[name] for name in PLANNED)).select_from(of_node),
        "programme_fund_lines": select(
            in_task, TASKS.c.code, *(LINES.c[name] for name in ("source", "mode", "is_fiscal", "planned_10k_yuan"))
        ).select_from(of_line),
        "programme_task_people": select(
            in_task, TASKS.c.code, *(TASK_PEOPLE.c[name] for name in ("person_id", "from_at", "until_at", "note"))
        ).select_from(_of_task(TASK_PEOPLE)),
        "programme_replans": select(REPLANS.c.item_id, *(REPLANS.c[name] for name in REPLAN)),
        "programme_day_divisions": select(DIVISIONS.c.item_id, *(DIVISIONS.c[name] for name in DIVISION)),
        "programme_party_days": select(
            in_task,
            TASKS.c.code,
            NODES.c.name,
            *(PARTY_DAYS.c[name] for name in ("party", "days", "counts_at")),
            PARTY_DAYS.c.division_id.is_not(None),
        ).select_from(of_node.join(PARTY_DAYS, PARTY_DAYS.c.node_id == NODES.c.id)),
    }
    for table, (source, on, name, value) in replanned.items():
        columns = in_task, TASKS.c.code, name, table.c[value], table.c.counts_at
        queries[table.name] = select(*columns).select_from(source.join(table, on))
    stored = _collect(tx, queries)
    for row in tx.execute(select(TASKS).order_by(TASKS.c.id)):
        task = row.code, successors.get(row.unit_id), row.rhythm, row.reporter_id
        stored[row.item_id]["programme_tasks"][task] += 1
    return stored


def stored_counts(tx: Connection) -> Stored:
    """Reports, quantities, amounts, reached and expected nodes of all items, by the entry that they are of."""
    in_task, of_entry = TASKS.c.item_id, _of_task(ENTRIES)
    queries: dict[str, Select[Any]] = {
        "report": select(in_task, ENTRIES.c.id, REPORTS.c.is_complete, REPORTS.c.reported_at).select_from(
            of_entry.join(REPORTS, REPORTS.c.entry_id == ENTRIES.c.id)
        )
    }
    cells = {
        QUANTITIES: (TARGETS, QUANTITIES.c.target_id, ("value",)),
        REACHED: (NODES, REACHED.c.node_id, ("reached_on",)),
        EXPECTED: (NODES, EXPECTED.c.node_id, ("expected_on",)),
        AMOUNTS: (LINES, AMOUNTS.c.line_id, KINDS_OF_MONEY),
    }
    for table, (plan, key, values) in cells.items():
        source = of_entry.join(table, table.c.entry_id == ENTRIES.c.id).join(plan, plan.c.id == key)
        is_own = (plan.c.task_id == ENTRIES.c.task_id).label("is_own")
        name: ColumnElement[Any] = (
            INDICATORS.c.name if plan is TARGETS else plan.c["name" if plan is NODES else "source"]
        )
        if plan is TARGETS:
            source = source.join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
        columns = in_task, ENTRIES.c.id, name, *(table.c[value] for value in values), table.c.counts_at
        queries[table.name] = select(*columns, table.c.month, is_own).select_from(source)
    return _collect(tx, queries)


def _of_task(table: Any) -> FromClause:
    return table.join(TASKS, TASKS.c.id == table.c.task_id)


def _collect(tx: Connection, queries: dict[str, Select[Any]]) -> Stored:
    stored: Stored = defaultdict(lambda: defaultdict(Counter))
    for name, query in queries.items():
        for item_id, *row in tx.execute(query):
            stored[item_id][name][tuple(row)] += 1
    return stored
