"""Composes a document: its parts are set side by side in two lanes, numbered, and bound into one file.

Which part goes into which lane depends on the document alone. So the bytes are the same whether both lanes are set at
once, or one after the other.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any

from approvals.reports.binding import Binder
from approvals.reports.glyphs import printable
from approvals.reports.lanes import ATTACHED, Glyphs, Lane, Part

_ATTACHED = re.compile(rf'<div class="{ATTACHED}".*?</div>', re.DOTALL)  # files that go along are not set
PART = "<!-- part -->"  # where a part begins; what stands before the first one belongs to each of them

Tell = Callable[[str, int, int], None]  # what was done, how many of them, of how many
Told = Callable[[], None]
Ask = Callable[..., Future[Any]]  # a lane's number, the name of what it shall do, and with what


@dataclass(frozen=True, slots=True)
class Rendered:
    """`made_with` names the versions of the renderer and the checksums of the fonts that went in."""

    pdf: bytes
    pages: int
    made_with: dict[str, Any]


def render(html: str, lanes: tuple[Lane, Lane], at_once: int = 1, tell: Tell | None = None) -> Rendered:
    """The PDF/A-3 of this HTML: same text, same assets, same fonts and versions, same bytes.

    The lanes have set nothing yet; `at_once` says whether the second one may work while the first one does. `tell`
    hears of each part that is set, "set", 3 of 8, from both lanes, and of the binding. FatalURLFetchingError (no
    Exception) when the document asks for anything that is not one of our assets.
    """
    parts, tell = parts_of(printable(html)), tell or _nobody
    cut = _middle([len(_ATTACHED.sub("", part)) for part in parts])
    with Binder() as binder, _crew() as crew, _asking(lanes, at_once, _counting(tell, len(parts))) as ask:
        setting = [ask(number >= cut, "part", part, number) for number, part in enumerate(parts)]
        rest = crew.submit(_rest, ask, setting[:cut], setting[cut:], PART in html)
        for future in setting:
            binder.add(future.result().pdf)
        tell("bind", 0, 1)
        numbers, faces, made_with = rest.result()
        binder.number(numbers)
        binder.embed(faces)
        return Rendered(binder.bytes(), sum(future.result().pages for future in setting), made_with)


def parts_of(html: str) -> tuple[str, ...]:
    """Each part as a document of its own."""
    head, *parts = html.split(PART)
    return tuple(head + part for part in parts) or (head,)


def _middle(sizes: list[int]) -> int:
    """Before which part the second lane begins, so that the longer lane is as short as can be."""
    return min(range(1, len(sizes) + 1), key=lambda cut: (max(sum(sizes[:cut]), sum(sizes[cut:])), cut))


@contextmanager
def _asking(lanes: tuple[Lane, Lane], at_once: int, told: Told) -> Iterator[Ask]:
    """Each lane does one thing after the other, as it is asked; both may do so at once. `told` hears of each part."""

    def done(lane: int, name: str, *given: Any) -> Any:
        found = getattr(lanes[lane], name)(*given)
        if name == "part":
            told()  # before anybody can go on with it
        return found

    with ExitStack() as stack:
        crews = [stack.enter_context(_crew()) for _one in range(at_once)]
        yield lambda lane, name, *given: crews[lane % at_once].submit(done, lane, name, *given)


@contextmanager
def _crew() -> Iterator[ThreadPoolExecutor]:
    """Does one thing after the other, and nothing more once something has gone wrong."""
    crew = ThreadPoolExecutor(1)
    try:
        yield crew
    finally:
        crew.shutdown(cancel_futures=True)


def _counting(tell: Tell, of: int) -> Told:
    numbers, one_by_one = count(1), Lock()  # both lanes tell how far they are

    def told() -> None:
        with one_by_one:
            tell("set", next(numbers), of)

    return told


def _rest(
    ask: Ask, first: list[Future[Part]], second: list[Future[Part]], numbered: bool
) -> tuple[list[bytes], list[bytes], dict[str, Any]]:
    """What else the lanes make, as soon as it can be made: numbers, faces, and with what it all was made."""
    used = (0, 1) if second else (0,)
    begin = (1, 1 + sum(future.result().pages for future in first))
    numbers = [ask(lane, "numbers", begin[lane]) for lane in used if numbered]
    glyphs = [ask(lane, "glyphs") for lane in used]
    faces = _faces(ask, [future.result() for future in glyphs])
    made_with = ask(0, "made_with")
    return [one.result() for one in numbers], [one.result() for one in faces], made_with.result()


def _faces(ask: Ask, glyphs: list[dict[str, Glyphs]]) -> list[Future[bytes]]:
    """Each face from one of the lanes that have it; what both have is shared between them."""
    if len(glyphs) == 1:
        return [ask(0, "faces", sorted(glyphs[0]), {})]
    first, second = glyphs
    theirs = {*(second.keys() - first.keys()), *sorted(first.keys() & second.keys())[1::2]}
    return [ask(0, "faces", sorted(first.keys() - theirs), second), ask(1, "faces", sorted(theirs), first)]


def _nobody(_step: str, _number: int, _of: int) -> None:
    """Nobody listens."""
