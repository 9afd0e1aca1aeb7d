"""What all workbooks that the product writes have in common."""

from datetime import UTC, datetime
from io import BytesIO
from typing import IO

import xlsxwriter

NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
FONT = {"font_name": "Noto Sans CJK SC", "font_size": 10}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a formula begins in CSV


def no_formula(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: an apostrophe before what would begin one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def begin_workbook(output: BytesIO, title: str) -> xlsxwriter.Workbook:
    """A workbook in memory: the same content gives the same bytes at any time, and what people wrote stays text."""
    return _begin(output, title, {"in_memory": True})


def begin_streamed_workbook(output: IO[bytes], title: str) -> xlsxwriter.Workbook:
    """The same in a file: a row is written off when the next one begins, so rows go in from the top."""
    return _begin(output, title, {"constant_memory": True})


def _begin(output: IO[bytes], title: str, how: dict[str, bool]) -> xlsxwriter.Workbook:
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(output, {**how, **plain})
    book.set_properties({"title": title, "created": NO_MOMENT})
    return book
