"""The page on which anybody verifies a paper: by the code printed on it, or by the PDF itself. Nothing is kept."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.http.access import access
from approvals.http.application import RateLimit, database, now, settings
from approvals.reports.lifecycle.verification import (
    DocumentVerdict,
    Finding,
    Sealed,
    finding_of,
    reports_of_code,
    sealed,
)
from approvals.reports.lifecycle.verification_messages import TOLD
from approvals.reports.titles import report_title
from approvals.web.forms import EMPTY, Form, keep, kept

verifying = Blueprint("verifying", __name__, url_prefix="/verify")
LIMIT = 20 * 1024 * 1024  # bytes of a paper; ours are much smaller
LONGEST_CODE = 64  # characters
PACE = RateLimit(most=30, window=timedelta(minutes=10))


@verifying.get("")
@access("public")
def index(form: Form = EMPTY) -> str | Response:
    """The form; with ?code= the papers of that code."""
    code = request.args.get("code", "").strip()[:LONGEST_CODE]
    if code:
        return redirect(url_for("verifying.by_code", code=code), 303)
    return _page(form)


@verifying.get("/<code>")
@access("public")
def by_code(code: str) -> str:
    PACE.check(request.remote_addr or "", now())
    with database().read() as tx:
        found = reports_of_code(tx, code[:LONGEST_CODE])
        shown = _shown(tx, sorted(found, key=lambda one: one.corrected_by is not None))
    return _page(EMPTY, shown, code=code[:LONGEST_CODE])


@verifying.post("")
@access("public")
@kept(index)
def by_file() -> str:
    PACE.check(request.remote_addr or "", now())
    keep({})
    file = request.files.get("file")
    if file is None or not file.filename:
        raise invalid("file", N_("choose the PDF of the document"))
    with database().read() as tx:
        finding = finding_of(tx, file.stream, settings())
        shown = _shown(tx, [finding.verdict] if finding.verdict else [])
    return _page(EMPTY, shown, finding=finding)


def _shown(tx: Connection, found: Sequence[DocumentVerdict]) -> list[tuple[DocumentVerdict, str, Sealed | None]]:
    return [(one, report_title(one.report.kind, one.report.period), sealed(tx, one.report)) for one in found]


def _page(
    form: Form,
    found: Sequence[tuple[DocumentVerdict, str, Sealed | None]] = (),
    code: str = "",
    finding: Finding | None = None,
) -> str:
    told = TOLD.get(finding.kind) if finding else None
    return render_template("public/verification.html", form=form, found=found, code=code, finding=finding, told=told)


by_file.upload_limit = LIMIT  # type: ignore[attr-defined]
