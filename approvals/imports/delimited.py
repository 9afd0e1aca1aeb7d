"""CSV as spreadsheet programs save it: UTF-8, UTF-16 or GBK; commas, semicolons or tabs."""

import csv
from collections.abc import Iterator
from io import StringIO

from approvals.base.i18n import N_
from approvals.imports.grids import MOST_COLUMNS, ROW_ROOM, Grid, RawCell, refused
from approvals.imports.packages import NO_WORKBOOK

DELIMITERS = ",\t;"
SAMPLE = 20  # lines by which the delimiter is told
_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"", "utf-8"),
    (b"", "gb18030"),  # of which GBK is a part
)
UNCLOSED = N_("The CSV file cannot be read from row %(row)s on. Look for a quotation mark that is not closed.")


def read_delimited(content: bytes) -> Grid:
    """The one worksheet of a CSV file; Invalid when it is none."""
    encoding, text = _decoded(content)
    if "\0" in text or text.lstrip()[:1] in ("<", "{", "%"):  # a page, JSON, a PDF
        raise refused(NO_WORKBOOK)
    delimiter = _delimiter(text)
    grid = Grid("", encoding=encoding, delimiter=delimiter)
    for number, record in _records(text, delimiter):
        cells = {place: cell for place, part in enumerate(record, 1) if not (cell := RawCell(_plain(part))).is_blank}
        if cells and (len(grid.rows) >= ROW_ROOM or max(cells) > MOST_COLUMNS):
            return Grid("", rows=grid.rows, excess="rows" if max(cells) <= MOST_COLUMNS else "columns")
        if cells:
            grid.rows[number] = cells
    return grid


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            try:
                return encoding, content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise refused(NO_WORKBOOK)


def _delimiter(text: str) -> str:
    """The one that the first lines have most of."""
    lines = text.split("\n", SAMPLE)[:SAMPLE]
    return max(DELIMITERS, key=lambda delimiter: sum(line.count(delimiter) for line in lines))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records by number, as spreadsheet programs count rows: one with line ends within quotes is one row."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            yield number, record
    except csv.Error:
        raise refused(UNCLOSED, row=number + 1) from None


def _plain(part: str) -> str:
    """A text that was written as ="030" to keep its noughts."""
    text = part.replace("\r\n", "\n").replace("\r", "\n")
    return text[2:-1] if len(text) > 3 and text.startswith('="') and text.endswith('"') else text
