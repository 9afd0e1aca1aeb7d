"""On-call rules: the liaison answers an owner's request in office hours, else the officer on duty."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Table, bindparam, select

from approvals.accounts.absence.queries import roster
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.moments import CITY_ZONE, day_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.calendar.queries import calendar_in_force
from approvals.liaisons.tables import Shift
from workflows.config.policy import ResponseRules, load_policy
from workflows.label import Label
from workflows.rules.response_deadlines import due_at, is_office_time

SHIFTS: Table = table_of(Shift)
STANDS = SHIFTS.c.removed_at.is_(None)
_ON_DUTY = Prepared(
    select(SHIFTS.c.person_id, SHIFTS.c.until_at)
    .where(STANDS, SHIFTS.c.from_at <= bindparam("at"), SHIFTS.c.until_at > bindparam("at"))
    .order_by(SHIFTS.c.from_at)
)
_CONTACT = Prepared(
    select(PERSON.c.name, PERSON.c.phone, UNIT.c.name.label("unit"), UNIT.c.name_en)
    .join(UNIT, UNIT.c.id == PERSON.c.unit_id)
    .where(PERSON.c.id == bindparam("person_id"))
)


@dataclass(frozen=True, slots=True)
class OfficerOnCall:
    """A person whom an owner may call; `away` is the person for whom they are the deputy."""

    name: str
    phone: str
    unit: Label
    away: str = ""


@dataclass(frozen=True, slots=True)
class OwnerContacts:
    """The contacts of an owner now: the liaison, or their deputy of today.

    Outside office hours `officer` is on duty until `until_at`, None where nobody is.
    """

    liaison: OfficerOnCall
    is_office_time: bool
    officer: OfficerOnCall | None
    until_at: datetime | None
    answer_by: datetime  # of what is asked now


def rules() -> ResponseRules:
    return load_policy().answering


def city_time(at: datetime) -> datetime:
    """The moment in the city's time zone."""
    return at.astimezone(CITY_ZONE)


def is_open(tx: Connection, at: datetime) -> bool:
    """Whether the offices are open."""
    return is_office_time(city_time(at), calendar_in_force(tx), rules())


def answer_due(tx: Connection, at: datetime) -> datetime:
    """Until when a request of this moment is to be answered."""
    return due_at(city_time(at), calendar_in_force(tx), rules())


def officer_at(tx: Connection, at: datetime) -> int | None:
    """The person who is on duty by the roster outside office hours; None in office hours and in a gap."""
    shift = None if is_open(tx, at) else _shift_at(tx, at)
    return shift[0] if shift else None


def helper(tx: Connection, liaison_id: int, now: datetime) -> OwnerContacts:
    """The contacts of the owner of a project with this liaison, as of now."""
    is_office = is_open(tx, now)
    shift = None if is_office else _shift_at(tx, now)
    return OwnerContacts(
        liaison=_present(tx, liaison_id, day_of(now)),
        is_office_time=is_office,
        officer=officer(tx, shift[0]) if shift else None,
        until_at=shift[1] if shift else None,
        answer_by=answer_due(tx, now),
    )


def officer(tx: Connection, person_id: int) -> OfficerOnCall:
    """Name, telephone and unit of this person."""
    row = _CONTACT.one_or_none(tx, {"person_id": person_id})
    return OfficerOnCall(row.name, row.phone, Label(row.unit, row.name_en or row.unit))


def stand_ins(tx: Connection, person_ids: set[int], today: date) -> dict[int, int]:
    """The deputies of today of those of these people who are away and have one, by the id of who is away."""
    if not person_ids:
        return {}
    absences = roster(tx, today)
    pairs = ((person_id, absences.on_duty(person_id, today)) for person_id in person_ids)
    return {person_id: deputy for person_id, deputy in pairs if deputy is not None and deputy != person_id}


def _present(tx: Connection, person_id: int, today: date) -> OfficerOnCall:
    """This person, or their deputy of today."""
    own, deputy = officer(tx, person_id), stand_ins(tx, {person_id}, today).get(person_id)
    return replace(officer(tx, deputy), away=own.name) if deputy else own


def _shift_at(tx: Connection, at: datetime) -> tuple[int, datetime] | None:
    rows = _ON_DUTY.rows(tx, {"at": at})
    return (rows[0].person_id, rows[0].until_at) if rows else None
