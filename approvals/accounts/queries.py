"""Readings of units, people, their roles and their tokens."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, and_, exists, func, or_, select

from approvals.accounts.audit import EVENT
from approvals.accounts.tables import (
    UNIT_KINDS,
    Absence,
    AccessToken,
    Person,
    RoleGrant,
    SignInAttempt,
    Unit,
    UnitRenaming,
)
from approvals.base.errors import NotFound
from approvals.base.tables import table_of
from approvals.base.text_folding import contains
from workflows.label import Label

UNIT, PERSON, GRANT, TOKEN = table_of(Unit), table_of(Person), table_of(RoleGrant), table_of(AccessToken)
ABSENCE, ATTEMPT, RENAMING = table_of(Absence), table_of(SignInAttempt), table_of(UnitRenaming)


@dataclass(frozen=True, slots=True)
class UnitView:
    id: int
    name: str
    name_en: str
    kind: str
    people: int
    successor_id: int | None = None  # into which it was merged


@dataclass(frozen=True, slots=True)
class UnitName:
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody with an account. Without a password nobody can sign in with it; `signed_in_at` is the last time."""

    id: int
    username: str
    name: str
    phone: str
    email: str
    unit_id: int
    unit: UnitName
    is_active: bool
    roles: tuple[str, ...]
    has_password: bool
    signed_in_at: datetime | None


def units(tx: Connection) -> list[UnitView]:
    """All units with the number of their active people, by kind and name."""
    counted = func.count(PERSON.c.id)
    rows = tx.execute(
        select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en, UNIT.c.kind, counted, UNIT.c.successor_id)
        .select_from(UNIT.outerjoin(PERSON, and_(PERSON.c.unit_id == UNIT.c.id, PERSON.c.is_active)))
        .group_by(UNIT.c.id)
        .order_by(UNIT.c.id)
    )
    return sorted((UnitView(*row) for row in rows), key=lambda view: UNIT_KINDS.index(view.kind))


def unit(tx: Connection, unit_id: int) -> UnitView:
    """One unit; NotFound when there is none."""
    for view in units(tx):
        if view.id == unit_id:
            return view
    raise NotFound


def unit_called(name: str) -> ScalarSelect[int]:
    """The id of the unit that has this name or had it once; a name leads to one unit for ever."""
    former = select(RENAMING.c.unit_id).where(RENAMING.c.name == name)
    query = select(UNIT.c.id).where(or_(UNIT.c.name == name, UNIT.c.id.in_(former)))
    return query.order_by(UNIT.c.id).limit(1).scalar_subquery()


def unit_names(tx: Connection, names: Iterable[str]) -> dict[str, UnitName]:
    """Each of these units with its English name, where it has one; names of before are known too."""
    by_name = {name: UnitName(name, "") for name in names}
    former = select(RENAMING.c.name, RENAMING.c.name_en).where(RENAMING.c.name.in_(by_name))
    rows = tx.execute(former.union(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.name.in_(by_name))))
    return by_name | {row.name: UnitName(row.name, row.name_en) for row in rows}


def units_by_id(tx: Connection, ids: Iterable[int]) -> dict[int, UnitName]:
    """The units with these ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).where(UNIT.c.id.in_(wanted))
    return {row.id: UnitName(row.name, row.name_en) for row in tx.execute(query.order_by(UNIT.c.id))}


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people: parts of a name or user name, those of a unit, with a role, in a state; empty is no limit."""

    search: str = ""
    unit_id: int | None = None
    role: str = ""
    state: str = ""


EVERYBODY = PeopleFilter()
# What a person's account can be; one without a password is active.
PERSON_STATES: Mapping[str, Label] = {
    "active": Label("在用", "Active"),
    "off": Label("已停用", "Deactivated"),
    "no_password": Label("尚无密码", "Without a password"),
}


def people(tx: Connection, filters: PeopleFilter = EVERYBODY) -> list[PersonView]:
    """People, those who left too, by unit and user name."""
    listed = _people(tx, *_limits(filters))
    if not filters.search:
        return listed
    return [view for view in listed if contains(filters.search, view.name, view.username)]


def _limits(filters: PeopleFilter) -> Iterator[ColumnElement[bool]]:
    if filters.unit_id is not None:
        yield PERSON.c.unit_id == filters.unit_id
    if filters.role:
        yield exists().where(GRANT.c.person_id == PERSON.c.id, GRANT.c.role == filters.role)
    if filters.state:
        yield PERSON.c.is_active if filters.state != "off" else ~PERSON.c.is_active
    if filters.state == "no_password":
        yield PERSON.c.password_hash == ""


def person(tx: Connection, username: str) -> PersonView:
    """One person; NotFound when there is none."""
    for view in _people(tx, PERSON.c.username == username):
        return view
    raise NotFound


