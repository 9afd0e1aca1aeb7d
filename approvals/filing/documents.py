"""The documents of projects: files of the store with their names and uses, which are rows."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import chain
from itertools import count as numbers_from
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select

from approvals.accounts.actors import Actor, may_see
from approvals.accounts.queries import PERSON
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.files.store import Stored, is_whole, path_of
from approvals.base.i18n import N_
from approvals.base.seals import content_of, seal
from approvals.base.tables import table_of
from approvals.base.text_validation import NAME_LIMIT, text_fault
from approvals.catalogue.queries import catalogues_for
from approvals.filing.queries import TABLE, place_of
from approvals.filing.tables import Document
from approvals.filing.views import ProjectView
from approvals.history.queries import Violation
from workflows.charts.project import PROJECT
from workflows.config.catalogue import Item

DOCUMENTS: Table = table_of(Document)
MOST = 500  # documents of one project


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as pages show it; `material` is empty for a document that serves as none."""

    uid: str
    name: str
    material: str
    size: int
    added_by: str
    added_at: datetime
    username: str  # of who added it


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document to hand out, and its project; `number` counts the documents of the project."""

    uid: str
    number: int
    project_id: int
    is_seen_with_project: bool
    stored: Stored


# The rows.


def check_takes_documents(project: ProjectView) -> None:
    """Refused when the project is closed."""
    if PROJECT.state(project.state).is_final:
        raise Refused(N_("The project is closed. Documents can no longer be added."))


def add(tx: Connection, project: ProjectView, stored: Stored, material: str, *, by: Actor, now: datetime) -> str:
    """Note the stored file as a document of this project; its id. Invalid for a material that nobody asks for."""
    check_takes_documents(project)
    check_material(tx, project, material)
    count = select(func.count()).select_from(DOCUMENTS).where(DOCUMENTS.c.project_id == project.id)
    if tx.execute(count).scalar_one() >= MOST:
        raise Refused(N_("A project may have at most %(most)s documents. The limit has been reached."), most=MOST)
    return insert_document(tx, project.id, stored, material, by=by, now=now)


def insert_document(
    tx: Connection, project_id: int, stored: Stored, material: str = "", *, by: Actor, now: datetime
) -> str:
    """A row for the stored file, for a caller that may add it; its id."""
    row = {
        "uid": f"d-{secrets.token_hex(8)}",
        "project_id": project_id,
        "material": material,
        **asdict(stored),
        "added_by": by.username,
        "added_at": now,
    }
    tx.execute(insert(DOCUMENTS), row)
    seal_document(tx, str(row["uid"]), now)
    return str(row["uid"])


def seal_document(tx: Connection, uid: str, now: datetime) -> None:
    """Seal what the row of this document says, or that it is not there any more."""
    row = tx.execute(select(DOCUMENTS).where(DOCUMENTS.c.uid == uid)).one_or_none()
    seal(tx, DOCUMENTS.name, uid, content_of(row) if row else None, now)


def check_material(tx: Connection, project: Any, material: str) -> None:
    """Invalid for a material that no item of the project's catalogue asks for; empty is none."""
    if material and not any(material in catalogue.materials() for catalogue in catalogues_for(tx, project)):
        raise invalid("material", N_("is not one of the available options"))


def materials_of(items: Iterable[Item]) -> tuple[str, ...]:
    """The materials of these items in their order, each once."""
    return tuple(dict.fromkeys(name for item in items for name in item.materials))


_OF_PROJECT = (
    select(*(DOCUMENTS.c[name] for name in ("uid", "name", "material", "size")))
    .add_columns(func.coalesce(PERSON.c.name, DOCUMENTS.c.added_by), DOCUMENTS.c.added_at, DOCUMENTS.c.added_by)
    .select_from(DOCUMENTS.outerjoin(PERSON, PERSON.c.username == DOCUMENTS.c.added_by))
    .where(DOCUMENTS.c.project_id == bindparam("project_id"))
    .order_by(DOCUMENTS.c.id)
)
_ONE = (
    select(DOCUMENTS, *(TABLE.c[name] for name in ("owner_unit_id", "liaison_id", "joint_first_id", "joint_second_id")))
    .join(TABLE, TABLE.c.id == DOCUMENTS.c.project_id)
    .where(DOCUMENTS.c.uid == bindparam("uid"))
)


