"""The cells of an entry: which are due, whether all were given, and what of them counts once it is confirmed."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select

from approvals.base.errors import Invalid
from approvals.base.i18n import N_
from approvals.base.prepared import Prepared
from approvals.programme.queries import (
    AMOUNTS,
    EXPECTED,
    INDICATORS,
    LINES,
    NODES,
    QUANTITIES,
    REACHED,
    TARGETS,
)

KINDS_OF_MONEY = ("allocated", "received", "paid")
CUMULATIVE = frozenset({"sum", "max"})  # indicators of which the figure does not fall
Reason = tuple[str, dict[str, object]]
Reasons = dict[str, list[Reason]]
Fault = tuple[str, Reason]


@dataclass(frozen=True, slots=True)
class CellsDue:
    """What a task reports of: its indicators by name, its fund lines by source, its nodes by name."""

    indicators: Mapping[str, Any]
    lines: Mapping[str, Any]
    nodes: Mapping[str, Any]


_INDICATORS_DUE = Prepared(
    select(TARGETS, *(INDICATORS.c[name] for name in ("name", "unit", "decimals", "adds_up", "direction")))
    .join(INDICATORS, INDICATORS.c.id == TARGETS.c.indicator_id)
    .where(TARGETS.c.task_id == bindparam("task_id"))
    .order_by(TARGETS.c.id)
)
_LINES_DUE = Prepared(select(LINES).where(LINES.c.task_id == bindparam("task_id")).order_by(LINES.c.id))
_NODES_DUE = Prepared(select(NODES).where(NODES.c.task_id == bindparam("task_id")).order_by(NODES.c.id))
_COUNT = {
    table: Prepared(insert(table), [column.name for column in table.c if column.name != "id"])
    for table in (QUANTITIES, REACHED, EXPECTED, AMOUNTS)
}


def cells_due(tx: Connection, task_id: int) -> CellsDue:
    of_task = {"task_id": task_id}
    return CellsDue(
        indicators={row.name: row for row in _INDICATORS_DUE.rows(tx, of_task)},
        lines={row.source: row for row in _LINES_DUE.rows(tx, of_task)},
        nodes={row.name: row for row in _NODES_DUE.rows(tx, of_task)},
    )


def check_cells(due: CellsDue, facts: Mapping[str, Any], on: date) -> None:
    """Invalid names each cell that is missing, unknown or cannot be; an empty cell is no zero."""
    faults: Reasons = {}
    for path, reason in (*_quantity_faults(due, facts), *_money_faults(due, facts), *_node_faults(due, facts, on)):
        faults.setdefault(path, []).append(reason)
    for name in facts.get("no_figure", {}):
        if name not in due.indicators and name not in due.lines:
            faults[f"no_figure.{name}"] = [(N_("is not a figure of this task"), {})]
    if faults:
        raise Invalid(faults)


def _quantity_faults(due: CellsDue, facts: Mapping[str, Any]) -> Iterator[Fault]:
    quantities = facts.get("quantities", {})
    for name, value in quantities.items():
        indicator = due.indicators.get(name)
        if indicator is None:
            yield f"quantities.{name}", (N_("is not an indicator of this task"), {})
        elif value != round(value, indicator.decimals):
            places = {"decimals": indicator.decimals}
            yield f"quantities.{name}", (N_("must have at most %(decimals)s decimal places"), places)
    yield from _missing("quantities", due.indicators, quantities, facts)


def _money_faults(due: CellsDue, facts: Mapping[str, Any]) -> Iterator[Fault]:
    sources = [row["source"] for row in facts.get("funds", ())]
    for index, source in enumerate(sources):
        if source not in due.lines:
            yield f"funds.{source}", (N_("is not a source of this task"), {})
        elif source in sources[:index]:
            yield f"funds.{source}", (N_("stands there twice"), {})
    yield from _missing("funds", due.lines, sources, facts)


def _missing(path: str, names: Iterable[str], given: Container[str], facts: Mapping[str, Any]) -> Iterator[Fault]:
    """Each figure is given, or there is a reason why there is none; never both."""
    no_figure = facts.get("no_figure", {})
    for name in names:
        if name in given and name in no_figure:
            yield f"no_figure.{name}", (N_("has a figure; leave out one of both"), {})
        elif name not in given and name not in no_figure:
            yield f"{path}.{name}", (N_("is required: a number, 0, or the reason why there is none"), {})


def _node_faults(due: CellsDue, facts: Mapping[str, Any], on: date) -> Iterator[Fault]:
    for index, row in enumerate(facts.get("nodes", ())):
        if row["name"] not in due.nodes:
            yield f"nodes.{index}.name", (N_("is not a node of this task"), {})
        if row["reached_on"] > on:
            yield f"nodes.{index}.reached_on", (N_("must not be in the future"), {})


def is_complete(facts: Mapping[str, Any]) -> bool:
    """Whether every cell has a figure."""
    return not facts.get("no_figure")


def check_falls(tx: Connection, due: CellsDue, facts: Mapping[str, Any], month: str) -> None:
    """Invalid for a cumulative figure below the one that counts, unless the entry says why."""
    if facts.get("reason"):
        return
    faults: Reasons = {}
    message = N_("is below %(before)s, which counts by now: say why below")
    counted = counted_quantities(tx, [row.id for row in due.indicators.values()], month)
    for name, value in facts.get("quantities", {}).items():
        indicator = due.indicators[name]
        before = counted.get(indicator.id)
        if indicator.adds_up in CUMULATIVE and before is not None and value < before:
            faults[f"quantities.{name}"] = [(message, {"before": f"{before.normalize():f}"})]
    amounts = counted_amounts(tx, [row.id for row in due.lines.values()], month)
    for row in facts.get("funds", ()):
        for kind, before in amounts.get(due.lines[row["source"]].id, {}).items():
            if row[kind] < before:
                faults[f"funds.{row['source']}.{kind}"] = [(message, {"before": f"{before:.2f}"})]
    if faults:
        raise Invalid(faults)


def counted_quantities(tx: Connection, target_ids: list[int], month: str) -> dict[int, Decimal]:
    """The latest quantity of each target that counts, of months up to this one."""
    if not target_ids:
        return {}
    rows = tx.execute(
        select(QUANTITIES)
        .where(QUANTITIES.c.target_id.in_(target_ids), QUANTITIES.c.month <= month, QUANTITIES.c.value.is_not(None))
        .order_by(QUANTITIES.c.month, QUANTITIES.c.id)
    )
    return {row.target_id: row.value for row in rows}


def counted_amounts(tx: Connection, line_ids: list[int], month: str) -> dict[int, dict[str, Decimal]]:
    """The latest money of each fund line that counts, of months up to this one."""
    rows = tx.execute(
        select(AMOUNTS)
        .where(AMOUNTS.c.line_id.in_(line_ids), AMOUNTS.c.month <= month, AMOUNTS.c.paid.is_not(None))
        .order_by(AMOUNTS.c.month, AMOUNTS.c.id)
    )
    return {row.line_id: {kind: getattr(row, kind) for kind in KINDS_OF_MONEY} for row in rows}


# What counts once it is confirmed.


def count_quantities(tx: Connection, entry: Any, reported: str, at: datetime) -> None:
    """The quantities and reached nodes of a confirmed entry count from this moment on."""
    facts, due = orjson.loads(reported), cells_due(tx, entry.task_id)
    new = {"entry_id": entry.id, "month": entry.month, "counts_at": at}
    quantities = {**dict.fromkeys(facts.get("no_figure", {})), **facts.get("quantities", {})}
    rows = [
        new | {"target_id": due.indicators[name].id, "value": None if value is None else Decimal(str(value))}
        for name, value in quantities.items()
        if name in due.indicators
    ]
    nodes = [
        new | {"node_id": due.nodes[row["name"]].id, "reached_on": date.fromisoformat(row["reached_on"])}
        for row in facts.get("nodes", ())
    ]
    expected = [
        new | {"node_id": due.nodes[row["name"]].id, "expected_on": date.fromisoformat(row["expected_on"])}
        for row in facts.get("forecast", {}).get("nodes", ())
        if row["name"] in due.nodes
    ]
    for table, counted in ((QUANTITIES, rows), (REACHED, nodes), (EXPECTED, expected)):
        _COUNT[table].run_all(tx, counted)


def count_amounts(tx: Connection, entry: Any, reported: str, at: datetime) -> None:
    """The money of an entry that finance has confirmed counts from this moment on."""
    new = {"entry_id": entry.id, "month": entry.month, "counts_at": at}
    given = {row["source"]: row for row in orjson.loads(reported).get("funds", ())}
    lines = _LINES_DUE.rows(tx, {"task_id": entry.task_id})
    _COUNT[AMOUNTS].run_all(tx, [new | {"line_id": line.id} | _money(given.get(line.source)) for line in lines])


def _money(row: Mapping[str, Any] | None) -> dict[str, Decimal | None]:
    return {kind: Decimal(str(row[kind])) if row else None for kind in KINDS_OF_MONEY}
