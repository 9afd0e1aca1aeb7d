"""Deductions: numbers without gaps, rows as their entries say, each priced by the rule that it names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.appraisal.queries import DEDUCTIONS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.integrity.numbers import series_gaps
from workflows.charts.deduction import DEDUCTION
from workflows.config.point_rules import price

COPIED = (
    *("year", "serial", "unit_id", "regime", "event", "event_key", "cause", "about", "chain", "entry_seq", "days"),
    *("rules", "points"),
)


def deductions_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Numbers without gaps; each row is as its entries say, cites an entry, and costs what its rule says."""
    entries, statement = defaultdict(list), select(ENTRY).where(ENTRY.c.subject == DEDUCTION.name)
    for entry in tx.execute(statement.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        entries[entry.subject_id].append(entry)
    rows = {row.id: row for row in tx.execute(select(DEDUCTIONS).order_by(DEDUCTIONS.c.year, DEDUCTIONS.c.serial))}
    yield from series_gaps(tx, "deductions", "deduction", rows.values())
    yield from row_violations("deduction", {key: _columns(of_row) for key, of_row in entries.items()}, rows)
    yield from _without_entry(tx)
    for key in sorted(entries.keys() & rows.keys()):
        if (points := _price(orjson.loads(entries[key][0].facts))) != rows[key].points:
            yield Violation("deductions", f"deduction {key}", f"costs {rows[key].points}, by its rule {points}")


def _columns(entries: Sequence[Any]) -> dict[str, object]:
    """The columns of a deduction as its entries leave them."""
    facts = [orjson.loads(entry.facts) for entry in entries]
    days = [fact["object_by"] for fact in facts if "object_by" in fact]
    happened_on = date.fromisoformat(facts[0]["happened_on"])
    object_by = date.fromisoformat(days[-1]) if days else None
    return {name: facts[0][name] for name in COPIED} | {"happened_on": happened_on, "object_by": object_by}


def _price(facts: Mapping[str, Any]) -> int:
    """What the event costs by the rule as its first entry keeps it."""
    return price(facts["rule_points"], facts["days"], facts["each_days"], facts["cap"])


def _without_entry(tx: Connection) -> Iterator[Violation]:
    """Deductions whose event no entry of the record says."""
    cited = (ENTRY.c.project_id == DEDUCTIONS.c.chain) & (ENTRY.c.seq == DEDUCTIONS.c.entry_seq)
    query = select(DEDUCTIONS.c.id).outerjoin(ENTRY, cited).where(ENTRY.c.id.is_(None)).order_by(DEDUCTIONS.c.id)
    for key in tx.execute(query).scalars():
        yield Violation("deductions", f"deduction {key}", "cites an entry that does not exist")
