"""Filters that need the database to be read."""

from sqlalchemy import Connection

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.http.application import today
from approvals.registration.departments import department_called


def named_department(tx: Connection, text: str | None) -> str | None:
    """The department that a query names, None where it names none; Invalid for one that does not exist."""
    department = department_called(tx, text, today()) if text else None
    if text and department is None:
        raise invalid("department", N_("is not one of the available options"))
    return department
