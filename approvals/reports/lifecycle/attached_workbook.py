"""The workbook of a report: out of the issued PDF, or written for a report that is not issued yet."""

from datetime import date
from io import BytesIO

import pikepdf

from approvals.base.database import Transactions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, in_language
from approvals.reports.document.report import bulletin_book
from approvals.reports.document.worksheets.collection import report_sheets
from approvals.reports.document.worksheets.workbook import workbook
from approvals.reports.lifecycle.queries import figures_of, issued_pdf, report_in_force
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.periods import MONTHLY, check_begun, read_period
from approvals.reports.titles import report_title

XLSX = ".xlsx"  # no other file within a report ends so


def report_workbook(database: Transactions, kind: str, text: str, today: date) -> bytes:
    """The figures and lists as a workbook: of an issued report the one attached to its PDF."""
    period = read_period(kind, text)
    check_begun(period, today)
    with database.read() as tx:
        if report_in_force(tx, period, kind):
            return workbook_within(issued_pdf(tx, text, kind))
        figures = figures_of(tx, text, kind=kind, today=today)
    with in_language(ISSUED_IN):
        sheets = report_sheets(figures) if kind == MONTHLY else bulletin_book(figures, None)
        return workbook(report_title(kind, text), sheets)


def workbook_within(pdf: bytes) -> bytes:
    """The workbook attached to this PDF; NotFound for reports that were issued before they carried any."""
    with pikepdf.open(BytesIO(pdf)) as file:
        for name, attached in file.attachments.items():
            if name.endswith(XLSX):  # older ones begin with another word
                return bytes(attached.get_file().read_bytes())
    raise NotFound(N_("This report was issued without a workbook."))
