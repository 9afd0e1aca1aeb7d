"""Finds units and people: the owners of projects and the liaisons for officers, all accounts for administrators."""

from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.casefile.project_list import is_liaison
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery, matching
from approvals.notifications.links import list_path, page_path

OWNING = ("owner", "county")  # kinds of units that own projects


def find_units(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """Units that own projects, each with the list of these; for administrators all units, each with its page."""
    is_admin = actor.has(*permissions.KEEP_ACCOUNTS)
    statement = select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id)
    rows = tx.execute(statement if is_admin else statement.where(UNIT.c.kind.in_(OWNING)))
    found = matching(query, rows, lambda row: (row.name, row.name_en))
    return SearchHits(len(found), tuple(_unit(row, query, is_admin=is_admin) for row in found[: query.limit]))


def _unit(row: Any, query: SearchQuery, *, is_admin: bool) -> SearchHit:
    path = page_path("unit", unit_id=row.id) if is_admin else list_path("projects", search=row.name)
    about = () if is_admin else (_("Its projects"),)
    return SearchHit(row.name, own_name(row), about, path, query.names(row.name, row.name_en))


def find_people(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """Liaisons, each with the list of their projects; for administrators everybody, those who left too."""
    is_admin = actor.has(*permissions.SEE_ACCOUNTS)
    columns = *(PERSON.c[name] for name in ("username", "name", "is_active")), UNIT.c.name.label("unit"), UNIT.c.name_en
    statement = select(*columns).join(UNIT, UNIT.c.id == PERSON.c.unit_id).order_by(PERSON.c.username)
    rows = tx.execute(statement if is_admin else statement.where(is_liaison()))
    found = matching(query, rows, lambda row: (row.name, row.username))
    hits = tuple(_person(row, query, is_admin=is_admin) for row in found[: query.limit])
    return SearchHits(len(found), hits, list_path("people", search=query.text) if is_admin else None)


def _person(row: Any, query: SearchQuery, *, is_admin: bool) -> SearchHit:
    about = [own_name(UnitName(row.unit, row.name_en))]
    about += [row.username] if is_admin else [_("Liaison"), _("Their projects")]
    path = page_path("person", username=row.username) if is_admin else list_path("projects", liaison=row.username)
    return SearchHit(row.username, row.name, tuple(about), path, query.names(row.name, row.username))
