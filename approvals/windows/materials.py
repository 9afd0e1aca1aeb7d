"""The materials of an approval: which are in the system already, and which documents its window may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, exists, select

from approvals.accounts.actors import Actor
from approvals.filing.documents import DocumentView
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.roles import sees
from workflows.config.catalogue import Item

# The moves by which materials are handed in.
HAND_INS = tuple(move.name for move in APPROVAL.moves if any(need.kind == "materials" for need in move.needs))


@dataclass(frozen=True, slots=True)
class MaterialSource:
    """What satisfies a material by itself: the granted document of an approval, or a file that was uploaded.

    `name` is the document's number or the file's name; `code` is of the approval, `uid` of the file.
    """

    name: str
    code: str = ""
    uid: str = ""


def granted_documents(approvals: Iterable[ApprovalView], today: date) -> dict[str, str]:
    """The numbers of the documents that these approvals granted and that are valid today, by code."""
    granted = (view for view in approvals if view.document_no and view.state == "granted")
    return {view.code: str(view.document_no) for view in granted if not view.lapses_on or view.lapses_on >= today}


def sources(
    item: Item, names: Iterable[str], granted: Mapping[str, str], documents: Iterable[DocumentView]
) -> dict[str, MaterialSource]:
    """Which of these materials are in the system already; of several files for one, the last."""
    uploaded = {file.material: MaterialSource(file.name, uid=file.uid) for file in documents if file.material}
    in_system = {}
    for name in names:
        code = item.satisfied_by.get(name, "")
        source = MaterialSource(granted[code], code=code) if code in granted else uploaded.get(name)
        if source:
            in_system[name] = source
    return in_system


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
        .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(HAND_INS))
        .where(ENTRY.c.facts.contains(f'"document":"{uid}"', autoescape=True))  # canonical JSON has no spaces
    )
    return bool(tx.execute(select(handed_in)).scalar_one())
