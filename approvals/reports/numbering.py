"""Cuts a sheet of page numbers, a leaf for each page and one above the other, into what draws each on its page."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from pikepdf import Matrix, Pdf, parse_content_stream

LEAF = 297 / 25.4 * 72  # points: how high one is


class _Line(NamedTuple):
    """A line of text on the sheet: where it begins, the face and size it is set in, and its glyphs."""

    where: Matrix
    face: list[Any]
    glyphs: Any


def numbers_of(sheet: bytes) -> list[bytes]:
    """What draws the line of each leaf on a page of its own, the topmost first; ValueError unless each leaf has one."""
    with Pdf.open(BytesIO(sheet)) as pdf:
        (page,) = pdf.pages
        leaves = round(float(page.mediabox[3]) / LEAF)
        lines = sorted(_lines(page), key=lambda line: -line.where.f)
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


def _drawing(line: _Line) -> bytes:
    name, size = line.face
    where = line.where @ Matrix(1, 0, 0, 1, 0, -(line.where.f // LEAF) * LEAF)
    return b"BT\n0 0 0 rg\n%s %s Tf\n%s Tm\n%s TJ\nET" % (
        name.unparse(),
        str(size).encode(),
        where.encode(),
        line.glyphs.unparse(),
    )
