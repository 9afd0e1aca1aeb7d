"""More people at the windows of the example city."""

from sqlalchemy import Connection, select

from approvals.accounts.actions import create_person
from approvals.accounts.inputs import NewPerson
from approvals.accounts.queries import PERSON
from tests.support.builders import START, a_role, an_actor


def a_colleague(tx: Connection, username: str = "window-a01-2", *, like: str = "window-a01") -> str:
    """One more person at the window of somebody; the user name."""
    return _in_unit_of(tx, like, username, "window")


def an_applicant(tx: Connection, username: str = "applicant-a01", *, like: str = "window-a01") -> str:
    """Somebody who builds for the unit of somebody at a window; the user name."""
    return _in_unit_of(tx, like, username, "owner")


def _in_unit_of(tx: Connection, like: str, username: str, role: str) -> str:
    unit_id = tx.execute(select(PERSON.c.unit_id).where(PERSON.c.username == like)).scalar_one()
    person = NewPerson(username=username, name="张敏")
    create_person(tx, unit_id, person, by=an_actor(tx, "sysadmin1"), now=START)
    a_role(tx, username, role)
    return username
