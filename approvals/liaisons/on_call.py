"""On-call rules: the liaison answers an owner's request in office hours, else the officer on duty."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Table, bindparam, func, select

from approvals.accounts.absence.queries import roster
from approvals.accounts.appointments import holders
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.moments import CITY_ZONE, day_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.calendar.queries import calendar_in_force
from approvals.liaisons.queries import REQUESTS
from approvals.liaisons.tables import Shift
from workflows.config.policy import ResponseRules, load_policy
from workflows.label import Label
from workflows.rules.response_deadlines import due_at, is_office_time

SHIFTS: Table = table_of(Shift)
STANDS = SHIFTS.c.removed_at.is_(None)
DUTY_ROLES = ("liaison", "service_centre")
OFFICES = ("service_centre", "supervision_office", "city_government")  # take over where nobody else is, in this order
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
    """A person whom an owner may call; `away` is the person for whom they are the deputy.

    `is_office` when nobody else is there: the project has no liaison, or `away` is on leave without a deputy.
    """

    name: str
    phone: str
    unit: Label
    away: str = ""
    is_office: bool = False


@dataclass(frozen=True, slots=True)
class OwnerContacts:
    """The contacts of an owner now: the liaison, their deputy of today, or the service centre; None of an empty city.

    Outside office hours `officer` is on duty until `until_at`, None where nobody is.
    """

    liaison: OfficerOnCall | None
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
    """Who is on duty by the roster outside office hours, or their deputy; None in office hours and in a gap."""
    shift = None if is_open(tx, at) else _shift_at(tx, at)
    return shift[0] if shift else None


def present_liaison(tx: Connection, liaison_id: int | None, at: datetime) -> int | None:
    """The liaison of a project at this moment: the person themselves while they hold the role, or their deputy."""
    return _present(tx, liaison_id, ("liaison",), at) if liaison_id else None


def responsible_at(tx: Connection, liaison_id: int | None, at: datetime) -> int:
    """Who owes an answer to a question of this moment: the officer on duty, the liaison, or else an office.

    While a deputy stands in for the liaison, it stays the liaison's question. Refused where nobody works at all.
    """
    if officer_id := officer_at(tx, at):
        return officer_id
    if liaison_id and present_liaison(tx, liaison_id, at):
        return liaison_id
    if office := office_at(tx, at):
        return office
    raise Refused(N_("Nobody is available to take this over. Contact the system administrator."))


def office_at(tx: Connection, at: datetime) -> int | None:
    """Who takes over at this moment where nobody else is: of the service centre, else of the offices above it."""
    absences, day = roster(tx, day_of(at)), day_of(at)
    for role in OFFICES:
        people = sorted(holders(tx, (role,), at))
        if present := [person for person in people if absences.on_duty(person, day) == person] or people:
            return min(present, key=_waiting_for(tx, present).__getitem__)
    return None


def _waiting_for(tx: Connection, person_ids: list[int]) -> dict[int, int]:
    """How many questions wait for each of these people."""
    waits = REQUESTS.c.state == "raised", REQUESTS.c.responsible_id.in_(person_ids)
    query = select(REQUESTS.c.responsible_id, func.count().label("number")).where(*waits)
    rows = tx.execute(query.group_by(REQUESTS.c.responsible_id).order_by(REQUESTS.c.responsible_id))
    return dict.fromkeys(person_ids, 0) | {row.responsible_id: row.number for row in rows}


def _present(tx: Connection, person_id: int, roles: tuple[str, ...], at: datetime) -> int | None:
    """This person, if they hold one of these roles then, or whoever stands in for them on that day."""
    if person_id not in holders(tx, roles, at):
        return None
    return roster(tx, day_of(at)).on_duty(person_id, day_of(at))


def helper(tx: Connection, liaison_id: int | None, now: datetime) -> OwnerContacts:
    """The contacts of the owner of a project with this liaison, as of now."""
    is_office = is_open(tx, now)
    shift = None if is_office else _shift_at(tx, now)
    return OwnerContacts(
        liaison=_liaison(tx, liaison_id, now),
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


def _liaison(tx: Connection, liaison_id: int | None, now: datetime) -> OfficerOnCall | None:
    """The liaison or their deputy; where neither is there, who takes over in the service centre."""
    holder = liaison_id if liaison_id in holders(tx, ("liaison",), now) else None
    present = roster(tx, day_of(now)).on_duty(holder, day_of(now)) if holder else None
    if holder is not None and present == holder:
        return officer(tx, holder)
    person_id = present or office_at(tx, now)
    away = officer(tx, holder).name if holder else ""
    return replace(officer(tx, person_id), away=away, is_office=present is None) if person_id else None


def _shift_at(tx: Connection, at: datetime) -> tuple[int, datetime] | None:
    """Who is on duty by the roster, until when; nobody when they are away without a deputy, or have left since."""
    for row in _ON_DUTY.rows(tx, {"at": at}):
        if person_id := _present(tx, row.person_id, DUTY_ROLES, at):
            return person_id, row.until_at
    return None
