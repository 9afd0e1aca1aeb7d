"""Tables of a page or document: frozen texts, aligned and marked, with nothing left to calculate."""

from dataclasses import dataclass
from datetime import date

from approvals.base.formatting import NOTHING
from approvals.base.i18n import language, series

MINUS = "−"  # as wide as a plus


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`kind` aligns it: text, number, day or lit (a light); `width` is in per cent of the table."""

    text: str
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class TableCell:
    """`more` are further lines; `light` marks it with a light; `done` is a bar, in whole per cent.

    `figure` names it in the address of its drill-down, as in `moves.accepted`.
    """

    text: str
    more: tuple[str, ...] = ()
    light: str = ""
    done: int | None = None
    is_quiet: bool = False  # a zero, which need not catch the eye
    figure: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    cells: tuple[TableCell, ...]
    is_total: bool = False
    line: tuple[str, str] | None = None  # its split and key, where its figures have lists


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over several columns."""

    text: str
    span: int


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    groups: tuple[Group, ...] = ()
    note: str = ""
    empty: str = ""  # what is said when there are no rows


@dataclass(frozen=True, slots=True)
class Point:
    """A paragraph under a heading of its own, or under none."""

    title: str
    text: str

    @property
    def head(self) -> str:
        """The heading as it runs into the paragraph."""
        return self.title and self.title + (". " if language() == "en" else "。")


def words(text: str, *more: str) -> TableCell:
    return TableCell(text, tuple(line for line in more if line))


def count(value: int) -> TableCell:
    return TableCell(f"{value:,}", is_quiet=value == 0)


def changed(now: int, before: int) -> TableCell:
    """By how much it rose or fell."""
    difference = now - before
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    return TableCell(f"{sign}{abs(difference):,}", is_quiet=difference == 0)


def beside(now: int, before: int, figure: str = "") -> TableCell:
    """A count above that of the month before and the change; nothing more when both are zero."""
    if not now and not before:
        return count(now)
    than_before = changed(now, before).text if now != before else "="
    return TableCell(f"{now:,}", (f"{before:,} {than_before}",), figure=figure if now else "")


def share_beside(now: float | None, before: float | None) -> TableCell:
    """A share above that of the month before and the change in percentage points."""
    if now is None and before is None:
        return share(now)
    change = () if now is None or before is None else (points(now, before).text,)
    return TableCell(share(now).text, (share(before).text, *change))


def share(value: float | None) -> TableCell:
    """0.613 as 61.3%."""
    return TableCell(NOTHING, is_quiet=True) if value is None else TableCell(percent(value))


def percent(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value * 100:.1f}%".replace("-", MINUS)


def point_change(now: float | None, before: float | None) -> float | None:
    """By how many percentage points a share changed, as reports round it; None where one of them is not known."""
    return None if now is None or before is None else round((now - before) * 100, 1)


def points(now: float | None, before: float | None) -> TableCell:
    """The change of a share in percentage points."""
    difference = point_change(now, before)
    if difference is None:
        return TableCell(NOTHING, is_quiet=True)
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    return TableCell(f"{sign}{abs(difference):.1f}", is_quiet=difference == 0)


def day(value: date | None) -> TableCell:
    return TableCell(NOTHING, is_quiet=True) if value is None else TableCell(value.isoformat())


def lit(light: str, text: str) -> TableCell:
    """A light with its word."""
    return TableCell(text, light=light)


def listed(parts: list[str]) -> str:
    """Several things in one line, as each language separates them."""
    return ("; " if language() == "en" else "；").join(parts)


def named(names: list[str]) -> str:
    """Names one after another."""
    return series(names)


def joined(*sentences: str) -> str:
    """Sentences one after another, as each language sets them."""
    return ("" if language() != "en" else " ").join(sentence for sentence in sentences if sentence)
