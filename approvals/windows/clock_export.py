"""Readings of clocks: of one approval, or of every approval that exists, as a stream."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from approvals.calendar.queries import calendars, limits_of, reading
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS, approval_ref
from approvals.windows.clocks import steps_of_many
from workflows.clock.approval_clock import read
from workflows.config.policy import load_policy


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
        of_project = list(group)
        steps = steps_of_many(tx, {approval.id: project_id for approval in of_project})
        for approval in of_project:
            limits, calendar = limits_of(approval), calendar_of(approval)
            found = read(steps[approval.id], limits, calendar, on, reminder_at=reminder_at)
            yield {"approval": approval_ref(approval)} | found.to_json()
