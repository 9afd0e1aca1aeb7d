"""What of an entry counts from a moment on: quantities and nodes by its confirmation, money by finance's."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Table, insert

from approvals.base.prepared import Prepared
from approvals.programme.entries.cells import CellsDue, cells_due
from approvals.programme.queries import AMOUNTS, EXPECTED, QUANTITIES, REACHED
from workflows.rules.programme_facts import KINDS_OF_MONEY

Rows = list[dict[str, Any]]
_COUNT = {
    table: Prepared(insert(table), [column.name for column in table.c if column.name != "id"])
    for table in (QUANTITIES, REACHED, EXPECTED, AMOUNTS)
}


def count_quantities(tx: Connection, entry: Any, reported: str, at: datetime, before: str = "") -> None:
    """The quantities and nodes of a confirmed entry count from this moment on.

    A node that was reached by what the entry said `before`, and is no longer, counts as not reached.
    """
    facts, due = orjson.loads(reported), cells_due(tx, entry.task_id)
    new = {"entry_id": entry.id, "month": entry.month, "counts_at": at}
    for table, rows in quantity_rows(due, facts, orjson.loads(before) if before else {}):
        _COUNT[table].run_all(tx, [new | row for row in rows])


def quantity_rows(due: CellsDue, facts: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[tuple[Table, Rows]]:
    """What a confirmed report adds to each table, without entry, month and moment."""
    quantities = {**dict.fromkeys(facts.get("no_figure", {})), **facts.get("quantities", {})}
    yield (
        QUANTITIES,
        [
            {"target_id": due.indicators[name].id, "value": None if value is None else Decimal(str(value))}
            for name, value in quantities.items()
            if name in due.indicators
        ],
    )
    reached = dict.fromkeys(row["name"] for row in before.get("nodes", ()))
    reached |= {row["name"]: date.fromisoformat(row["reached_on"]) for row in facts.get("nodes", ())}
    yield REACHED, [{"node_id": due.nodes[name].id, "reached_on": day} for name, day in reached.items()]
    yield (
        EXPECTED,
        [
            {"node_id": due.nodes[row["name"]].id, "expected_on": date.fromisoformat(row["expected_on"])}
            for row in facts.get("forecast", {}).get("nodes", ())
            if row["name"] in due.nodes
        ],
    )


def count_amounts(tx: Connection, entry: Any, reported: str, at: datetime) -> None:
    """The money of an entry that finance has confirmed counts from this moment on."""
    new = {"entry_id": entry.id, "month": entry.month, "counts_at": at}
    rows = amount_rows(cells_due(tx, entry.task_id), orjson.loads(reported))
    _COUNT[AMOUNTS].run_all(tx, [new | row for row in rows])


def amount_rows(due: CellsDue, facts: Mapping[str, Any]) -> Rows:
    """What confirmed money adds, without entry, month and moment; None where the entry has no figure."""
    sources = {row["source"]: row for row in facts.get("funds", ())}
    return [{"line_id": line.id} | _money(sources.get(source)) for source, line in due.lines.items()]


def _money(row: Mapping[str, Any] | None) -> dict[str, Decimal | None]:
    return {kind: Decimal(str(row[kind])) if row else None for kind in KINDS_OF_MONEY}
