"""Why an approval is late, as its owner is told: who has it before them, and what was said and promised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals.supervision.queries import escalations_of
from workflows.charts.roles import LEVELS
from workflows.label import Label

CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Delay:
    """How far a late approval has climbed. `reason` and `commitment_on` are of the last answer, by `answered_by`."""

    level: Label
    answer_due_on: date | None
    answered_by: Label | None
    reason: str
    commitment_on: date | None


def delays(tx: Connection, project_id: int) -> dict[tuple[int, int], Delay]:
    """The delays of a project's approvals that are told to supervision now, by approval and round."""
    found: dict[tuple[int, int], list[Any]] = {}
    for row in escalations_of(tx, project_id):
        if row.state != CLOSED:
            found.setdefault((row.approval_id, row.round), []).append(row)
    return {key: _delay(rows) for key, rows in found.items()}


def _delay(rows: Iterable[Any]) -> Delay:
    climbed = sorted(rows, key=lambda row: row.level)
    top, answered = climbed[-1], [row for row in climbed if row.commitment_on]
    last = answered[-1] if answered else None
    return Delay(
        level=Label(*LEVELS[top.level]),
        answer_due_on=top.answer_due_on if top.state == "raised" else None,
        answered_by=Label(*LEVELS[last.level]) if last else None,
        reason=last.reason if last else "",
        commitment_on=last.commitment_on if last else None,
    )
