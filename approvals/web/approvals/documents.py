"""Documents about one approval, as pages and PDF: the one-time notice, and the evidence of its clock."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.formatting import day
from approvals.base.i18n import LANGUAGES, in_language, language
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number
from approvals.documents.approval_documents import clock_document, clock_html, notice_document, notice_html, notice_of
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.pdf.qr import qr_of
from approvals.web.papers import send_paper
from approvals.web.query_parameters import query_day, query_language

papers = Blueprint("papers", __name__, url_prefix="/approvals/<project>/<code>")
LONGEST_SEQ = 9  # digits; no record is that long


@papers.get("/notices/<seq>")
@access(roles=permissions.SEE_APPROVALS)
def notice(project: str, code: str, seq: str) -> str:
    with database().read() as tx:
        view = notice_of(tx, project, code, address_number(seq, LONGEST_SEQ), actor(), today())
    other_languages = [(spoken, name) for spoken, name in LANGUAGES.items() if spoken != language()]
    return render_template("approvals/notice.html", view=view, other_languages=other_languages)


@papers.get("/notices/<seq>.pdf")
@access(roles=permissions.SEE_APPROVALS)
def notice_pdf(project: str, code: str, seq: str) -> Response:
    spoken = query_language("lang", language())
    with database().read() as tx:
        view = notice_of(tx, project, code, address_number(seq, LONGEST_SEQ), actor(), today())
    address = url_for("papers.notice", **view.address, _external=True)
    with in_language(spoken):
        html = notice_html(notice_document(view, address, qr_of(address)))
        name = _("One-time notice %(number)s.pdf", number=view.number or day(view.told_at))
    return send_paper(html, name, "notice")


@papers.get("/clock.pdf")
@access(roles=permissions.SEE_APPROVALS)
def clock_pdf(project: str, code: str) -> Response:
    spoken, on, name = query_language("lang", language()), query_day("on", today()), request.args.get("clock", "")
    with in_language(spoken):
        with database().read() as tx:
            paper = clock_document(tx, project, code, actor(), on=on, clock=name, today=today(), printed_at=now())
        html = clock_html(paper)
        title = _("Evidence of the dates %(ref)s %(on)s.pdf", ref=paper.clock.approval.ref.replace("/", " "), on=on)
    return send_paper(html, title, "dates")
