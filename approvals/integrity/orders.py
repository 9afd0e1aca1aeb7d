"""Supervision orders: numbers without gaps, rows as their entries say, reports of silence level by level."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.units import unit_ids
from approvals.base.moments import day_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.integrity.numbers import series_gaps
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER, WITH_NAMES
from workflows.charts.model import SYSTEM
from workflows.charts.order import LIFTS, ORDER


def orders_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Numbers without gaps; each row is as its entries say, and was reported as unanswered level by level."""
    entries, statement = defaultdict(list), select(ENTRY).where(ENTRY.c.subject == ORDER.name)
    for entry in tx.execute(statement.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        entries[entry.subject_id].append(entry)
    units = unit_ids(tx, follow=False)
    rows = {row.id: row for row in tx.execute(WITH_NAMES.order_by(ORDERS.c.year, ORDERS.c.serial))}
    yield from series_gaps(tx, "orders", "order", rows.values())
    yield from row_violations("order", {key: _columns(of_order, units) for key, of_order in entries.items()}, rows)
    for key in sorted(entries.keys() & rows.keys()):
        yield from _lift_violations(key, entries[key])


def _columns(entries: Sequence[Any], units: Mapping[str, int]) -> dict[str, object]:
    """The columns of an order as its entries leave them."""
    facts = [orjson.loads(entry.facts) for entry in entries]
    first, last = entries[0], entries[-1]
    start = max(index for index, entry in enumerate(entries) if entry.move in ("issue", "send_back"))
    due_on = date.fromisoformat(facts[start]["due_on"])
    lift = next((fact for fact in reversed(facts[start:]) if "next_on" in fact), None)
    next_on = lift["next_on"] if lift else str(due_on + timedelta(days=1))
    moved = [fact["unit_id"] for entry, fact in zip(entries, facts, strict=True) if entry.move == "change_unit"]
    source = {name: facts[0].get(name, "") for name in ("source_kind", "source_ref")}
    return (
        source
        | {name: facts[0][name] for name in ("subject", "demands", "level")}
        | {
            "department_id": moved[-1] if moved else units.get(facts[0]["department"]),
            "project_id": first.project_id or None,
            "approval_id": first.approval_id,
            "round": first.round,
            "issued_on": day_of(first.at),
            "due_on": due_on,
            "alarm_on": date.fromisoformat(next_on) if last.to_state in TO_ANSWER and next_on else None,
            "lifted_to": lift["level"] if lift else None,
        }
    )


def _lift_violations(key: int, entries: Sequence[Any]) -> Iterator[Violation]:
    """Each level hears once, in order, on its day, by the system, until the order is sent back."""
    levels = list(LIFTS)
    for entry in entries:
        facts = orjson.loads(entry.facts)
        if entry.move == "send_back":
            levels = list(LIFTS)
        if entry.move != "lift_order":
            continue
        if entry.role != SYSTEM or facts["on"] != str(day_of(entry.at)) or facts["level"] not in levels[:1]:
            yield Violation("orders", f"order {key}", f"was reported to level {facts['level']} out of turn")
        levels = levels[1:]
