"""Reads a worksheet that an office sends, .xlsx or CSV, by declared columns.

What makes a whole sheet unreadable is raised as Invalid, what is wrong with a cell stands at the cell, what was passed
over is told in the remarks. Nothing is guessed: an amount has the unit that its head says, a blank is no nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from approvals.base.errors import Invalid
from approvals.base.files.formats.archives import is_archive
from approvals.base.files.formats.compound import is_compound, start_of
from approvals.base.files.formats.reading import LOCKED
from approvals.base.i18n import N_, label
from approvals.base.sheets import (
    MOST_ROWS,
    REASON_HEADS,
    Column,
    SheetIdentity,
    SheetPlace,
    column_letters,
    head_key,
    read_identity,
)
from approvals.imports.delimited import read_delimited
from approvals.imports.grids import FIELD, MOST_COLUMNS, Grid, refused
from approvals.imports.packages import NO_WORKBOOK
from approvals.imports.sheet_heads import UNKNOWN, SheetHeads, WrittenHead, find_heads
from approvals.imports.sheet_rows import Remark, SheetRow, read_rows
from approvals.imports.workbooks import read_workbook

SIZE_LIMIT = 20 * 1024 * 1024  # bytes
MOST_REMARKS = 50
LEAST_KNOWN = 2  # heads that a worksheet needs, from which on it is taken for a part
EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The sheet is larger than %(limit)s MB.")
OLD_FORMAT = N_("This is a workbook in the old .xls format. Open it, save it as .xlsx and send that.")
TOO_MANY_ROWS = N_("The worksheet has more than %(limit)s rows. Split it and send the parts.")
TOO_WIDE = N_("The worksheet has entries beyond its column %(limit)s. Remove what does not belong there.")
NO_HEADS = N_("None of the expected column heads was found: %(heads)s.")
MISSING = N_("The column head “%(head)s” is missing.")
DOUBLED = N_("The column head “%(head)s” appears more than once: columns %(columns)s.")
NO_UNIT = N_(
    "The head of column %(column)s, “%(head)s”, does not say whether its amounts are 10,000 yuan (万元) or yuan (元)."
)
SEVERAL = N_("Several worksheets have these column heads: %(names)s. Send a workbook with one of them.")
IN_SHEET = N_("In the worksheet “%(name)s”:")
NO_ROWS = N_("The worksheet has no rows below its column heads.")
UNKNOWN_HEAD = N_("Column %(column)s, “%(head)s”, is not known here and was not read.")
NO_HEAD = N_("Column %(column)s has entries but no head and was not read.")
PART_OF_HEAD = N_("Column %(column)s, “%(head)s”, was read as “%(as)s”.")
OTHER_SHEETS = N_("Only the worksheet “%(name)s” was read.")


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a sheet says: its rows, what was passed over, and for each amount the unit of its head (万元 or 元).

    `identity` is that of a sheet of ours, None when the sheet has none. `place` is where reasons of refusal go,
    `name` that of the worksheet.
    """

    rows: tuple[SheetRow, ...]
    remarks: tuple[Remark, ...]
    units: Mapping[str, str]
    identity: SheetIdentity | None
    place: SheetPlace
    name: str = ""

    @property
    def has_faults(self) -> bool:
        return any(row.faults for row in self.rows)


def read_sheet(content: bytes, columns: Sequence[Column]) -> SheetContent:
    """The rows of the one worksheet that has these columns; Invalid, at `file`, says why a sheet is refused."""
    grids, identity = _opened(content)
    grid, heads = _chosen(grids, columns)
    sheet = _content(grid, heads, columns, identity)
    if not sheet.rows:
        raise refused(NO_ROWS)
    others = [other for other in grids if other is not grid and other.rows]
    told = [Remark(OTHER_SHEETS, {"name": grid.name})] if others else []
    return replace(sheet, remarks=(*told, *sheet.remarks)[:MOST_REMARKS])


def read_parts(content: bytes, parts: Mapping[str, Sequence[Column]]) -> dict[str, SheetContent]:
    """The worksheets of one workbook, each with the columns of another part; one without any of them is passed over.

    Invalid, at `file`, when there is no part at all, one stands there twice, or a worksheet lacks a head of its part.
    """
    grids, identity = _opened(content)
    sheets: dict[str, SheetContent] = {}
    for name, grid, heads in _parts_of(grids, parts):
        if name in sheets:
            raise refused(SEVERAL, names=_listed([sheets[name].name, grid.name]))
        try:
            sheets[name] = _content(grid, heads, parts[name], identity)
        except Invalid as problem:
            named: list[tuple[str, dict[str, object]]] = [(IN_SHEET, {"name": grid.name})] if grid.name else []
            raise Invalid({FIELD: [*named, *problem.fields[FIELD]]}) from None
    if not any(sheet.rows for sheet in sheets.values()):
        columns = [column for columns in parts.values() for column in columns if column.needs_head]
        raise refused(NO_ROWS) if sheets else _no_heads(columns)
    return sheets


def _parts_of(grids: Sequence[Grid], parts: Mapping[str, Sequence[Column]]) -> list[tuple[str, Grid, SheetHeads]]:
    """The worksheets that have all heads of a part, and those with several of one that no worksheet has wholly."""
    readings = [(name, grid, find_heads(grid, columns)) for grid in grids for name, columns in parts.items()]
    whole = [(n, grid, heads) for n, grid, heads in readings if heads.row and not heads.missing(parts[n])]
    there, placed = {name for name, _grid, _heads in whole}, [grid for _name, grid, _heads in whole]
    for grid in grids:
        rest = [r for r in readings if r[1] is grid and r[0] not in there and len(r[2].needed) >= LEAST_KNOWN]
        if rest and not any(grid is other for other in placed):
            whole.append(max(rest, key=lambda reading: reading[2].rank))
    return whole


