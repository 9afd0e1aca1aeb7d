"""Who may read whose telephone number and mail address. Everybody else sees them masked, and may ask on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.queries import PERSON, PersonView, person

# The service centre and the administrators of accounts need them; who else may ask does so on record.
NEED_ALL = ("service_centre", "sysadmin")
MAY_ASK = frozenset({"liaison", "service_centre", "supervision_office", "city_government", "sysadmin", "secadmin"})


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How somebody can be reached, masked for those who need not know."""

    username: str
    name: str
    phone: str
    email: str
    is_masked: bool


def needs_contact(actor: Actor, person_id: int) -> bool:
    """Whether the actor reads this person's data unmasked: their own, those of whom they cover, all for the centre."""
    return person_id in {actor.id, *(covered.id for covered in actor.covers)} or actor.has(*NEED_ALL)


_CONTACT = select(PERSON.c.username, PERSON.c.name, PERSON.c.phone, PERSON.c.email).where(
    PERSON.c.id == bindparam("person_id")
)


def contact_for(tx: Connection, actor: Actor, person_id: int) -> ContactDetails:
    """How this person can be reached, as far as the actor needs to know."""
    row = tx.execute(_CONTACT, {"person_id": person_id}).one()
    is_plain = needs_contact(actor, person_id)
    phone, email = (row.phone, row.email) if is_plain else (mask_phone(row.phone), mask_email(row.email))
    return ContactDetails(row.username, row.name, phone, email, not is_plain and bool(row.phone or row.email))


def show_contact(tx: Connection, username: str, page: str, *, by: Actor, now: datetime) -> PersonView:
    """The data unmasked; the auditor learns who saw whose, when, and from which page."""
    view = person(tx, username)
    note(tx, "contact_shown", by=by.username, subject=username, detail=page[:200], now=now)
    return view


def mask_phone(number: str) -> str:
    """138****5678: the first three and the last four digits; of a short number the last two."""
    digits = [at for at, character in enumerate(number) if character.isdigit()]
    first, last = (3, 4) if len(digits) >= 10 else (0, 2)
    hidden = set(digits[first : len(digits) - last])
    return "".join("*" if at in hidden else character for at, character in enumerate(number))


def mask_email(address: str) -> str:
    """z***@x.cn: the first letter and the domain."""
    name, at, domain = address.partition("@")
    return f"{name[:1] if len(name) > 1 else ''}***{at}{domain}" if address else ""
