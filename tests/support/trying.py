"""Moves that are tried and taken back."""

from collections.abc import Mapping
from typing import Any

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.support.builders import do


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
