"""How a workbook shows its numbers: as days, as percentages or plainly (ECMA-376, part 1, 18.8.30)."""

import re
from collections.abc import Mapping
from typing import Literal

from approvals.imports.packages import Package

Look = Literal["", "day", "percent"]
# Formats that every program knows by number: the days and times, those of East Asia too, and the percentages.
_DAYS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTAGES = frozenset((9, 10))
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|G/', re.IGNORECASE)
_DAY_CODES = re.compile(r"[ymdhs]", re.IGNORECASE)


def looks_of(package: Package, part: str) -> list[Look]:
    """How the cells of each style look, by the style's number."""
    codes: dict[int, str] = {}
    looks: list[Look] = []
    within = [""]

    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element == "numFmt":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif element in ("cellXfs", "cellStyleXfs"):
            within[0] = element
        elif element == "xf" and within[0] == "cellXfs":
            looks.append(_look(_number(attributes.get("numFmtId")), codes))

    def end(element: str) -> None:
        if element == within[0]:
            within[0] = ""

    if package.has(part):
        package.parse(part, start, end=end)
    return looks


def _look(number: int, codes: Mapping[int, str]) -> Look:
    if number in codes:
        code = _NO_CODE.sub("", codes[number])
        return "percent" if "%" in code else "day" if _DAY_CODES.search(code) else ""
    return "percent" if number in _PERCENTAGES else "day" if number in _DAYS else ""


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
