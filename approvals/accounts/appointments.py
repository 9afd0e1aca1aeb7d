"""Who held which role in which unit, from when until when: written by the account actions, read for past moments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    union,
    update,
)

from approvals.accounts.actors import Actor
from approvals.accounts.identity import actor_from, holds, person_columns, standing_in
from approvals.accounts.queries import ABSENCE, GRANT, PERSON, RENAMING, UNIT, UnitName
from approvals.accounts.tables import Appointment
from approvals.accounts.units import names_on
from approvals.base.moments import FIRST_DAY, day_of, end_of, start_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of

APPOINTMENT = table_of(Appointment)
BEGINNING = start_of(FIRST_DAY)  # of what nobody knows the beginning of
_AT, _DAY = bindparam("at", type_=APPOINTMENT.c.from_at.type), bindparam("day", type_=Date())
_END_OF_DAY = bindparam("end_of_day", type_=ABSENCE.c.confirmed_at.type)


# Writing.


def grant(tx: Connection, person_id: int, roles: Iterable[str]) -> None:
    """The person holds these roles; whether they work in them, `begin` and `end` say."""
    if rows := [{"person_id": person_id, "role": role} for role in sorted(roles)]:
        tx.execute(insert(GRANT), rows)


def revoke(tx: Connection, person_id: int, roles: Iterable[str], at: datetime) -> None:
    """The person holds these roles no more."""
    tx.execute(delete(GRANT).where(GRANT.c.person_id == person_id, GRANT.c.role.in_(sorted(roles))))
    end(tx, person_id, at, roles)


def begin(tx: Connection, person_id: int, unit_id: int, roles: Iterable[str], since: datetime) -> None:
    """Record that the person works in these roles in this unit from now on."""
    row = {"person_id": person_id, "unit_id": unit_id, "from_at": since}
    if rows := [row | {"role": role} for role in sorted(roles)]:
        tx.execute(insert(APPOINTMENT), rows)


def end(tx: Connection, person_id: int, at: datetime, roles: Iterable[str] | None = None) -> None:
    """Record that the person works in these roles, or in any, no more."""
    where = [APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.until_at.is_(None)]
    if roles is not None:
        where.append(APPOINTMENT.c.role.in_(sorted(roles)))
    future = APPOINTMENT.c.from_at > at
    tx.execute(delete(APPOINTMENT).where(*where, future))
    tx.execute(update(APPOINTMENT).where(*where).values(until_at=at))


# Reading.


def in_office(at: Any) -> ColumnElement[bool]:
    """Whether an appointment held at this moment."""
    until_at = APPOINTMENT.c.until_at
    return (APPOINTMENT.c.from_at <= at) & or_(until_at.is_(None), until_at > at)


_IS_RENAMED = exists().where(RENAMING.c.unit_id == UNIT.c.id).correlate(UNIT).label("is_renamed")


def _in_office(*where: ColumnElement[bool]) -> Select[Any]:
    """People with the unit and the roles that they had at a moment, in the columns that an actor is read from."""
    columns = [column for column in person_columns() if column.name != "unit_id"]
    return (
        select(
            *columns,
            APPOINTMENT.c.unit_id,
            UNIT.c.name.label("unit"),
            UNIT.c.name_en,
            UNIT.c.former_ids,
            _IS_RENAMED,
            APPOINTMENT.c.role,
        )
        .select_from(
            APPOINTMENT.join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id).join(
                UNIT, UNIT.c.id == APPOINTMENT.c.unit_id
            )
        )
        .where(in_office(_AT), *where)
    )


_OWN_ABSENCE = ABSENCE.alias("own_absence")
_BY_USERNAME = Prepared(_in_office(PERSON.c.username == bindparam("username")).order_by(APPOINTMENT.c.role))
_COVERED = Prepared(
    _in_office(
        ABSENCE.c.deputy_id == bindparam("deputy_id"),
        ABSENCE.c.confirmed_at <= _END_OF_DAY,
        holds(ABSENCE, _DAY),
        ~exists().where(_OWN_ABSENCE.c.person_id == ABSENCE.c.deputy_id, holds(_OWN_ABSENCE, _DAY)),
    )
    .join(ABSENCE, ABSENCE.c.person_id == PERSON.c.id)
    .add_columns(ABSENCE.c.until_on)
    .order_by(PERSON.c.id, APPOINTMENT.c.role)
)


def actor_at(tx: Connection, username: str, at: datetime) -> Actor | None:
    """Somebody with the unit and the roles of a past moment, and with whom they covered then; None without a role."""
    rows = _BY_USERNAME.rows(tx, {"username": username, "at": at})
    actor = actor_from(rows)
    if actor is None:
        return None
    day = day_of(at)
    if rows[0].is_renamed:
        unit = names_on(tx, day)[actor.unit_id]
        actor = replace(actor, unit=unit.name, unit_en=unit.name_en)
    params = {"deputy_id": actor.id, "at": at, "day": day, "end_of_day": end_of(day)}
    return standing_in(actor, _COVERED.rows(tx, params))


def last_end(tx: Connection, person_id: int) -> datetime:
    """When the last role that the person no longer has came to its end; the beginning of all when there is none."""
    query = select(func.max(APPOINTMENT.c.until_at)).where(APPOINTMENT.c.person_id == person_id)
    return tx.execute(query).scalar_one() or BEGINNING


def days_of_change(tx: Connection) -> frozenset[date]:
    """The days within which somebody's roles changed."""
    begun, ended = select(APPOINTMENT.c.from_at), select(APPOINTMENT.c.until_at)
    moments = tx.execute(union(begun, ended.where(APPOINTMENT.c.until_at.is_not(None)))).scalars()
    return frozenset(map(day_of, moments))


def holder_id(tx: Connection, username: str, role: str, at: datetime) -> int | None:
    """The id of the person who held this role at this moment; None when they did not."""
    held = APPOINTMENT.join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
    query = select(PERSON.c.id).select_from(held)
    query = query.where(PERSON.c.username == username, APPOINTMENT.c.role == role, in_office(at))
    return tx.execute(query.order_by(PERSON.c.id).limit(1)).scalar_one_or_none()


def holders(tx: Connection, roles: Iterable[str], at: datetime) -> frozenset[int]:
    """Everybody who held one of these roles at this moment."""
    query = select(APPOINTMENT.c.person_id).where(APPOINTMENT.c.role.in_(sorted(roles)), in_office(at))
    return frozenset(tx.execute(query.order_by(APPOINTMENT.c.person_id)).scalars())


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """A role that somebody held; `from_at` is None when nobody knows since when."""

    role: str
    unit: UnitName
    from_at: datetime | None
    until_at: datetime | None


def appointments_of(tx: Connection, person_id: int) -> list[AppointmentView]:
    """All that the person was, the latest first."""
    columns = (APPOINTMENT.c.role, UNIT.c.name, UNIT.c.name_en, APPOINTMENT.c.from_at, APPOINTMENT.c.until_at)
    query = select(*columns).join(UNIT, UNIT.c.id == APPOINTMENT.c.unit_id)
    rows = tx.execute(
        query.where(APPOINTMENT.c.person_id == person_id).order_by(
            APPOINTMENT.c.from_at.desc(), APPOINTMENT.c.id.desc()
        )
    )
    return [
        AppointmentView(row.role, UnitName(row.name, row.name_en), _known(row.from_at), row.until_at) for row in rows
    ]


def _known(since: datetime) -> datetime | None:
    return since if since > BEGINNING else None