def person_row(tx: Connection, username: str) -> Row[Any]:
    """The row of one person; NotFound when there is none."""
    row = tx.execute(select(PERSON).where(PERSON.c.username == username)).one_or_none()
    if row is None:
        raise NotFound
    return row


def person_id_of(tx: Connection, username: str) -> int | None:
    """The id of the person with this user name, None when there is none."""
    return tx.execute(select(PERSON.c.id).where(PERSON.c.username == username)).scalar_one_or_none()


def lock_person(tx: Connection, username: str, *, to_change: bool = False) -> None:
    """Keep a person as they are until the end of this transaction; with `to_change` keep others from doing so too.

    Who is given work and who leaves wait for each other by this. SQLite has one writer at a time anyway.
    """
    query = select(PERSON.c.id).where(PERSON.c.username == username)
    tx.execute(query.with_for_update(read=not to_change, key_share=False))


_LAST_SIGN_IN = (
    select(func.max(EVENT.c.at)).where(EVENT.c.subject == PERSON.c.username, EVENT.c.event == "sign_in")
).correlate(PERSON)


def _people(tx: Connection, *where: ColumnElement[bool]) -> list[PersonView]:
    rows = tx.execute(
        select(PERSON, UNIT.c.name.label("unit"), UNIT.c.name_en.label("unit_en"), UNIT.c.kind)
        .add_columns(_LAST_SIGN_IN.scalar_subquery().label("signed_in_at"))
        .select_from(PERSON.join(UNIT))
        .where(*where)
        .order_by(UNIT.c.id, PERSON.c.username)
    ).all()
    roles = roles_of(tx, [row.id for row in rows])
    return [
        PersonView(
            row.id, row.username, row.name, row.phone, row.email, row.unit_id, UnitName(row.unit, row.unit_en),
            row.is_active, roles.get(row.id, ()), bool(row.password_hash), row.signed_in_at,
        )
        for row in sorted(rows, key=lambda row: UNIT_KINDS.index(row.kind))
    ]  # fmt: skip


def roles_of(tx: Connection, person_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The roles that each of these people holds, by name."""
    roles: dict[int, tuple[str, ...]] = {}
    rows = tx.execute(
        select(GRANT.c.person_id, GRANT.c.role)
        .where(GRANT.c.person_id.in_(person_ids))
        .order_by(GRANT.c.person_id, GRANT.c.role)
    )
    for person_id, role in rows:
        roles[person_id] = (*roles.get(person_id, ()), role)
    return roles


@dataclass(frozen=True, slots=True)
class TokenView:
    """A bearer token; `units` and `moves` are what it is bound to, empty for all, and `ends_at` None for ever."""

    id: int
    username: str
    label: str
    made_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    used_from: str
    units: tuple[UnitName, ...]
    moves: tuple[str, ...]
    ends_at: datetime | None
    is_over: bool

    @property
    def is_running(self) -> bool:
        return self.revoked_at is None and not self.is_over

    @property
    def is_unbound(self) -> bool:
        """Whether one of the three bounds is missing."""
        return not (self.units and self.moves and self.ends_at)


def tokens(tx: Connection, person_id: int, now: datetime) -> list[TokenView]:
    """The bearer tokens of a person, newest first."""
    return _tokens(tx, now, TOKEN.c.person_id == person_id)


def all_tokens(tx: Connection, now: datetime) -> list[TokenView]:
    """The bearer tokens of everybody, newest first."""
    return _tokens(tx, now)


def unbound_programs(tx: Connection, now: datetime) -> list[TokenView]:
    """Tokens of accounts for programs that are in force without a bound to units, moves or a term."""
    programs = select(GRANT.c.person_id).where(GRANT.c.role == "integration")
    return [view for view in _tokens(tx, now, TOKEN.c.person_id.in_(programs)) if view.is_running and view.is_unbound]


def _tokens(tx: Connection, now: datetime, *where: ColumnElement[bool]) -> list[TokenView]:
    query = select(TOKEN, PERSON.c.username).join(PERSON, PERSON.c.id == TOKEN.c.person_id).where(*where)
    rows = tx.execute(query.order_by(TOKEN.c.id.desc())).all()
    bound_to = [list(map(int, row.unit_ids.split())) for row in rows]
    names = units_by_id(tx, {unit_id for ids in bound_to for unit_id in ids})
    return [
        TokenView(
            row.id, row.username, row.label, row.made_at, row.revoked_at, row.used_at, row.used_from,
            tuple(names[unit_id] for unit_id in ids), tuple(row.moves.split()), row.ends_at,
            row.ends_at is not None and row.ends_at <= now,
        )
        for row, ids in zip(rows, bound_to, strict=True)
    ]  # fmt: skip
