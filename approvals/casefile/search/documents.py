"""Finds the documents of projects by their names: files that the reader may open."""

from typing import Any

from sqlalchemy import Connection, or_, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.formatting import day
from approvals.casefile.search.hits import NOTHING_FOUND, SearchHit, SearchHits, SearchQuery, matching
from approvals.casefile.search.projects import project_number, seen_projects
from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE
from approvals.notifications.links import page_path
from approvals.windows.materials import openable_documents


def find_documents(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """The names are read, and then the rows of the first ones: no folding of a name is stored."""
    names = tx.execute(
        select(DOCUMENTS.c.id, DOCUMENTS.c.name)
        .join(TABLE, TABLE.c.id == DOCUMENTS.c.project_id)
        .where(or_(seen_projects(actor), openable_documents(tx, actor)))
        .order_by(DOCUMENTS.c.id.desc())
    )
    found = matching(query, names, lambda row: (row.name,))
    if not found:
        return NOTHING_FOUND
    rows = _rows(tx, [row.id for row in found[: query.limit]])
    return SearchHits(len(found), tuple(_hit(row, actor, query) for row in rows))


def _rows(tx: Connection, ids: list[int]) -> list[Any]:
    columns = (DOCUMENTS.c[name] for name in ("id", "uid", "name", "material", "added_at"))
    named = *(TABLE.c[name] for name in ("number", "external_ref")), TABLE.c.name.label("project")
    statement = select(*columns, *named).join(TABLE, TABLE.c.id == DOCUMENTS.c.project_id)
    rows = {row.id: row for row in tx.execute(statement.where(DOCUMENTS.c.id.in_(ids)).order_by(DOCUMENTS.c.id))}
    return [rows[document_id] for document_id in ids]


def _hit(row: Any, actor: Actor, query: SearchQuery) -> SearchHit:
    about = *((row.material,) if row.material else ()), row.project, project_number(row), day(row.added_at)
    path = page_path("document", uid=row.uid) if actor.has(*permissions.SEE_OWN_PROJECTS) else None
    return SearchHit(row.uid, row.name, about, path, query.names(row.name))
