"""Which unit had a case at a past moment: a later merger is undone for what it moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, select

from approvals.history.record import ENTRY

CHANGE = "change_unit"


@dataclass(frozen=True, slots=True)
class FormerUnits:
    """The units that cases had at a moment, where a merger has moved them since: by subject, row and column."""

    units: Mapping[tuple[str, int, str], int]

    def department(self, subject: str, row_id: int, unit_id: int) -> int:
        """The department of an approval or an order then; `unit_id` is the one of now."""
        return self.units.get((subject, row_id, "department_id"), unit_id)

    def owner(self, project_id: int, unit_id: int) -> int:
        """The owner's unit of a project then."""
        return self.units.get(("project", project_id, "owner_unit_id"), unit_id)


def former_units(tx: Connection, until: datetime) -> FormerUnits:
    """What mergers after `until` moved, as it stood before the first of them."""
    columns = (ENTRY.c.subject, ENTRY.c.subject_id, ENTRY.c.facts)
    moved = (
        select(*columns)
        .where(ENTRY.c.at > until, ENTRY.c.move == CHANGE)
        .order_by(ENTRY.c.at.desc(), ENTRY.c.id.desc())
    )
    units: dict[tuple[str, int, str], int] = {}
    for row in tx.execute(moved):  # the latest first, so that the earliest stands in the end
        facts = orjson.loads(row.facts)
        units |= {(row.subject, row.subject_id, column): facts["former_id"] for column in facts["columns"]}
    return FormerUnits(units)
