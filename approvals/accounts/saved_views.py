"""Saved views: lists as their readers filtered and sorted them, each person's own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from approvals.accounts.inputs import NewView
from approvals.accounts.tables import SavedView as SavedViewRow
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.tables import table_of

VIEWS: Table = table_of(SavedViewRow)
MOST_VIEWS = 20  # of one person and list: more than fit into a menu


@dataclass(frozen=True, slots=True)
class SavedView:
    id: int
    page: str
    name: str
    query: str


def saved_views(tx: Connection, person_id: int, page: str) -> list[SavedView]:
    """A person's views of one list, the oldest first."""
    own = VIEWS.c.person_id == person_id, VIEWS.c.page == page
    rows = tx.execute(select(VIEWS).where(*own).order_by(VIEWS.c.id))
    return [SavedView(row.id, row.page, row.name, row.query) for row in rows]


def save_view(tx: Connection, person_id: int, page: str, view: NewView, query: str, now: datetime) -> SavedView:
    """Save a view under a name of its own; Invalid for a name that the person has used for this list."""
    own = VIEWS.c.person_id == person_id, VIEWS.c.page == page
    if tx.execute(select(func.count()).select_from(VIEWS).where(*own)).scalar_one() >= MOST_VIEWS:
        raise Refused(N_("There are %(most)s saved views of this list already. Remove one first."), most=MOST_VIEWS)
    row = {"person_id": person_id, "page": page, "name": view.name, "query": query, "saved_at": now}
    try:
        key = int(tx.execute(insert(VIEWS).values(row).returning(VIEWS.c.id)).scalar_one())
    except IntegrityError:
        raise invalid("name", N_("is the name of another saved view of this list")) from None
    return SavedView(key, page, view.name, query)


def remove_view(tx: Connection, person_id: int, view_id: int) -> None:
    """Remove a person's own view; NotFound for any other."""
    own = delete(VIEWS).where(VIEWS.c.id == view_id, VIEWS.c.person_id == person_id)
    if not tx.execute(own).rowcount:
        raise NotFound
