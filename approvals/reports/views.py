"""Tables as a page or a paper shows them: frozen texts, aligned and marked, nothing left to reckon."""

from dataclasses import dataclass
from datetime import date

from approvals.base.formatting import NOTHING
from approvals.base.languages import language

MINUS = "−"  # as wide as a plus


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` aligns it: text, number, day or lit (a light); `width` is in per cent of the table."""

    text: str
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class Cell:
    """`more` are further lines; `light` marks it with a light; `done` is a bar, in whole per cent."""

    text: str
    more: tuple[str, ...] = ()
    light: str = ""
    done: int | None = None
    is_quiet: bool = False  # a zero, which need not catch the eye


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over several columns."""

    text: str
    span: int


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    groups: tuple[Group, ...] = ()
    note: str = ""
    empty: str = ""  # what is said when there are no rows


def words(text: str, *more: str) -> Cell:
    return Cell(text, tuple(line for line in more if line))


def count(value: int) -> Cell:
    return Cell(f"{value:,}", is_quiet=value == 0)


def changed(now: int, before: int) -> Cell:
    """By how much it rose or fell."""
    by = now - before
    sign = "+" if by > 0 else MINUS if by < 0 else ""
    return Cell(f"{sign}{abs(by):,}", is_quiet=by == 0)


def rate(part: int, whole: int) -> Cell:
    """The share of the whole, nothing when there is none."""
    return share(part / whole if whole else None)


def share(value: float | None) -> Cell:
    """0.613 as 61.3%."""
    return Cell(NOTHING, is_quiet=True) if value is None else Cell(percent(value))


def percent(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value * 100:.1f}%".replace("-", MINUS)


def points(now: float | None, before: float | None) -> Cell:
    """The change of a share in percentage points."""
    if now is None or before is None:
        return Cell(NOTHING, is_quiet=True)
    by = round((now - before) * 100, 1)
    sign = "+" if by > 0 else MINUS if by < 0 else ""
    return Cell(f"{sign}{abs(by):.1f}", is_quiet=by == 0)


def day(value: date | None) -> Cell:
    return Cell(NOTHING, is_quiet=True) if value is None else Cell(value.isoformat())


def lit(light: str, text: str) -> Cell:
    """A light with its word."""
    return Cell(text, light=light)


def listed(parts: list[str]) -> str:
    """Several things in one line, as each language separates them."""
    return ("; " if language() == "en" else "；").join(parts)


def named(names: list[str]) -> str:
    """Names one after another."""
    return (", " if language() == "en" else "、").join(names)
