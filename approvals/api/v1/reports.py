"""The monthly report over JSON: its figures, and the PDF as it was issued."""

from flask import Response
from pydantic import BaseModel, Field

from approvals.accounts import permissions
from approvals.api.v1.declaration import Description, json_response, new_api, reads
from approvals.api.v1.exchange import json_answer
from approvals.api.v1.inputs import MONTH
from approvals.http.application import database, today
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.queries import figures_json, issued_pdf
from approvals.reports.periods import check_begun, read_month

report_api = new_api("api_reports", "The monthly report of escalations and figures.", "reports")
_PDF: Description = {
    "description": "OK",
    "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
}


class OfMonth(BaseModel):
    month: str = Field(description="As in 2026-03.", json_schema_extra={"pattern": MONTH})


@reads(
    report_api,
    "/reports/monthly/<month>",
    json_response(report_api, Figures),
    roles=permissions.READ_REPORTS_BY_PROGRAM,
)
def show_figures(path: OfMonth) -> Response:
    """The figures of a month: as they were issued, else as they stand now."""
    check_begun(read_month(path.month), today())
    with database().read() as tx:
        return json_answer(figures_json(tx, path.month, today=today()))


@reads(report_api, "/reports/monthly/<month>/pdf", _PDF, roles=permissions.READ_REPORTS_BY_PROGRAM)
def show_issued_pdf(path: OfMonth) -> Response:
    """The report as it was issued; 404 until then."""
    with database().read() as tx:
        content = issued_pdf(tx, path.month)
    name = {"Content-Disposition": f'attachment; filename="monthly-{path.month}.pdf"'}
    return Response(content, 200, name, content_type="application/pdf")
