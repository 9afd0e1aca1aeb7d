"""Readings of clocks: of one approval, or of every approval that exists, as a stream."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.moments import day_of
from approvals.deadlines.queries import as_step, calendars, limits_of, reading
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.actions import ENTRY
from approvals.history.tables import HALTS
from approvals.registration.queries import APPROVALS, approval_ref
from workflows.clock import Step, read
from workflows.policy import load_policy


def reading_of(tx: Connection, approval: Any, on: date) -> dict[str, Any]:
    """The clock of one approval at the close of `on`, as JSON."""
    return {"approval": approval_ref(approval)} | reading(tx, approval, on).to_json()


def all_readings(tx: Connection, on: date) -> Iterator[dict[str, Any]]:
    """One reading for every approval that exists, by project and item."""
    calendar_of, reminder_at = calendars(tx), load_policy().reminder_at
    approvals = tx.execute(
        select(APPROVALS, PROJECTS.c.number)
        .join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        .order_by(APPROVALS.c.project_id, APPROVALS.c.code)
    )
    for project_id, group in groupby(approvals, key=lambda row: row.project_id):
        steps, halts = _steps_of_project(tx, project_id)
        for approval in group:
            told = [step for _, step in sorted(steps.get(approval.id, []) + halts, key=lambda pair: pair[0])]
            found = read(told, limits_of(approval), calendar_of(approval), on, reminder_at=reminder_at)
            yield {"approval": approval_ref(approval)} | found.to_json()


Numbered = tuple[int, Step]


def _steps_of_project(tx: Connection, project_id: int) -> tuple[dict[int, list[Numbered]], list[Numbered]]:
    """The steps of each approval, and the suspensions that stop all of them, each with its place in the history."""
    steps: dict[int, list[Numbered]] = {}
    halts: list[Numbered] = []
    rows = tx.execute(
        select(ENTRY.c.seq, ENTRY.c.approval_id, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
        .where(ENTRY.c.project_id == project_id, (ENTRY.c.subject == "approval") | HALTS)
        .order_by(ENTRY.c.seq)
    )
    for row in rows:
        step = (row.seq, as_step(row.move, day_of(row.at), row.facts))
        if row.approval_id is None:
            halts.append(step)
        else:
            steps.setdefault(row.approval_id, []).append(step)
    return steps, halts
