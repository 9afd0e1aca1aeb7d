"""A worksheet as it was sent, before anything in it has a meaning: cells by row and column, and merged areas."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from approvals.base.errors import Invalid, invalid
from approvals.base.files.formats.reading import DAMAGED
from approvals.base.sheets import MOST_ROWS, cell_address

FIELD = "file"  # the input that a refusal belongs to
MOST_COLUMNS = 300  # of a worksheet, empty ones not counted
ROW_ROOM = MOST_ROWS + 100  # rows with titles, heads, sums and notes
MOST_COVERED = 300_000  # cells of all merged areas that are looked at
Excess = Literal["", "rows", "columns"]
Form = Literal["text", "number", "boolean", "error", "uncomputed"]


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell's text as it is stored. `look` is how a number is shown: as a day, a percentage or plainly.

    The form `uncomputed` is that of a formula whose value no program has stored.
    """

    text: str
    form: Form = "text"
    look: Literal["", "day", "percent"] = ""
    is_formula: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.text.strip() and self.form != "uncomputed"


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area, its edges included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{cell_address(self.top, self.left)}:{cell_address(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet: the cells that are not blank, by row and column, both from 1.

    `part` is its name within the workbook, empty for CSV, which has an encoding and a delimiter instead. One with an
    `excess` of rows or columns was not read to its end.
    """

    name: str
    part: str = ""
    rows: dict[int, dict[int, RawCell]] = field(default_factory=dict)
    merged: tuple[Area, ...] = ()
    counts_from_1904: bool = False
    excess: Excess = ""
    encoding: str = ""
    delimiter: str = ""

    @property
    def width(self) -> int:
        """The last column that has something in it."""
        return max((max(cells) for cells in self.rows.values() if cells), default=0)

    def __iter__(self) -> Iterator[tuple[int, dict[int, RawCell]]]:
        return iter(sorted(self.rows.items()))


def covered(grid: Grid, rows: range) -> dict[tuple[int, int], Area]:
    """The cells of these rows, by row and column, that are parts of a merged area."""
    cells: dict[tuple[int, int], Area] = {}
    count = 0
    for area in grid.merged:
        for row in range(max(area.top, rows.start), min(area.bottom + 1, rows.stop)):
            columns = range(area.left, min(area.right, MOST_COLUMNS) + 1)
            count += len(columns)
            if count > MOST_COVERED:  # areas do not overlap in a workbook that is whole
                raise refused(DAMAGED)
            cells.update(((row, column), area) for column in columns)
    return cells


def refused(message: str, **params: object) -> Invalid:
    """The whole file is refused."""
    return invalid(FIELD, message, **params)
