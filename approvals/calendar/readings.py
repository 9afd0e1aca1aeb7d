"""Clocks of many approvals at once, read off the history by one query however many they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, union_all

from approvals.base.moments import day_of
from approvals.calendar.queries import STEP_FACTS, as_step, calendars, limits_of
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from workflows.clock.approval_clock import read
from workflows.clock.reading import Reading
from workflows.clock.timeline import Step
from workflows.config.policy import load_policy


def readings_of(tx: Connection, approvals: Sequence[Any], on: date) -> dict[int, Reading]:
    """The clock of each of these approvals at the close of `on`, by its id: one query however many they are."""
    return readings_by(
        tx, steps_of_many(tx, {approval.id: approval.project_id for approval in approvals}), approvals, on
    )


def readings_by(
    tx: Connection, steps: Mapping[int, Sequence[Step]], approvals: Sequence[Any], on: date
) -> dict[int, Reading]:
    """The same by their steps, where those were read already."""
    calendar_of, reminder_at = calendars(tx), load_policy().reminder_at
    return {
        approval.id: read(
            steps[approval.id], limits_of(approval), calendar_of(approval), on, days=False, reminder_at=reminder_at
        )
        for approval in approvals
    }


def steps_of_many(tx: Connection, projects: dict[int, int]) -> dict[int, list[Step]]:
    """The steps of approvals, given as id: project id; each has the suspensions of its project among its own steps."""
    of_project: dict[int, list[int]] = defaultdict(list)
    for approval_id, project_id in projects.items():
        of_project[project_id].append(approval_id)
    steps: dict[int, list[Step]] = {approval_id: [] for approval_id in projects}
    columns = (ENTRY.c.project_id, ENTRY.c.approval_id, ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at, STEP_FACTS)
    own = select(*columns).where(ENTRY.c.approval_id.in_(projects), OF_CLOCK)
    halts = select(*columns).where(ENTRY.c.project_id.in_(of_project), HALTS)
    for row in tx.execute(union_all(own, halts).order_by("project_id", "seq")):
        step = as_step(row.move, day_of(row.at), row.facts, seq=row.seq)
        for approval_id in of_project[row.project_id] if row.approval_id is None else [row.approval_id]:
            steps[approval_id].append(step)
    return steps
