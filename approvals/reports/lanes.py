"""Lanes: each sets some parts of a document one after the other, in this process or in another one."""

from dataclasses import dataclass
from typing import Any, Protocol

ATTACHED = "attached"  # elements of this class are no part of the document: what they hold goes along as a file


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages in a file of their own, to be bound with others. The faces it is set in are not in it."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What was set of a face: pairs of a glyph and its text, and of a glyph and its width."""

    texts: list[tuple[int, str]]
    widths: list[tuple[int, int]]


class Lane(Protocol):
    """What sets one share of a document. It knows which glyphs it set of which face."""

    def part(self, html: str, number: int) -> Part:
        """The pages of this HTML, tagged. `number` makes names within the part its own."""
        ...

    def numbers(self, first: int, last: int) -> list[str]:
        """What draws the number of each of these pages."""
        ...

    def glyphs(self) -> dict[str, Glyphs]:
        """What this lane has set so far, by face."""
        ...

    def faces(self, named: list[str], others: dict[str, Glyphs]) -> bytes:
        """A file of these faces, each with the glyphs of this lane and of the others."""
        ...

    def made_with(self) -> dict[str, Any]:
        """The versions that the bytes depend on."""
        ...
