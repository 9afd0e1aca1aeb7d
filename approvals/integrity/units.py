"""Units: their names of today, and what a merger moved."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON, UNIT
from approvals.accounts.units import names_of_rows
from approvals.filing.queries import TABLE as PROJECTS
from approvals.handover.units import MOVE
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.supervision.orders.queries import ORDERS

TABLES = {"approval": APPROVALS, "order": ORDERS, "project": PROJECTS}


def units_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """A unit has one of its names, a merged one has no people and its successor knows it, and what was moved stays."""
    rows = tx.execute(select(UNIT).order_by(UNIT.c.id)).all()
    names, former = names_of_rows(tx), {row.id: {*map(int, row.former_ids.split())} for row in rows}
    peopled = set(tx.execute(select(PERSON.c.unit_id).distinct()).scalars())
    merged = {(row.successor_id, row.id) for row in rows if row.successor_id}
    for row in rows:
        if row.id in names and (row.name, row.name_en) not in names[row.id]:
            yield Violation("units", f"unit {row.id}", f"is called {row.name}, which none of its renamings says")
        if row.successor_id and row.id in peopled:
            yield Violation("units", f"unit {row.id}", "was merged and has people")
    for successor, unit in sorted(
        merged ^ {(successor, unit) for successor, units in former.items() for unit in units}
    ):
        yield Violation("units", f"unit {unit}", f"is said to be merged into {successor} on one side alone")
    yield from _moved(tx)


def _moved(tx: Connection) -> Iterator[Violation]:
    recorded: dict[tuple[str, int, str], int] = {}
    entries = select(ENTRY).where(ENTRY.c.move == MOVE).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(entries):
        facts = orjson.loads(entry.facts)
        recorded |= {(entry.subject, entry.subject_id, column): facts["unit_id"] for column in facts["columns"]}
    for subject, table in TABLES.items():
        wanted = {key: unit_id for key, unit_id in recorded.items() if key[0] == subject}
        rows = {row.id: row for row in tx.execute(select(table).where(table.c.id.in_({key[1] for key in wanted})))}
        for (_, row_id, column), unit_id in sorted(wanted.items()):
            is_joint = column.startswith("joint")  # double management may have ended since; its own check looks at it
            if not is_joint and getattr(rows.get(row_id), column, None) != unit_id:
                yield Violation("units", f"{subject} {row_id}", f"{column} is not {unit_id}, as its history says")
