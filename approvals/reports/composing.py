"""Composes a document: its parts are set side by side in two lanes, numbered, and bound into one file.

Which part goes into which lane depends on the document alone. So the bytes are the same whether the second lane is
set by another process meanwhile, or here and afterwards.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any

from approvals.reports.binding import bound
from approvals.reports.glyphs import printable
from approvals.reports.pdf import Glyphs, Part, Setter, made_with

PART = "<!-- part -->"  # where a part begins; what stands before the first one belongs to each of them

Tell = Callable[[str, int, int], None]  # what was done, how many of them, of how many
Told = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """`made_with` names the versions of the renderer and the checksums of the fonts that went in."""

    pdf: bytes
    pages: int
    made_with: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lane:
    """Parts that were set one after the other, and what was set of each face."""

    parts: tuple[Part, ...]
    glyphs: dict[str, Glyphs]


Elsewhere = Callable[[tuple[str, ...], int, Told], Lane]  # sets parts, from this number on, as `set_lane` does


def render(html: str, elsewhere: Elsewhere | None = None, tell: Tell | None = None) -> Rendered:
    """The PDF/A-3 of this HTML: same text, same assets, same fonts and versions, same bytes.

    `elsewhere` sets the second lane while the first one is set here. `tell` hears of each part that is set, "set", 3
    of 8, from both lanes, and of the binding. FatalURLFetchingError (no Exception) when the document asks for
    anything that is not one of our assets.
    """
    parts, tell = parts_of(printable(html)), tell or _nobody
    told = _counting(tell, len(parts))
    cut = _middle([len(part) for part in parts])
    other = _Other(elsewhere or set_lane, parts[cut:], cut, told)
    if elsewhere:
        other.start()
    setter = Setter()
    first = set_lane(parts[:cut], 0, told, setter)
    second = other.lane()
    set_parts = (*first.parts, *second.parts)
    pages = sum(part.pages for part in set_parts)
    numbers = setter.numbers(pages, second.glyphs).pdf if PART in html else None
    tell("bind", 0, 1)
    return Rendered(bound([part.pdf for part in set_parts], numbers), pages, made_with())


def set_lane(parts: tuple[str, ...], first: int, told: Told, setter: Setter | None = None) -> Lane:
    """Set these parts one after the other; `told` is called after each."""
    setter = setter or Setter()
    found: list[Part] = []
    for number, part in enumerate(parts, start=first):
        if found:
            gc.collect()  # pages point at each other: what was set before is let go here, where nobody else does it
        found.append(setter.part(part, number))
        told()
    return Lane(tuple(found), setter.glyphs())


def parts_of(html: str) -> tuple[str, ...]:
    """Each part as a document of its own."""
    head, *parts = html.split(PART)
    return tuple(head + part for part in parts) or (head,)


def _middle(sizes: list[int]) -> int:
    """Before which part the second lane begins, so that the longer lane is as short as can be."""
    return min(range(1, len(sizes) + 1), key=lambda cut: (max(sum(sizes[:cut]), sum(sizes[cut:])), cut))


def _counting(tell: Tell, of: int) -> Told:
    done: list[None] = []

    def told() -> None:
        done.append(None)
        tell("set", len(done), of)

    return told


def _nobody(_step: str, _number: int, _of: int) -> None:
    """Nobody listens."""


class _Other(Thread):
    """The second lane. What goes wrong in it is raised where the lane is asked for."""

    def __init__(self, elsewhere: Elsewhere, parts: tuple[str, ...], first: int, told: Told) -> None:
        super().__init__(daemon=True)
        self._work = (elsewhere, parts, first, told)
        self._lane: Lane | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        elsewhere, *work = self._work
        try:
            self._lane = elsewhere(*work)  # type: ignore[arg-type]
        except BaseException as error:
            self._error = error

    def lane(self) -> Lane:
        """The parts, when they are there."""
        if self.ident:
            self.join()
        else:
            self.run()
        if self._error:
            raise self._error
        assert self._lane is not None  # noqa: S101 one of both is there
        return self._lane
