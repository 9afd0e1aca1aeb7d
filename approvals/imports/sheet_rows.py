"""The rows of a worksheet below its heads: their cells by declared columns, and what was passed over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from approvals.base.i18n import N_
from approvals.base.sheets import Value, cell_address
from approvals.base.text_folding import fold
from approvals.imports.grids import Area, Grid, RawCell, covered
from approvals.imports.sheet_cells import CellFault, fault, read_value
from approvals.imports.sheet_heads import YUAN, MatchedHead, SheetHeads

BLANK = RawCell("")
ASIDE = N_("Row %(row)s, “%(text)s”, is a sum or a note and was not read.")
NUMBERING = N_("Row %(row)s numbers the columns and was not read.")
NOTHING_KNOWN = N_("Row %(row)s has nothing in the columns that are read.")
_SUM = re.compile(r"(合计|总计|小计|共计|累计|total|subtotal|grandtotal|sum):?")
_NOTE = re.compile(r"(注|备注|说明|填表人|填报人|制表人|审核人|联系人|填报单位|notes?|remarks?)\d?:.*")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was passed over and is told, as msgid and parameters."""

    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell by its address, with its text as it was sent: its value, None for a blank one, or what is wrong."""

    address: str
    text: str
    value: Value | None = None
    fault: CellFault | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by its number in the sheet, with a cell for each declared column that the sheet has, by key."""

    number: int
    cells: Mapping[str, SheetCell]

    @property
    def values(self) -> dict[str, Value | None]:
        return {key: cell.value for key, cell in self.cells.items()}

    @property
    def faults(self) -> list[SheetCell]:
        return [cell for cell in self.cells.values() if cell.fault]


def read_rows(grid: Grid, heads: SheetHeads) -> tuple[tuple[SheetRow, ...], list[Remark]]:
    """The rows below the heads, and what is told of those that were passed over."""
    areas = covered(grid, range(heads.row + 1, max(grid.rows, default=0) + 1))
    rows, remarks = [], []
    for number, cells in grid:
        if number > heads.row:
            remark = _passed_over(number, cells, heads)
            if remark:
                remarks.append(remark)
            else:
                rows.append(_row(grid, number, heads, areas))
    return tuple(rows), remarks


def _passed_over(number: int, cells: Mapping[int, RawCell], heads: SheetHeads) -> Remark | None:
    first = cells[min(cells)].text
    key = fold(first).replace(" ", "")
    if _SUM.fullmatch(key) or _NOTE.fullmatch(key):
        return Remark(ASIDE, {"row": number, "text": first.strip()[:40]})
    if _is_numbering(cells):
        return Remark(NUMBERING, {"row": number})
    places = {head.place for head in heads.matched}
    return None if places & cells.keys() else Remark(NOTHING_KNOWN, {"row": number})


def _is_numbering(cells: Mapping[int, RawCell]) -> bool:
    """1, 2, 3 … below the heads, as forms of statistics have it."""
    numbers = [fold(cells[place].text).strip("()") for place in sorted(cells)]
    return len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _row(grid: Grid, number: int, heads: SheetHeads, areas: Mapping[tuple[int, int], Area]) -> SheetRow:
    cells = {}
    for key, head in heads.by_key.items():
        address, cell = cell_address(number, head.place), grid.rows[number].get(head.place, BLANK)
        if area := areas.get((number, head.place)):
            cells[key] = SheetCell(address, cell.text, fault=fault("merged", area=str(area)))
        else:
            cells[key] = _cell(cell, address, head, grid.counts_from_1904)
    return SheetRow(number, cells)


def _cell(cell: RawCell, address: str, head: MatchedHead, counts_from_1904: bool) -> SheetCell:
    try:
        value = read_value(cell, head.column, is_yuan=head.unit == YUAN, counts_from_1904=counts_from_1904)
        return SheetCell(address, cell.text, value)
    except CellFault as problem:
        return SheetCell(address, cell.text, fault=problem)
