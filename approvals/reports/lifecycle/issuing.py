"""From a draft to the issued report: what was due is made first, then it is printed and frozen."""

from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import Actor, acting_role
from approvals.accounts.identity import actor_by_username
from approvals.base.database import Database, Transactions
from approvals.base.errors import Forbidden, Refused, Stale
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.history.record import CITY
from approvals.pdf.rendered import RenderedPdf
from approvals.reports.document.report import Imprint
from approvals.reports.lifecycle.actions import Proposal, check_compile, compile_again, grew, issue, propose
from approvals.reports.lifecycle.compiling import Now, compile_report, compiled_now
from approvals.reports.lifecycle.queries import (
    IssuedReport,
    ReportDraft,
    draft_of,
    frozen_figures,
    issued_pdf,
    report_in_force,
    shown_number,
)
from approvals.reports.lifecycle.rendering import print_paper
from approvals.reports.lifecycle.renditions import ISSUED_IN, wanted_now
from approvals.reports.lifecycle.signing import signed
from approvals.reports.periods import MONTHLY, Period, check_begun, read_period
from approvals.supervision.sweep import sweep
from workflows.charts.report import REPORT

TRIES = 3  # when others issue, or write into the month, while this one is printed
FASTER = N_("Somebody else was faster; look at what changed and try again.")


class IssueRun(Transactions, Protocol):
    """Whoever issues, and is told how far it is: a job, which is over with its last write, or a command at once."""

    def tell(self, phase: str) -> None: ...
    def finishing(self, result: dict[str, Any] | None = None) -> AbstractContextManager[Connection]: ...


class AtOnce:
    """Issuing that somebody waits for."""

    def __init__(self, database: Transactions) -> None:
        self.is_sqlite = database.is_sqlite
        self.read, self.write = database.read, database.write

    def tell(self, phase: str) -> None:
        """Nobody looks."""

    def finishing(self, result: dict[str, Any] | None = None) -> AbstractContextManager[Connection]:
        return self.write()


def issue_report(course: IssueRun, kind: str, text: str, by: Actor, now: Now) -> IssuedReport:
    """Issue the draft of this period, which is compiled now where there is none.

    The document is printed outside the transaction that gives the number. Refused when the period is not over, or was
    issued and nobody has compiled a correction.
    """
    acting_role(by, REPORT.move("issue"), CITY)
    period = read_period(kind, text)
    course.tell("due")
    with course.read() as tx:
        draft = draft_of(tx, kind, period)
    if draft is None:
        compile_report(course, kind, text, by, now)
    else:
        sweep(course, period.ends_at, now, keep=False)
    for _ in range(TRIES):
        try:
            return _issued(course, kind, period, by, now)
        except (Stale, IntegrityError):
            continue
    raise Refused(FASTER)


def _issued(course: IssueRun, kind: str, period: Period, by: Actor, now: Now) -> IssuedReport:
    course.tell("figures")
    proposal = _proposal(course, kind, period, by, now)
    course.tell("printing")
    today = day_of(now())
    printed = signed(partial(_print, proposal, today), now())
    course.tell("freezing")
    result: dict[str, Any] = {}
    with course.finishing(result) as tx:
        if day_of(now()) != today:
            raise Stale(FASTER)  # the day that stands on the paper is over
        found = issue(tx, proposal, printed.pdf, printed.made_with, _as_they_are(tx, by, today), now())
        result["issued"] = found.ref
    return found


def _as_they_are(tx: Connection, by: Actor, on: date) -> Actor:
    """The person with the rights that are left to them after the printing; the command line is no account."""
    found = actor_by_username(tx, by.username, on) if by.id else by
    if found is None:
        raise Forbidden
    return found


def _proposal(course: IssueRun, kind: str, period: Period, by: Actor, now: Now) -> Proposal:
    """The draft with the next number, compiled again when the record of its period has grown since."""
    with course.read() as tx:
        draft = _standing(tx, kind, period, now)
        if draft.is_fixed or not grew(tx, draft):
            return propose(tx, draft, frozen_figures(tx, draft), now())
        compiled = compiled_now(tx, period)
    with course.write() as tx:
        compile_again(tx, draft, compiled, by, now())
        return propose(tx, _standing(tx, kind, period, now), compiled.figures, now())


def _standing(tx: Connection, kind: str, period: Period, now: Now) -> ReportDraft:
    """The draft; Refused when somebody else has issued it meanwhile."""
    draft = draft_of(tx, kind, period)
    if draft is None:
        check_compile(tx, kind, period, "", now())
        raise Stale(FASTER)
    return draft


def _print(proposal: Proposal, issued_on: date) -> RenderedPdf:
    kind, cites = proposal.draft.kind, proposal.draft.cites
    corrects = shown_number(cites, kind) if cites else ""
    imprint = Imprint(shown_number(proposal.ref, kind), issued_on, corrects)
    return print_paper(kind, proposal.draft.period, proposal.figures, ISSUED_IN, imprint)


def report_pdf(database: Database, text: str, spoken: str, today: date, kind: str = MONTHLY) -> bytes:
    """The issued report; in another language a translation of it; of a period without one a preview, printed now."""
    period = read_period(kind, text)
    check_begun(period, today)
    with database.read() as tx:
        if spoken == ISSUED_IN and report_in_force(tx, period, kind):
            return issued_pdf(tx, text, kind)
        wanted = wanted_now(tx, kind, period, spoken, today)
    return print_paper(kind, text, wanted.figures, spoken, wanted.imprint).pdf
