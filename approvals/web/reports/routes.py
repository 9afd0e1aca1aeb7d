"""The reports as managers see them: lists, figures and PDF, and the way from the draft to its readers."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, send_file, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.history.inputs import check_input
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.document.figure_lines import lines_by_split
from approvals.reports.document.report import page_of
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.attached_workbook import report_sheet
from approvals.reports.lifecycle.job_requests import ask_issue, ask_print
from approvals.reports.lifecycle.job_views import issuing_view, papers_view
from approvals.reports.lifecycle.queries import (
    bulletins,
    draft_of,
    figures_of,
    issued_pdf,
    report_in_force,
    report_months,
)
from approvals.reports.lifecycle.remarks import acknowledge, comment, instruct
from approvals.reports.lifecycle.renditions import ISSUED_IN, pdf_of_print, print_made_of, wanted_now
from approvals.reports.lifecycle.views import lines_of, report_view
from approvals.reports.periods import (
    BULLETIN,
    MONTHLY,
    Period,
    bulletins_until,
    check_begun,
    last_months,
    read_period,
)
from approvals.reports.titles import months_of
from approvals.supervision.orders.queries import departments
from approvals.web.forms import EMPTY, Form, announce, keep, kept, known_move, say, sent, writing_once
from approvals.web.query_parameters import asked_language
from workflows.charts.report import REPORT

reports = Blueprint("reports", __name__, url_prefix="/reports")
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTED, BULLETINS = 13, 6  # months, and bulletins, in the lists
ANSWERS = ("comment", "acknowledge", "instruct")  # to a report; its other moves have addresses of their own


@reports.get("")
@access(roles=permissions.SEE_REPORTS)
def index() -> str:
    with database().read() as tx:
        months = report_months(tx, last_months(today(), LISTED), today(), now())
        spans = bulletins(tx, bulletins_until(today(), BULLETINS))
    named = [(months_of(one.span), one) for one in spans]
    return render_template("reports/index.html", months=months, spans=named, drafted=REPORT.state("compiled"))


@reports.get("/monthly/<month>", defaults={"kind": MONTHLY})
@reports.get("/bulletins/<month>", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def show(kind: str, month: str, form: Form = EMPTY) -> str:
    period = read_period(kind, month)
    check_begun(period, today())
    with database().read() as tx:
        figures = figures_of(tx, month, kind=kind, today=today())
        view = report_view(tx, kind, period, actor(), today())
        made = {
            "issuing": issuing_view(tx, kind, period, actor(), now()),
            "papers": papers_view(tx, kind, period, now(), figures),
        }
        units = [(one.name, own_name(one)) for one in departments(tx)] if view.instruct else []
    page, given = page_of(kind, month, figures), {"about": lines_of(figures), "departments": units}
    splits = [
        (split, [(one.key or "-", one.label) for one in lines]) for split, lines in lines_by_split(figures).items()
    ]
    return render_template("reports/show.html", page=page, view=view, form=form, splits=splits, **given, **made)


@reports.get("/monthly/<month>.pdf", defaults={"kind": MONTHLY})
@reports.get("/bulletins/<month>.pdf", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def pdf(kind: str, month: str) -> Response:
    """The issued report, or another paper as it would come out now; else the way to where it can be had printed."""
    language, period = asked_language("language", ISSUED_IN), read_period(kind, month)
    check_begun(period, today())
    with database().read() as tx:
        if language == ISSUED_IN and report_in_force(tx, period, kind):
            return hand_out(issued_pdf(tx, month, kind), kind, month)
        found = print_made_of(tx, wanted_now(tx, kind, period, language, today()))
        if found:
            return hand_out(pdf_of_print(tx, kind, period, found.id), kind, month)
    say(_("This document has not been rendered in its current state. Request it here."), "info")
    return redirect(url_for("reports.show", kind=kind, month=month, _anchor="papers"), 303)


def hand_out(content: bytes, kind: str, month: str, part: str = "") -> Response:
    """A paper of this period, or of a department's page of it, as a file."""
    about = f"{month} {part}" if part else month
    names = {
        MONTHLY: _("Monthly report %(month)s.pdf", month=about),
        BULLETIN: _("Bulletin %(month)s.pdf", month=about),
    }
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=names[kind])


@reports.get("/monthly/<month>.xlsx", defaults={"kind": MONTHLY})
@reports.get("/bulletins/<month>.xlsx", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def sheet(kind: str, month: str) -> Response:
    content = report_sheet(database(), kind, month, today())
    name = _("Annexes %(month)s.xlsx", month=month)
    return send_file(BytesIO(content), SHEET_TYPE, as_attachment=True, download_name=name)


@reports.post("/monthly/<month>/moves/<move>", defaults={"kind": MONTHLY})
@reports.post("/bulletins/<month>/moves/<move>", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
@kept(show)
def make(kind: str, month: str, move: str) -> Response:
    given = keep(sent(known_move(REPORT, move).needs))
    leads_to = url_for("reports.show", kind=kind, month=month)
    if move in ("compile", "correct"):
        return _compile(kind, month, given if move == "correct" else None, leads_to)
    if move not in ANSWERS:
        raise NotFound
    with writing_once(leads_to) as once:
        if once.is_new:
            _answer(once.tx, kind, read_period(kind, month), move, given)
    announce(REPORT.move(move))
    return once.answer()


def _answer(tx: Connection, kind: str, period: Period, move: str, given: dict[str, Any]) -> None:
    if move == "acknowledge":
        acknowledge(tx, kind, period, actor(), now())
    elif move == "instruct":
        instruct(tx, kind, period, given, actor(), now())
    else:
        comment(tx, kind, period, given, actor(), now())


def _compile(kind: str, month: str, given: dict[str, object] | None, leads_to: str) -> Response:
    why = None
    if given is not None:
        told = check_input(REPORT, "correct", given)
        with database().read() as tx:
            cited = report_in_force(tx, read_period(kind, month), kind)
        why = ReportCorrection(cited.ref if cited else "-", told["grounds"], told["reason"])
    compile_report(database(), kind, month, actor(), now, why)
    with database().write() as tx:
        ask_print(tx, kind, read_period(kind, month), ISSUED_IN, now())
    announce(REPORT.move("compile"))
    return redirect(leads_to, 303)


@reports.post("/monthly/<month>/issue", defaults={"kind": MONTHLY})
@reports.post("/bulletins/<month>/issue", defaults={"kind": BULLETIN})
@access(roles=permissions.ISSUE_REPORTS)
@kept(show, "issue")
def issue(kind: str, month: str) -> Response:
    """Have the report issued by a worker; the page tells how far it is."""
    with writing_once(url_for("reports.show", kind=kind, month=month)) as once:
        if once.is_new and not _was_just_done(once.tx, kind, month):
            ask_issue(once.tx, kind, read_period(kind, month), actor(), now())
    return once.answer()


def _was_just_done(tx: Connection, kind: str, month: str) -> bool:
    """Whether the same person had it issued just before: a form sent twice. A draft since then is another matter."""
    period = read_period(kind, month)
    found = report_in_force(tx, period, kind)
    if found is None or found.issued_by != actor().username or draft_of(tx, kind, period):
        return False
    return _minutes_since(found.issued_at) < 2


def _minutes_since(moment: datetime) -> float:
    return (now() - moment).total_seconds() / 60
