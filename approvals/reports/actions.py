"""Issues a report: its number, figures and PDF frozen in one transaction, with an entry in the city's own chain."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from approvals.accounts.actors import Actor, acting_role
from approvals.base.errors import Refused, Stale
from approvals.base.moments import day_of
from approvals.base.numbers import next_number
from approvals.base.texts import N_
from approvals.history.actions import ENTRY, Case, Record, begun, move, recording, row_to_begin
from approvals.history.canonical import canonical
from approvals.history.city import CITY, locked_city_chain
from approvals.reports.freezing import checksum, frozen
from approvals.reports.months import Month, check_over, read_month
from approvals.reports.queries import (
    MONTHLY,
    TABLE,
    IssuedReport,
    last_number,
    report_in_force,
    shown_number,
)
from approvals.reports.values import Figures
from workflows.report import REPORT


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is about to be issued: the figures with the number that they will have, as long as nobody is faster."""

    figures: Figures
    year: int
    number: int
    cites: str
    last_entry: int  # the newest entry that the figures can have seen

    @property
    def ref(self) -> str:
        return f"{self.year}-{self.number}"


def issuing_role(by: Actor) -> str:
    """The role in which somebody issues reports; Forbidden when none of theirs may."""
    return acting_role(by, REPORT.move("issue"), CITY)


def check_issue(tx: Connection, month: Month, corrects: str, now: datetime) -> None:
    """Refused unless the month is over and was not issued yet, or `corrects` is its report in force."""
    check_over(month, day_of(now))
    found = report_in_force(tx, month)
    if found and not corrects:
        raise Refused(
            N_("This month was issued already as %(number)s; only a correction that cites it can follow."),
            number=found.shown_number,
        )
    if corrects and (found is None or found.ref != corrects):
        raise Refused(N_("%(number)s is not the report of this month in force."), number=shown_number(corrects))


def propose(tx: Connection, figures: Figures, corrects: str, now: datetime) -> Proposal:
    """The number that comes next, to print it; it is taken only by `issue`."""
    check_issue(tx, read_month(figures.month), corrects, now)
    year = day_of(now).year
    newest = tx.execute(select(ENTRY.c.id).order_by(ENTRY.c.id.desc()).limit(1)).scalar_one_or_none()
    return Proposal(figures, year, last_number(tx, year) + 1, corrects, newest or 0)


def issue(
    tx: Connection, proposal: Proposal, pdf: bytes, made_with: dict[str, Any], by: Actor, now: datetime
) -> IssuedReport:
    """Freeze the report. Stale when the number was taken meanwhile or the month's record has grown."""
    role, month = issuing_role(by), read_month(proposal.figures.month)
    end = locked_city_chain(tx, now)
    check_issue(tx, month, proposal.cites, now)
    if _grew(tx, proposal, month) or next_number(tx, f"report/{MONTHLY}/{proposal.year}") != proposal.number:
        raise Stale(N_("Somebody else was faster; look at what changed and try again."))
    with recording(tx, *end, at=None, now=now) as record:
        case = _compile(record, proposal, made_with, by, role)
        _issue(record, case, proposal, pdf, by, role)
    found = report_in_force(tx, month)
    assert found is not None  # noqa: S101 it was written above
    return found


def _grew(tx: Connection, proposal: Proposal, month: Month) -> bool:
    """Whether anything was recorded since that happened within the month."""
    later = select(ENTRY.c.id).where(ENTRY.c.id > proposal.last_entry, ENTRY.c.at <= month.ends_at)
    return tx.execute(later.limit(1)).first() is not None


def _compile(record: Record, proposal: Proposal, made_with: dict[str, Any], by: Actor, role: str) -> Case:
    figures = proposal.figures
    row = {
        "kind": MONTHLY,
        "period": figures.month,
        "year": proposal.year,
        "figures": frozen(figures),
        "figures_sha256": checksum(figures),
        "chain_root": figures.chain_root,
        "made_with": canonical(made_with),
        "compiled_at": record.at,
        "compiled_by": by.username,
        "cites": proposal.cites,
    }
    key: Any = record.tx.execute(insert(TABLE), row_to_begin(REPORT, "compile", row, record.at)).inserted_primary_key
    case = Case(REPORT, TABLE, key[0], "compiled", 1, CITY, f"{MONTHLY}/{figures.month}")
    facts = {"period": figures.month, "figures_sha256": row["figures_sha256"], "chain_root": figures.chain_root}
    begun(record, case, "compile", by=by, role=role, facts=facts)
    return case


def _issue(record: Record, case: Case, proposal: Proposal, pdf: bytes, by: Actor, role: str) -> None:
    digest = hashlib.sha256(pdf).hexdigest()
    changes = {
        "number": proposal.number,
        "pdf": pdf,
        "pdf_sha256": digest,
        "issued_at": record.at,
        "issued_by": by.username,
    }
    facts = {"ref": proposal.ref, "cites": proposal.cites, "pdf_sha256": digest}
    move(record, case, "issue", by=by, role=role, facts=facts, changes=changes)
