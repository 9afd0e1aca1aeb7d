"""Queries on requests and the terms of liaisons."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, func, select

from approvals.accounts.actors import Scope
from approvals.accounts.queries import PERSON
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.moments import read_moment
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.filing.queries import ref_of
from approvals.history.record import Subject
from approvals.liaisons.tables import Request
from approvals.registration.queries import TERMS
from workflows.charts.request import REQUEST

REQUESTS: Table = table_of(Request)
LARGEST_NO = 10**6  # requests of one project
LONGEST_NO = 8  # digits of such a number in an address
_ONE = Prepared(
    select(REQUESTS).where(REQUESTS.c.project_id == bindparam("project_id"), REQUESTS.c.no == bindparam("no"))
)
_DUE_OF_PROJECT = (
    select(REQUESTS)
    .where(REQUESTS.c.project_id == bindparam("project_id"), REQUESTS.c.climbs_at.is_not(None))
    .order_by(REQUESTS.c.climbs_at, REQUESTS.c.id)
)
DUE_UP_TO = Prepared(_DUE_OF_PROJECT.where(REQUESTS.c.climbs_at <= bindparam("to")))
DUE_BEFORE = Prepared(_DUE_OF_PROJECT.where(REQUESTS.c.climbs_at < bindparam("to")))


def request_row(tx: Connection, project_id: int, no: int) -> Row[Any]:
    """The project's request of this number; NotFound when there is none."""
    row = _ONE.one_or_none(tx, {"project_id": project_id, "no": no}) if 0 < no < LARGEST_NO else None
    if row is None:
        raise NotFound
    return row


def request_case(request: Any, project: Any, responsible_id: int | None = None) -> Subject:
    """The request as history sees it; its scope holds the officer who was on duty when it was asked, or is now."""
    responsible = responsible_id or request.responsible_id
    officer = responsible if responsible != project.liaison_id else None
    place = Scope(project.owner_unit_id, liaison_id=project.liaison_id, officer_id=officer)
    label = f"{ref_of(project)}/requests/{request.no}"  # 510400-2026-00017/requests/3
    return Subject(REQUEST, REQUESTS, request.id, request.state, request.version, place, label)


def next_no(tx: Connection, project_id: int) -> int:
    """The number of the next request of a locked project."""
    statement = select(func.coalesce(func.max(REQUESTS.c.no), 0) + 1).where(REQUESTS.c.project_id == project_id)
    return int(tx.execute(statement).scalar_one())


def projects_with_due_requests(tx: Connection, to: datetime) -> list[int]:
    """The projects with a request that nobody answered by `to`: found by index, in order of their ids."""
    return sorted({row.project_id for row in tx.execute(due_requests_statement(to))})


def due_requests_statement(to: datetime) -> Select[tuple[int]]:
    """The statement for the projects with a request that nobody answered by `to`."""
    due = REQUESTS.c.climbs_at.is_not(None), REQUESTS.c.climbs_at <= to
    return select(REQUESTS.c.project_id).where(*due).order_by(REQUESTS.c.climbs_at)


def cursor_moment(key: object) -> datetime:
    """The moment in a cursor; Invalid when it is none of ours."""
    try:
        return read_moment(str(key))
    except (ValueError, OverflowError):
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def terms_of(tx: Connection, project_id: int) -> list[Row[Any]]:
    """The terms of this project's liaisons, in order."""
    return list(tx.execute(select(TERMS).where(TERMS.c.project_id == project_id).order_by(TERMS.c.id)))


def names_of(tx: Connection, person_ids: set[int]) -> dict[int, str]:
    """The names of these people, by id."""
    if not person_ids:
        return {}
    rows = tx.execute(select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(person_ids)).order_by(PERSON.c.id))
    return {row.id: row.name for row in rows}
