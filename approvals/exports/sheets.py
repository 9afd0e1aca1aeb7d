"""Writes a worksheet by declared columns, so that reading it again gives the same values.

What is text stays text, whatever it begins with. Where a column is locked, so is all that nobody needs to edit; there
is no password, since the lock guards against slips and not against people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import groupby

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from approvals.base.i18n import gettext, label
from approvals.base.sheets import EXACT_DIGITS, IDENTITY_SHEET, NO, UNIT, YES, Column, SheetIdentity, Value
from approvals.base.spreadsheets import FONT, begin_workbook

Row = Mapping[str, Value | None]

LONGEST_TEXT = 32_767  # characters that a cell can hold
LONGEST_NAME = 31  # of a worksheet
LONGEST_CHOICE = 255  # characters of a list of words to choose from
ROOM = 500  # rows below the last in which words are offered too
WIDTHS = {"text": 24, "code": 10, "whole": 10, "amount": 16, "quantity": 14, "day": 12, "yes_no": 8}  # in characters
_REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LOCK = {"format_columns": True, "format_rows": True, "autofilter": True}  # what stays permitted
_FONT = {**FONT, "valign": "vcenter"}
_HEAD = {**_FONT, "bold": True, "bg_color": "#f1f3f5", "border": 1, "border_color": "#ced4da", "align": "center"}
_LOCKED = {"bg_color": "#f8f9fa", "font_color": "#495057"}


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """One worksheet of a workbook: title and notes above, heads in the language in use, a line for each row."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str
    notes: Sequence[str] = ()


def write_sheet(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    title: str,
    notes: Sequence[str] = (),
    identity: SheetIdentity | None = None,
) -> bytes:
    """A workbook with one worksheet: title and notes, heads in the language in use, a line for each row.

    The same input gives the same bytes. `identity` is put into a hidden worksheet, where `read_sheet` finds it.
    """
    return write_sheets([WrittenSheet(columns, rows, title, notes)], title=title, identity=identity)


def write_sheets(sheets: Iterable[WrittenSheet], *, title: str, identity: SheetIdentity | None = None) -> bytes:
    """A workbook with these worksheets, each named by its title."""
    output = BytesIO()
    book = begin_workbook(output, title)
    for sheet in sheets:
        _write_worksheet(book, sheet)
    if identity:
        _identify(book, identity)
    book.close()
    return output.getvalue()


def _write_worksheet(book: xlsxwriter.Workbook, sheet: WrittenSheet) -> None:
    worksheet = book.add_worksheet(worksheet_name(sheet.title))
    top = _write_titles(book, worksheet, (sheet.title, *sheet.notes))
    first = _write_heads(book, worksheet, top, sheet.columns)
    last = _write_rows(book, worksheet, first, sheet.columns, sheet.rows)
    worksheet.freeze_panes(first, 0)
    if first == top + 1:  # programs filter by one row of heads
        worksheet.autofilter(top, 0, max(first, last), len(sheet.columns) - 1)
    _finish(worksheet, sheet.columns, first, last)


def worksheet_name(title: str) -> str:
    """The title as the name of a worksheet."""
    return title.translate(_REFUSED)[:LONGEST_NAME].strip() or "1"


def head_of(column: Column) -> str:
    """The head as it is written, amounts with their unit."""
    head = label(column.head)
    if column.kind != "amount":
        return head
    return gettext("%(head)s (%(unit)s)", head=head, unit=gettext(UNIT))


def _write_titles(book: xlsxwriter.Workbook, worksheet: Worksheet, lines: Sequence[str]) -> int:
    """The row below the titles."""
    for number, line in enumerate(lines):
        look = {"bold": True, "font_size": 13} if number == 0 else {"font_color": "#495057"}
        worksheet.write_string(number, 0, line[:LONGEST_TEXT], book.add_format({**_FONT, **look}))
    return len(lines)


