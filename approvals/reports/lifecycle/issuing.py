"""Issues a report: carries out what was due, renders the document outside any transaction, signs and freezes it."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import Actor, acting_role
from approvals.accounts.identity import actor_by_username
from approvals.base.database import Transactions
from approvals.base.errors import Forbidden, Refused, Stale
from approvals.base.i18n import N_, in_language
from approvals.base.moments import day_of
from approvals.base.templating import render
from approvals.history.record import CITY, settled_entry
from approvals.pdf.process import render_apart
from approvals.pdf.rendered import RenderedPdf
from approvals.reports.document.brief_report import BRIEF, brief_document
from approvals.reports.document.department_report import department_document
from approvals.reports.document.report import Imprint, ReportDocument, bulletin_document, report_document
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.actions import (
    Now,
    Proposal,
    check_compile,
    compile_again,
    compile_report,
    compiled_up_to,
    grew,
    issue,
    propose,
)
from approvals.reports.lifecycle.job_requests import request_brief
from approvals.reports.lifecycle.queries import (
    IssuedReport,
    ReportDraft,
    draft_of,
    frozen_figures,
    issued_pdf,
    report_in_force,
    shown_number,
)
from approvals.reports.lifecycle.renditions import ISSUED_IN, RenditionRequest, rendition_request
from approvals.reports.lifecycle.signing import signed
from approvals.reports.periods import MONTHLY, Period, check_begun, read_period
from approvals.supervision.sweep import sweep
from workflows.charts.report import REPORT
from workflows.config.city import load_city

REPORT_TEMPLATE = "documents/report.html"
TRIES = 3  # when others issue, or write into the month, while this one is printed
MAY_NOT = N_("The requester is no longer permitted to issue reports.")
FASTER = N_("Someone else changed this at the same time. Review the changes and try again.")


class IssueRun(Transactions, Protocol):
    """Who runs the issue and follows its phases: a job, which ends with its last write, or a command."""

    def tell(self, phase: str) -> None: ...
    def finishing(self, result: dict[str, Any] | None = None) -> AbstractContextManager[Connection]: ...


class AtOnce:
    """Issues while the caller waits."""

    def __init__(self, database: Transactions) -> None:
        self.is_sqlite = database.is_sqlite
        self.read, self.write = database.read, database.write

    def tell(self, phase: str) -> None:
        """A command shows no progress."""

    def finishing(self, result: dict[str, Any] | None = None) -> AbstractContextManager[Connection]:
        return self.write()


def issue_report(run: IssueRun, kind: str, text: str, by: Actor, now: Now) -> IssuedReport:
    """Issue the draft of this period, which is compiled now where there is none.

    The document is printed outside the transaction that gives the number. Refused when the period is not over, or was
    issued and nobody has compiled a correction.
    """
    acting_role(by, REPORT.move("issue"), CITY)
    period = read_period(kind, text)
    run.tell("due")
    with run.read() as tx:
        draft = draft_of(tx, kind, period)
    if draft is None:
        compile_report(run, kind, text, by, now)
    else:
        sweep(run, period.ends_at, now, keep=False)
    for _ in range(TRIES):
        try:
            return _issued(run, kind, period, by, now)
        except (Stale, IntegrityError):
            continue
    raise Refused(FASTER)


def _issued(run: IssueRun, kind: str, period: Period, by: Actor, now: Now) -> IssuedReport:
    run.tell("figures")
    proposal = _proposal(run, kind, period, by, now)
    run.tell("printing")
    today = day_of(now())
    printed = signed(partial(_print, proposal, today, by), now())
    run.tell("freezing")
    result: dict[str, Any] = {}
    with run.finishing(result) as tx:
        if day_of(now()) != today:
            raise Stale(FASTER)  # the day printed on the document is over
        issued = issue(tx, proposal, printed.pdf, printed.made_with, _with_current_rights(tx, by, today), now())
        request_brief(tx, kind, period, now())
        result["issued"] = issued.ref
    return issued


def _with_current_rights(tx: Connection, by: Actor, on: date) -> Actor:
    """The person with the rights that are left to them after the printing; the command line is no account."""
    current = actor_by_username(tx, by.username, on) if by.id else by
    if current is None:
        raise Forbidden(MAY_NOT)
    return replace(current, via=by.via)


def _proposal(run: IssueRun, kind: str, period: Period, by: Actor, now: Now) -> Proposal:
    """The draft with the next number, compiled again when the record of its period has grown since."""
    with run.read() as tx:
        draft = _draft(tx, kind, period, now)
        if draft.is_fixed or not grew(tx, draft):
            return propose(tx, draft, frozen_figures(tx, draft), now())
    with run.write() as tx:
        last_entry = settled_entry(tx)
    with run.read() as tx:
        compiled = compiled_up_to(tx, period, last_entry)
    with run.write() as tx:
        compile_again(tx, draft, compiled, by, now())
        return propose(tx, _draft(tx, kind, period, now), compiled.figures, now())


def _draft(tx: Connection, kind: str, period: Period, now: Now) -> ReportDraft:
    """The draft; Refused when somebody else has issued it meanwhile."""
    draft = draft_of(tx, kind, period)
    if draft is None:
        check_compile(tx, kind, period, "", now())
        raise Stale(FASTER)
    return draft


def _print(proposal: Proposal, issued_on: date, by: Actor) -> RenderedPdf:
    kind, cites = proposal.draft.kind, proposal.draft.cites
    corrects = shown_number(cites, kind) if cites else ""
    number = shown_number(proposal.ref, kind)
    imprint = Imprint(number, issued_on, corrects, rectify_by=proposal.rectify_by, signer=signer_of(by))
    return print_document(kind, proposal.draft.period, proposal.figures, ISSUED_IN, imprint)


def signer_of(by: Actor) -> str:
    """Who answers for a report (签发人): whom the city names, else the person who issues it; nobody for a command."""
    return load_city().report_signer or (by.name if by.id else "")


def report_pdf(database: Transactions, text: str, language: str, today: date, kind: str = MONTHLY) -> bytes:
    """The issued report; in another language a translation of it; of a period without one a preview, printed now."""
    period = read_period(kind, text)
    check_begun(period, today)
    with database.read() as tx:
        if language == ISSUED_IN and report_in_force(tx, period, kind):
            return issued_pdf(tx, text, kind)
        request = rendition_request(tx, kind, period, language, today)
    return print_document(kind, text, request.figures, language, request.imprint).pdf


def print_document(kind: str, text: str, figures: Figures, language: str, imprint: Imprint | None) -> RenderedPdf:
    """The document of this kind and period in this language; without an imprint a preview."""
    return render_request(RenditionRequest(kind, read_period(kind, text), language, figures, imprint))


def render_request(request: RenditionRequest) -> RenderedPdf:
    """The PDF of the whole report, its brief, or one department's page; NotFound when there is no such page."""
    template = "documents/brief.html" if request.part == BRIEF else REPORT_TEMPLATE
    with in_language(request.language):
        html = document_html(_document(request), template)
    return render_apart(html)


def document_html(document: ReportDocument, template: str = REPORT_TEMPLATE) -> str:
    """The document as HTML, in the language in use."""
    return render(template, document=document)


def _document(request: RenditionRequest) -> ReportDocument:
    kind, figures, imprint = request.kind, request.figures, request.imprint
    if request.part == BRIEF:
        return brief_document(figures, imprint)
    if request.part:
        return department_document(figures, request.part, imprint, kind)
    return (
        report_document(figures, imprint)
        if kind == MONTHLY
        else bulletin_document(str(request.period), figures, imprint)
    )
