"""Has a paper printed by a press of its own, and waits for it."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson
from flask import current_app

from approvals.base.errors import Unavailable
from approvals.base.text_validation import N_
from approvals.reports.document.report import Paper
from approvals.reports.portions import portions
from approvals.reports.printed import Printed

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds for one paper
AT_ONCE = 2  # presses that one process keeps busy
ENDS_WITHIN = 10  # seconds, of a press that has nothing more to print
PAPERS = 50  # that a warm press prints before another takes its place: memory that layout does not give back
QUEUE = 20  # seconds that a reader waits for a free press; whoever waits longer is told to come back
RETRY_AFTER = 30  # seconds
Tell = Callable[[str, int, int], None]  # a step ("set": parts of the paper; "bind"), how many are done, of how many
_presses = threading.BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)


class PrintError(Unavailable):
    """No paper came out. `reason` has the last words of the press, for the log and the command line."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            N_("The paper could not be printed just now. Nothing is lost; try again in a minute."), wait=RETRY_AFTER
        )
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def paper_html(paper: Paper) -> str:
    """The document, within the application and in the language of the moment."""
    portioned = replace(paper, annexes=portions(paper.annexes))
    return str(current_app.jinja_env.get_template("reports/paper.html").render(paper=portioned))


def stay_warm() -> None:
    """From now on presses wait for the next paper, with fonts and layout loaded: for the worker, not for the web."""
    _idle.is_kept = True


def press(html: str, tell: Tell | None = None) -> Printed:
    """The PDF of this document; PrintError when none comes out. `tell` hears how far it is, as in ("set", 3, 8)."""
    if not _presses.acquire(timeout=QUEUE):
        raise _failed("all presses are busy")
    try:
        found = _idle.take()
        printed = found.print(html.encode("utf-8"), tell)
        _idle.put(found)
        return printed
    finally:
        _presses.release()


class _Press:
    """A process that prints one paper after the other. It ends when a paper fails, when it is let go, and with us."""

    def __init__(self) -> None:
        self.count = 0
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 it is closed with the press
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "approvals.reports.press"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith("GUAHAO_")},
            )
        except OSError as error:
            self._words.close()
            raise _failed(f"the press did not start: {error}") from None

    def print(self, html: bytes, tell: Tell | None = None) -> Printed:
        """The PDF; PrintError, and the end of this press, when none comes out."""
        self.count += 1
        too_long = threading.Timer(PATIENCE, self._process.kill)
        too_long.start()
        try:
            return self._printed(html, tell)
        except (OSError, ValueError) as error:
            raise self._lost(str(error)) from None
        finally:
            too_long.cancel()

    def _printed(self, html: bytes, tell: Tell | None) -> Printed:
        into, out = self._process.stdin, self._process.stdout
        assert into is not None and out is not None  # noqa: S101 both are pipes
        into.write(b"%d\n" % len(html) + html)
        into.flush()
        while "size" not in (about := orjson.loads(out.readline())):
            if tell:
                tell(about["step"], about["n"], about["of"])
        pdf = out.read(about["size"])
        if len(pdf) != about["size"] or not pdf.startswith(b"%PDF-"):
            raise ValueError("the press was cut off")
        return Printed(pdf, about["pages"], about["made_with"])

    def _lost(self, error: str) -> PrintError:
        words, status = self.end()
        if status == -signal.SIGKILL:
            return _failed(f"the press was killed; longer than {PATIENCE} seconds it may not take")
        return _failed(f"the press failed: {words or error}")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> tuple[str, int]:
        """Let it go; its last words and its exit status."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        try:
            status = self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        with self._words as words:
            words.seek(0)
            return words.read().decode("utf-8", "replace")[-500:], status


class _Idle:
    """Presses that wait for a paper, if any are kept."""

    def __init__(self) -> None:
        self.is_kept = False
        self._waiting: list[_Press] = []
        self._lock = threading.Lock()

    def take(self) -> _Press:
        with self._lock:
            found = self._waiting.pop() if self._waiting else None
        if found and not found.is_alive:
            found.end()
            found = None
        return found or _Press()

    def put(self, press: _Press) -> None:
        if not self.is_kept or press.count >= PAPERS:
            press.end()
            return
        with self._lock:
            self._waiting.append(press)


_idle = _Idle()


def _failed(reason: str) -> PrintError:
    _log.error("a paper was not printed: %s", reason)
    return PrintError(reason)
