"""Calls of programs, noted once they are answered: each that is refused, each feed, and of other changes and of too
many calls one in some minutes, since a note costs what a move costs, and each move stands in the record.
"""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import TimeoutError as PoolTimeout

from approvals.accounts.actors import Actor, token_of
from approvals.accounts.sign_ins import SEEN_EVERY
from approvals.accounts.token_calls import FAILS_FROM, NewCall, note_call, see_token
from approvals.http.application import now, service
from approvals.http.errors import DATABASE_ERRORS, is_api_request

SEEN = "guahao-seen-tokens"  # when this process last noted a call of this kind, by the id of the token
READING, CHANGE, FLOOD = "reading", "change", "flood"


def set_up_program_calls(app: Flask) -> None:
    app.extensions[SEEN] = {}
    app.after_request(_note)


def tell_lines(lines: int, refused: int) -> None:
    """How many lines of a feed this call had, and how many of them were refused."""
    g.feed_lines = lines, refused


def _note(response: Response) -> Response:
    token_id = _token_id()
    if token_id:
        with suppress(*DATABASE_ERRORS, PoolTimeout):  # the call is done; what cannot be noted does not undo it
            _write(token_id, response, now())
    return response


def _token_id() -> int:
    """The token of this call; 0 where there is none."""
    caller: Actor | None = g.get("actor")
    token = token_of(caller.via) if caller and is_api_request() else None
    return int(token[0]) if token else 0


def _write(token_id: int, response: Response, at: datetime) -> None:
    seen: dict[tuple[int, str], datetime] = current_app.extensions[SEEN]
    is_reading, is_refused = request.method in ("GET", "HEAD"), response.status_code >= FAILS_FROM
    lines, refused = g.get("feed_lines", (0, 0))
    is_flood = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    kind = (token_id, FLOOD if is_flood else READING if is_reading else CHANGE)
    address, last = request.remote_addr or "", seen.get(kind)
    is_seldom = is_flood or not (is_refused or lines)
    if is_seldom and last is not None and at - last <= SEEN_EVERY:
        return
    database = service().database
    with database.write_unless_busy() if is_reading else database.write() as tx:  # who reads waits for nobody
        if tx is None:
            return
        if is_reading and not is_refused:
            see_token(tx, token_id, address, at)
        else:
            call = NewCall(token_id, at, request.method, request.path, response.status_code, address, lines, refused)
            note_call(tx, call)
    if is_refused:
        seen.pop((token_id, CHANGE), None)  # so that the next change tells that it went well again
    if is_flood or not is_refused:
        seen[kind] = at
