"""Which documents were handed in with an approval: those, and no others of the project, are its window's to read."""

from sqlalchemy import Connection, exists, select

from approvals.accounts.actors import Actor
from approvals.history.actions import ENTRY
from approvals.registration.queries import APPROVALS
from workflows.approval import APPROVAL
from workflows.roles import sees

MOVES = tuple(move.name for move in APPROVAL.moves if any(need.kind == "materials" for need in move.needs))


def was_handed_in(tx: Connection, project_id: int, uid: str, actor: Actor) -> bool:
    """Whether this document was handed in with an approval of the project that lies with the actor's department.

    `uid` is that of a document which exists.
    """
    if "department" not in sees(actor.roles):
        return False
    handed_in = exists(
        select(ENTRY.c.id)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .where(ENTRY.c.project_id == project_id, APPROVALS.c.department_id == actor.unit_id)
        .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(MOVES))
        .where(ENTRY.c.facts.contains(f'"document":"{uid}"', autoescape=True))  # canonical JSON has no spaces
    )
    return bool(tx.execute(select(handed_in)).scalar_one())