def _content(grid: Grid, heads: SheetHeads, columns: Sequence[Column], identity: str) -> SheetContent:
    _check_heads(grid, heads, columns)
    rows, passed_over = read_rows(grid, heads)
    if len(rows) > MOST_ROWS:
        raise refused(TOO_MANY_ROWS, limit=f"{MOST_ROWS:,}")
    remarks = [*_head_remarks(grid, heads), *passed_over]
    units = {key: head.unit for key, head in heads.by_key.items() if head.column.kind == "amount"}
    place = SheetPlace(grid.part, heads.row, _reason_column(grid, heads), grid.encoding, grid.delimiter)
    return SheetContent(rows, tuple(remarks[:MOST_REMARKS]), units, read_identity(identity), place, grid.name)


def _opened(content: bytes) -> tuple[tuple[Grid, ...], str]:
    """The worksheets of the file, by what it is and not by its name."""
    file = BytesIO(content)
    if not content.strip():
        raise refused(EMPTY)
    if len(content) > SIZE_LIMIT:
        raise refused(TOO_LARGE, limit=SIZE_LIMIT // 1024**2)
    if is_compound(file):
        raise refused(_old(file, len(content)))
    if is_archive(file):
        book = read_workbook(content)
        return book.grids, book.identity
    return (read_delimited(content),), ""


def _old(file: BytesIO, size: int) -> str:
    if start_of(file, size, "EncryptedPackage") is not None:
        return LOCKED
    is_workbook = any(start_of(file, size, name) is not None for name in ("Workbook", "Book"))
    return OLD_FORMAT if is_workbook else NO_WORKBOOK


# Which worksheet, and its heads.


def _chosen(grids: Sequence[Grid], columns: Sequence[Column]) -> tuple[Grid, SheetHeads]:
    """The worksheet that has all columns that it needs; if none has, the one that has most of them."""
    readings = [(grid, find_heads(grid, columns)) for grid in grids]
    whole = [(grid, heads) for grid, heads in readings if heads.row and not heads.missing(columns)]
    if len(whole) > 1:
        raise refused(SEVERAL, names=_listed([grid.name for grid, _heads in whole]))
    grid, heads = max(whole or readings, key=lambda reading: reading[1].rank, default=(Grid(""), SheetHeads(0)))
    if not heads.row:
        raise _no_heads([column for column in columns if column.needs_head] or columns)
    return grid, heads


def _no_heads(columns: Sequence[Column]) -> Invalid:
    return refused(NO_HEADS, heads=_listed(list(dict.fromkeys(_head_of(column) for column in columns))))


def _check_heads(grid: Grid, heads: SheetHeads, columns: Sequence[Column]) -> None:
    faults: list[tuple[str, dict[str, object]]] = []
    if grid.excess == "rows":
        faults.append((TOO_MANY_ROWS, {"limit": f"{MOST_ROWS:,}"}))
    if grid.excess == "columns":
        faults.append((TOO_WIDE, {"limit": MOST_COLUMNS}))
    faults += [(MISSING, {"head": _head_of(column)}) for column in heads.missing(columns)]
    for key in heads.doubled:
        same = [head for head in heads.matched if head.column.key == key]
        places = ", ".join(column_letters(head.place) for head in same)
        faults.append((DOUBLED, {"head": same[0].written, "columns": places}))
    for head in heads.matched:
        if head.column.kind == "amount" and head.unit in ("", UNKNOWN):
            faults.append((NO_UNIT, {"column": column_letters(head.place), "head": head.written}))
    if faults:
        raise Invalid({FIELD: faults})


def _head_of(column: Column) -> str:
    return " / ".join(label(part) for part in (column.group, column.head) if part)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20])


# What is told.


def _head_remarks(grid: Grid, heads: SheetHeads) -> list[Remark]:
    unknown = [Remark(UNKNOWN_HEAD, _address(head)) for head in heads.others if not _is_reason(head)]
    in_part = [
        Remark(PART_OF_HEAD, _address(head) | {"as": _head_of(head.column)})
        for head in heads.matched
        if not head.is_whole
    ]
    with_head = {head.place for head in (*heads.matched, *heads.others)}
    filled = {place for number, cells in grid if number > heads.row for place in cells}
    return [*unknown, *in_part, *(Remark(NO_HEAD, {"column": column_letters(at)}) for at in sorted(filled - with_head))]


def _address(head: WrittenHead) -> dict[str, object]:
    return {"column": column_letters(head.place), "head": head.written}


def _is_reason(head: WrittenHead) -> bool:
    return head_key(head.path[-1]) in {head_key(text) for text in REASON_HEADS}


def _reason_column(grid: Grid, heads: SheetHeads) -> int:
    """The column of the reasons that came back with an earlier sheet, else the first one that is free."""
    earlier = [head.place for head in heads.others if _is_reason(head)]
    merged = [area.right for area in grid.merged if area.bottom >= heads.row and area.right <= MOST_COLUMNS]
    return earlier[0] if earlier else max(grid.width, *merged, 0) + 1
