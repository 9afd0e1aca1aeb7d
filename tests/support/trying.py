"""Moves that are tried and taken back."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.support.builders import GIVEN, do


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
