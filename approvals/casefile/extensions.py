"""Extensions as an owner is told of them: by how many days, and why."""

from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, bindparam, select

from approvals.base.moments import day_of
from approvals.history.record import ENTRY
from workflows.charts.approval import APPROVAL
from workflows.clock.deadline_changes import EXTEND

_MADE = (
    select(ENTRY.c.approval_id, ENTRY.c.round, ENTRY.c.at, ENTRY.c.facts)
    .where(ENTRY.c.project_id == bindparam("project_id"), ENTRY.c.subject == APPROVAL.name, ENTRY.c.move == EXTEND)
    .order_by(ENTRY.c.seq)
)


@dataclass(frozen=True, slots=True)
class Extension:
    """Made by the head of the window, once a round: both limits grew by so many days."""

    on: date
    days: int
    reason: str


def extensions(tx: Connection, project_id: int) -> dict[tuple[int, int], Extension]:
    """The extensions of a project's approvals, by approval and round."""
    rows = tx.execute(_MADE, {"project_id": project_id})
    told = [(row, orjson.loads(row.facts)) for row in rows]
    return {
        (row.approval_id, row.round): Extension(day_of(row.at), facts["days"], facts["reason"]) for row, facts in told
    }
