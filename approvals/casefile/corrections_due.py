"""What an owner has to correct: the one-time notice that each correcting approval answers now."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, bindparam, select

from approvals.history.record import ENTRY
from approvals.windows.form_options import NOTICES
from approvals.windows.queries import AGAIN, ApprovalView
from approvals.windows.views import notice_number
from workflows.charts.approval import APPROVAL

CORRECTING = "correcting"
_TOLD = (
    select(ENTRY.c.approval_id, ENTRY.c.seq, ENTRY.c.move, ENTRY.c.facts)
    .where(
        ENTRY.c.project_id == bindparam("project_id"),
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move.in_(NOTICES),
    )
    .order_by(ENTRY.c.seq)
)


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """A notice that waits for its answer; `seq` addresses it, `number` is empty where it was told without one."""

    seq: int
    is_again: bool
    number: str


def to_correct(tx: Connection, project_id: int, approvals: Iterable[ApprovalView]) -> dict[int, ToCorrect]:
    """The last notice of each approval of a project that is being corrected, by the approval's id."""
    waiting = {one.id for one in approvals if one.state == CORRECTING}
    rows = tx.execute(_TOLD, {"project_id": project_id}) if waiting else ()
    return {
        row.approval_id: ToCorrect(row.seq, row.move == AGAIN, notice_number(orjson.loads(row.facts)))
        for row in rows
        if row.approval_id in waiting
    }
