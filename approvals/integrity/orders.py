"""What must always hold of supervision orders; `flask verify` asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from approvals.base.moments import day_of
from approvals.base.tables import NumberSeries, table_of
from approvals.history.queries import Fault
from approvals.history.record import ENTRY
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER, WITH_NAMES
from workflows.charts.model import SYSTEM
from workflows.charts.order import LIFTS, ORDER

SERIES: Table = table_of(NumberSeries)


def orders_are_those_of_the_record(tx: Connection) -> Iterator[Fault]:
    """Numbers without gaps; each row is as its entries say, and was reported as unanswered level by level."""
    told, own = defaultdict(list), select(ENTRY).where(ENTRY.c.subject == ORDER.name)
    for entry in tx.execute(own.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        told[entry.subject_id].append(entry)
    rows = {row.id: row for row in tx.execute(WITH_NAMES.order_by(ORDERS.c.year, ORDERS.c.serial))}
    yield from _number_faults(tx, rows.values())
    for key in sorted(told.keys() ^ rows.keys()):
        yield Fault("orders", f"order {key}", "stands in the record or in the rows alone")
    for key in sorted(told.keys() & rows.keys()):
        for name, value in _expected(told[key]).items():
            if getattr(rows[key], name) != value:
                yield Fault("orders", f"order {key}", f"{name} is {getattr(rows[key], name)}, its history says {value}")
        yield from _lift_faults(key, told[key])


def _number_faults(tx: Connection, rows: Iterable[Any]) -> Iterator[Fault]:
    serials = defaultdict(list)
    for row in rows:
        serials[row.year].append(row.serial)
    for year, found in serials.items():
        last = tx.execute(select(SERIES.c.last).where(SERIES.c.series == f"order/{year}")).scalar_one_or_none()
        if found != list(range(1, len(found) + 1)) or last != len(found):
            yield Fault("orders", str(year), f"numbers have a gap or a double; the series stands at {last}")


def _expected(entries: list[Any]) -> dict[str, Any]:
    """The columns of an order as its entries leave them."""
    facts = [orjson.loads(entry.facts) for entry in entries]
    first, begun = entries[0], facts[0]
    asked = [one for entry, one in zip(entries, facts, strict=True) if entry.move in ("issue", "send_back")]
    due_on = date.fromisoformat(asked[-1]["due_on"])
    lifts = [one for one in facts[facts.index(asked[-1]) :] if "next_on" in one]
    next_on = lifts[-1]["next_on"] if lifts else str(due_on + timedelta(days=1))
    is_open = entries[-1].to_state in TO_ANSWER
    return {name: begun[name] for name in ("subject", "demands", "department", "level")} | {
        "project_id": first.project_id or None,
        "approval_id": first.approval_id,
        "round": first.round,
        "issued_on": day_of(first.at),
        "due_on": due_on,
        "alarm_on": date.fromisoformat(next_on) if is_open and next_on else None,
        "lifted_to": lifts[-1]["level"] if lifts else None,
    }


def _lift_faults(key: int, entries: list[Any]) -> Iterator[Fault]:
    """Each level hears once, in order, on its day, by the system, until the order is sent back."""
    levels = list(LIFTS)
    for entry in entries:
        facts = orjson.loads(entry.facts)
        if entry.move == "send_back":
            levels = list(LIFTS)
        if entry.move != "lift_order":
            continue
        if entry.role != SYSTEM or facts["on"] != str(day_of(entry.at)) or facts["level"] not in levels[:1]:
            yield Fault("orders", f"order {key}", f"was reported to level {facts['level']} out of turn")
        levels = levels[1:]
