"""QR codes as SVG paths, so that a document holds them without fetching a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4  # modules of white that scanners need around a code
CORRECTION = "M"  # a stamp or a fold may cover 15 % of it


@dataclass(frozen=True, slots=True)
class Qr:
    """`path` fills the dark modules, one unit each, within a square of `size` units."""

    size: int
    path: str


def qr_of(text: str) -> Qr:
    """The code that leads to this address."""
    matrix = segno.make_qr(text, error=CORRECTION).matrix
    return Qr(len(matrix) + 2 * QUIET, "".join(_bars(matrix)))


def _bars(matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    """Neighbours in a row are drawn as one bar, which leaves no hairlines between them."""
    for y, row in enumerate(matrix, QUIET):
        x = QUIET
        for is_dark, modules in groupby(row):
            width = len(list(modules))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
