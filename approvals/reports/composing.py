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

_ATTACHED = re.compile(rf'<div class="{ATTACHED}".*?</div>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
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
    hears of each part that is set, "set", 3 of 8, from both lanes, and of the binding. ParseError when the document is
    not well-formed; FatalURLFetchingError (no Exception) when it asks for anything that is not one of our assets.
    """
    parts, tell = parts_of(printable(html)), tell or _nobody
    shares = _shares([_size(part) for part in parts])
    with Binder() as binder, _crew() as crew, _asking(lanes, at_once, _counting(tell, len(parts))) as ask:
        setting = [ask(shares[number], "part", part, number) for number, part in enumerate(parts)]
        rest = crew.submit(_rest, ask, sorted(set(shares)), setting, PART in html)
        for future in setting:
            binder.add(future.result().pdf)
        tell("bind", 0, 1)
        numbers, faces, made_with = rest.result()
        binder.number(numbers)
        binder.embed(faces)
        return Rendered(binder.bytes(), sum(future.result().pages for future in setting), made_with)


def parts_of(html: str) -> tuple[str, ...]:
    """Each part as a document of its own."""
    body, end, after = html.rpartition("</body>")
    head, *parts = body.split(PART)
    return tuple(head + part + end + after for part in parts) or (html,)


def _size(part: str) -> int:
    """In characters: files that go along are not set, and a tag takes as long as six of them, whatever stands in it."""
    return len(_TAG.sub("<tag/>", _ATTACHED.sub("", part)))


def _shares(sizes: list[int]) -> list[int]:
    """Which lane sets each part: the largest one first, each where less is to be done so far."""
    load, shares = [0, 0], [0] * len(sizes)
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        shares[number] = load.index(min(load))
        load[shares[number]] += sizes[number]
    return shares


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
    ask: Ask, used: list[int], setting: list[Future[Part]], numbered: bool
) -> tuple[list[str], list[bytes], dict[str, Any]]:
    """What else these lanes make when all parts are set: numbers, faces, and with what it all was made."""
    pages = sum(future.result().pages for future in setting)
    numbers = _numbers(ask, used, pages) if numbered else []
    glyphs = [ask(lane, "glyphs") for lane in used]
    faces = _faces(ask, [future.result() for future in glyphs])
    made_with = ask(0, "made_with")
    return [line for one in numbers for line in one.result()], [one.result() for one in faces], made_with.result()


def _numbers(ask: Ask, used: list[int], pages: int) -> list[Future[list[str]]]:
    """Those of all pages, in their order; each lane sets as many."""
    ends = [pages * lane // len(used) for lane in range(len(used) + 1)]
    return [ask(lane, "numbers", before + 1, end) for lane, before, end in zip(used, ends[:-1], ends[1:], strict=True)]


def _faces(ask: Ask, glyphs: list[dict[str, Glyphs]]) -> list[Future[bytes]]:
    """Each face from one of the lanes that have it; what both have is shared between them."""
    if len(glyphs) == 1:
        return [ask(0, "faces", sorted(glyphs[0]), {})]
    first, second = glyphs
    theirs = {*(second.keys() - first.keys()), *sorted(first.keys() & second.keys())[1::2]}
    return [ask(0, "faces", sorted(first.keys() - theirs), second), ask(1, "faces", sorted(theirs), first)]


def _nobody(_step: str, _number: int, _of: int) -> None:
    """Nobody listens."""
