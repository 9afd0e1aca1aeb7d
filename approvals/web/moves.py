"""How a page makes a move: the form is carried out once, and leads to where the result is seen."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from werkzeug.wrappers import Response

from approvals.history.commands import Command, Reference
from approvals.http.access import actor
from approvals.http.application import database, now
from approvals.moves import MoveResult, execute, settling
from approvals.web.forms import Once, announce, writing_once
from workflows.charts.model import Move


def new_command(move: str, ref: Reference, values: Mapping[str, Any], version: int | None = None) -> Command:
    """The move that the person at the page makes now; `version` is the one they looked at, where it counts."""
    return Command(move, ref, values, actor(), now(), version=version)


@contextmanager
def performing(command: Command, leads_to: str) -> Iterator[tuple[Once, MoveResult | None]]:
    """Make the move in the form's write transaction; the result is None when the form was carried out before."""
    with settling(database(), command), writing_once(leads_to) as once:
        yield once, execute(once.tx, command) if once.is_new else None


def perform(command: Command, leads_to: str, move: Move) -> Response:
    """Make the move, tell the person what happened, and lead them on."""
    with performing(command, leads_to) as (once, _result):
        pass
    announce(move)
    return once.answer()
