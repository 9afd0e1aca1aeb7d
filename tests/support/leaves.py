"""Builders for tests about absences."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.absence import actions as leave
from approvals.accounts.inputs import NewAbsence
from approvals.base.database import Database
from approvals.base.errors import Problem
from approvals.base.moments import day_of
from tests.support.builders import an_actor, when

MONDAY = when("2026-03-02")


def a_leave(
    tx: Connection,
    person: str,
    from_on: str,
    until_on: str | None,
    deputy: str = "",
    *,
    by: str = "",
    now: datetime = MONDAY,
    is_confirmed: bool = True,
) -> int:
    """Somebody's leave, entered by themselves if nobody else is named, and confirmed by the deputy."""
    form: dict[str, Any] = {
        "person": person,
        "from_on": from_on,
        "until_on": until_on,
        "kind": "sick",
        "deputy": deputy,
    }
    actor = an_actor(tx, by or person, day_of(now))
    absence_id = leave.enter(tx, NewAbsence(**form), by=actor, now=now)
    if deputy and is_confirmed and deputy != actor.username:
        leave.confirm(tx, absence_id, by=an_actor(tx, deputy, day_of(now)), now=now)
    return absence_id


def enter_at_once(database: Database, wait: Callable[[], object], person: str, deputy: str) -> str:
    """A racer: name this deputy at the same moment as others."""
    wait()
    try:
        with database.write() as tx:
            a_leave(tx, person, "2026-03-09", "2026-03-13", deputy, is_confirmed=False)
    except Problem as problem:
        return type(problem).__name__
    return "entered"
