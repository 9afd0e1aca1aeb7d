"""How a move is made over JSON: read, carried out once, and answered with what stands now."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from sqlalchemy import Connection

from approvals.api.v1.reading import Done, once, sent_move
from approvals.base.errors import Refused
from approvals.history.commands import Command, Reference
from approvals.http.access import actor
from approvals.http.application import database, now
from approvals.http.errors import answer, faults, told
from approvals.moves import MoveResult, check_move, execute, settling

STANDING = ("ref", "state", "version", "moves")  # what a refusal says of the case


def sent_command(ref: Reference, move: str) -> Command:
    """The move that was sent for this reference; Invalid when people make no such move there."""
    check_move(ref, move)
    envelope = sent_move()
    return Command(move, ref, envelope.given, actor(), now(), version=envelope.version)


def perform(
    command: Command,
    show: Callable[[Connection, MoveResult], dict[str, Any]],
    standing: Callable[[Connection], Mapping[str, Any]] = lambda tx: {},
) -> Response:
    """Make the move and `show` its result; a refusal says of the case that is `standing` there what STANDING names."""
    try:
        with settling(database(), command):
            return once(lambda tx: Done(show(tx, execute(tx, command))))
    except Refused as refusal:
        with database().read() as tx:
            case = standing(tx)
        more = {name: case[name] for name in STANDING if name in case}
        return answer(refusal.status, told(refusal), fields=faults(refusal), more=more)
