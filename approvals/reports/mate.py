"""A mate of the press: sets parts of a paper, until nothing more comes.

In: a line that says what is to be done, in which lane and with what, as in {"do": "part", "lane": 0, "number": 3,
"size": 48213}, and so many bytes of HTML. Out: for each a line, and as many bytes of PDF as its `size` says.

A process of its own (`python -m approvals.reports.mate`): fonts and layout take memory and time that no web process
should spend, and whatever goes wrong with them ends with it. It ends with its press.
"""

import gc
import sys
from collections.abc import Callable
from typing import Any

import orjson

from approvals.reports.lanes import Glyphs
from approvals.reports.pdf import Setter

KEPT = 12  # pages that may be left behind before they are let go

Reply = tuple[dict[str, Any], bytes]


def main() -> int:
    """Serve until nothing more comes."""
    lanes: dict[int, Setter] = {}
    pages = 0
    gc.freeze()
    gc.disable()  # a tenth of the time goes into looking for what can be let go; it is done while nobody waits for it
    while line := sys.stdin.buffer.readline():
        asked = orjson.loads(line)
        html = sys.stdin.buffer.read(asked.get("size", 0)).decode("utf-8")
        if asked["do"] == "begin":
            lanes[asked["lane"]] = Setter()
        about, pdf = DONE[asked["do"]](lanes[asked["lane"]], asked, html)
        sys.stdout.buffer.write(orjson.dumps(about | {"size": len(pdf)}) + b"\n" + pdf)
        sys.stdout.buffer.flush()
        pages += about.get("pages", 0)
        if pages > KEPT or asked["do"] == "faces":
            gc.collect()  # pages point at each other
            pages = 0
    return 0


def _part(lane: Setter, asked: dict[str, Any], html: str) -> Reply:
    part = lane.part(html, asked["number"])
    return {"pages": part.pages}, part.pdf


def _glyphs(lane: Setter, _asked: dict[str, Any], _html: str) -> Reply:
    return {"glyphs": lane.glyphs()}, b""


def _faces(lane: Setter, asked: dict[str, Any], _html: str) -> Reply:
    others = {name: Glyphs(**found) for name, found in asked["others"].items()}
    return {}, lane.faces(asked["named"], others)


DONE: dict[str, Callable[[Setter, dict[str, Any], str], Reply]] = {
    "begin": lambda _lane, _asked, _html: ({}, b""),
    "part": _part,
    "numbers": lambda lane, asked, _html: ({"numbers": lane.numbers(asked["first"], asked["last"])}, b""),
    "glyphs": _glyphs,
    "faces": _faces,
    "made_with": lambda lane, _asked, _html: ({"made_with": lane.made_with()}, b""),
}

if __name__ == "__main__":
    sys.exit(main())
