"""From a month to its report on paper: compiled (what was due is made first), printed and frozen; or as a preview."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import Actor, acting_role
from approvals.base.database import Database, Transactions
from approvals.base.errors import Refused, Stale
from approvals.base.moments import day_of
from approvals.base.texts import N_
from approvals.history.city import CITY
from approvals.reports.actions import (
    Compiled,
    Correction,
    Proposal,
    check_compile,
    compile_again,
    compile_draft,
    grew,
    issue,
    newest_entry,
    propose,
)
from approvals.reports.bulletins import print_bulletin
from approvals.reports.figures import compile_period
from approvals.reports.freezing import checksum
from approvals.reports.months import MONTHLY, Period, check_begun, read_period
from approvals.reports.paper import Imprint
from approvals.reports.printing import Printed, print_report
from approvals.reports.queries import (
    Draft,
    IssuedReport,
    draft_of,
    figures_of,
    frozen_figures,
    issued_pdf,
    report_in_force,
    shown_number,
)
from approvals.reports.signing import signed
from approvals.reports.values import Figures
from approvals.supervision.sweep import sweep
from workflows.report import REPORT

TRIES = 3  # when others issue, or write into the month, while this one is printed
ISSUED_IN = "zh_Hans"  # the language of the issued paper
Now = Callable[[], datetime]


def compile_report(
    database: Transactions, kind: str, text: str, by: Actor, now: Now, correction: Correction | None = None
) -> Draft:
    """Compile the draft of this period, or hand out the one that stands; however many try at once, one is compiled.

    What was due in the period is made first. Refused when the period is not over, or was issued and `correction` does
    not cite its report in force on grounds that hold.
    """
    acting_role(by, REPORT.move("correct" if correction else "compile"), CITY)
    period = read_period(kind, text)
    with database.read() as tx:
        check_compile(tx, kind, period, correction.cites if correction else "", now())
        cited = report_in_force(tx, period, kind)
    sweep(database, period.ends_at, now, keep=False)
    with database.read() as tx:
        grounds = correction.grounds if correction else ""
        compiled = _corrected(tx, period, cited, grounds) if cited else _compiled(tx, period)
    with database.write() as tx:
        return compile_draft(tx, kind, period, compiled, by, now(), correction)


def _compiled(tx: Connection, period: Period) -> Compiled:
    last = newest_entry(tx)  # first, so that what comes meanwhile is noticed
    return Compiled(compile_period(tx, period), last)


def _corrected(tx: Connection, period: Period, cited: IssuedReport, grounds: str) -> Compiled:
    """The figures of a correction, as its grounds allow; Refused when they do not hold."""
    if grounds == "words":
        return Compiled(frozen_figures(tx, cited), newest_entry(tx))
    if grounds == "record" and not grew(tx, cited):
        raise Refused(N_("Nothing was added to the record of this period since the report was compiled."))
    compiled = _compiled(tx, period)
    if checksum(compiled.figures) == cited.figures_sha256:
        raise Refused(N_("Compiled again, the figures are the same; only the words can be corrected."))
    return compiled


def issue_report(database: Transactions, kind: str, text: str, by: Actor, now: Now) -> IssuedReport:
    """Issue the draft of this period, which is compiled now where there is none.

    The document is printed outside the transaction that gives the number. Refused when the period is not over, or was
    issued and nobody has compiled a correction.
    """
    acting_role(by, REPORT.move("issue"), CITY)
    period = read_period(kind, text)
    with database.read() as tx:
        draft = draft_of(tx, kind, period)
    if draft is None:
        compile_report(database, kind, text, by, now)
    else:
        sweep(database, period.ends_at, now, keep=False)
    for _ in range(TRIES):
        try:
            proposal = _proposal(database, kind, period, by, now)
            printed = signed(partial(_print, proposal, day_of(now())), now())
            with database.write() as tx:
                return issue(tx, proposal, printed.pdf, printed.made_with, by, now())
        except (Stale, IntegrityError):
            continue
    raise Refused(N_("Somebody else was faster; look at what changed and try again."))


def _proposal(database: Transactions, kind: str, period: Period, by: Actor, now: Now) -> Proposal:
    """The draft with the next number, compiled again when the record of its period has grown since."""
    with database.read() as tx:
        draft = _standing(tx, kind, period, now())
        if draft.is_fixed or not grew(tx, draft):
            return propose(tx, draft, frozen_figures(tx, draft), now())
        compiled = _compiled(tx, period)
    with database.write() as tx:
        compile_again(tx, draft, compiled, by, now())
        return propose(tx, _standing(tx, kind, period, now()), compiled.figures, now())


def _standing(tx: Connection, kind: str, period: Period, now: datetime) -> Draft:
    """The draft; Refused when somebody else has issued it meanwhile."""
    draft = draft_of(tx, kind, period)
    if draft is None:
        check_compile(tx, kind, period, "", now)
        raise Stale(N_("Somebody else was faster; look at what changed and try again."))
    return draft


def _print(proposal: Proposal, issued_on: date) -> Printed:
    kind, cites = proposal.draft.kind, proposal.draft.cites
    corrects = shown_number(cites, kind) if cites else ""
    imprint = Imprint(shown_number(proposal.ref, kind), issued_on, corrects)
    return _printed(kind, proposal.draft.period, proposal.figures, ISSUED_IN, imprint)


def _printed(kind: str, text: str, figures: Figures, spoken: str, imprint: Imprint | None) -> Printed:
    if kind == MONTHLY:
        return print_report(figures, spoken, imprint)
    return print_bulletin(text, figures, spoken, imprint)


def report_pdf(database: Database, text: str, spoken: str, today: date, kind: str = MONTHLY) -> bytes:
    """The issued report; in another language a translation of it; of a period without one a preview."""
    period = read_period(kind, text)
    check_begun(period, today)
    with database.read() as tx:
        issued = report_in_force(tx, period, kind)
        if issued and spoken == ISSUED_IN:
            return issued_pdf(tx, text, kind)
        figures = figures_of(tx, text, kind=kind, today=today)
    return _printed(kind, text, figures, spoken, _translation(issued) if issued else None).pdf


def _translation(issued: IssuedReport) -> Imprint:
    corrects = shown_number(issued.cites, issued.kind) if issued.cites else ""
    return Imprint(issued.shown_number, day_of(issued.issued_at), corrects, is_translation=True)
