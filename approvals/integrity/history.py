"""The history against the charts, and stored rows against the history."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from approvals.appraisal.queries import DEDUCTIONS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.liaisons.queries import REQUESTS
from approvals.programme.problems.queries import PROBLEMS
from approvals.programme.queries import ENTRIES, ITEMS, REMINDERS, YEARS
from approvals.registration.queries import APPROVALS
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.queries import CARDS, ESCALATIONS, WORDS
from approvals.windows.corrections import CORRECTIONS
from workflows.charts.model import BEFORE, NotInChart, step
from workflows.charts.registry import CHARTS

TABLES = {
    "project": PROJECTS,
    "approval": APPROVALS,
    "escalation": ESCALATIONS,
    "request": REQUESTS,
    "card": CARDS,
    "order": ORDERS,
    "report": REPORTS,
    "word": WORDS,
    "correction": CORRECTIONS,
    "programme": YEARS,
    "item": ITEMS,
    "entry": ENTRIES,
    "problem": PROBLEMS,
    "reminder": REMINDERS,
    "deduction": DEDUCTIONS,
}
# States in which rows begin without an entry: approvals with their project, monthly entries when they come due.
FIRST_STATES = {"approval": "waiting", "entry": "due"}
_Case = tuple[str, int]


def only_moves_of_the_chart(tx: Connection) -> Iterator[Violation]:
    """Every entry is a move of its chart from the state before it; the last gives the row its state, and since when."""
    states: dict[_Case, str] = {}
    since: dict[_Case, datetime] = {}
    for row in tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        key = (row.subject, row.subject_id)
        before = states.get(key, FIRST_STATES.get(row.subject, BEFORE))
        yield from _move_violations(row, before)
        if row.to_state != before:
            since[key] = row.at
        states[key] = row.to_state
    for subject, table in TABLES.items():
        yield from _missing_rows(tx, subject, table, states)
        for row in tx.execute(select(table.c.id, table.c.state, table.c.state_since).order_by(table.c.id)):
            key = (subject, row.id)
            state, began = states.get(key, FIRST_STATES.get(subject)), since.get(key, row.state_since)
            if (state, began) != (row.state, row.state_since):
                stands = f"stands at {row.state} since {row.state_since}"
                yield Violation("chart", f"{subject} {row.id}", f"{stands}, its history says {state} since {began}")


def _move_violations(row: Any, before: str) -> Iterator[Violation]:
    where = f"project {row.project_id}, entry {row.seq}"
    if row.from_state != before:
        yield Violation("chart", where, f"{row.move} starts from {row.from_state}, the case was {before}")
    try:
        after = step(CHARTS[row.subject], row.from_state, row.move)
    except NotInChart:
        after = None
    if after != row.to_state:
        yield Violation("chart", where, f"{row.move} does not lead from {row.from_state} to {row.to_state}")


def _missing_rows(tx: Connection, subject: str, table: Table, states: Mapping[_Case, str]) -> Iterator[Violation]:
    """Cases of the history without a row."""
    rows = set(tx.execute(select(table.c.id)).scalars())
    for key in sorted({key for name, key in states if name == subject} - rows):
        yield Violation("chart", f"{subject} {key}", f"has no row, its history says {states[subject, key]}")


def row_violations(
    subject: str, recorded: Mapping[int, Mapping[str, object]], rows: Mapping[int, Any]
) -> Iterator[Violation]:
    """The rows, by id, that lack their entries or differ from the columns that these give, and entries without row."""
    for key in sorted(recorded.keys() ^ rows.keys()):
        yield Violation(f"{subject}s", f"{subject} {key}", "stands in the record or in the rows alone")
    for key in sorted(recorded.keys() & rows.keys()):
        for name, value in recorded[key].items():
            stored = getattr(rows[key], name)
            if stored != value:
                yield Violation(f"{subject}s", f"{subject} {key}", f"{name} is {stored}, its history says {value}")
