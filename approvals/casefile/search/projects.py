"""Finds projects by name, numbers, reference and national code."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery, first_rows
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.filing.search import number_in, owner_matches, project_matches
from approvals.notifications.links import list_path, page_path
from workflows.charts.project import PROJECT
from workflows.config.city import load_city


def find_projects(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """As the lists of projects search; who sees the city's finds them by their owners too."""
    found = project_matches(query.text)
    if actor.has(*permissions.SEE_PROJECTS):
        found = found | owner_matches(tx, query.text)
    names = UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en")
    statement = select(TABLE, *names).join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id).where(seen_projects(actor), found)
    total, rows = first_rows(tx, query, statement, _is_exact(query), TABLE.c.id.desc())
    return SearchHits(total, tuple(_hit(row, actor) for row in rows), _list_of(actor, query.text))


def seen_projects(actor: Actor) -> ColumnElement[bool]:
    """Whether lists show the project to the actor (WHERE clause): what was not filed yet is its unit's alone."""
    own = TABLE.c.owner_unit_id.in_(actor.units) if actor.has(*permissions.OWNERS) else false()
    return or_(own, and_(visible_projects(actor), TABLE.c.filed_at.is_not(None)))


def project_path(project: Any, actor: Actor) -> str | None:
    """The page of a project that the actor sees, where they have one of it."""
    if actor.has(*permissions.OWNERS) and project.owner_unit_id in actor.units:
        return page_path("own_project", ref=ref_of(project))
    return page_path("project", ref=ref_of(project)) if actor.has(*permissions.SEE_PROJECTS) else None


def project_number(project: Any) -> str:
    """The number as people read it, before the registration the owner's reference."""
    if project.number:
        return load_city().shown_number(project.number)
    return project.external_ref or _("no number yet")


def _is_exact(query: SearchQuery) -> ColumnElement[bool]:
    keys = TABLE.c.name_key, TABLE.c.reference_key, TABLE.c.number, TABLE.c.uid, TABLE.c.project_code
    clauses = [func.replace(key, " ", "") == query.key for key in keys]
    number = number_in(query.text, load_city().number_format, load_city().division)
    if number and number[0] is not None:
        clauses.append(and_(TABLE.c.year == number[0], TABLE.c.serial == number[1]))
    return or_(*clauses)


def _list_of(actor: Actor, text: str) -> str | None:
    """The list that finds the same: owners have one of their own, for who is both neither is whole."""
    is_owner, is_officer = actor.has(*permissions.OWNERS), actor.has(*permissions.SEE_PROJECTS)
    if is_owner == is_officer:
        return None
    return list_path("own_projects" if is_owner else "projects", search=text)


def _hit(row: Any, actor: Actor) -> SearchHit:
    owner = own_name(UnitName(row.owner, row.owner_en))
    about = project_number(row), owner, label(PROJECT.state(row.state))
    return SearchHit(ref_of(row), row.name, about, project_path(row, actor), bool(row.is_exact))
