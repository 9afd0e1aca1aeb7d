"""What must always hold of cards; `flask verify` asks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.moments import day_of
from approvals.history.actions import ENTRY
from approvals.history.queries import Fault
from approvals.supervision.queries import CARDS
from workflows.card import CARD
from workflows.chart import SYSTEM

SHOW = next(move.name for move in CARD.moves if move.begins)


def cards_are_those_of_the_record(tx: Connection) -> Iterator[Fault]:
    """Each card was shown by the system, on the day and for the rule that its row says; no entry is without its row."""
    told = {row.subject_id: row for row in _shown(tx)}
    rows = {row.id: row for row in tx.execute(select(CARDS).order_by(CARDS.c.id))}
    for key in sorted(told.keys() ^ rows.keys()):
        yield Fault("cards", f"card {key}", "stands in the record or in the rows alone")
    for key in sorted(told.keys() & rows.keys()):
        for name, value in _expected(told[key]).items():
            if getattr(rows[key], name) != value:
                yield Fault("cards", f"card {key}", f"{name} is {getattr(rows[key], name)}, its history says {value}")
        if told[key].role != SYSTEM or orjson.loads(told[key].facts)["on"] != str(day_of(told[key].at)):
            yield Fault("cards", f"card {key}", "was not shown by the system on its day")


def _shown(tx: Connection) -> Any:
    return tx.execute(select(ENTRY).where(ENTRY.c.subject == CARD.name, ENTRY.c.move == SHOW).order_by(ENTRY.c.id))


def _expected(entry: Any) -> dict[str, Any]:
    facts = orjson.loads(entry.facts)
    days = {"shown_on": date.fromisoformat(facts["on"]), "appeal_by": date.fromisoformat(facts["appeal_by"])}
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    return of_approval | {"rule": facts["rule"], "colour": facts["colour"]} | days
