"""Numbers of pages: set on one sheet, a leaf for each page and one above the other, and cut from it again."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from pikepdf import Matrix, Pdf, parse_content_stream

HIGH = 297  # millimetres, a leaf as the page that it is for; numbers.css says where its number stands
LEAF = HIGH / 25.4 * 72  # points
SIDES = ("left", "right")  # where even pages bear their number, and odd ones
STYLES = ("asset:paper.css", "asset:numbers.css")


class _Line(NamedTuple):
    """A line of text on the sheet: where it begins, the face and size it is set in, and its glyphs."""

    where: Matrix
    face: list[Any]
    glyphs: Any


def sheet_of(first: int, last: int) -> str:
    """The sheet with the numbers of these pages, as HTML."""
    links = "".join(f'<link rel="stylesheet" href="{sheet}"/>' for sheet in STYLES)
    size = f"<style>@page leaves {{ size: 210mm {HIGH * (last - first + 1)}mm }}</style>"
    leaves = "".join(f'<div class="leaf {SIDES[n % 2]}">— {n} —</div>' for n in range(first, last + 1))
    return f'<html lang="zh-CN"><head>{links}{size}</head><body>{leaves}</body></html>'


def numbers_of(sheet: bytes) -> list[str]:
    """What draws the line of each leaf on a page of its own, the topmost first; ValueError unless each leaf has one."""
    with Pdf.open(BytesIO(sheet)) as pdf:
        (page,) = pdf.pages
        leaves = round(float(page.mediabox[3]) / LEAF)
        lines = list(_lines(page))
        if [line.where.f // LEAF for line in lines] != list(range(leaves - 1, -1, -1)):
            raise ValueError(f"{len(lines)} lines on {leaves} leaves")
        return [_drawing(line) for line in lines]


def _lines(page: Any) -> Iterator[_Line]:
    outer: list[Matrix] = []
    now, line, face = Matrix(), Matrix(), []
    for operands, operator in parse_content_stream(page, "q Q cm Tm Tf TJ"):
        match str(operator):
            case "q":
                outer.append(now)
            case "Q":
                now = outer.pop()
            case "cm":
                now = Matrix(operands) @ now
            case "Tm":
                line = Matrix(operands)
            case "Tf":
                face = list(operands)
            case "TJ":
                yield _Line(line @ now, face, operands[0])


def _drawing(line: _Line) -> str:
    name, size = line.face
    where = line.where @ Matrix(1, 0, 0, 1, 0, -(line.where.f // LEAF) * LEAF)
    return f"BT\n0 0 0 rg\n{name} {size} Tf\n{where.encode().decode()} Tm\n{line.glyphs.unparse().decode()} TJ\nET"
