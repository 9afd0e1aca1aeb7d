"""The cells of an entry: which are due, whether all were given, and whether they can be."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, select

from approvals.base.errors import Invalid
from approvals.base.formatting import plain_number
from approvals.base.i18n import N_
from approvals.base.prepared import Prepared
from approvals.programme.queries import (
    AMOUNTS,
    ENTRIES,
    INDICATORS,
    LINES,
    NODES,
    QUANTITIES,
    TARGETS,
)
from workflows.rules.programme_facts import KINDS_OF_MONEY

FALLS = N_("is below %(before)s, which was reported before: say why below")
NEEDS_EVIDENCE = N_("“%(node)s” is reached with evidence: a photograph or a document")
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


def cells_due(tx: Connection, task_id: int) -> CellsDue:
    of_task = {"task_id": task_id}
    return CellsDue(
        indicators={row.name: row for row in _INDICATORS_DUE.rows(tx, of_task)},
        lines={row.source: row for row in _LINES_DUE.rows(tx, of_task)},
        nodes={row.name: row for row in _NODES_DUE.rows(tx, of_task)},
    )


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """What the task reported for an earlier month, as it stands now."""

    month: str
    quantities: Mapping[str, Decimal]
    money: Mapping[str, Mapping[str, Decimal]]
    nodes: Mapping[str, date]


def earlier_reports(tx: Connection, task_id: int, month: str) -> list[EarlierReport]:
    """The reports of the months before that were not sent back, in order."""
    stands = ENTRIES.c.task_id == task_id, ENTRIES.c.month < month, ENTRIES.c.state.not_in(("due", "sent_back"))
    rows = tx.execute(select(ENTRIES.c.month, ENTRIES.c.reported).where(*stands).order_by(ENTRIES.c.month))
    return [_earlier(row.month, orjson.loads(row.reported)) for row in rows]


def _earlier(month: str, facts: Mapping[str, Any]) -> EarlierReport:
    return EarlierReport(
        month,
        {name: Decimal(str(value)) for name, value in facts.get("quantities", {}).items()},
        {row["source"]: {kind: Decimal(str(row[kind])) for kind in KINDS_OF_MONEY} for row in facts.get("funds", ())},
        {row["name"]: date.fromisoformat(row["reached_on"]) for row in facts.get("nodes", ())},
    )


def check_cells(due: CellsDue, facts: Mapping[str, Any], earlier: Iterable[EarlierReport], on: date) -> None:
    """Invalid names each cell that is missing, unknown or cannot be; an empty cell is no zero."""
    faults: Reasons = {}
    checks = (_quantity_faults(due, facts), _money_faults(due, facts), _node_faults(due, facts, earlier, on))
    more = (*_evidence_faults(due, facts, earlier), *_forecast_faults(due, facts))
    for path, reason in (*checks[0], *checks[1], *checks[2], *more):
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
            yield f"funds.{index}.source", (N_("is not a source of this task"), {})
        elif source in sources[:index]:
            yield f"funds.{index}.source", (N_("appears twice"), {})
    yield from _missing("funds", due.lines, sources, facts)


def _missing(path: str, names: Iterable[str], given: Container[str], facts: Mapping[str, Any]) -> Iterator[Fault]:
    """Each figure is given, or there is a reason why there is none; never both."""
    no_figure = facts.get("no_figure", {})
    for name in names:
        if name in given and name in no_figure:
            yield f"no_figure.{name}", (N_("also has a figure; leave out one of the two"), {})
        elif name not in given and name not in no_figure:
            yield f"{path}.{name}", (N_("is required: a number, 0, or the reason why there is none"), {})


def _node_faults(
    due: CellsDue, facts: Mapping[str, Any], earlier: Iterable[EarlierReport], on: date
) -> Iterator[Fault]:
    reached = {name: day for report in earlier for name, day in report.nodes.items()}
    reached |= {row["name"]: row["reached_on"] for row in facts.get("nodes", ())}
    names = [row["name"] for row in facts.get("nodes", ())]
    for index, row in enumerate(facts.get("nodes", ())):
        node = due.nodes.get(row["name"])
        if node is None:
            yield f"nodes.{index}.name", (N_("is not a node of this task"), {})
        elif row["name"] in names[:index]:
            yield f"nodes.{index}.name", (N_("appears twice"), {})
        elif node.approval_code:
            yield f"nodes.{index}.name", (N_("is reached by the grant of %(code)s"), {"code": node.approval_code})
        if row["reached_on"] > on:
            yield f"nodes.{index}.reached_on", (N_("must not be in the future"), {})
        elif node is not None and node.after and not _is_after(due, node, reached):
            comes_first = {"node": node.after}
            yield f"nodes.{index}.reached_on", (N_("“%(node)s” comes first and was not reached by then"), comes_first)


def _is_after(due: CellsDue, node: Any, reached: Mapping[str, date]) -> bool:
    """Whether the node that comes first was reached by that day; what an approval reaches is not known here."""
    first = due.nodes[node.after]
    day = reached.get(first.name)
    return bool(first.approval_code) or (day is not None and day <= reached[node.name])


def _evidence_faults(due: CellsDue, facts: Mapping[str, Any], earlier: Iterable[EarlierReport]) -> Iterator[Fault]:
    """A node that needs evidence is not reached for the first time without any."""
    if facts.get("evidence"):
        return
    known = {name for report in earlier for name in report.nodes}
    for row in facts.get("nodes", ()):
        node = due.nodes.get(row["name"])
        if node is not None and node.needs_evidence and row["name"] not in known:
            yield "evidence", (NEEDS_EVIDENCE, {"node": row["name"]})


def _forecast_faults(due: CellsDue, facts: Mapping[str, Any]) -> Iterator[Fault]:
    forecast = facts.get("forecast", {})
    for index, row in enumerate(forecast.get("nodes", ())):
        if row["name"] not in due.nodes:
            yield f"forecast.nodes.{index}.name", (N_("is not a node of this task"), {})
    for name in forecast.get("quantities", {}):
        if name not in due.indicators:
            yield f"forecast.quantities.{name}", (N_("is not an indicator of this task"), {})
    for source in forecast.get("funds", {}):
        if source not in due.lines:
            yield f"forecast.funds.{source}", (N_("is not a source of this task"), {})


def is_complete(facts: Mapping[str, Any]) -> bool:
    """Whether every cell has a figure."""
    return not facts.get("no_figure")


def check_falls(due: CellsDue, facts: Mapping[str, Any], earlier: Iterable[EarlierReport]) -> None:
    """Invalid for a cumulative figure below that of an earlier month, unless the entry says why."""
    if facts.get("reason"):
        return
    quantities = {name: value for report in earlier for name, value in report.quantities.items()}
    money = {source: amounts for report in earlier for source, amounts in report.money.items()}
    faults: Reasons = {}
    for name, value in facts.get("quantities", {}).items():
        before = quantities.get(name)
        if due.indicators[name].adds_up in CUMULATIVE and before is not None and value < before:
            faults[f"quantities.{name}"] = [(FALLS, {"before": plain_number(before)})]
    for index, row in enumerate(facts.get("funds", ())):
        for kind, amount in money.get(row["source"], {}).items():
            if row[kind] < amount:
                faults[f"funds.{index}.{kind}"] = [(FALLS, {"before": f"{amount:.2f}"})]
    if faults:
        raise Invalid(faults)


def counted_quantities(tx: Connection, target_ids: list[int], month: str) -> dict[int, Decimal]:
    """The latest quantity of each target that counts, of months up to this one."""
    return {row.target_id: row.value for row in _counted(tx, QUANTITIES, ("target_id", "value"), target_ids, month)}


def counted_amounts(tx: Connection, line_ids: list[int], month: str) -> dict[int, dict[str, Decimal]]:
    """The latest money of each fund line that counts, of months up to this one."""
    rows = _counted(tx, AMOUNTS, ("line_id", "paid"), line_ids, month)
    return {row.line_id: {kind: getattr(row, kind) for kind in KINDS_OF_MONEY} for row in rows}


def _counted(tx: Connection, table: Table, columns: tuple[str, str], ids: list[int], month: str) -> list[Any]:
    """What each month's entry says by now, in the order of the months; an entry that has no figure says nothing."""
    of, value = columns
    query = select(table).where(table.c[of].in_(ids), table.c.month <= month).order_by(table.c.month, table.c.id)
    rows = {(getattr(row, of), row.month): row for row in tx.execute(query)}
    return [row for row in rows.values() if getattr(row, value) is not None]
