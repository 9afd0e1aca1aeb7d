"""A rendered document: for those who render, sign or freeze it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """`made_with` has the versions of the renderer and the checksums of the fonts, on which the bytes depend."""

    pdf: bytes
    pages: int
    made_with: dict[str, Any]
