"""Who acts: the person of a session, token or user name, with the roles and whom they cover on a day."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from approvals.accounts.actors import UNBOUND, Actor, Bounds, Covered
from approvals.accounts.queries import ABSENCE, GRANT, PERSON, TOKEN, UNIT
from approvals.accounts.tables import SecondFactor, SignIn
from approvals.base.moments import day_of, end_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from workflows.charts.roles import covered
from workflows.config.sign_in_policy import load_sign_in_policy

SIGN_IN, FACTOR = table_of(SignIn), table_of(SecondFactor)


def digest(secret: str) -> str:
    """What is stored of a session's or program's token."""
    return hashlib.sha256(secret.encode()).hexdigest()


_ACTOR = ("id", "username", "name", "unit_id", "language")


def person_columns() -> list[ColumnElement[Any]]:
    """The columns of a person that an actor is read from."""
    return [PERSON.c[name].label(name) for name in _ACTOR]


def _actors(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*person_columns(), UNIT.c.name.label("unit"), UNIT.c.name_en, UNIT.c.former_ids, GRANT.c.role)
        .select_from(PERSON.join(UNIT).outerjoin(GRANT))
        .where(PERSON.c.is_active, *where)
        .order_by(PERSON.c.id, GRANT.c.role)
    )


def actor_from(rows: Sequence[Any]) -> Actor | None:
    """The actor of these rows, one a role; None without rows."""
    if not rows:
        return None
    row = rows[0]
    roles = frozenset(row.role for row in rows if row.role)
    former = tuple(map(int, row.former_ids.split()))
    actor = Actor(row.id, row.username, row.name, row.unit_id, row.unit, roles, row.language, row.name_en)
    return replace(actor, former_units=former) if former else actor


def holds(absence: Any, day: Any) -> ColumnElement[bool]:
    """Whether this row of `absences` holds on the day."""
    until_on, ended_on = absence.c.until_on, absence.c.ended_on
    return and_(absence.c.from_on <= day, _open_or(until_on, until_on >= day), _open_or(ended_on, ended_on > day))


def _open_or(column: ColumnElement[date], clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(column.is_(None), clause)


_OWN_ABSENCE, _DAY = ABSENCE.alias("own_absence"), bindparam("day", type_=Date())
_END_OF_DAY = bindparam("end_of_day", type_=ABSENCE.c.confirmed_at.type)


def _covered_by(*deputy: ColumnElement[bool]) -> Select[Any]:
    """Whom these deputies cover on the day, in the columns of `_actors`, then the last day of the absence."""
    return (
        select(
            *person_columns(),
            *(literal("").label(name) for name in ("unit", "name_en", "former_ids")),
            *(GRANT.c.role, ABSENCE.c.until_on),
        )
        .select_from(
            ABSENCE.join(PERSON, PERSON.c.id == ABSENCE.c.person_id).join(GRANT, GRANT.c.person_id == PERSON.c.id)
        )
        .where(
            *deputy,
            ABSENCE.c.confirmed_at <= _END_OF_DAY,
            holds(ABSENCE, _DAY),
            PERSON.c.is_active,
            ~exists().where(_OWN_ABSENCE.c.person_id == ABSENCE.c.deputy_id, holds(_OWN_ABSENCE, _DAY)),
        )
    )


_NO_TOKEN = literal("")


def _with_covered(
    own: ColumnElement[bool], deputy: ColumnElement[bool], via: Any = _NO_TOKEN, bounds: Any = _NO_TOKEN
) -> Prepared:
    """One statement, so that it is one snapshot and one round trip: an actor, and after them whom they cover."""
    actors = _actors(own).order_by(None).add_columns(cast(null(), Date()).label("until_on"))
    absent = _covered_by(deputy)
    parts = (
        part.add_columns(literal(number).label("part"), via.label("via"), bounds.label("bounds"))
        for number, part in enumerate((actors, absent))
    )
    return Prepared(union_all(*parts).order_by("part", "id", "role"))


_HOLDER = select(TOKEN.c.person_id).where(
    TOKEN.c.digest == bindparam("digest"),
    TOKEN.c.revoked_at.is_(None),
    or_(TOKEN.c.ends_at.is_(None), TOKEN.c.ends_at > bindparam("now", type_=TOKEN.c.ends_at.type)),
)
_NAMED = select(PERSON.c.id).where(PERSON.c.username == bindparam("username"))
_BY_ID = _with_covered(PERSON.c.id == bindparam("person_id"), ABSENCE.c.deputy_id == bindparam("person_id"))
_BY_USERNAME = _with_covered(PERSON.c.username == bindparam("username"), ABSENCE.c.deputy_id.in_(_NAMED))
_TOKEN = TOKEN.c.digest == bindparam("digest")
_VIA = select(literal("token:") + cast(TOKEN.c.id, String) + ":" + TOKEN.c.label).where(_TOKEN).scalar_subquery()
_BOUNDS = select(TOKEN.c.unit_ids + "/" + TOKEN.c.moves).where(_TOKEN).scalar_subquery()
_BY_TOKEN = _with_covered(PERSON.c.id.in_(_HOLDER), ABSENCE.c.deputy_id.in_(_HOLDER), _VIA, _BOUNDS)
_COVERED = Prepared(_covered_by(ABSENCE.c.deputy_id == bindparam("deputy_id")).order_by(PERSON.c.id, GRANT.c.role))


def actor_of(tx: Connection, person_id: int, on: date) -> Actor | None:
    """The active person with this id, with the work and the rights of whom they cover on this day."""
    return _read(tx, _BY_ID, {"person_id": person_id}, on)


def actor_by_username(tx: Connection, username: str, on: date) -> Actor | None:
    """The active person with this user name, with the work and the rights of whom they cover on this day."""
    return _read(tx, _BY_USERNAME, {"username": username}, on)


def actor_of_token(tx: Connection, token: str, now: datetime) -> Actor | None:
    """The active person whose program shows this bearer token, unless it was revoked or has come to its end."""
    return _read(tx, _BY_TOKEN, {"digest": digest(token), "now": now}, day_of(now))


def _read(tx: Connection, query: Prepared, params: Mapping[str, Any], on: date) -> Actor | None:
    rows = query.rows(tx, {**params, "day": on, "end_of_day": end_of(on)})
    actor = actor_from([row for row in rows if row.part == 0])
    if actor is None:
        return None
    if rows[0].via:
        actor = replace(actor, via=rows[0].via, bounds=_bounds(rows[0].bounds))
    return standing_in(actor, [row for row in rows if row.part])


def _bounds(text: str) -> Bounds:
    """The bounds as `_BOUNDS` gives them: ids of units, then names of moves."""
    unit_ids, _slash, moves = text.partition("/")
    return Bounds(frozenset(map(int, unit_ids.split())), frozenset(moves.split())) if unit_ids or moves else UNBOUND


def standing_in(actor: Actor, rows: Sequence[Any]) -> Actor:
    """The actor with whom they cover by these rows."""
    groups = (_covered(actor, [*group]) for _, group in groupby(rows, key=lambda row: row.id))
    covers = tuple(filter(None, groups))
    roles = actor.roles.union(*(absent.roles for absent in covers))
    return replace(actor, roles=roles, lent=roles - actor.roles, covers=covers) if covers else actor


def _covered(actor: Actor, rows: list[Any]) -> Covered | None:
    """Whom the actor covers; None where the two no longer fit."""
    first, own_roles = rows[0], frozenset(row.role for row in rows)
    roles = covered(own_roles, actor.roles, is_same_unit=first.unit_id == actor.unit_id)
    return Covered(first.id, first.username, first.name, roles, first.until_on) if roles else None


def actors_among(tx: Connection, person_ids: Select[Any], on: date) -> list[Actor]:
    """The active people whose ids this statement selects, by id, with whom they cover on this day."""
    rows = tx.execute(_actors(PERSON.c.id.in_(person_ids))).all()
    actors = filter(None, (actor_from(list(own)) for _, own in groupby(rows, lambda row: row.id)))
    params = {"day": on, "end_of_day": end_of(on)}
    return [standing_in(actor, _COVERED.rows(tx, {"deputy_id": actor.id, **params})) for actor in actors]


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, when they were last seen, and when they last gave their password."""

    actor: Actor
    token: str
    seen_at: datetime
    must_change_password: bool
    confirmed_at: datetime | None = None
    has_factor: bool = False

    @property
    def lacks_factor(self) -> bool:
        """Whether the person must have a second factor and has none."""
        return not self.has_factor and bool(load_sign_in_policy().second_factor_roles & self.actor.roles)