def for_project(tx: Connection, project_id: int) -> list[DocumentView]:
    """The documents of a project, the first one first, equal names told apart; what a submission chooses from."""
    views = [DocumentView(*row) for row in tx.execute(_OF_PROJECT, {"project_id": project_id})]
    names = told_apart(view.name for view in views)
    return [replace(view, name=name) for view, name in zip(views, names, strict=True)]


def checksums(tx: Connection, project_id: int) -> dict[str, str]:
    """The SHA-256 of each document of a project, by its id."""
    rows = select(DOCUMENTS.c.uid, DOCUMENTS.c.sha256).where(DOCUMENTS.c.project_id == project_id)
    return {row.uid: row.sha256 for row in tx.execute(rows.order_by(DOCUMENTS.c.id))}


def told_apart(names: Iterable[str]) -> list[str]:
    """These names of files in their order, the second of equal ones as `name (2).pdf`; case makes no difference."""
    taken: set[str] = set()
    told = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        more = (f"{stem} ({number}){dot}{suffix}" for number in numbers_from(2))
        told.append(next(option for option in chain([name], more) if option.casefold() not in taken))
        taken.add(told[-1].casefold())
    return told


def document_file(tx: Connection, uid: str, actor: Actor) -> DocumentFile:
    """The document of this id, and whether the actor sees it because they see its project; NotFound without any."""
    if text_fault(uid, limit=NAME_LIMIT, lines=False):
        raise NotFound
    row = tx.execute(_ONE, {"uid": uid}).one_or_none()
    if row is None:
        raise NotFound
    number, name = next(
        (number, view.name) for number, view in enumerate(for_project(tx, row.project_id), 1) if view.uid == uid
    )
    stored = Stored(name, row.media_type, row.size, row.sha256)
    return DocumentFile(row.uid, number, row.project_id, may_see(actor, place_of(row)), stored)


def check_chosen(tx: Connection, project_id: int, materials: Iterable[Mapping[str, Any]]) -> None:
    """Invalid when a material names a document that this project does not have."""
    chosen = {
        f"materials.{index}.document": row["document"] for index, row in enumerate(materials) if "document" in row
    }
    check_of_project(tx, project_id, {field: uid for field, uid in chosen.items() if uid})


def check_of_project(tx: Connection, project_id: int, chosen: Mapping[str, str]) -> None:
    """Invalid when one of these documents, by the field that names it, is none of this project."""
    if not chosen:
        return
    query = select(DOCUMENTS.c.uid).where(DOCUMENTS.c.project_id == project_id).order_by(DOCUMENTS.c.id)
    uids = set(tx.execute(query).scalars())
    for field, uid in chosen.items():
        if uid not in uids:
            raise invalid(field, N_("is not a document of this project"))


def document_facts(tx: Connection, project_id: int, uid: str | None, *, field: str) -> dict[str, str]:
    """What the record keeps of a chosen document beside its id: name and checksum; nothing for none.

    Invalid under this field when the project does not have it.
    """
    if uid is None:
        return {}
    of_project = DOCUMENTS.c.project_id == project_id, DOCUMENTS.c.uid == uid
    row = tx.execute(select(DOCUMENTS.c.name, DOCUMENTS.c.sha256).where(*of_project)).one_or_none()
    if row is None:
        raise invalid(field, N_("is not a document of this project"))
    return {f"{field}_name": row.name, f"{field}_sha256": row.sha256}


# What must always hold.


def stored_files_are_whole(tx: Connection, folder: Path | None) -> Iterator[Violation]:
    """Every document's file lies in the store with its size and checksum; no `folder` means that there are none."""
    rows = tx.execute(
        select(DOCUMENTS.c.sha256, DOCUMENTS.c.size, func.min(DOCUMENTS.c.uid).label("uid"))
        .group_by(DOCUMENTS.c.sha256, DOCUMENTS.c.size)
        .order_by(DOCUMENTS.c.sha256, DOCUMENTS.c.size)
    )
    for row in rows:
        path = path_of(folder, row.sha256) if folder else None
        if path is None or not path.is_file():
            yield Violation("documents", f"document {row.uid}", "its file is not in the store")
        elif path.stat().st_size != row.size or not is_whole(path, row.sha256):
            yield Violation("documents", f"document {row.uid}", "its file is not what was handed in")
