"""Finds approvals by the number of their document, or by project and item: 510400-2026-00017/A07, 实验小学 施工许可."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, tuple_

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.i18n import label, own_name
from approvals.base.text_folding import contains, fold
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery, first_rows
from approvals.catalogue.queries import item_of, known_catalogues
from approvals.filing.queries import TABLE
from approvals.filing.search import columns_have, is_numbered, number_in, project_matches
from approvals.notifications.links import page_path
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref, visible_approvals
from workflows.config.city import load_city
from workflows.rules.item_words import state_of


def find_approvals(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """Windows, who have no list of projects, find approvals by the name and numbers of their project alone as well."""
    by_project, item = _parts(query.text)
    of_project = and_(project_matches(by_project), _is_item(tx, item)) if item else false()
    found = [columns_have(query.text, APPROVALS.c.document_key), of_project]
    if actor.has(*permissions.WINDOWS):
        found.append(project_matches(query.text))
    names = UNIT.c.name.label("department"), UNIT.c.name_en.label("department_en")
    statement = WITH_PROJECT.add_columns(*names).join(UNIT, UNIT.c.id == APPROVALS.c.department_id)
    statement = statement.where(visible_approvals(actor), or_(*found))
    order = APPROVALS.c.project_id.desc(), APPROVALS.c.code
    total, rows = first_rows(tx, query, statement, _is_exact(query, by_project, item), *order)
    return SearchHits(total, tuple(_hit(tx, row, actor) for row in rows))


def _is_exact(query: SearchQuery, by_project: str, item: str) -> ColumnElement[bool]:
    """The number of the document, or a number of the project and the code."""
    is_document = func.replace(APPROVALS.c.document_key, " ", "") == query.key
    number = number_in(by_project, load_city().number_format, load_city().division)
    is_project = and_(*is_numbered(TABLE.c.year, TABLE.c.serial, number)) if number and number[0] else false()
    return or_(is_document, and_(is_project, func.lower(APPROVALS.c.code) == item))


def _parts(text: str) -> tuple[str, str]:
    """The search for a project and that for one of its items, which comes last; no item for a single word."""
    project, _, item = fold(text).replace("/", " ").rpartition(" ")
    return project.strip(), item if project.strip() else ""


def _is_item(tx: Connection, text: str) -> ColumnElement[bool]:
    """Whether the code of an approval is this text, or its item's name contains it, by the project's catalogue."""
    found = [
        (sha256, item.code)
        for sha256, catalogue in known_catalogues(tx).items()
        for item in catalogue.items.values()
        if contains(text, item.code, item.zh, item.en)
    ]
    return tuple_(TABLE.c.catalogue_sha256, APPROVALS.c.code).in_(found)


def _hit(tx: Connection, row: Any, actor: Actor) -> SearchHit:
    return SearchHit(
        ref=approval_ref(row),
        title=f"{row.code} {label(item_of(tx, row))}",
        about=tuple(_about(tx, row)),
        path=page_path("approval", project=row.number, code=row.code)
        if actor.has(*permissions.SEE_APPROVALS)
        else None,
        is_exact=bool(row.is_exact),
    )


def _about(tx: Connection, row: Any) -> Iterable[str]:
    yield row.project_name
    if row.document_no:
        yield row.document_no
    yield own_name(UnitName(row.department, row.department_en))
    yield label(state_of(item_of(tx, row), row.state))
