"""Each issued paper by its number, those that were corrected too: what somebody acted on can be found for ever."""

from io import BytesIO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.http.access import access
from approvals.http.application import database
from approvals.reports.lifecycle.verification import issued_bytes, report_of_ref
from approvals.reports.periods import BULLETIN, MONTHLY

issued_papers = Blueprint("issued_papers", __name__, url_prefix="/reports")


@issued_papers.get("/monthly/issued/<number>.pdf", defaults={"kind": MONTHLY})
@issued_papers.get("/bulletins/issued/<number>.pdf", defaults={"kind": BULLETIN})
@access(roles=permissions.SEE_REPORTS)
def pdf(kind: str, number: str) -> Response:
    with database().read() as tx:
        found = report_of_ref(tx, kind, number)
        if found is None:
            raise NotFound
        content = issued_bytes(tx, found)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=f"{found.shown_number}.pdf")
