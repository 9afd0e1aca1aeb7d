"""Outgoing notices against the entries of which they tell."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from approvals.history.queries import Violation
from approvals.history.record import ENTRY, NOTICE


def notices_are_of_their_entries(tx: Connection) -> Iterator[Violation]:
    """Each notice tells of the move of its entry, of that approval and moment; none is of no entry."""
    entries = ENTRY.c.subject + "." + ENTRY.c.move
    joined = NOTICE.outerjoin(ENTRY, (ENTRY.c.project_id == NOTICE.c.project_id) & (ENTRY.c.seq == NOTICE.c.seq))
    differs = entries.is_distinct_from(NOTICE.c.move) | ENTRY.c.at.is_distinct_from(NOTICE.c.at)
    differs |= ENTRY.c.approval_id.is_distinct_from(NOTICE.c.approval_id)
    wrong = select(NOTICE.c.id, NOTICE.c.project_id, NOTICE.c.seq).select_from(joined).where(differs)
    for row in tx.execute(wrong.order_by(NOTICE.c.id)):
        yield Violation("notices", f"notice {row.id}", f"is not of entry {row.seq} of project {row.project_id}")
