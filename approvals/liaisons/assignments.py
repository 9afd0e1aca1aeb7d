"""Who accompanied a project from when until when, as the page tells it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from approvals.filing.views import ProjectView
from approvals.liaisons.queries import names_of, terms_of


@dataclass(frozen=True, slots=True)
class TermView:
    name: str
    from_at: datetime
    until_at: datetime | None
    note: str
    by: str


def terms_views(tx: Connection, project: ProjectView) -> list[TermView]:
    """The terms of a project's liaisons, the present one first."""
    rows = terms_of(tx, project.id)
    names = names_of(tx, {row.person_id for row in rows} | {row.by_id for row in rows})
    views = [TermView(names[row.person_id], row.from_at, row.until_at, row.note, names[row.by_id]) for row in rows]
    return views[::-1]
