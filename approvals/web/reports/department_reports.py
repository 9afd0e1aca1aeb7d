"""The paper of one department's page of a report: asked for and had by whoever may see that page."""

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_, known_language, own_name
from approvals.base.text_validation import address_number
from approvals.http.access import access
from approvals.http.application import database, now, today
from approvals.reports.document.department_report import SPLIT
from approvals.reports.document.figure_lines import line_page
from approvals.reports.lifecycle.job_requests import ask_print
from approvals.reports.lifecycle.job_views import part_papers_view
from approvals.reports.lifecycle.queries import figures_of
from approvals.reports.lifecycle.renditions import pdf_of_print
from approvals.reports.periods import BULLETIN, MONTHLY, check_begun, read_period
from approvals.supervision.orders.queries import departments
from approvals.web.forms import writing_once
from approvals.web.reports.figures import check_own
from approvals.web.reports.jobs import Answer, unless_seen
from approvals.web.reports.routes import hand_out

report_parts = Blueprint("report_parts", __name__, url_prefix="/reports")


@report_parts.get("/monthly/<month>/departments/<key>/papers", defaults={"kind": MONTHLY})
@report_parts.get("/bulletins/<month>/departments/<key>/papers", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORT_FIGURES)
def papers(kind: str, month: str, key: str) -> Answer:
    """The part of the page with its papers, while one of them is being printed."""
    check_own(SPLIT, key)
    period = read_period(kind, month)
    with database().read() as tx:
        _department(tx, key)
        view = part_papers_view(tx, kind, period, key, now())
    return unless_seen(view.mark) or render_template("reports/_papers.html", papers=view)


@report_parts.post("/monthly/<month>/departments/<key>/papers", defaults={"kind": MONTHLY})
@report_parts.post("/bulletins/<month>/departments/<key>/papers", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORT_FIGURES)
def ask(kind: str, month: str, key: str) -> Response:
    """Have the page printed."""
    check_own(SPLIT, key)
    period, language = read_period(kind, month), known_language(request.form.get("language"))
    if language is None:
        raise invalid("language", N_("is not one of the available options"))
    check_begun(period, today())
    with database().read() as tx:
        line_page(figures_of(tx, month, kind=kind, today=today()), SPLIT, key)
    leads_to = url_for("report_lines.show", kind=kind, month=month, split=SPLIT, key=key, _anchor="papers")
    with writing_once(leads_to) as once:
        if once.is_new:
            ask_print(once.tx, kind, period, language, now(), key)
    return once.answer()


@report_parts.get("/monthly/<month>/departments/<key>/papers/<paper>.pdf", defaults={"kind": MONTHLY})
@report_parts.get("/bulletins/<month>/departments/<key>/papers/<paper>.pdf", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORT_FIGURES)
def paper(kind: str, month: str, key: str, paper: str) -> Response:
    """The page as it was printed."""
    check_own(SPLIT, key)
    with database().read() as tx:
        name = own_name(_department(tx, key))
        content = pdf_of_print(tx, kind, read_period(kind, month), address_number(paper), key)
    return hand_out(content, kind, month, name)


def _department(tx: Connection, key: str) -> Row[tuple[int, str, str]]:
    """The department with this key; NotFound when there is none."""
    for found in departments(tx):
        if str(found.id) == key:
            return found
    raise NotFound
