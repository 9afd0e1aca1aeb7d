"""Worksheets of a report's workbook: a row is a row, a cell is one value."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "whole", "share", "points", "amount", "day"]
Value = str | int | float | date | None  # None is a blank cell: there is no such figure


@dataclass(frozen=True, slots=True)
class WorksheetColumn:
    """A share is part of one (0.613), points are percentage points, amounts are in 10,000 yuan; width in characters."""

    head: str
    kind: Kind
    width: int


@dataclass(frozen=True, slots=True)
class Worksheet:
    """`name` is unique in its workbook and has at most 31 characters; `note` says what the rows are."""

    name: str
    note: str
    columns: tuple[WorksheetColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
