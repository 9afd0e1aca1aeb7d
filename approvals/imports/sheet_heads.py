"""Finds the heads of a worksheet: where they stand, which column each means, and in which unit its amounts are.

Heads may stand below titles and notes, in up to three rows of which the upper ones are merged over their group, in any
order, in either language.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from approvals.base.sheets import Column, head_key
from approvals.base.text_folding import fold
from approvals.imports.grids import Grid, covered

HEAD_WITHIN = 30  # filled rows from the top in which the heads are looked for
LOWEST_HEAD = 500  # row
DEEPEST = 3  # rows of heads
LONGEST_HEAD = 500  # characters that are looked at
WAN, YUAN, UNKNOWN = "万元", "元", "?"
_UNITS = {
    "万元": WAN,
    "元": YUAN,
    "10000 yuan": WAN,
    "10k yuan": WAN,
    "ten thousand yuan": WAN,
    "yuan": YUAN,
}  # as `fold()` leaves them
_MONEY = re.compile(r"[亿千百十万]*[美欧日港]?元|.*\byuan|[a-z ]*(rmb|cny|usd)")  # a unit, if not one of ours
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TAIL = re.compile(r"(?:[\s,:/]|^)(元|yuan)$|(万元|10000 yuan|10k yuan)$")
_DECLARED = re.compile(r"(?:单位|unit)\s*:?\s*(?:人民币)?\s*(.+)$")

Texts = Mapping[tuple[int, int], str]
Known = Mapping[str, Column]  # the declared columns by the keys of their heads


@dataclass(frozen=True, slots=True)
class HeadTexts:
    """The texts of the upper rows by row and column, and those that a blank place may have from its left.

    `tops` are the rows in which merged heads begin, by the rows into which they reach.
    """

    texts: Mapping[tuple[int, int], str]
    beside: Mapping[tuple[int, int], str]
    merged: Collection[tuple[int, int]]
    tops: Mapping[int, int]

    def whole(self, rows: range) -> range:
        """These rows, with those above in which merged heads of them begin."""
        return range(max(self.tops.get(rows.start, rows.start), rows.start - DEEPEST), rows.stop)


@dataclass(frozen=True, slots=True)
class WrittenHead:
    """A column of the sheet by its number, with its heads from the upper to the lower."""

    place: int
    path: tuple[str, ...]

    @property
    def written(self) -> str:
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True)
class MatchedHead(WrittenHead):
    """A column of the sheet that means a declared one; `is_whole` when all of its heads say so, not the lower alone.

    `unit` is that of its amounts: 万元, 元, ? for another one, or empty.
    """

    column: Column
    is_whole: bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SheetHeads:
    """The heads of a worksheet, known ones and others, and the row of the lowest; 0 when there are none."""

    row: int
    matched: tuple[MatchedHead, ...] = ()
    others: tuple[WrittenHead, ...] = ()

    @property
    def by_key(self) -> dict[str, MatchedHead]:
        return {head.column.key: head for head in self.matched}

    @property
    def doubled(self) -> list[str]:
        """Keys of columns that several columns of the sheet mean."""
        counts = Counter(head.column.key for head in self.matched)
        return [key for key, count in counts.items() if count > 1]

    @property
    def needed(self) -> list[str]:
        """Keys of the columns that must be there and are."""
        return [key for key, head in self.by_key.items() if head.column.needs_head]

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        return [column for column in columns if column.needs_head and column.key not in self.by_key]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Of several readings the highest is the right one."""
        return len(self.by_key), -len(self.doubled), sum(head.is_whole for head in self.matched)


def find_heads(grid: Grid, columns: Sequence[Column]) -> SheetHeads:
    """The reading in which most columns are known; of equal ones that of the fewest rows, then the first."""
    top = [row for row in sorted(grid.rows)[:HEAD_WITHIN] if row <= LOWEST_HEAD]
    if not top:
        return SheetHeads(0)
    width = grid.width
    texts = _texts(grid, range(1, top[-1] + DEEPEST + 1), width)
    known = {key: column for column in columns for key in column.head_keys}
    parts = [texts.whole(range(row, row + depth)) for depth, row in product(range(1, DEEPEST + 1), top)]
    readings = [_reading(texts, rows, width, known) for rows in dict.fromkeys(parts)]
    best = max(readings, key=lambda reading: reading.rank)
    return _with_units(best, grid, texts) if best.matched else SheetHeads(0)


