"""What two administrators do: one asks, another one confirms, and only then does it take effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, select, update

from approvals.accounts.actions import check_roles, check_someone_else, set_active
from approvals.accounts.actors import OPERATOR, Actor
from approvals.accounts.audit import note
from approvals.accounts.identity import actor_by_username
from approvals.accounts.queries import PERSON, PersonView, person
from approvals.accounts.resets import begin_by_code
from approvals.accounts.second_factors import has_factor, reset_factor
from approvals.accounts.tables import AccountRequest
from approvals.base.errors import Forbidden, NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.tables import table_of
from approvals.handover.actions import change_roles, deactivate, move_to_unit
from workflows.charts.roles import ADMINISTRATORS

REQUESTS: Any = table_of(AccountRequest)
OPEN = REQUESTS.c.state == "asked"


@dataclass(frozen=True, slots=True)
class RequestView:
    """What an administrator asked for: `kind` of whose account, with its details."""

    id: int
    kind: str
    username: str
    name: str
    details: Mapping[str, Any]
    asked_by: str
    asked_at: datetime


def needs_second(account: PersonView, roles: frozenset[str] = frozenset()) -> bool:
    """Whether this is an administrator's account, or becomes one by these roles."""
    return not ADMINISTRATORS.isdisjoint({*account.roles, *roles})


