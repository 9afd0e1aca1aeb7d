"""The reports as managers see them: lists, figures and PDF, and the way from the draft to its readers."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.history.inputs import check_input
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.document.brief_report import BRIEF
from approvals.reports.document.figure_lines import lines_by_split
from approvals.reports.document.report import ReportPage, page_of
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.attached_workbook import report_workbook
from approvals.reports.lifecycle.draft_changes import changes_since_draft
from approvals.reports.lifecycle.job_requests import request_brief, request_issue, request_print
from approvals.reports.lifecycle.job_views import issuing_view, papers_view
from approvals.reports.lifecycle.proposed_orders import proposed_orders
from approvals.reports.lifecycle.queries import (
    bulletins,
    draft_of,
    figures_of,
    issued_pdf,
    report_in_force,
    report_months,
)
from approvals.reports.lifecycle.remarks import acknowledge, comment, instruct
from approvals.reports.lifecycle.renditions import ISSUED_IN, current_rendition, pdf_of_rendition, rendition_request
from approvals.reports.lifecycle.views import lines_of, report_view
from approvals.reports.periods import BULLETIN, MONTHLY, Period, bulletins_until, check_begun, last_months, read_period
from approvals.reports.titles import months_of
from approvals.supervision.orders.queries import departments
from approvals.web.downloads import PDF, XLSX, send_download
from approvals.web.forms import (
    EMPTY,
    Form,
    FormInput,
    check_understood,
    form_input,
    known_move,
    redisplay,
    remember_input,
)
from approvals.web.query_parameters import query_choice, query_flag, query_language
from approvals.web.reports.figures import each_kind
from approvals.web.submissions import flash_message, flash_move, writing_once
from workflows.charts.report import REPORT

reports = Blueprint("reports", __name__, url_prefix="/reports")
ALL = "all"  # chapters of a report
LISTED, BULLETINS = 13, 6  # months and bulletins in the lists
ANSWERS = ("comment", "acknowledge", "instruct")  # to a report; other moves have their own addresses


@reports.get("")
@access(roles=permissions.SEE_REPORTS)
def index() -> str:
    with database().read() as tx:
        months = report_months(tx, last_months(today(), LISTED), today(), now())
        spans = bulletins(tx, bulletins_until(today(), BULLETINS))
    rows = [(months_of(bulletin.span), bulletin) for bulletin in spans]
    return render_template("reports/index.html", months=months, spans=rows, drafted=REPORT.state("compiled"))


@each_kind(reports.get, "/<month>")
@access(roles=permissions.SEE_REPORTS)
def show(kind: str, month: str, form: Form = EMPTY) -> str:
    period = read_period(kind, month)
    check_begun(period, today())
    with database().read() as tx:
        figures = figures_of(tx, month, kind=kind, today=today())
        view = report_view(tx, kind, period, actor(), today())
        jobs = {
            "issuing": issuing_view(tx, kind, period, actor(), now()),
            "papers": papers_view(tx, kind, period, now(), figures),
        }
        since_draft = changes_since_draft(tx, view.draft, view.issued, figures)
        units = [(unit.name, own_name(unit)) for unit in departments(tx)] if view.instruct else []
        proposed = proposed_orders(tx, period) if kind == BULLETIN else ()
    page = page_of(kind, month, figures, view.issued.rectify_by if view.issued else None)
    context = {
        "about": lines_of(figures),
        "since_draft": since_draft,
        "departments": units,
        **_chapters(page, form),
        "compare": query_flag("compare"),
        "proposed": len(proposed),
        "undecided": sum(order.status == "open" for order in proposed),
    }
    splits = [
        (split, [(line.key or "-", line.label) for line in lines]) for split, lines in lines_by_split(figures).items()
    ]
    return render_template("reports/show.html", page=page, view=view, form=form, splits=splits, **context, **jobs)


def _chapters(page: ReportPage, form: Form) -> dict[str, object]:
    """The chapter asked for, that of a comment that was not taken, the first one, or all of them."""
    keys = [section.key for section in page.sections]
    commented = form.value("section")
    chapter = query_choice("chapter", (*keys, ALL)) or (commented if commented in keys else keys[0])
    shown = [section for section in page.sections if chapter in (section.key, ALL)]
    return {"chapter": chapter, "shown": shown, "all_chapters": ALL}


@each_kind(reports.get, "/<month>.pdf")
@access(roles=permissions.SEE_REPORTS)
def pdf(kind: str, month: str) -> Response:
    """The issued report, or a current rendition of it; else a redirect to where one can be requested."""
    language, period = query_language("language", ISSUED_IN), read_period(kind, month)
    check_begun(period, today())
    with database().read() as tx:
        if language == ISSUED_IN and report_in_force(tx, period, kind):
            return send_report_pdf(issued_pdf(tx, month, kind), kind, month)
        rendition = current_rendition(tx, rendition_request(tx, kind, period, language, today()))
        if rendition:
            return send_report_pdf(pdf_of_rendition(tx, kind, period, rendition.id), kind, month)
    flash_message(_("This document has not been rendered in its current state. Request it here."), "info")
    return redirect(url_for("reports.show", kind=kind, month=month, _anchor="papers"), 303)


def send_report_pdf(content: bytes, kind: str, month: str, part: str = "") -> Response:
    """A document of this period, or of a department's page of it, as a download."""
    about = f"{month} {part}" if part else month
    names = {
        MONTHLY: _("Monthly report %(month)s.pdf", month=about),
        BULLETIN: _("Bulletin %(month)s.pdf", month=about),
    }
    return send_download(content, PDF, names[kind], kind)


