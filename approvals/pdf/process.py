"""Renders documents in child processes with a time limit: for workers, commands and pages.

Fonts and layout take memory and time that no web process should spend, and whatever goes wrong with them ends with the
child.
"""

import logging
import os
import signal
import subprocess
import sys
import threading

import orjson

from approvals import PACKAGE
from approvals.base.errors import Unavailable
from approvals.base.i18n import N_
from approvals.pdf.rendered import RenderedPdf

TIME_LIMIT = 120  # seconds for one document
AT_ONCE = 2  # children that one process keeps busy
DOCUMENTS = 20  # of one child, before another takes its place: memory that layout does not give back
QUEUE = 20  # seconds to wait for a free child before a 503
RETRY_AFTER = 30  # seconds
ENDS_WITHIN = 10  # seconds, of a child that has nothing more to render
_slots = threading.BoundedSemaphore(AT_ONCE)
_is_warm = threading.Event()
_idle: list["_Child"] = []  # warm children without a document
_log = logging.getLogger(__name__)


class RenderingError(Unavailable):
    """No PDF came out. `reason` is for the log and the command line."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            N_("The document could not be rendered. Nothing is lost. Try again in a minute."), wait=RETRY_AFTER
        )
        self.reason = reason
        _log.error("a document was not rendered: %s", reason)

    def __str__(self) -> str:
        return self.reason


def stay_warm() -> None:
    """From now on children wait for the next document, fonts and style sheets loaded: for workers, not for pages."""
    _is_warm.set()


def render_apart(html: str) -> RenderedPdf:
    """The PDF of this document; RenderingError when none comes out within TIME_LIMIT."""
    if not _slots.acquire(timeout=QUEUE):
        raise RenderingError("all renderers are busy")
    try:
        child = _child()
        rendered = child.render(html.encode("utf-8"))
        if _is_warm.is_set() and child.documents < DOCUMENTS:
            _idle.append(child)
        else:
            child.end()
        return rendered
    finally:
        _slots.release()


class _Child:
    """A process that renders one document after the other. It ends when one fails, when it is let go, and with us."""

    def __init__(self) -> None:
        self.documents = 0
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "approvals.pdf.rendering"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=PACKAGE.parent,
                env={name: value for name, value in os.environ.items() if not name.startswith("GUAHAO_")},
            )
        except OSError as error:
            raise RenderingError(f"the renderer did not start: {error}") from None

    def render(self, html: bytes) -> RenderedPdf:
        """The PDF; RenderingError, and the end of this child, when none comes out."""
        self.documents += 1
        limit = threading.Timer(TIME_LIMIT, self.process.kill)
        limit.start()
        try:
            return self._rendered(html)
        except (OSError, ValueError) as error:
            if self.end() == -signal.SIGKILL:
                raise RenderingError(f"the renderer was killed; it may take {TIME_LIMIT} seconds at most") from None
            raise RenderingError(f"the renderer failed: {error}") from None
        finally:
            limit.cancel()

    def _rendered(self, html: bytes) -> RenderedPdf:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101 both are pipes
        stdin.write(b"%d\n%b" % (len(html), html))
        stdin.flush()
        reply = orjson.loads(stdout.readline())
        if "error" in reply:
            raise ValueError(reply["error"])
        pdf = stdout.read(reply["size"])
        if len(pdf) != reply["size"]:
            raise ValueError("its answer was cut off")
        return RenderedPdf(pdf, reply["pages"], reply["made_with"])

    def end(self) -> int:
        """Let it go; its exit status."""
        try:
            self.process.communicate(timeout=ENDS_WITHIN)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
        return self.process.wait()


def _child() -> _Child:
    """One that waits, else a new one."""
    while _idle:
        child = _idle.pop()
        if child.process.poll() is None:
            return child
        child.end()
    return _Child()