def ask_second(
    tx: Connection, kind: str, username: str, details: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Ask another administrator to confirm this. Refused while something else waits for this account."""
    account = check_someone_else(tx, username, by)
    if tx.execute(select(REQUESTS.c.id).where(OPEN, REQUESTS.c.person_id == account.id)).first():
        raise Refused(N_("A request about this account waits for a second administrator already."))
    values = {"kind": kind, "person_id": account.id, "details": orjson.dumps(details).decode(), "state": "asked"}
    tx.execute(insert(REQUESTS).values(values | {"asked_by": by.username, "asked_at": now, "decided_by": ""}))
    note(tx, "second_asked", by=by.username, subject=username, detail=kind, now=now)


def ask_factor_reset(tx: Connection, username: str, *, by: Actor, now: datetime) -> None:
    """Ask another administrator to take a second factor off; nobody does so alone. Refused when there is none."""
    if not has_factor(tx, person(tx, username).id):
        raise Refused(N_("There is no second factor."))
    ask_second(tx, "second_factor", username, {}, by=by, now=now)


def act_or_ask(
    tx: Connection, kind: str, username: str, details: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:
    """Let it take effect, or ask a second administrator where it concerns one; whether it took effect.

    Whoever sits at the machine needs no second: they have the database.
    """
    account = person(tx, username)
    check_roles(frozenset(details.get("roles", ())))
    if by.username != OPERATOR.username and needs_second(account, frozenset(details.get("roles", ()))):
        ask_second(tx, kind, username, details, by=by, now=now)
        return False
    request = RequestView(0, kind, username, account.name, details, by.username, now)
    _EFFECTS[kind](tx, request, by, by, now)
    return True


def open_requests(tx: Connection) -> list[RequestView]:
    """What waits for a second administrator, the oldest first."""
    query = select(REQUESTS, PERSON.c.username, PERSON.c.name).join(PERSON, PERSON.c.id == REQUESTS.c.person_id)
    return [_view(row) for row in tx.execute(query.where(OPEN).order_by(REQUESTS.c.id))]


def open_request_of(tx: Connection, person_id: int) -> RequestView | None:
    """What waits for a second administrator about this account."""
    query = select(REQUESTS, PERSON.c.username, PERSON.c.name).join(PERSON, PERSON.c.id == REQUESTS.c.person_id)
    row = tx.execute(query.where(OPEN, REQUESTS.c.person_id == person_id)).one_or_none()
    return _view(row) if row else None


def requests_for(tx: Connection, actor: Actor) -> int:
    """How many requests this administrator may decide: not those that they made, nor about themselves."""
    query = select(func.count()).select_from(REQUESTS.join(PERSON, PERSON.c.id == REQUESTS.c.person_id))
    theirs = REQUESTS.c.asked_by != actor.username, PERSON.c.id != actor.id
    return int(tx.execute(query.where(OPEN, *theirs)).scalar_one())


def _view(row: Row[Any]) -> RequestView:
    details = orjson.loads(row.details)
    return RequestView(row.id, row.kind, row.username, row.name, details, row.asked_by, row.asked_at)


def may_decide(request: RequestView, actor: Actor) -> bool:
    """Whether this administrator is a second one here."""
    return actor.username not in (request.asked_by, request.username)


def confirm_request(tx: Connection, request_id: int, *, by: Actor, now: datetime) -> str:
    """Let it take effect in the name of who asked; the code to print where a password is reset, else empty.

    Forbidden for who asked and for whom it is about. Refused when who asked is no administrator any more.
    """
    request = _decided(tx, request_id, "confirmed", by, now)
    asker = actor_by_username(tx, request.asked_by, day_of(now))
    if asker is None or not asker.has(*ADMINISTRATORS):
        raise Refused(N_("Who asked for this is no administrator any more. Decline it."))
    note(tx, "second_confirmed", by=by.username, subject=request.username, detail=request.kind, now=now)
    return _EFFECTS[request.kind](tx, request, asker, by, now)


def decline_request(tx: Connection, request_id: int, *, by: Actor, now: datetime) -> None:
    """Drop the request; who asked may take it back themselves."""
    request = _decided(tx, request_id, "declined", by, now)
    note(tx, "second_declined", by=by.username, subject=request.username, detail=request.kind, now=now)


def _decided(tx: Connection, request_id: int, state: str, by: Actor, now: datetime) -> RequestView:
    """The open request, decided by a second administrator in this transaction and in no other."""
    query = select(REQUESTS, PERSON.c.username, PERSON.c.name).join(PERSON, PERSON.c.id == REQUESTS.c.person_id)
    row = tx.execute(query.where(REQUESTS.c.id == request_id)).one_or_none()
    if row is None:
        raise NotFound
    request = _view(row)
    if not may_decide(request, by):
        raise Forbidden(N_("You asked for this, or it is about you. Another administrator must decide."))
    values = {"state": state, "decided_by": by.username, "decided_at": now}
    if tx.execute(update(REQUESTS).where(REQUESTS.c.id == request_id, OPEN).values(values)).rowcount != 1:
        raise Refused(N_("This request was decided already."))
    return request


# What takes effect: a request, in the name of who asked, confirmed by another.


def _reset(tx: Connection, request: RequestView, asker: Actor, by: Actor, now: datetime) -> str:
    return begin_by_code(tx, request.username, by=asker, confirmed_by=by.username, now=now)


def _roles(tx: Connection, request: RequestView, asker: Actor, _by: Actor, now: datetime) -> str:
    since = request.details.get("since")
    change_roles(
        tx,
        request.username,
        frozenset(request.details["roles"]),
        request.details.get("successor", ""),
        by=asker,
        now=now,
        since=date.fromisoformat(since) if since else None,
    )
    return ""


def _move(tx: Connection, request: RequestView, asker: Actor, _by: Actor, now: datetime) -> str:
    details = request.details
    move_to_unit(tx, request.username, details["unit_id"], details.get("successor", ""), by=asker, now=now)
    return ""


def _deactivate(tx: Connection, request: RequestView, asker: Actor, _by: Actor, now: datetime) -> str:
    deactivate(tx, request.username, request.details.get("successor", ""), by=asker, now=now)
    return ""


def _activate(tx: Connection, request: RequestView, asker: Actor, _by: Actor, now: datetime) -> str:
    set_active(tx, request.username, True, by=asker, now=now)
    return ""


def _second_factor(tx: Connection, request: RequestView, asker: Actor, by: Actor, now: datetime) -> str:
    reset_factor(tx, request.username, by=asker, confirmed_by=by.username, now=now)
    return ""


_EFFECTS: Mapping[str, Callable[[Connection, RequestView, Actor, Actor, datetime], str]] = {
    "reset": _reset,
    "roles": _roles,
    "move": _move,
    "deactivate": _deactivate,
    "activate": _activate,
    "second_factor": _second_factor,
}