def session_of(tx: Connection, token: str, now: datetime) -> Session | None:
    """The running session with this token; None when it has ended, or its person may no longer sign in."""
    row = tx.execute(
        select(
            *(SIGN_IN.c.person_id, SIGN_IN.c.seen_at, SIGN_IN.c.confirmed_at, PERSON.c.must_change_password),
            exists().where(FACTOR.c.person_id == SIGN_IN.c.person_id).label("has_factor"),
        )
        .select_from(SIGN_IN.join(PERSON))
        .where(SIGN_IN.c.digest == digest(token), SIGN_IN.c.ends_at > now)
    ).one_or_none()
    actor = actor_of(tx, row.person_id, day_of(now)) if row else None
    if row is None or actor is None or row.seen_at <= now - load_sign_in_policy().idle_of(actor.roles):
        return None
    return Session(actor, token, row.seen_at, row.must_change_password, row.confirmed_at, row.has_factor)


@dataclass(frozen=True, slots=True)
class Credentials:
    person_id: int
    username: str
    password_hash: str
    ends_at: datetime | None = None  # of a password that an administrator handed over

    def has_expired(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now


def credentials_of(tx: Connection, username: str) -> Credentials | None:
    """What the active person of this user name signs in with."""
    return _credentials(tx, PERSON.c.username == username)


def credentials_by_id(tx: Connection, person_id: int) -> Credentials | None:
    """What the active person with this id signs in with."""
    return _credentials(tx, PERSON.c.id == person_id)


def _credentials(tx: Connection, *of_person: ColumnElement[bool]) -> Credentials | None:
    row = tx.execute(
        select(PERSON.c.id, PERSON.c.username, PERSON.c.password_hash, PERSON.c.password_ends_at).where(
            *of_person, PERSON.c.is_active
        )
    ).one_or_none()
    return Credentials(*row) if row else None
