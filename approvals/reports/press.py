"""The press: prints one paper after the other, until nothing more comes.

In: a number of bytes, a line, and so much HTML. Out: lines that tell how far it is, as in {"step": "set", "n": 3,
"of": 8}; in the end one about the paper with its `size`, and so many bytes of PDF.

A process of its own (`python -m approvals.reports.press`), which binds what its mates set, two of them where the
machine has a second processor (`mate.py`). They end with it.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from approvals.reports.composing import PART, render
from approvals.reports.lanes import Glyphs, Part

ROOT = Path(__file__).resolve().parents[2]
_mates: dict[int, subprocess.Popen[bytes]] = {}


def main() -> int:
    """Serve until nothing more comes."""
    try:
        _mate(0)
        while line := sys.stdin.buffer.readline():
            _print(sys.stdin.buffer.read(int(line)).decode("utf-8"))
    except (EOFError, BrokenPipeError) as error:
        print(error, file=sys.stderr)  # the mate has said more
        return 1
    finally:
        _dismiss()
    return 0


def _print(html: str) -> None:
    at_once = min(_processors(), 2) if html.count(PART) > 1 else 1
    lanes = _Elsewhere(_mate(0), 0), _Elsewhere(_mate(at_once - 1), 1)
    done = render(html, lanes, at_once, lambda step, number, of: _say({"step": step, "n": number, "of": of}))
    _say({"pages": done.pages, "size": len(done.pdf), "made_with": done.made_with}, done.pdf)


def _say(about: dict[str, Any], content: bytes = b"") -> None:
    sys.stdout.buffer.write(orjson.dumps(about, option=orjson.OPT_SORT_KEYS) + b"\n" + content)
    sys.stdout.buffer.flush()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Elsewhere:
    """A lane that a mate sets. What goes wrong there ends the mate, and is an EOFError here."""

    def __init__(self, mate: subprocess.Popen[bytes], number: int) -> None:
        self._mate = mate
        self._number = number
        self._begun = False

    def part(self, html: str, number: int) -> Part:
        """Its pages."""
        about, pdf = self._asked("part", html.encode("utf-8"), number=number)
        return Part(pdf, about["pages"])

    def numbers(self, first: int, last: int) -> list[str]:
        """What draws the numbers of these pages."""
        found: list[str] = self._asked("numbers", first=first, last=last)[0]["numbers"]
        return found

    def glyphs(self) -> dict[str, Glyphs]:
        """What was set in this lane."""
        return {name: Glyphs(**found) for name, found in self._asked("glyphs")[0]["glyphs"].items()}

    def faces(self, named: list[str], others: dict[str, Glyphs]) -> bytes:
        """A file of these faces."""
        return self._asked("faces", named=named, others=others)[1]

    def made_with(self) -> dict[str, Any]:
        """The versions that the bytes depend on."""
        found: dict[str, Any] = self._asked("made_with")[0]["made_with"]
        return found

    def _asked(self, do: str, content: bytes = b"", **what: Any) -> tuple[dict[str, Any], bytes]:
        if not self._begun:
            self._begun = True
            self._asked("begin")
        into, out = self._mate.stdin, self._mate.stdout
        assert into is not None and out is not None  # noqa: S101 both are pipes
        asked = {"do": do, "lane": self._number, "size": len(content), **what}
        into.write(orjson.dumps(asked) + b"\n" + content)
        into.flush()
        if not (line := out.readline()):
            raise EOFError("a mate of the press ended")
        about = orjson.loads(line)
        return about, out.read(about["size"])


def _mate(number: int) -> subprocess.Popen[bytes]:
    if number not in _mates:
        command = [sys.executable, "-m", "approvals.reports.mate"]
        _mates[number] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    return _mates[number]


def _dismiss() -> None:
    """Nobody waits for the rest of a paper that failed."""
    for mate in _mates.values():
        mate.kill()
        mate.wait()


if __name__ == "__main__":
    sys.exit(main())
