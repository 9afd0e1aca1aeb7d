"""An .xlsx workbook as grids of cells. Numbers keep the text in which they are stored, formulas give their value.

Libraries hand out numbers as binary fractions; an amount has to be the decimal that the office typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from approvals.base.files.formats.reading import DAMAGED
from approvals.base.i18n import N_
from approvals.base.sheets import IDENTITY_SHEET, column_number
from approvals.imports.grids import MOST_COLUMNS, ROW_ROOM, Area, Excess, Form, Grid, RawCell, refused
from approvals.imports.number_formats import Look, looks_of
from approvals.imports.packages import Package, opened, relations

TOO_FULL = N_("The workbook has more than %(limit)s filled cells. Remove what does not belong in it.")
MOST_CELLS = 400_000  # of a workbook
MOST_AREAS = 20_000  # merged ones, of a worksheet
MOST_SHEETS = 40
LONGEST_TEXT = 33_000  # characters of a cell; a program keeps 32,767
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_FORMS: Mapping[str, Form] = {
    "s": "text",
    "inlineStr": "text",
    "str": "text",
    "d": "text",
    "b": "boolean",
    "e": "error",
}


@dataclass(frozen=True, slots=True)
class Workbook:
    """The worksheets that people see, in their order, and the text of the cell that identifies a sheet of ours."""

    grids: tuple[Grid, ...]
    identity: str


@dataclass(slots=True)
class Outline:
    """What the main part says: each worksheet's name, relation and whether it shows; how days and formulas are kept."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    counts_from_1904: bool = False
    leaves_formulas: bool = False  # whoever opens it has to calculate them
    cells: int = 0  # filled ones so far

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "sheet":
            is_seen = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), is_seen))
        elif element == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in ("1", "true")
        elif element == "calcPr":
            self.leaves_formulas = attributes.get("fullCalcOnLoad") in ("1", "true")


def read_workbook(content: bytes) -> Workbook:
    """Every worksheet of the workbook; Invalid says why it is not taken."""
    package = opened(content)
    main = next((part for kind, part in relations(package, "").values() if kind == "officeDocument"), "")
    outline = Outline()
    package.parse(main, outline.start)
    if len(outline.sheets) > MOST_SHEETS:
        raise refused(DAMAGED)
    parts = relations(package, main)
    by_kind = {kind: part for kind, part in parts.values()}
    looks = looks_of(package, by_kind.get("styles", ""))
    texts = _shared_texts(package, by_kind.get("sharedStrings", ""))
    grids, identity = [], ""
    for name, relation, is_seen in outline.sheets:
        kind, part = parts.get(relation, ("", ""))
        if kind == "worksheet" and (is_seen or name == IDENTITY_SHEET):
            reading = WorksheetReading(name, part, outline, looks, texts)
            package.parse(part, reading.start, reading.text, reading.end)
            if name == IDENTITY_SHEET:
                identity = reading.rows.get(1, {}).get(1, RawCell("")).text
            else:
                grids.append(reading.grid)
    return Workbook(tuple(grids), identity)


def _shared_texts(package: Package, part: str) -> list[str]:
    texts: list[str] = []
    runs = TextRuns()

    def end(element: str) -> None:
        if element == "si":
            texts.append(runs.taken())
        runs.end(element)

    if package.has(part):
        package.parse(part, runs.start, runs.text, end)
    return texts


@dataclass(slots=True)
class TextRuns:
    """The text of a rich or plain string, without the readings that East Asian programs keep beside it."""

    pieces: list[str] = field(default_factory=list)
    is_text: bool = False
    is_reading: bool = False

    def start(self, element: str, _attributes: Mapping[str, str]) -> None:
        if element == "rPh":
            self.is_reading = True
        self.is_text = element == "t" and not self.is_reading

    def text(self, piece: str) -> None:
        if self.is_text:
            self.pieces.append(piece)

    def end(self, element: str) -> None:
        if element == "rPh":
            self.is_reading = False
        self.is_text = False

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        return _unescaped(text)


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as _x000D_."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]


@dataclass(slots=True)
class WorksheetReading:
    """Reads one worksheet element by element. Rows and cells that do not say where they stand follow the last one."""

    name: str
    part: str
    outline: Outline
    looks: list[Look]
    shared: list[str]
    rows: dict[int, dict[int, RawCell]] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    row: int = 0
    column: int = 0
    excess: Excess = ""
    kind: str = ""
    style: str = ""
    has_formula: bool = False
    is_value: bool = False
    value: list[str] = field(default_factory=list)
    runs: TextRuns = field(default_factory=TextRuns)

    @property
    def grid(self) -> Grid:
        merged = tuple(area for area in self.areas if area.top <= max(self.rows, default=0))
        return Grid(self.name, self.part, self.rows, merged, self.outline.counts_from_1904, self.excess)

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "row":
            self.row, self.column = _digits(attributes.get("r")) or self.row + 1, 0
        elif element == "c":
            self._start_cell(attributes)
        elif element == "v":
            self.is_value = True
        elif element == "f":
            self.has_formula = True
        elif element == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            self.runs.start(element, attributes)

    def text(self, piece: str) -> None:
        if self.is_value:
            self.value.append(piece)
        else:
            self.runs.text(piece)

    def end(self, element: str) -> None:
        if element == "v":
            self.is_value = False
        elif element == "c":
            self._end_cell()
        else:
            self.runs.end(element)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = column_number(reference[1]) if reference else self.column + 1
        self.kind, self.style, self.has_formula = attributes.get("t", "n"), attributes.get("s", ""), False
        self.value.clear()
        self.runs.pieces.clear()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell.is_blank:
            return
        if self.column > MOST_COLUMNS:
            self.excess = "columns"
        elif self.row not in self.rows and len(self.rows) >= ROW_ROOM:
            self.excess = "rows"
        else:
            self.rows.setdefault(self.row, {})[self.column] = cell
            self.outline.cells += 1
        if self.outline.cells > MOST_CELLS:
            raise refused(TOO_FULL, limit=f"{MOST_CELLS:,}")

    def _cell(self) -> RawCell:
        value = "".join(self.value)
        if self.has_formula and self.kind != "str" and self._is_uncomputed(value):
            return RawCell("", "uncomputed", is_formula=True)
        if self.kind == "s":
            place = _digits(value)
            return RawCell(self.shared[place] if value and place < len(self.shared) else "")
        if self.kind == "inlineStr":
            return RawCell(self.runs.taken())
        form = _FORMS.get(self.kind, "number")
        text = _unescaped(value) if form == "text" else value[:LONGEST_TEXT].strip()
        return RawCell(text, form, self._look() if form == "number" else "", self.has_formula)

    def _is_uncomputed(self, value: str) -> bool:
        """A program that leaves formulas to whoever opens the workbook stores nothing, or 0 as a placeholder."""
        return not value.strip() or (self.outline.leaves_formulas and value.strip() == "0")

    def _look(self) -> Look:
        place = _digits(self.style)
        return self.looks[place] if self.style and place < len(self.looks) else ""

    def _merge(self, reference: str) -> None:
        if ":" not in reference:  # an area of one cell
            return
        corners = [_REFERENCE.fullmatch(corner) for corner in reference.replace("$", "").split(":")]
        if len(corners) != 2 or not all(corners) or len(self.areas) >= MOST_AREAS:
            raise refused(DAMAGED)
        (left, top), (right, bottom) = (
            (column_number(corner[1]), int(corner[2])) for corner in cast(list[re.Match[str]], corners)
        )
        self.areas.append(Area(top, left, bottom, right))


def _digits(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
