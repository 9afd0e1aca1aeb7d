"""The programme's ledger: what was diverted to it stands in it."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.programme.queries import ITEMS


def diverted_projects_stand_in_the_ledger(tx: Connection) -> Iterator[Violation]:
    """Each diversion that names an item left that item in the ledger, and its number with the project."""
    items = {(row.year, row.item_no) for row in tx.execute(select(ITEMS.c.year, ITEMS.c.item_no))}
    diverted = (
        select(ENTRY.c.facts, PROJECTS.c.uid, PROJECTS.c.item_no)
        .join(PROJECTS, PROJECTS.c.id == ENTRY.c.project_id)
        .where(ENTRY.c.subject == "project", ENTRY.c.move == "divert")
        .order_by(ENTRY.c.id)
    )
    for row in tx.execute(diverted):
        facts = orjson.loads(row.facts)
        if "item_year" not in facts:  # from before the ledger was written
            continue
        if (facts["item_year"], facts["item_no"]) not in items:
            yield Violation("ledger", row.uid, f"item {facts['item_no']} of {facts['item_year']} is missing")
        if row.item_no != facts["item_no"]:
            yield Violation("ledger", row.uid, f"names item {row.item_no}, its diversion says {facts['item_no']}")
