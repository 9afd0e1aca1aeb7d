"""Whose the days of late nodes are: proposed by the lead unit, confirmed or declined by the office."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row, insert

from approvals.base.errors import Refused, invalid
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.history.record import OpenChain
from approvals.programme.items.asked import decide_waiting, waiting
from approvals.programme.items.replans import party_rows, rows_in_plan
from approvals.programme.queries import DIVISIONS, NODES, PARTY_DAYS


def ask(record: OpenChain, item_id: int, facts: Mapping[str, Any]) -> None:
    """Keep the division that is proposed. How many days a node is late is checked by who calls for it."""
    if waiting(record.tx, DIVISIONS, item_id):
        raise Refused(
            N_("A division of days is already awaiting confirmation. The office must confirm or decline it first.")
        )
    if not facts["days"]:
        raise invalid("days", N_("needs at least one entry"))
    row = {"item_id": item_id, "state": "asked", "note": facts["note"], "asked_at": record.at}
    record.tx.execute(insert(DIVISIONS), row | {"asked_for": canonical(asked_days(facts))})


def asked_days(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"days": facts["days"]}


def confirm(record: OpenChain, item_id: int) -> None:
    """The days are those parties' from now on, in place of what was confirmed of these nodes before."""
    division = decide(record, item_id, "confirmed")
    nodes = rows_in_plan(record.tx, item_id, NODES, "name")
    own = {"division_id": division.id, "replan_id": None}
    rows = party_rows(nodes, orjson.loads(division.asked_for), record.at)
    record.tx.execute(insert(PARTY_DAYS), [own | row for row in rows])


def decide(record: OpenChain, item_id: int, state: str) -> Row[Any]:
    """The division that waits, decided; Refused when none does."""
    return decide_waiting(record, DIVISIONS, item_id, state, N_("No division of days was proposed."))
