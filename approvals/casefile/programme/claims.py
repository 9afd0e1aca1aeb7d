"""What was claimed done last: final day, money and scope beside the baseline, as the office looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from approvals.history.queries import EntryView
from approvals.programme.items.actions import CLAIM
from approvals.programme.items.claims import baseline_of


@dataclass(frozen=True, slots=True)
class ItemClaim:
    """`final` is None and texts are empty where the claim left them out; `short` counts what was not met by then."""

    planned_on: date | None
    finished_on: date
    day_reason: str
    planned: Decimal
    final: Decimal | None
    money_reason: str
    scope: str
    short: int
    scope_reason: str
    note: str
    handed_over_to: str
    paper: str


def claim_of(tx: Connection, item: Any, entries: Sequence[EntryView]) -> ItemClaim | None:
    """The last claim in the record of an item; None where it is not claimed or done."""
    facts = next((entry.facts for entry in reversed(entries) if entry.move == CLAIM), None)
    if facts is None or item.state not in ("claimed", "done"):
        return None
    planned_on, planned = baseline_of(tx, item)
    final = facts.get("final_10k_yuan")
    texts = ("day_reason", "money_reason", "scope", "scope_reason", "note", "handed_over_to", "paper")
    return ItemClaim(
        planned_on=planned_on,
        finished_on=date.fromisoformat(facts["finished_on"]),
        planned=planned,
        final=None if final is None else Decimal(final),
        short=len(facts.get("shortfall", ())),
        **{name: facts.get(name) or "" for name in texts},
    )
