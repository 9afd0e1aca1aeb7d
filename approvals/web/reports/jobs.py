"""Asking for reports and papers, looking how far they are, and downloading what was printed. The workers make them."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_, known_language
from approvals.base.text_validation import address_number
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.lifecycle.job_requests import ask_print
from approvals.reports.lifecycle.job_views import issuing_view, papers_view
from approvals.reports.lifecycle.queries import draft_of, report_in_force
from approvals.reports.lifecycle.renditions import has_paper, pdf_of_print
from approvals.reports.periods import BULLETIN, MONTHLY, check_begun, read_period
from approvals.web.forms import writing_once
from approvals.web.reports.routes import hand_out

Answer = str | tuple[str, int]
report_making = Blueprint("report_making", __name__, url_prefix="/reports")


@report_making.get("/monthly/<month>/issuing", defaults={"kind": MONTHLY})
@report_making.get("/bulletins/<month>/issuing", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def issuing(kind: str, month: str) -> Answer:
    """The part of the page that tells how far the issue is; nothing when it is what was seen before."""
    period = read_period(kind, month)
    with database().read() as tx:
        view = issuing_view(tx, kind, period, actor(), now())
    return unless_seen(view.mark) or render_template("reports/_issuing.html", issuing=view)


@report_making.get("/monthly/<month>/papers", defaults={"kind": MONTHLY})
@report_making.get("/bulletins/<month>/papers", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def papers(kind: str, month: str) -> Answer:
    """The part of the page with the papers, while one of them is being printed."""
    period = read_period(kind, month)
    with database().read() as tx:
        view = papers_view(tx, kind, period, now())
    return unless_seen(view.mark) or render_template("reports/_papers.html", papers=view)


def unless_seen(mark: str) -> tuple[str, int] | None:
    """The answer that leaves the page as it is: whoever reads it aloud or goes through it by keys is not disturbed."""
    return ("", 204) if request.args.get("seen") == mark else None


@report_making.post("/monthly/<month>/papers", defaults={"kind": MONTHLY})
@report_making.post("/bulletins/<month>/papers", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def ask(kind: str, month: str) -> Response:
    """Have a paper printed."""
    period, language = read_period(kind, month), known_language(request.form.get("language"))
    if language is None:
        raise invalid("language", N_("is not one of the available options"))
    check_begun(period, today())
    with writing_once(url_for("reports.show", kind=kind, month=month, _anchor="papers")) as once:
        if once.is_new:
            if not has_paper(language, report_in_force(once.tx, period, kind), draft_of(once.tx, kind, period)):
                raise Refused(N_("This report has been issued; no other document exists in this language."))
            ask_print(once.tx, kind, period, language, now())
    return once.answer()


@report_making.get("/monthly/<month>/papers/<paper>.pdf", defaults={"kind": MONTHLY})
@report_making.get("/bulletins/<month>/papers/<paper>.pdf", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def paper(kind: str, month: str, paper: str) -> Response:
    """A paper that was printed."""
    with database().read() as tx:
        content = pdf_of_print(tx, kind, read_period(kind, month), address_number(paper))
    return hand_out(content, kind, month)
