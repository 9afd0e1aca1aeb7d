"""The press: prints one paper after the other, until nothing more comes.

In: a number of bytes, a line, and so much HTML. Out: lines that tell how far it is, as in {"step": "set", "n": 3,
"of": 8}; in the end one about the paper with its `size`, and so many bytes of PDF.

A process of its own (`python -m approvals.reports.press`): fonts and layout take memory and time that no web process
should spend, and whatever goes wrong with them ends with it. Where the machine has a second processor the press has a
mate (`… press mate`), which sets half of the parts. In: a line with the number of the first part and the sizes of all,
and the parts. Out: for each a line and its bytes, and in the end a line about the glyphs. It ends with its press.
"""

import gc
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from approvals.reports.composing import Lane, Told, render, set_lane
from approvals.reports.pdf import Glyphs, Part

ROOT = Path(__file__).resolve().parents[2]
MATE = "mate"
_voice = Lock()  # both lanes tell how far they are


def main(arguments: list[str]) -> int:
    """Serve until nothing more comes."""
    serve = _help if arguments == [MATE] else _print
    gc.freeze()
    gc.disable()  # a tenth of the time goes into looking for what can be let go; it is done between parts and papers
    try:
        while line := sys.stdin.buffer.readline():
            serve(line)
            gc.collect()
    finally:
        _dismiss()
    return 0


def _print(line: bytes) -> None:
    html = sys.stdin.buffer.read(int(line)).decode("utf-8")
    elsewhere = _by_mate if _processors() > 1 else None
    done = render(html, elsewhere, lambda step, number, of: _say({"step": step, "n": number, "of": of}))
    _say({"pages": done.pages, "size": len(done.pdf), "made_with": done.made_with}, done.pdf)


def _say(about: dict[str, Any], content: bytes = b"") -> None:
    with _voice:
        sys.stdout.buffer.write(orjson.dumps(about, option=orjson.OPT_SORT_KEYS) + b"\n" + content)
        sys.stdout.buffer.flush()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _help(line: bytes) -> None:
    asked = orjson.loads(line)
    parts = tuple(sys.stdin.buffer.read(size).decode("utf-8") for size in asked["sizes"])
    lane = set_lane(parts, asked["first"], lambda: _say({"is_set": True}))
    for part in lane.parts:
        _say({"pages": part.pages, "size": len(part.pdf)}, part.pdf)
    _say({"glyphs": {face: [found.texts, found.widths] for face, found in lane.glyphs.items()}})


def _by_mate(parts: tuple[str, ...], first: int, told: Told) -> Lane:
    """The lane, as the mate sets it."""
    if not parts:
        return Lane((), {})
    into, out = _mate().stdin, _mate().stdout
    assert into is not None and out is not None  # noqa: S101 both are pipes
    texts = [part.encode("utf-8") for part in parts]
    into.write(orjson.dumps({"first": first, "sizes": [len(text) for text in texts]}) + b"\n" + b"".join(texts))
    into.flush()
    found: list[Part] = []
    while "glyphs" not in (about := orjson.loads(out.readline())):
        if "size" in about:
            found.append(Part(out.read(about["size"]), about["pages"]))
        else:
            told()
    return Lane(tuple(found), {face: Glyphs(*pairs) for face, pairs in about["glyphs"].items()})


@cache
def _mate() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "approvals.reports.press", MATE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def _dismiss() -> None:
    """Nobody waits for a mate's half of a paper that failed."""
    if _mate.cache_info().currsize:
        _mate().kill()
        _mate().wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
