"""Public verification of a document by its printed code or by the PDF itself; nothing is stored."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.filing.receipts import ReceiptView, receipt_of_code
from approvals.http.access import access
from approvals.http.application import RateLimit, database, now, settings
from approvals.reports.lifecycle.verification import (
    DocumentVerdict,
    FileVerdict,
    SignatureStatus,
    reports_of_code,
    signature_status,
    verdict_of_file,
)
from approvals.reports.lifecycle.verification_messages import TOLD
from approvals.reports.titles import report_title
from approvals.web.forms import EMPTY, Form, redisplay, remember_input

DocumentRow = tuple[DocumentVerdict, str, SignatureStatus | None]  # with its title and signature
verifying = Blueprint("verifying", __name__, url_prefix="/verify")
LIMIT = 20 * 1024 * 1024  # bytes of an uploaded document; issued ones are much smaller
LONGEST_CODE = 64  # characters
PACE = RateLimit(most=30, window=timedelta(minutes=10))


@verifying.get("")
@access("public")
def index(form: Form = EMPTY) -> str | Response:
    """The form; ?code= redirects to the documents of that code."""
    code = request.args.get("code", "").strip()[:LONGEST_CODE]
    if code:
        return redirect(url_for("verifying.by_code", code=code), 303)
    return _page(form)


@verifying.get("/<code>")
@access("public")
def by_code(code: str) -> str:
    PACE.check(request.remote_addr or "", now())
    with database().read() as tx:
        verdicts = reports_of_code(tx, code[:LONGEST_CODE])
        rows = _document_rows(tx, sorted(verdicts, key=lambda verdict: verdict.corrected_by is not None))
        receipt = receipt_of_code(tx, code[:LONGEST_CODE])
    return _page(EMPTY, rows, code=code[:LONGEST_CODE], receipt=receipt)


@verifying.post("")
@access("public")
@redisplay(index)
def by_file() -> str:
    PACE.check(request.remote_addr or "", now())
    remember_input({})
    file = request.files.get("file")
    if file is None or not file.filename:
        raise invalid("file", N_("choose the PDF of the document"))
    with database().read() as tx:
        finding = verdict_of_file(tx, file.stream, settings())
        rows = _document_rows(tx, [finding.verdict] if finding.verdict else [])
    return _page(EMPTY, rows, finding=finding)


def _document_rows(tx: Connection, verdicts: Sequence[DocumentVerdict]) -> list[DocumentRow]:
    return [
        (verdict, report_title(verdict.report.kind, verdict.report.period), signature_status(tx, verdict.report))
        for verdict in verdicts
    ]


def _page(
    form: Form,
    documents: Sequence[DocumentRow] = (),
    code: str = "",
    finding: FileVerdict | None = None,
    receipt: ReceiptView | None = None,
) -> str:
    message = TOLD.get(finding.kind) if finding else None
    verdicts = {"documents": documents, "code": code, "finding": finding, "message": message, "receipt": receipt}
    return render_template("public/verification.html", form=form, **verdicts)


by_file.upload_limit = LIMIT  # type: ignore[attr-defined]
