"""Writes a list as a workbook or as CSV, row after row, so that a long list takes no more memory than a short one.

Numbers, days and moments are typed; what is text stays text, whatever it begins with.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from approvals.base.i18n import gettext as _
from approvals.base.moments import CITY_ZONE
from approvals.base.sheets import NO, YES
from approvals.base.spreadsheets import FONT, begin_streamed_workbook, no_formula
from approvals.exports.sheets import LONGEST_TEXT, worksheet_name

CellKind = Literal["text", "whole", "amount", "percent", "day", "moment", "yes_no"]
Cell = str | int | Decimal | date | datetime | bool | None
WIDTHS: dict[CellKind, int] = {
    "text": 22, "whole": 9, "amount": 16, "percent": 9, "day": 12, "moment": 17, "yes_no": 8,
}  # fmt: skip
WIDE = 36  # of a column with long texts
LOOKS: dict[CellKind, str] = {
    "text": "@", "whole": "0", "amount": "#,##0.00", "percent": "0.00", "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm", "yes_no": "@",
}  # fmt: skip
_HEAD = {**FONT, "bold": True, "bg_color": "#f1f3f5", "border": 1, "border_color": "#ced4da", "text_wrap": True}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list's file: its head (a msgid), what a row has there, and the list's key that sorts by it."""

    key: str
    head: str
    value: Callable[[Any], Cell]
    kind: CellKind = "text"
    sort: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list to be written: `title` and `notes` (its state's day, its filters), columns, and rows as they are read."""

    title: str
    notes: Sequence[str]
    columns: Sequence[ListColumn]
    rows: Iterable[Any]


def write_workbook(file: ListFile) -> IO[bytes]:
    """The list as a workbook: title and notes, heads, a line for each row."""
    output = TemporaryFile()  # noqa: SIM115 the caller reads it
    book = begin_streamed_workbook(output, file.title)
    worksheet = book.add_worksheet(worksheet_name(file.title))
    for number, line in enumerate((file.title, *file.notes)):
        look = {"bold": True, "font_size": 13} if number == 0 else {"font_color": "#495057"}
        worksheet.write_string(number, 0, line[:LONGEST_TEXT], book.add_format({**FONT, **look}))
    top = 1 + len(file.notes)
    head_look = book.add_format(_HEAD)
    for place, column in enumerate(file.columns):
        worksheet.write_string(top, place, _(column.head), head_look)
        worksheet.set_column(place, place, WIDE if column.is_wide else WIDTHS[column.kind])
    looks = [book.add_format({**FONT, "num_format": LOOKS[column.kind]}) for column in file.columns]
    last = _write_rows(worksheet, top + 1, looks, file)
    worksheet.freeze_panes(top + 1, 0)
    worksheet.autofilter(top, 0, last, len(file.columns) - 1)
    worksheet.set_landscape()
    worksheet.set_paper(9)  # A4
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(top)
    book.close()
    output.seek(0)
    return output


def _write_rows(worksheet: Worksheet, first: int, looks: Sequence[Format], file: ListFile) -> int:
    """The row of the last line."""
    number = first - 1
    for number, row in enumerate(file.rows, first):
        for place, (column, look) in enumerate(zip(file.columns, looks, strict=True)):
            _write(worksheet, number, place, column.value(row), look)
    return number


def _write(worksheet: Worksheet, row: int, place: int, value: Cell, look: Format) -> None:
    if value is None or value == "":
        worksheet.write_blank(row, place, None, look)
    elif isinstance(value, bool):
        worksheet.write_string(row, place, _yes_no(value), look)
    elif isinstance(value, (int, Decimal)):
        worksheet.write_number(row, place, float(value), look)
    elif isinstance(value, datetime):
        worksheet.write_datetime(row, place, _in_city(value), look)
    elif isinstance(value, date):
        worksheet.write_datetime(row, place, datetime.combine(value, time()), look)
    else:
        worksheet.write_string(row, place, str(value)[:LONGEST_TEXT], look)


def write_csv(file: ListFile) -> IO[bytes]:
    """The list as CSV in UTF-8 with its mark for spreadsheet programs: heads, a line for each row, the notes last."""
    output = TemporaryFile()  # noqa: SIM115 the caller reads it
    text = TextIOWrapper(output, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([_(column.head) for column in file.columns])
    for row in file.rows:
        writer.writerow([_as_text(column.value(row)) for column in file.columns])
    for note in file.notes:
        writer.writerow([no_formula(note)])
    text.flush()
    text.detach()
    output.seek(0)
    return output


def _as_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, datetime):
        return f"{_in_city(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (int, Decimal)) else no_formula(value)


def _yes_no(value: bool) -> str:
    return _(YES if value else NO)


def _in_city(moment: datetime) -> datetime:
    """The city's clock at this moment, in whole minutes: spreadsheets know no zones."""
    return moment.astimezone(CITY_ZONE).replace(second=0, microsecond=0, tzinfo=None)
