"""Documents of reports: requested here, made by the workers, downloaded when they are there, by number once issued."""

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_, known_language, own_name
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.document.brief_report import BRIEF
from approvals.reports.document.department_report import SPLIT
from approvals.reports.document.figure_lines import line_page
from approvals.reports.lifecycle.job_requests import request_print
from approvals.reports.lifecycle.job_views import issuing_view, papers_view, part_papers_view
from approvals.reports.lifecycle.queries import draft_of, figures_of, report_in_force
from approvals.reports.lifecycle.renditions import has_rendition, pdf_of_rendition
from approvals.reports.lifecycle.verification import issued_bytes, report_of_ref
from approvals.reports.periods import MONTHLY, check_begun, read_period
from approvals.supervision.orders.queries import departments
from approvals.web.downloads import PDF, send_download
from approvals.web.reports.figures import check_own, each_kind
from approvals.web.reports.routes import send_report_pdf
from approvals.web.submissions import process_once, writing_once

Answer = str | tuple[str, int]
report_making = Blueprint("report_making", __name__, url_prefix="/reports")
report_parts = Blueprint("report_parts", __name__, url_prefix="/reports")  # one department's page of a report
issued_papers = Blueprint("issued_papers", __name__, url_prefix="/reports")


@each_kind(report_making.get, "/<month>/issuing")
@access(roles=permissions.SEE_REPORTS)
def issuing(kind: str, month: str) -> Answer:
    """The progress of the issue, as a part of the page; nothing when it has not changed."""
    period = read_period(kind, month)
    with database().read() as tx:
        view = issuing_view(tx, kind, period, actor(), now())
    return _unless_seen(view.mark) or render_template("reports/_issuing.html", issuing=view)


@each_kind(report_making.get, "/<month>/papers")
@access(roles=permissions.SEE_REPORTS)
def papers(kind: str, month: str) -> Answer:
    """The documents of the report, as a part of the page, while one of them is being made."""
    period = read_period(kind, month)
    with database().read() as tx:
        view = papers_view(tx, kind, period, now())
    return _unless_seen(view.mark) or render_template("reports/_papers.html", papers=view)


def _unless_seen(mark: str) -> tuple[str, int] | None:
    """204 leaves the page as it is, so that screen readers and keyboard focus are not disturbed."""
    return ("", 204) if request.args.get("seen") == mark else None


@each_kind(report_making.post, "/<month>/papers")
@access(roles=permissions.SEE_REPORTS)
def ask(kind: str, month: str) -> Response:
    period, language, part = read_period(kind, month), _requested_language(), request.form.get("part", "")
    check_begun(period, today())
    if part not in parts_of(kind):
        raise invalid("part", N_("is not one of the available options"))
    with writing_once(url_for("reports.show", kind=kind, month=month, _anchor="papers")) as once:
        if once.is_new:
            if not part and not has_rendition(
                language, report_in_force(once.tx, period, kind), draft_of(once.tx, kind, period)
            ):
                raise Refused(N_("This report has been issued; no other document exists in this language."))
            request_print(once.tx, kind, period, language, now(), part)
    return once.answer()


def parts_of(kind: str) -> tuple[str, ...]:
    """The whole document, and of a monthly report its brief."""
    return ("", BRIEF) if kind == MONTHLY else ("",)


def _requested_language() -> str:
    language = known_language(request.form.get("language"))
    if language is None:
        raise invalid("language", N_("is not one of the available options"))
    return language


@each_kind(report_making.get, "/<month>/papers/<paper>.pdf")
@access(roles=permissions.SEE_REPORTS)
def paper(kind: str, month: str, paper: str) -> Response:
    with database().read() as tx:
        content = pdf_of_rendition(tx, kind, read_period(kind, month), address_number(paper))
    return send_report_pdf(content, kind, month)


@report_making.get("/monthly/<month>/brief/<paper>.pdf")
@access(roles=permissions.SEE_REPORTS)
def brief(month: str, paper: str) -> Response:
    with database().read() as tx:
        content = pdf_of_rendition(tx, MONTHLY, read_period(MONTHLY, month), address_number(paper), BRIEF)
    return send_download(content, PDF, _("Supervision brief %(month)s.pdf", month=month), "brief")


# One department's page of a report, for whoever may see that page.


@each_kind(report_parts.get, "/<month>/departments/<key>/papers", endpoint="papers")
@access(roles=permissions.SEE_REPORT_FIGURES)
def department_papers(kind: str, month: str, key: str) -> Answer:
    check_own(SPLIT, key)
    period = read_period(kind, month)
    with database().read() as tx:
        _department(tx, key)
        view = part_papers_view(tx, kind, period, key, now())
    return _unless_seen(view.mark) or render_template("reports/_papers.html", papers=view)


@each_kind(report_parts.post, "/<month>/departments/<key>/papers", endpoint="ask")
@access(roles=permissions.SEE_REPORT_FIGURES)
def ask_department(kind: str, month: str, key: str) -> Response:
    check_own(SPLIT, key)
    period, language = read_period(kind, month), _requested_language()
    check_begun(period, today())
    with database().read() as tx:
        line_page(figures_of(tx, month, kind=kind, today=today()), SPLIT, key)
    leads_to = url_for("report_lines.show", kind=kind, month=month, split=SPLIT, key=key, _anchor="papers")
    return process_once(leads_to, lambda tx: request_print(tx, kind, period, language, now(), key))


@each_kind(report_parts.get, "/<month>/departments/<key>/papers/<paper>.pdf", endpoint="paper")
@access(roles=permissions.SEE_REPORT_FIGURES)
def department_paper(kind: str, month: str, key: str, paper: str) -> Response:
    check_own(SPLIT, key)
    with database().read() as tx:
        name = own_name(_department(tx, key))
        content = pdf_of_rendition(tx, kind, read_period(kind, month), address_number(paper), key)
    return send_report_pdf(content, kind, month, name)


def _department(tx: Connection, key: str) -> Row[tuple[int, str, str]]:
    """The department with this key; NotFound when there is none."""
    for department in departments(tx):
        if str(department.id) == key:
            return department
    raise NotFound


# Issued documents by number; corrected ones stay available.


@each_kind(issued_papers.get, "/issued/<number>.pdf")
@access(roles=permissions.SEE_REPORTS)
def pdf(kind: str, number: str) -> Response:
    with database().read() as tx:
        report = report_of_ref(tx, kind, number)
        if report is None:
            raise NotFound
        content, name = issued_bytes(tx, report), f"{report.shown_number}.pdf"
    return send_download(content, PDF, name, kind)
