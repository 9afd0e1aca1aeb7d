"""Who helps an owner with a project."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, bindparam, select

from approvals.accounts.absences import roster
from approvals.accounts.queries import PERSON, UNIT
from approvals.filing.lists import ProjectView
from workflows.city import Label


@dataclass(frozen=True, slots=True)
class Contact:
    """An officer who can be reached; `away` is for whom they stand in."""

    name: str
    phone: str
    unit: Label
    away: str = ""


@dataclass(frozen=True, slots=True)
class Helpers:
    """The officer who accompanies the project, and who is on duty outside office hours, where that is known."""

    liaison: Contact | None
    on_duty: Contact | None = None


_CONTACT = (
    select(PERSON.c.name, PERSON.c.phone, UNIT.c.name.label("unit"), UNIT.c.name_en)
    .join(UNIT, UNIT.c.id == PERSON.c.unit_id)
    .where(PERSON.c.id == bindparam("person_id"))
)


def helpers(tx: Connection, found: ProjectView, today: date) -> Helpers:
    """Who helps the owner of this project: the liaison, or who stands in for them today."""
    liaison_id = found.place.liaison_id
    return Helpers(liaison=_on_duty(tx, liaison_id, today) if liaison_id is not None else None)


def _on_duty(tx: Connection, liaison_id: int, today: date) -> Contact:
    liaison = _contact(tx, liaison_id)
    deputy = roster(tx, today).on_duty(liaison_id, today)
    return liaison if deputy in (liaison_id, None) else replace(_contact(tx, deputy), away=liaison.name)


def _contact(tx: Connection, person_id: int) -> Contact:
    row = tx.execute(_CONTACT, {"person_id": person_id}).one()
    return Contact(row.name, row.phone, Label(row.unit, row.name_en or row.unit))
