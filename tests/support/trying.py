"""Moves that are tried and taken back, and sweeps as they come: on one day, or on every day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, do, when


class Undone(Exception):
    """Leaves the database as it was."""


def outcome(
    database: Database, by: str | Actor, move: str, on: str, given: Mapping[str, Any] | None = None, **more: Any
) -> Any:
    """The state after this move, or the kind of refusal; nothing of it stays."""
    try:
        with database.write() as tx:
            raise Undone(do(tx, by, move, on, given, **more).state)
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
