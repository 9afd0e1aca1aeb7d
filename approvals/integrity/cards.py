"""Cards: each was shown by the system, on the day and for the rule in its row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.moments import day_of
from approvals.history.queries import Fault
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.supervision.queries import CARDS
from workflows.charts.card import CARD
from workflows.charts.model import SYSTEM

SHOW = next(move.name for move in CARD.moves if move.begins)


def cards_are_those_of_the_record(tx: Connection) -> Iterator[Fault]:
    """Each card was shown by the system, on the day and for the rule in its row; no entry is without its row."""
    shown = select(ENTRY).where(ENTRY.c.subject == CARD.name, ENTRY.c.move == SHOW).order_by(ENTRY.c.id)
    entries = {entry.subject_id: entry for entry in tx.execute(shown)}
    rows = {row.id: row for row in tx.execute(select(CARDS).order_by(CARDS.c.id))}
    yield from row_violations("card", {key: _columns(entry) for key, entry in entries.items()}, rows)
    for key in sorted(entries.keys() & rows.keys()):
        entry = entries[key]
        if entry.role != SYSTEM or orjson.loads(entry.facts)["on"] != str(day_of(entry.at)):
            yield Fault("cards", f"card {key}", "was not shown by the system on its day")


def _columns(entry: Any) -> dict[str, object]:
    """The columns of a card as its first entry gives them."""
    facts = orjson.loads(entry.facts)
    days = {"shown_on": date.fromisoformat(facts["on"]), "appeal_by": date.fromisoformat(facts["appeal_by"])}
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    return of_approval | {"rule": facts["rule"], "colour": facts["colour"]} | days
