"""Projects: their filings, marks and waiting changes as the history gives them."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.hashing import canonical
from approvals.filing.actions import KEYS, columns_of
from approvals.filing.amendments import FIELDS, WAITS
from approvals.filing.forms import ONLY_SAID
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.views import SETTLING
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.triage.actions import MARKS
from workflows.charts.filing_fields import FILING

NOTHING = dict.fromkeys({need.name for need in FILING if not need.required} - ONLY_SAID)  # of what may be left out
AMOUNTS = frozenset(need.name for need in FILING if need.kind == "money")
DESCRIBING = (
    "draft",
    "edit",
    "classify",
    "divert",
    "mark",
    "amend",
    "confirm_amendment",
    "change_unit",
)  # moves that say what it is


def filings_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """Each project's filing and marks are those that its record gives, and so is the change that waits."""
    recorded: dict[int, dict[str, Any]] = defaultdict(lambda: {"amendment_seq": None} | NOTHING)
    moves = ENTRY.c.subject == "project", ENTRY.c.move.in_((*DESCRIBING, *SETTLING))
    for entry in tx.execute(select(ENTRY).where(*moves).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        recorded[entry.project_id] |= _columns(entry)
    for row in tx.execute(select(PROJECTS).order_by(PROJECTS.c.id)):
        for name, value in recorded[row.id].items():
            stored = getattr(row, name)
            if _comparable(name, stored) != _comparable(name, value):
                yield Violation("filings", f"project {row.id}", f"{name} is {stored}, its history says {value}")


def _columns(entry: Any) -> dict[str, Any]:
    """The columns that this entry sets."""
    facts = orjson.loads(entry.facts)
    if entry.move == "amend" and facts[WAITS]:
        return {"amendment_seq": entry.seq}
    columns: dict[str, Any] = {"amendment_seq": None} if entry.move in SETTLING else {}
    if entry.move in DESCRIBING:
        filing = columns_of({name: value for name, value in facts.items() if name in FIELDS})
        columns |= {name: value for name, value in filing.items() if name not in KEYS.values()}
        columns |= {column: facts[field] for column, field in MARKS.items() if field in facts}
    return columns


def _comparable(name: str, value: Any) -> Any:
    """As the record writes it; screening answers are JSON on both sides, amounts are compared as numbers."""
    if name in AMOUNTS:
        return Decimal(value)
    return value if name == "answers" or value is None else orjson.loads(canonical(value))