@each_kind(reports.get, "/<month>.xlsx")
@access(roles=permissions.SEE_REPORTS)
def sheet(kind: str, month: str) -> Response:
    content = report_workbook(database(), kind, month, today())
    name = _("Workbook %(month)s.xlsx", month=month)
    return send_download(content, XLSX, name, "workbook")


@each_kind(reports.post, "/<month>/moves/<move>")
@access(roles=permissions.SEE_REPORTS)
@redisplay(show)
def make(kind: str, month: str, move: str) -> Response:
    values = remember_input(form_input(known_move(REPORT, move).needs))
    leads_to = url_for("reports.show", kind=kind, month=month)
    if move in ("compile", "correct"):
        return _compile(kind, month, values if move == "correct" else None, leads_to)
    if move not in ANSWERS:
        raise NotFound
    if move == "comment" and isinstance(section := values.get("section"), str):
        leads_to = _beside_comment(kind, month, section)
    with writing_once(leads_to) as once:
        if once.is_new:
            _answer(once.tx, kind, read_period(kind, month), move, values)
    flash_move(REPORT.move(move))
    return once.answer()


def _beside_comment(kind: str, month: str, section: str) -> str:
    """Where the comment stands: the brief is above the chapters."""
    if section == BRIEF:
        return url_for("reports.show", kind=kind, month=month, _anchor="section-brief")
    return url_for("reports.show", kind=kind, month=month, chapter=section, _anchor="chapters")


def _answer(tx: Connection, kind: str, period: Period, move: str, values: FormInput) -> None:
    if move == "acknowledge":
        acknowledge(tx, kind, period, actor(), now())
    elif move == "instruct":
        instruct(tx, kind, period, values, actor(), now())
    else:
        comment(tx, kind, period, values, actor(), now())


def _compile(kind: str, month: str, values: dict[str, object] | None, leads_to: str) -> Response:
    why = None
    if values is not None:
        correction = check_input(REPORT, "correct", values)
        with database().read() as tx:
            cited = report_in_force(tx, read_period(kind, month), kind)
        why = ReportCorrection(cited.ref if cited else "-", correction["grounds"], correction["reason"])
    compile_report(database(), kind, month, actor(), now, why)
    with database().write() as tx:
        request_print(tx, kind, read_period(kind, month), ISSUED_IN, now())
        request_brief(tx, kind, read_period(kind, month), now())
    flash_move(REPORT.move("compile"))
    return redirect(leads_to, 303)


@each_kind(reports.post, "/<month>/issue")
@access(roles=permissions.ISSUE_REPORTS)
@redisplay(show, "issue")
def issue(kind: str, month: str) -> Response:
    """Request the issue, which a worker carries out."""
    check_understood(REPORT.move("issue"))
    with writing_once(url_for("reports.show", kind=kind, month=month)) as once:
        if once.is_new and not _was_just_done(once.tx, kind, month):
            request_issue(once.tx, kind, read_period(kind, month), actor(), now())
    return once.answer()


def _was_just_done(tx: Connection, kind: str, month: str) -> bool:
    """Whether the same person had it issued just before (a form sent twice) and there is no newer draft."""
    period = read_period(kind, month)
    report = report_in_force(tx, period, kind)
    if report is None or report.issued_by != actor().username or draft_of(tx, kind, period):
        return False
    return _minutes_since(report.issued_at) < 2


def _minutes_since(moment: datetime) -> float:
    return (now() - moment).total_seconds() / 60
