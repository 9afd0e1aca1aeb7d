"""The materials of an approval: which are in the system already, and which documents its window may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, exists, false, literal, or_, select, tuple_

from approvals.accounts.actors import Actor
from approvals.catalogue.queries import item_of, known_catalogues
from approvals.filing.documents import DOCUMENTS, DocumentView
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS, approvals_of
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.roles import sees
from workflows.config.catalogue import Item

# The moves by which materials are handed in.
HAND_INS = tuple(move.name for move in APPROVAL.moves if any(need.kind == "materials" for need in move.needs))


@dataclass(frozen=True, slots=True)
class MaterialSource:
    """What satisfies a material by itself: the granted document of an approval, or a file that was uploaded.

    `name` is the document's number or the file's name; `code` is of the approval and `document` of the file that its
    grant carries, `uid` of a file that was uploaded.
    """

    name: str
    code: str = ""
    uid: str = ""
    document: str = ""


def granted_documents(approvals: Iterable[ApprovalView], today: date) -> dict[str, MaterialSource]:
    """The documents that these approvals granted and that are valid today, by code."""
    granted = (view for view in approvals if view.document_no and view.state == "granted")
    return {
        view.code: MaterialSource(str(view.document_no), code=view.code, document=view.document_uid or "")
        for view in granted
        if not view.lapses_on or view.lapses_on >= today
    }


def sources(
    item: Item, names: Iterable[str], granted: Mapping[str, MaterialSource], documents: Iterable[DocumentView]
) -> dict[str, MaterialSource]:
    """Which of these materials are in the system already; of several files for one, the last."""
    uploaded = {file.material: MaterialSource(file.name, uid=file.uid) for file in documents if file.material}
    in_system = {}
    for name in names:
        code = item.satisfied_by.get(name, "")
        source = granted.get(code) or uploaded.get(name)
        if source:
            in_system[name] = source
    return in_system


def may_open(tx: Connection, project_id: int, uid: str, actor: Actor) -> bool:
    """Whether somebody of a department may open this document of a project, by what the department handles there.

    `uid` is that of a document which exists.
    """
    if "department" not in sees(actor.roles):
        return False
    return _was_handed_in(tx, project_id, uid, actor) or _is_granted(tx, project_id, uid, actor)


def openable_documents(tx: Connection, actor: Actor) -> ColumnElement[bool]:
    """Whether `may_open` holds of a document, joined with its project (WHERE clause)."""
    if "department" not in sees(actor.roles):
        return false()
    granted, own = APPROVALS.alias("granted"), APPROVALS.alias("own")
    pairs = [
        (sha256, item.code, code)
        for sha256, catalogue in known_catalogues(tx).items()
        for item in catalogue.items.values()
        for code in item.satisfied_by.values()
    ]
    serves = or_(
        own.c.code == granted.c.code,
        tuple_(PROJECTS.c.catalogue_sha256, own.c.code, granted.c.code).in_(pairs),
    )
    is_granted = (
        exists()
        .where(granted.c.project_id == DOCUMENTS.c.project_id, granted.c.document_uid == DOCUMENTS.c.uid)
        .where(own.c.project_id == DOCUMENTS.c.project_id, own.c.department_id == actor.unit_id, serves)
    )
    named = literal('"document":"') + DOCUMENTS.c.uid + literal('"')
    is_handed_in = exists().where(
        APPROVALS.c.project_id == DOCUMENTS.c.project_id,
        APPROVALS.c.department_id == actor.unit_id,
        ENTRY.c.approval_id == APPROVALS.c.id,
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move.in_(HAND_INS),
        ENTRY.c.facts.contains(named),
    )
    return or_(is_granted, is_handed_in)


def _is_granted(tx: Connection, project_id: int, uid: str, actor: Actor) -> bool:
    """Whether a grant of the department carries it, or a grant that is a material of one of its approvals."""
    rows = approvals_of(tx, project_id)
    granted = {row.code for row in rows if row.document_uid == uid}
    own = [item_of(tx, row) for row in rows if row.department_id == actor.unit_id]
    return any(item.code in granted or not granted.isdisjoint(item.satisfied_by.values()) for item in own)


def _was_handed_in(tx: Connection, project_id: int, uid: str, actor: Actor) -> bool:
    """Whether it was handed in with an approval of the project that lies with the actor's department."""
    handed_in = exists(
        select(ENTRY.c.id)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .where(ENTRY.c.project_id == project_id, APPROVALS.c.department_id == actor.unit_id)
        .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(HAND_INS))
        .where(ENTRY.c.facts.contains(f'"document":"{uid}"', autoescape=True))  # canonical JSON has no spaces
    )
    return bool(tx.execute(select(handed_in)).scalar_one())
