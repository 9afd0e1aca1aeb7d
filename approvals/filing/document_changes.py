"""Changes of a document that nothing relies upon yet: another name, another use, another file, none at all.

What was handed in, or is named by any other entry of the record, stays as it is.
"""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from approvals.accounts.actors import Actor, Scope, acting_roles
from approvals.base.errors import Forbidden, NotFound, Refused, invalid
from approvals.base.files.filetypes import clean_name, suffix_of
from approvals.base.files.store import Stored
from approvals.base.i18n import N_
from approvals.filing.documents import DOCUMENTS, check_material, seal_document
from approvals.filing.queries import locked_project_by_id, place_of
from approvals.history.record import ENTRY
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT

HANDING_IN = frozenset(APPROVAL.move("submit").by)  # the roles that bring documents for an approval
_UID = re.compile(r'"(d-[0-9a-f]{16})"')


def check_may_bring(actor: Actor, place: Scope) -> None:
    """Forbidden for who can hand in nothing here."""
    if HANDING_IN.isdisjoint(acting_roles(actor, place)):
        raise Forbidden


def relied_upon(tx: Connection, project_id: int) -> frozenset[str]:
    """The ids of all documents that the record of this project names."""
    facts = select(ENTRY.c.facts).where(ENTRY.c.project_id == project_id, ENTRY.c.facts.contains('"d-'))
    return frozenset(uid for row in tx.execute(facts.order_by(ENTRY.c.seq)).scalars() for uid in _UID.findall(row))


def rename(tx: Connection, project_id: int, uid: str, name: str, *, by: Actor, now: datetime) -> str:
    """Give the document another name of the same ending; the name."""
    document = _changeable(tx, project_id, uid, by)
    name = clean_name(name, "name")
    if suffix_of(name) != suffix_of(document.name):
        raise invalid("name", N_("must keep the ending .%(suffix)s"), suffix=suffix_of(document.name))
    _update(tx, document, now, name=name)
    return name


def retype(tx: Connection, project_id: int, uid: str, material: str, *, by: Actor, now: datetime) -> str:
    """Let the document serve as this material, or as none; its name."""
    document = _changeable(tx, project_id, uid, by)
    check_material(tx, locked_project_by_id(tx, project_id), material)
    _update(tx, document, now, material=material)
    return str(document.name)


def replace(tx: Connection, project_id: int, uid: str, stored: Stored, *, by: Actor, now: datetime) -> str:
    """Put the stored file in the place of the document's; its name."""
    document = _changeable(tx, project_id, uid, by)
    _update(tx, document, now, **asdict(stored), added_by=by.username, added_at=now)
    return stored.name


def remove(tx: Connection, project_id: int, uid: str, *, by: Actor, now: datetime) -> str:
    """Take the document away; the name that it had. Its content stays in the store, where others may share it."""
    document = _changeable(tx, project_id, uid, by)
    tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.id == document.id))
    seal_document(tx, uid, now)
    return str(document.name)


def _update(tx: Connection, document: Row[Any], now: datetime, **values: object) -> None:
    tx.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document.id).values(values))
    seal_document(tx, document.uid, now)


def _changeable(tx: Connection, project_id: int, uid: str, by: Actor) -> Row[Any]:
    """The document, its project locked so that nobody hands it in meanwhile; Refused when it is relied upon."""
    project = locked_project_by_id(tx, project_id)
    check_may_bring(by, place_of(project))
    query = select(DOCUMENTS).where(DOCUMENTS.c.project_id == project_id, DOCUMENTS.c.uid == uid)
    document = tx.execute(query).one_or_none()
    if document is None:
        raise NotFound
    if PROJECT.state(project.state).is_final:
        raise Refused(N_("The project is closed. Its documents can no longer be changed."))
    if uid in relied_upon(tx, project_id):
        raise Refused(N_("“%(name)s” has been handed in. It can no longer be changed."), name=document.name)
    if not is_changed_by(by, place_of(project), document.added_by):
        raise Refused(N_("“%(name)s” was uploaded by the owner; only the owner can change it."), name=document.name)
    return document


def is_changed_by(actor: Actor, place: Scope, added_by: str) -> bool:
    """Whether the actor may change a document of this person: owners all, a liaison what they uploaded themselves."""
    roles = acting_roles(actor, place)
    return "owner" in roles or ("liaison" in roles and added_by == actor.username)
