"""Moves that are tried and taken back, and sweeps as they come: on one day, or on every day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.supervision.sweep import sweep
from tests.support.builders import GIVEN, NOW, do, when


class Undone(Exception):
    """Leaves the database as it was."""


def outcome(
    database: Database,
    by: str | Actor,
    move: str,
    on: str,
    given: Mapping[str, Any] | None = None,
    *,
    row: Callable[..., Row[Any]] | None = None,
    **more: Any,
) -> Any:
    """The state after this move, which is that of the `row` of what it was made on, or the kind of refusal.

    Nothing of it stays.
    """
    try:
        with database.write() as tx:
            moved = do(tx, by, move, on, GIVEN.get(move, {}) if given is None else given, **more)
            assert row is None or row(tx, *on.split("/")).state == moved.state
            raise Undone(moved.state)
    except Undone as undone:
        return str(undone)
    except (Refused, Forbidden, NotFound, Invalid) as problem:
        return type(problem)


def sweep_to(database: Database, day: str, time: str = "00:30") -> Any:
    """The sweep of one day."""
    return sweep(database, when(day, time), lambda: NOW)


def sweep_daily(database: Database, first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        sweep_to(database, day.isoformat())
        day += timedelta(days=1)
