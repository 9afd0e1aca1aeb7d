"""The telephone number of a filing's contact person, in full for who asks for it on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.filing.queries import TABLE
from approvals.filing.views import project


@dataclass(frozen=True, slots=True)
class FilingContact:
    """Whom to call about a project."""

    ref: str
    project: str
    name: str
    phone: str


def show_filing_contact(tx: Connection, ref: str, *, by: Actor, now: datetime) -> FilingContact:
    """The contact unmasked; the auditor learns who saw it and when. NotFound for a project that `by` may not see."""
    view = project(tx, ref, by)
    phone = tx.execute(select(TABLE.c.contact_phone).where(TABLE.c.id == view.id)).scalar_one()
    note(tx, "contact_shown", by=by.username, subject=view.ref, detail=f"/casefiles/{view.ref}"[:200], now=now)
    return FilingContact(view.ref, view.name, view.contact_name or "", phone or "")
