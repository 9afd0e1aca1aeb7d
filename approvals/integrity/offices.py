"""The offices' own steps: what the system said of each, to whom, in turn and once."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.hashing import moment_text
from approvals.base.moments import day_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from workflows.charts.model import SYSTEM
from workflows.charts.office_moves import REMIND, STATEMENTS
from workflows.rules.office_tasks import OFFICE_TASKS

_SUBJECTS = sorted({task.chart.name for task in OFFICE_TASKS.values()})
_Case = tuple[str, int]


def office_steps_are_spoken_of_in_turn(tx: Connection) -> Iterator[Violation]:
    """Of each step that waited: a reminder to its own level, then reports to the levels above, none twice or left out.

    By the system, not before their day, and while it waited since the moment that they name.
    """
    entered: dict[_Case, str] = {}  # when each case came into its state
    levels: dict[_Case, list[int]] = {}  # that heard of it since
    for entry in tx.execute(_entries()):
        case = entry.subject, entry.subject_id
        if entry.move in STATEMENTS:
            said = levels.setdefault(case, [])
            yield from _violations(entry, orjson.loads(entry.facts), entered.get(case, ""), said)
            said.append(orjson.loads(entry.facts)["level"])
        elif entry.from_state != entry.to_state:
            entered[case], levels[case] = moment_text(entry.at), []


def _entries() -> Any:
    names = "project_id", "seq", "subject", "subject_id", "move", "from_state", "to_state", "role", "at", "facts"
    of_steps = select(*(ENTRY.c[name] for name in names)).where(ENTRY.c.subject.in_(_SUBJECTS))
    return of_steps.order_by(ENTRY.c.project_id, ENTRY.c.seq)


def _violations(entry: Any, facts: dict[str, Any], entered: str, said: list[int]) -> Iterator[Violation]:
    where = f"project {entry.project_id}, entry {entry.seq}"
    task, level, holder = OFFICE_TASKS[facts["office_task"]], facts["level"], facts["holder"]
    if (task.chart.name, task.state, task.level or holder) != (entry.subject, entry.from_state, holder):
        yield Violation("offices", where, f"{entry.move} is not of the step {task.name}")
    if entry.role != SYSTEM or facts["on"] > str(day_of(entry.at)):
        yield Violation("offices", where, f"{entry.move} was not made by the system, or before its day")
    if facts["since"] != entered:
        yield Violation("offices", where, f"{entry.move} is of {facts['since']}, the case waits since {entered}")
    if level != (holder if entry.move == REMIND else max(said, default=0) + 1) or level in said:
        yield Violation("offices", where, f"level {level} was told out of turn")
