"""Writes the workbook of a report: contents first, then a worksheet each, locked, to be filtered and printed.

Whatever people wrote stays text, and nothing is calculated: the figures are those of the report.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format

from approvals.base.i18n import gettext as _
from approvals.base.spreadsheets import FONT, begin_workbook
from approvals.reports.document.worksheets.model import Kind, Value, Worksheet, WorksheetColumn

LONGEST_TEXT = 32_000  # characters that a cell can hold, some less
HEAD_ROW = 2  # below title and note; rows count from 0
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "whole": "#,##0",
    "share": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "amount": "#,##0.00",
    "day": "yyyy-mm-dd",
}
_PERMITTED = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}
_FONT = {**FONT, "valign": "top"}


def workbook(title: str, worksheets: Iterable[Worksheet]) -> bytes:
    """The same worksheets in the same language give the same bytes."""
    output = BytesIO()
    book = begin_workbook(output, title)
    writer = _Writer(book)
    written = list(worksheets)
    writer.write_contents(title, written)
    for worksheet in written:
        writer.write(worksheet)
    book.close()
    return output.getvalue()


class _Writer:
    """Formats belong to a workbook and are made once for it."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.title = book.add_format({**_FONT, "bold": True, "font_size": 13})
        self.note = book.add_format({**_FONT, "font_color": "#495057"})
        self.head = book.add_format({**_FONT, "bold": True, "text_wrap": True, "bg_color": "#f1f3f5", "bottom": 1})
        self.link = book.add_format({**_FONT, "font_color": "#1c5d99", "underline": 1})
        self.formats = {kind: book.add_format(_look(kind)) for kind in NUMBER_FORMATS}

    def write_contents(self, title: str, worksheets: list[Worksheet]) -> None:
        """The first worksheet: each other one with its number of rows, one click away."""
        columns = (
            WorksheetColumn(_("Worksheet"), "text", 30),
            WorksheetColumn(_("Rows"), "whole", 8),
            WorksheetColumn(_("Content"), "text", 100),
        )
        rows = tuple((each.name, len(each.rows), each.note) for each in worksheets)
        place = self.write(Worksheet(_("Contents"), title, columns, rows))
        for number, each in enumerate(worksheets, HEAD_ROW + 1):
            place.write_url(number, 0, f"internal:'{each.name}'!A1", self.link, each.name)

    def write(self, worksheet: Worksheet) -> xlsxwriter.worksheet.Worksheet:
        place = self.book.add_worksheet(worksheet.name)
        place.write_string(0, 0, worksheet.name, self.title)
        place.write_string(1, 0, worksheet.note, self.note)
        for number, column in enumerate(worksheet.columns):
            place.set_column(number, number, column.width)
            place.write_string(HEAD_ROW, number, column.head, self.head)
        for row, values in enumerate(worksheet.rows, HEAD_ROW + 1):
            for number, (value, column) in enumerate(zip(values, worksheet.columns, strict=True)):
                _fill(place, row, number, value, self.formats[column.kind])
        last = HEAD_ROW + max(1, len(worksheet.rows))
        place.autofilter(HEAD_ROW, 0, last, len(worksheet.columns) - 1)
        place.freeze_panes(HEAD_ROW + 1, 1)
        place.protect("", _PERMITTED)
        _set_up_printing(place)
        return place


def _look(kind: Kind) -> dict[str, object]:
    """Texts may run over several lines; numbers stand at the right."""
    aligned = {"text_wrap": True} if kind == "text" else {"align": "left" if kind == "day" else "right"}
    return {**_FONT, **aligned, "num_format": NUMBER_FORMATS[kind]}


def _fill(place: xlsxwriter.worksheet.Worksheet, row: int, number: int, value: Value, look: Format) -> None:
    if value is None or value == "":
        place.write_blank(row, number, None, look)
    elif isinstance(value, date):
        place.write_datetime(row, number, datetime.combine(value, time()), look)
    elif isinstance(value, str):
        place.write_string(row, number, value[:LONGEST_TEXT], look)
    else:
        place.write_number(row, number, value, look)


def _set_up_printing(place: xlsxwriter.worksheet.Worksheet) -> None:
    """A4 across, one page wide, the heads on each page, page numbers below."""
    place.set_landscape()
    place.set_paper(9)  # A4
    place.fit_to_pages(1, 0)
    place.repeat_rows(HEAD_ROW)
    place.set_footer("&C&P / &N")
