"""Days that the system speaks of: read off the record of an approval, and said when they are due."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Column, Connection, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.moments import day_of, start_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY, OpenChain, move
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_subject
from workflows.charts.approval import APPROVAL
from workflows.charts.model import SYSTEM
from workflows.rules.due_statements import DueStatement, RecordedStep

CLOSED = ("withdrawn", "declined")  # states of a project in which nobody waits for anything


@dataclass(frozen=True, slots=True)
class WatchedDay:
    """A kind of day: the moves that have to do with it, and what follows from those that were made.

    `alarm` is the column of the next statement, `facts` are those of a statement that is made after these steps.
    """

    moves: Sequence[str]
    alarm: Column[Any]
    due: Callable[[Sequence[RecordedStep]], Sequence[DueStatement]]
    columns: Callable[[Sequence[RecordedStep]], dict[str, date | None]]
    facts: Callable[[Sequence[RecordedStep]], dict[str, Any]]


def steps_by_approval(tx: Connection, watched: WatchedDay, ids: Iterable[int]) -> dict[int, list[RecordedStep]]:
    """What the record of each of these approvals says of such a day."""
    steps: dict[int, list[RecordedStep]] = {key: [] for key in ids}
    entries = (
        select(ENTRY.c.approval_id, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
        .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(watched.moves), ENTRY.c.approval_id.in_(steps))
        .order_by(ENTRY.c.approval_id, ENTRY.c.seq)
    )
    for row in tx.execute(entries):
        steps[row.approval_id].append(RecordedStep(row.move, day_of(row.at), orjson.loads(row.facts)))
    return steps


def steps_of_approval(tx: Connection, watched: WatchedDay, approval: Any) -> list[RecordedStep]:
    """The same of one approval."""
    return steps_by_approval(tx, watched, [approval.id])[approval.id]


def state_due(record: OpenChain, watched: WatchedDay, day: date, code: str | None = None) -> Counter[str]:
    """Say what is due by `day` in the project, or about one item; the moves made."""
    due = WITH_PROJECT.where(APPROVALS.c.project_id == record.project_id, watched.alarm <= day)
    due = due.where(PROJECTS.c.state.not_in(CLOSED)).order_by(APPROVALS.c.code)
    rows = record.tx.execute(due if code is None else due.where(APPROVALS.c.code == code)).all()
    return sum((_state(record, watched, row, day) for row in rows), Counter())


def _state(record: OpenChain, watched: WatchedDay, approval: Any, day: date) -> Counter[str]:
    steps, case = steps_of_approval(record.tx, watched, approval), approval_subject(approval)
    statements = [statement for statement in watched.due(steps) if statement.on <= day]
    for statement in statements:
        facts = watched.facts(steps)
        steps.append(RecordedStep(statement.move, statement.on, facts))
        at = max(start_of(statement.on), approval.state_since)
        how: dict[str, Any] = {"facts": facts, "changes": watched.columns(steps), "at": at}
        case = move(record, case, statement.move, by=SYSTEM_ACTOR, role=SYSTEM, **how)
    return Counter(statement.move for statement in statements)
