"""Projects: owner, moments, and what their registration gave them, as the history says."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import UNIT
from approvals.accounts.units import names_of_rows
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.receipts import FILES
from approvals.handover.units import MOVE as MERGER
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations

_UNTIL_THEN = dict.fromkeys(("filed_at", "registered_at", "review_on"))


def registrations_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """Each project was drafted, filed and registered when its record says, with its number and by its owner."""
    recorded: dict[int, dict[str, object]] = {}
    owners: dict[int, object] = {}  # a unit's name, or its id after a merger
    of_projects = select(ENTRY).where(ENTRY.c.subject == "project").order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(of_projects):
        facts = orjson.loads(entry.facts)
        columns = recorded.setdefault(entry.subject_id, dict(_UNTIL_THEN))
        columns |= _columns(entry, facts, columns)
        if entry.move == "draft":
            owners[entry.subject_id] = entry.unit
        elif entry.move == MERGER and "owner_unit_id" in facts["columns"]:
            owners[entry.subject_id] = facts["unit_id"]
    rows = {row.id: row for row in tx.execute(select(PROJECTS).order_by(PROJECTS.c.id))}
    yield from row_violations("project", recorded, rows)
    names = names_of_units(tx)
    for key in sorted(owners.keys() & rows.keys()):
        if rows[key].owner_unit_id != owners[key] and owners[key] not in names.get(rows[key].owner_unit_id, ()):
            yield Violation("projects", f"project {key}", f"its owner is another unit, its history says {owners[key]}")


def _columns(entry: Any, facts: Mapping[str, Any], before: Mapping[str, object]) -> dict[str, object]:
    """The columns that this entry of a project sets."""
    if entry.move == "draft":
        return {"drafted_at": entry.at}
    if entry.move in FILES:
        return {"filed_at": before["filed_at"] or entry.at}
    if entry.move == "register":
        return {"registered_at": entry.at, "number": facts["number"]}
    return {"review_on": date.fromisoformat(facts["review_on"])} if entry.move == "suspend" else {}


def names_of_units(tx: Connection) -> dict[int, set[str]]:
    """All names that each unit has or had."""
    former = {unit_id: {name for name, _ in names} for unit_id, names in names_of_rows(tx).items()}
    return {row.id: {row.name, *former.get(row.id, ())} for row in tx.execute(select(UNIT).order_by(UNIT.c.id))}
