"""Each issued paper by its number, those that were corrected too: what somebody acted on can be found for ever."""

from io import BytesIO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from approvals.accounts.access import access
from approvals.base.errors import NotFound
from approvals.base.web import database
from approvals.reports.months import BULLETIN, MONTHLY
from approvals.reports.routes import MANAGERS
from approvals.reports.verifying import issued_bytes, report_of_ref

issued_papers = Blueprint("issued_papers", __name__, url_prefix="/reports")


@issued_papers.get("/monthly/issued/<number>.pdf", defaults={"kind": MONTHLY})
@issued_papers.get("/bulletins/issued/<number>.pdf", defaults={"kind": BULLETIN})
@access(roles=MANAGERS)
def pdf(kind: str, number: str) -> Response:
    with database().read() as tx:
        found = report_of_ref(tx, kind, number)
        if found is None:
            raise NotFound
        content = issued_bytes(tx, found)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=f"{found.shown_number}.pdf")
