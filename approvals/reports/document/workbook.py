"""The report's tables as a spreadsheet: locked, and whatever people wrote in it stays text."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from approvals.reports.document.table_views import Table, TableCell

NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same bytes at any time
LONGEST_TEXT = 32_000  # characters that a cell can hold, some less
LONGEST_NAME = 31  # of a worksheet
WIDE = 1.2  # characters of a column for each per cent of its table
_REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PLAIN = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def workbook(title: str, tables: Iterable[Table]) -> bytes:
    """A worksheet for each table, in their order; the same tables give the same bytes."""
    output = BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, **_PLAIN})
    book.set_properties({"title": title, "created": NO_MOMENT})
    formats = _formats(book)
    for number, table in enumerate(tables, start=1):
        _write(book.add_worksheet(_name(number, table.title)), table, formats)
    book.close()
    return output.getvalue()


def _name(number: int, title: str) -> str:
    return f"{number} {title.translate(_REFUSED)}"[:LONGEST_NAME].rstrip()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    plain = {"valign": "top", "text_wrap": True, "font_name": "Noto Sans CJK SC", "font_size": 10}
    return {
        "title": book.add_format({**plain, "bold": True, "text_wrap": False, "font_size": 13}),
        "head": book.add_format({**plain, "bold": True, "bg_color": "#f1f3f5", "bottom": 1}),
        "text": book.add_format(plain),
        "number": book.add_format({**plain, "align": "right"}),
    }


def _write(worksheet: Worksheet, table: Table, formats: dict[str, Format]) -> None:
    worksheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": False})
    worksheet.write_string(0, 0, _short(table.title), formats["title"])
    for number, column in enumerate(table.columns):
        worksheet.set_column(number, number, max(8, column.width * WIDE))
        worksheet.write_string(1, number, _short(column.text.replace("-\n", "").replace("\n", " ")), formats["head"])
    for number, row in enumerate(table.rows, start=2):
        for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
            _fill(worksheet, number, place, cell, column.kind, formats)
    worksheet.freeze_panes(2, 0)
    last = len(table.rows) + 2
    worksheet.write_string(last, 0, _short(table.note if table.rows else table.empty), formats["text"])


def _fill(worksheet: Worksheet, row: int, place: int, cell: TableCell, kind: str, formats: dict[str, Format]) -> None:
    """A whole number as a number, all else as text."""
    cell_format = formats["number" if kind == "number" else "text"]
    digits = cell.text.replace(",", "")
    if kind == "number" and not cell.more and digits.isascii() and digits.isdigit():
        worksheet.write_number(row, place, int(digits), cell_format)
    else:
        worksheet.write_string(row, place, _short("\n".join((cell.text, *cell.more))), cell_format)


def _short(text: str) -> str:
    return text[:LONGEST_TEXT]
