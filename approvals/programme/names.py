"""Units and people as plans and problems name them."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.accounts.units import unit_ids
from approvals.base.errors import invalid
from approvals.base.i18n import N_


def unit_named(tx: Connection, field: str, name: str) -> int:
    """The id of the unit of this name, or of the one that took it over; Invalid for a name that no unit has."""
    return unit_among(unit_ids(tx), field, name)


def unit_among(units: Mapping[str, int], field: str, name: str) -> int:
    """The same, where the names of all units were read before."""
    if name not in units:
        raise invalid(field, N_("is not a known unit"))
    return units[name]


def person_named(tx: Connection, field: str, name: str, unit_id: int) -> int:
    """The id of the person of this user name, or of this name in the unit; Invalid when nobody is called so."""
    by_username = tx.execute(select(PERSON.c.id).where(PERSON.c.username == name)).scalar_one_or_none()
    if by_username is not None:
        return int(by_username)
    in_unit = select(PERSON.c.id).where(PERSON.c.name == name, PERSON.c.unit_id == unit_id, PERSON.c.is_active)
    ids = tx.execute(in_unit.order_by(PERSON.c.id)).scalars().all()
    if len(ids) != 1:
        raise invalid(field, N_("is not a known person"))
    return int(ids[0])


def username_of(tx: Connection, person_id: int) -> str:
    return str(tx.execute(select(PERSON.c.username).where(PERSON.c.id == person_id)).scalar_one())
