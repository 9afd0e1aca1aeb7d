"""Submitted forms: processed once however often they are sent, in one transaction, then a message and a redirect."""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import unquote

from flask import flash, g, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.base.errors import NotFound
from approvals.base.i18n import label
from approvals.base.stores import answer_of, reserve, settle
from approvals.history.commands import Command, Reference
from approvals.http.access import actor
from approvals.http.application import database, now
from approvals.moves import MoveResult, execute, settling
from approvals.web.forms import (
    Form,
    Values,
    check_asked,
    check_understood,
    form_input,
    form_version,
    known_move,
    remember_input,
)
from workflows.charts.model import Chart, Move

_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")


@dataclass(slots=True)
class Submission:
    """A form in its write transaction. `is_new` is False when the same form was processed before."""

    tx: Connection
    is_new: bool
    leads_to: str  # the page that shows the result

    def answer(self) -> Response:
        return redirect(self.leads_to, 303)


@contextmanager
def writing_once(leads_to: str) -> Iterator[Submission]:
    """The write transaction of a form. Sent twice, it is processed once, and both times leads to the same page."""
    key = _sent_key()
    with database().write() as tx:
        before = reserve(tx, key, now()) if key else None
        once = Submission(tx, before is None, leads_to if before is None else before)
        yield once
        if key and once.is_new:
            settle(tx, key, once.leads_to)


def process_once(leads_to: str, action: Callable[[Connection], object], message: str = "") -> Response:
    """Run the form's action in its write transaction unless it was processed before; then flash and redirect."""
    with writing_once(leads_to) as once:
        if once.is_new:
            action(once.tx)
    if message:
        flash_message(message)
    return once.answer()


def was_processed(tx: Connection, address: str) -> bool:
    """Whether this form was already processed at `address`; an autosave after that is a straggler."""
    key = _sent_key(unquote(address))
    return key is not None and answer_of(tx, key) is not None


def _sent_key(path: str | None = None) -> str | None:
    """The idempotency key of the form, for one person and one address; a form without one is always new."""
    key = request.form.get("once", "")
    actor = g.get("actor")
    return f"form:{actor.id if actor else 0}:{(path or request.path)[:200]}:{key}" if _KEY.fullmatch(key) else None


def flash_message(message: str, kind: str = "success") -> None:
    """Show the message on the next page; `kind` is success, info, warning or danger."""
    flash(message, kind)


def flash_move(move: Move) -> None:
    """Show on the next page the message that the chart has for this move."""
    flash_message(label(move.message))


def new_command(move: str, ref: Reference, values: Values, version: int | None = None) -> Command:
    """The command for a move of the signed-in person; `version` is the one they looked at, where it counts."""
    confirmed = request.form.get("confirmed") == "yes"
    return Command(move, ref, values, actor(), now(), version=version, confirmed=confirmed)


@contextmanager
def performing(
    command: Command, leads_to: str, add: Callable[[Connection], Values] = lambda tx: {}
) -> Iterator[tuple[Submission, MoveResult | None]]:
    """Make the move in the form's write transaction; the result is None when the form was processed before.

    `add` writes what the move refers to, in the same transaction, and gives the input that refers to it.
    """
    with settling(database(), command), writing_once(leads_to) as once:
        yield once, _execute(once.tx, command, add) if once.is_new else None


def _execute(tx: Connection, command: Command, add: Callable[[Connection], Values]) -> MoveResult:
    return execute(tx, replace(command, input={**command.input, **add(tx)}))


def perform(command: Command, leads_to: str, move: Move) -> Response:
    """Make the move, flash its message and redirect."""
    check_understood(move)
    with performing(command, leads_to) as (once, _result):
        pass
    flash_move(move)
    return once.answer()


def perform_form(chart: Chart, name: str, ref: Reference, leads_to: str, offered: Container[str] = ()) -> Response:
    """Make the move whose form was sent; NotFound for one that the page does not offer, where it names them."""
    move = known_move(chart, name)
    values = remember_input(form_input(move.needs))
    if offered and name not in offered:
        raise NotFound
    check_asked(move.needs, values)
    return perform(new_command(name, ref, values, form_version()), leads_to, move)


def lost_move(chart: Chart, form: Form, moves: Iterable[Move]) -> Move | None:
    """The move of a refused form that its page no longer offers; None when it still does."""
    return chart.move(form.name) if form.message and form.name not in {move.name for move in moves} else None
