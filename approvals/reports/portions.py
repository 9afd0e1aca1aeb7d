"""The portions in which a paper's annexes are set, side by side: each begins a page of its own.

An annex begins a page anyhow (GB/T 9704-2012, 7.3.5). A table that is much longer than a portion goes on in the next
one, under its name again. It is cut where a page is nearly full, as far as that can be told before it is set.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil

from approvals.base.i18n import gettext as _
from approvals.reports.document.report import Annex
from approvals.reports.document.table_views import Cell, Column, Row, Table

PAGES = 6  # of a portion, when a table is cut
LANES = 2  # in which portions are set
LEAST = 5  # pages, before another annex begins a portion
FULL = 0.8  # of a page, where a table is cut
HIGH = 213.0  # millimetres of rows on a page, under the head of the table
WIDE = 156.0  # millimetres
EM = 3.0  # millimetres: 8.5 pt
LINE = 4.05  # millimetres
AIR = 2.1  # millimetres above and below the lines of a row
SIDES = 1.6  # millimetres beside the text of a cell
APART = 1.6  # millimetres more between a figure and a text right of it
LATIN = 0x2E80  # characters beyond are as wide as high
NARROW = 0.55  # of a character's height: how wide the others are
UNBROKEN = ("day", "number")  # kinds of columns whose text stays in one line


def portions(annexes: Iterable[Annex]) -> tuple[Annex, ...]:
    """The same tables; some annexes begin a portion, one that is cut always does, and some go on in one."""
    found: list[Annex] = []
    behind = LEAST + 1.0  # pages since a portion began
    for annex in annexes:
        parts = list(_cut(annex))
        for part in parts:
            begins = len(parts) > 1 or behind >= LEAST  # what is cut was reckoned from the top of a page
            behind = (0.0 if begins else behind) + sum(map(_pages, part.tables))
            found.append(replace(part, begins=begins))
    return tuple(found)


def _cut(annex: Annex) -> Iterator[Annex]:
    """The annex, and what of its long tables goes on in others."""
    tables: list[Table] = []
    part = annex
    for table in annex.tables:
        first, *others = _pieces(table)
        tables.append(first)
        for piece in others:
            yield replace(part, tables=tuple(tables))
            part, tables = replace(annex, notes=(), goes_on=True), [piece]
    yield replace(part, tables=tuple(tables))


def _pieces(table: Table) -> list[Table]:
    """The table, in pieces of some pages each when it is half as long again as such a piece."""
    pages = _pages(table)
    if pages <= PAGES * 1.5:
        return [table]
    number = ceil(pages / PAGES / LANES) * LANES  # each lane has as much to do
    pieces: list[list[Row]] = [[]]
    filled = 0.0
    for row in table.rows:
        if len(pieces) < number and filled >= round(pages / (number - len(pieces) + 1) - FULL) + FULL:
            pages -= filled
            pieces.append([])
            filled = 0.0
        pieces[-1].append(row)
        filled += _height(row, table.columns) / HIGH
    return [_piece(table, rows, number, len(pieces)) for number, rows in enumerate(pieces, start=1)]


def _piece(table: Table, rows: list[Row], number: int, last: int) -> Table:
    title = table.title if number == 1 else _("%(table)s (continued)", table=table.title)
    return replace(table, title=title, rows=tuple(rows), note=table.note if number == last else "")


def _pages(table: Table) -> float:
    return sum(_height(row, table.columns) for row in table.rows) / HIGH


def _height(row: Row, columns: tuple[Column, ...]) -> float:
    """In millimetres."""
    left = (None, *columns)  # of each column
    return AIR + LINE * max(map(_lines, row.cells, columns, left))


def _lines(cell: Cell, column: Column, left: Column | None) -> int:
    if column.kind in UNBROKEN:
        return 1 + len(cell.more)
    sides = SIDES + (APART if left and left.kind == "number" and column.kind == "text" else 0)
    room = max((WIDE * column.width / 100 - sides) / EM, 1)
    return sum(max(1, ceil(_ems(text) / room)) for text in (cell.text, *cell.more))


def _ems(text: str) -> float:
    return sum(1 if ord(character) > LATIN else NARROW for character in text)
