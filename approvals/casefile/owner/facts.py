"""Facts about a project's approvals that their owner is told: notices to answer, extensions, reasons for lateness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from approvals.base.moments import day_of
from approvals.history.record import ENTRY
from approvals.supervision.queries import escalations_of
from approvals.windows.form_options import NOTICES
from approvals.windows.queries import AGAIN, ApprovalView
from approvals.windows.views import notice_number
from workflows.charts.approval import APPROVAL
from workflows.charts.roles import LEVELS
from workflows.clock.deadline_changes import EXTEND
from workflows.label import Label

Round = tuple[int, int]  # an approval's id and the number of its round
_ENTRIES = (
    select(ENTRY.c.approval_id, ENTRY.c.round, ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
    .where(ENTRY.c.project_id == bindparam("project_id"), ENTRY.c.subject == APPROVAL.name)
    .order_by(ENTRY.c.seq)
)
_NOTICES = _ENTRIES.where(ENTRY.c.move.in_(NOTICES))
_EXTENSIONS = _ENTRIES.where(ENTRY.c.move == EXTEND)


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """A one-time notice that waits for its answer; `seq` addresses it, `number` is empty if it was given without."""

    seq: int
    is_again: bool
    number: str


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension by the head of the window, once a round: both limits grew by `days`."""

    on: date
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Delay:
    """The escalation of a late approval. `reason` and `commitment_on` are of the last answer, by `answered_by`."""

    level: Label
    answer_due_on: date | None
    answered_by: Label | None
    reason: str
    commitment_on: date | None

    def is_broken(self, today: date) -> bool:
        """Whether the day that was committed to has passed; a decision ends the escalation."""
        return self.commitment_on is not None and self.commitment_on < today


def to_correct(tx: Connection, project_id: int, approvals: Iterable[ApprovalView]) -> dict[int, ToCorrect]:
    """The last notice of each approval that is being corrected, by the approval's id."""
    correcting = {approval.id for approval in approvals if approval.state == "correcting"}
    rows = tx.execute(_NOTICES, {"project_id": project_id}) if correcting else ()
    return {
        row.approval_id: ToCorrect(row.seq, row.move == AGAIN, notice_number(orjson.loads(row.facts)))
        for row in rows
        if row.approval_id in correcting
    }


def extensions(tx: Connection, project_id: int) -> dict[Round, Extension]:
    by_round = {}
    for row in tx.execute(_EXTENSIONS, {"project_id": project_id}):
        facts = orjson.loads(row.facts)
        by_round[row.approval_id, row.round] = Extension(day_of(row.at), facts["days"], facts["reason"])
    return by_round


def delays(tx: Connection, project_id: int) -> dict[Round, Delay]:
    """The open escalations of a project's approvals."""
    by_round: dict[Round, list[Any]] = {}
    for row in escalations_of(tx, project_id):
        if row.state != "closed":
            by_round.setdefault((row.approval_id, row.round), []).append(row)
    return {key: _delay(rows) for key, rows in by_round.items()}


def _delay(rows: Iterable[Any]) -> Delay:
    escalations = sorted(rows, key=lambda row: row.level)
    highest = escalations[-1]
    answer = next((row for row in reversed(escalations) if row.commitment_on), None)
    return Delay(
        level=Label(*LEVELS[highest.level]),
        answer_due_on=highest.answer_due_on if highest.state == "raised" else None,
        answered_by=Label(*LEVELS[answer.level]) if answer else None,
        reason=answer.reason if answer else "",
        commitment_on=answer.commitment_on if answer else None,
    )
