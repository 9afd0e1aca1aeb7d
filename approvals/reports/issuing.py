"""From a month to its report on paper: issued (what was due is made, compiled, printed, frozen), or as a preview."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.errors import Refused, Stale
from approvals.base.moments import day_of
from approvals.base.texts import N_
from approvals.reports.actions import Proposal, check_issue, issue, issuing_role, propose
from approvals.reports.figures import compile_month
from approvals.reports.months import check_begun, read_month
from approvals.reports.paper import Imprint
from approvals.reports.printing import Printed, print_report
from approvals.reports.queries import IssuedReport, figures_of, issued_pdf, report_in_force, shown_number
from approvals.supervision.sweep import sweep

TRIES = 3  # when others issue, or write into the month, while this one is printed
ISSUED_IN = "zh_Hans"  # the language of the issued paper


def issue_month(database: Database, text: str, corrects: str, by: Actor, now: Callable[[], datetime]) -> IssuedReport:
    """Issue the report of this month; the document is printed outside the transaction that gives the number.

    Refused when the month is not over, or was issued and `corrects` is not the reference of its report in force.
    """
    issuing_role(by)
    month = read_month(text)
    with database.read() as tx:
        check_issue(tx, month, corrects, now())
    sweep(database, month.ends_at, now, keep=False)
    for _ in range(TRIES):
        with database.read() as tx:
            proposal = propose(tx, compile_month(tx, text), corrects, now())
        printed = _print(proposal, day_of(now()))
        try:
            with database.write() as tx:
                return issue(tx, proposal, printed.pdf, printed.made_with, by, now())
        except (Stale, IntegrityError):
            continue
    raise Refused(N_("Somebody else was faster; look at what changed and try again."))


def _print(proposal: Proposal, issued_on: date) -> Printed:
    corrects = shown_number(proposal.cites) if proposal.cites else ""
    return print_report(proposal.figures, ISSUED_IN, Imprint(shown_number(proposal.ref), issued_on, corrects))


def report_pdf(database: Database, text: str, spoken: str, today: date) -> bytes:
    """The issued report; in another language a translation of it; of a month without one a preview."""
    check_begun(read_month(text), today)
    with database.read() as tx:
        issued = report_in_force(tx, read_month(text))
        if issued and spoken == ISSUED_IN:
            return issued_pdf(tx, text)
        figures = figures_of(tx, text, today=today)
    return print_report(figures, spoken, _translation(issued) if issued else None).pdf


def _translation(issued: IssuedReport) -> Imprint:
    corrects = shown_number(issued.cites) if issued.cites else ""
    return Imprint(issued.shown_number, day_of(issued.issued_at), corrects, is_translation=True)