def _write_heads(book: xlsxwriter.Workbook, worksheet: Worksheet, top: int, columns: Sequence[Column]) -> int:
    """One row of heads, or two with the groups above; the row below them."""
    look = book.add_format({**_HEAD, "text_wrap": True})
    has_groups = any(column.group for column in columns)
    lowest = top + 1 if has_groups else top
    for place, column in enumerate(columns):
        if has_groups and not column.group:
            worksheet.merge_range(top, place, lowest, place, "", look)
            worksheet.write_string(top, place, head_of(column), look)
        else:
            worksheet.write_string(lowest, place, head_of(column), look)
    for group, part in groupby(enumerate(columns), key=lambda placed: placed[1].group):
        places = [place for place, _column in part]
        if group and len(places) > 1:
            worksheet.merge_range(top, places[0], top, places[-1], "", look)
        if group:
            worksheet.write_string(top, places[0], label(group), look)
    return lowest + 1


def _write_rows(
    book: xlsxwriter.Workbook, worksheet: Worksheet, first: int, columns: Sequence[Column], rows: Iterable[Row]
) -> int:
    """The row of the last line."""
    looks = [_look(book, column) for column in columns]
    number = first - 1
    for number, row in enumerate(rows, first):
        for place, (column, look) in enumerate(zip(columns, looks, strict=True)):
            _write(worksheet, number, place, row.get(column.key), look)
    return number


def _look(book: xlsxwriter.Workbook, column: Column) -> Format:
    decimals = {"amount": 2, "quantity": column.decimals}.get(column.kind, 0)
    number = {"text": "@", "code": "@", "day": "yyyy-mm-dd", "whole": "0", "yes_no": "General"}.get(column.kind)
    own = {"num_format": number or "#,##0" + ("." + "0" * decimals if decimals else "")}
    aligned = {"align": "left", "text_wrap": True} if column.kind == "text" else {}
    return book.add_format(
        {**_FONT, **own, **aligned, "locked": column.is_locked, **(_LOCKED if column.is_locked else {})}
    )


def _write(worksheet: Worksheet, row: int, place: int, value: Value | None, look: Format) -> None:
    """Numbers as numbers as far as a program keeps all their digits; a blank cell has its look, to be edited."""
    if value is None or value == "":
        worksheet.write_blank(row, place, None, look)
    elif isinstance(value, bool):
        worksheet.write_string(row, place, gettext(YES if value else NO), look)
    elif isinstance(value, (int, Decimal)) and _is_exact(value):
        worksheet.write_number(row, place, float(value), look)
    elif isinstance(value, date):
        worksheet.write_datetime(row, place, datetime.combine(value, time()), look)
    else:
        worksheet.write_string(row, place, str(value)[:LONGEST_TEXT], look)


def _is_exact(value: int | Decimal) -> bool:
    return len(Decimal(value).as_tuple().digits) <= EXACT_DIGITS


def _finish(worksheet: Worksheet, columns: Sequence[Column], first: int, last: int) -> None:
    """Widths, what there is to choose from, and the lock; where nothing is locked, rows may be added."""
    is_locked = any(column.is_locked for column in columns)
    lowest = last if is_locked else max(last, first + ROOM)
    for place, column in enumerate(columns):
        width = max(WIDTHS[column.kind], min(40, 2 * len(column.head.zh) + 2))
        worksheet.set_column(place, place, width)
        offered = _offered(column)
        if offered and not column.is_locked and lowest >= first:
            worksheet.data_validation(first, place, lowest, place, {"validate": "list", "source": offered})
    if is_locked:
        worksheet.protect("", _LOCK)


def _offered(column: Column) -> list[str]:
    """The words to choose from, unless they are more than a program takes."""
    words = [gettext(YES), gettext(NO)] if column.kind == "yes_no" else [label(option) for option in column.options]
    return words if len(",".join(words)) <= LONGEST_CHOICE and not any("," in word for word in words) else []


def _identify(book: xlsxwriter.Workbook, identity: SheetIdentity) -> None:
    hidden = book.add_worksheet(IDENTITY_SHEET)
    hidden.write_string(0, 0, identity.as_text())
    hidden.protect("")
    hidden.very_hidden()
