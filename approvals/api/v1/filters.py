"""Filters that need the database to be read."""

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, is_officer
from approvals.accounts.queries import person_id_of
from approvals.base.errors import Forbidden, invalid
from approvals.base.i18n import N_
from approvals.http.application import today
from approvals.registration.departments import department_called
from approvals.windows.queries import NOBODY, HandlerFilter


def named_department(tx: Connection, text: str | None) -> str | None:
    """The department that a query names, None where it names none; Invalid for one that does not exist."""
    department = department_called(tx, text, today()) if text else None
    if text and department is None:
        raise invalid("department", N_("is not one of the available options"))
    return department


def named_handler(tx: Connection, text: str | None, by: Actor) -> HandlerFilter | None:
    """Whose cases a query names, None where it names nobody's; Invalid for somebody who does not exist.

    Forbidden for owners, who learn no names of the window's people.
    """
    if not text:
        return None
    if not is_officer(by):
        raise Forbidden
    if text == NOBODY:
        return HandlerFilter(with_nobodys=True)
    person_id = person_id_of(tx, text)
    if person_id is None:
        raise invalid("handler", N_("is not one of the available options"))
    return HandlerFilter((person_id,))