def _texts(grid: Grid, rows: range, width: int) -> HeadTexts:
    """A merged area has its text in all its places."""
    texts = {(row, place): cell.text for row in rows for place, cell in grid.rows.get(row, {}).items()}
    areas = covered(grid, rows)
    texts |= {at: texts.get((area.top, area.left), "") for at, area in areas.items()}
    texts = {at: text.strip() for at, text in texts.items() if text.strip()}
    tops: dict[int, int] = {}
    for (row, _place), area in areas.items():
        tops[row] = min(tops.get(row, row), area.top)
    return HeadTexts(texts, _beside(texts, areas, rows, width), areas.keys(), tops)


def _beside(texts: Texts, merged: Collection[tuple[int, int]], rows: range, width: int) -> Texts:
    """The nearest text to the left, unless that is merged: such an area says itself how far it goes."""
    beside = {}
    for row in rows:
        nearest = ""
        for place in range(1, width + 1):
            if (row, place) in texts:
                nearest = "" if (row, place) in merged else texts[row, place]
            elif nearest:
                beside[row, place] = nearest
    return beside


def _reading(texts: HeadTexts, rows: range, width: int, known: Known) -> SheetHeads:
    matched, others = [], []
    for place in range(1, width + 1):
        path = _path(texts, rows, place)
        head = _matched(place, path, known)
        if head:
            matched.append(head)
        elif path:
            others.append(WrittenHead(place, path))
    return SheetHeads(rows[-1], tuple(matched), tuple(others))


def _path(texts: HeadTexts, rows: range, place: int) -> tuple[str, ...]:
    """The heads of a column, the upper first. A group's head that is not merged stands over its first column alone."""
    path: list[str] = []
    for row in rows:
        text = texts.texts.get((row, place), "")
        if not text and any((below, place) in texts.texts for below in range(row + 1, rows.stop)):
            text = texts.beside.get((row, place), "")
        if text and (not path or path[-1] != text):
            path.append(text)
    return tuple(path)


def _matched(place: int, path: tuple[str, ...], known: Known) -> MatchedHead | None:
    """By all the heads of the column, else by the lower ones alone; without remarks in brackets if need be."""
    for start in range(len(path)):
        for key in zip(*(_keys(text) for text in path[start:]), strict=True):
            if column := known.get("".join(key)):
                return MatchedHead(place, path, column, is_whole=start == 0)
    return None


@lru_cache(maxsize=8192)
def _keys(text: str) -> tuple[str, str]:
    """A head as it is compared: without its unit, and without anything in brackets."""
    plain = _TAIL.sub("", _BRACKETS.sub(lambda match: "" if _unit_within(match[1]) else match[0], _plain(text)))
    return head_key(plain), head_key(_BRACKETS.sub("", plain))


def _plain(text: str) -> str:
    return fold(text[:LONGEST_HEAD]).replace("10,000", "10000").replace("10 000", "10000")


# Units of amounts.


def _with_units(heads: SheetHeads, grid: Grid, texts: HeadTexts) -> SheetHeads:
    """The unit of an amount is said in its own heads, else in what is merged above them, else above all of them."""
    note = _note_of(grid, heads.row)
    matched = tuple(replace(head, unit=_unit(head, texts, heads.row) or note) for head in heads.matched)
    return replace(heads, matched=matched)


def _unit(head: MatchedHead, texts: HeadTexts, row: int) -> str:
    above = [(upper, head.place) for upper in range(row, 0, -1)]
    merged = [texts.texts.get(at, "") for at in above if at in texts.merged]
    return next((unit for text in (*reversed(head.path), *merged) if (unit := unit_of(text))), "")


def _note_of(grid: Grid, row: int) -> str:
    """The one unit that titles and notes above the heads say, in brackets or as 单位：万元."""
    texts = [_plain(cell.text) for number, cells in grid if number < row for cell in cells.values()]
    remarks = [part for text in texts for part in (*_BRACKETS.findall(text), *_DECLARED.findall(text))]
    units = {unit for part in remarks if (unit := _unit_within(part))}
    return units.pop() if len(units) == 1 else ""


def unit_of(head: str) -> str:
    """The unit that a head says, 万元 or 元; ? for another one of money, empty for none."""
    text = _plain(head)
    units = [unit for part in _BRACKETS.findall(text) if (unit := _unit_within(part))]
    tail = _TAIL.search(text)
    return units[0] if units else _UNITS[tail[1] or tail[2]] if tail else ""


def _unit_within(text: str) -> str:
    """The unit among the parts of a remark, such as `单位:万元,保留两位小数`."""
    for part in re.split(r"[,;:。、]", _DECLARED.sub(r"\1", text)):
        whole = part.strip().removeprefix("人民币")
        for word in (whole, *whole.split()[:1]):
            if word in _UNITS:
                return _UNITS[word]
            if _MONEY.fullmatch(word):
                return UNKNOWN
    return ""
