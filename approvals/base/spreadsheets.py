"""What all workbooks that the product writes have in common."""

from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
FONT = {"font_name": "Noto Sans CJK SC", "font_size": 10}


def begin_workbook(output: BytesIO, title: str) -> xlsxwriter.Workbook:
    """A workbook in memory: the same content gives the same bytes at any time, and what people wrote stays text."""
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(output, {"in_memory": True, **plain})
    book.set_properties({"title": title, "created": NO_MOMENT})
    return book
