"""Bodies that arrive slowly: they hold up nobody who reads, and have a deadline.

The server's stream blocks a thread until bytes arrive. So few requests may receive a body at once that threads are left
for pages and `/healthz`. Who trickles is answered 408 between two pieces. Who sends nothing any more keeps its place;
when most places are kept so, the process ends and is started again, which cuts those connections.
"""

import io
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.exceptions import RequestTimeout

from approvals.base.errors import Unavailable
from approvals.base.i18n import N_

PIECE = 64 * 1024  # bytes
PIECE_WITHIN = 10.0  # seconds: slower than 52 kbit/s is no line that anybody works with
BODIES = 24  # that one process receives at once; `approvals/cli/web.py: THREADS` are twice as many
MOST_STALLED = BODIES // 2  # from which on the process is started again
STALLED_AFTER = 30.0  # seconds without a piece
END_WITHIN = 3.0  # seconds for the other requests of a process that ends
PLACE_WITHIN = 1.0  # seconds
RETRY_AFTER = 5  # seconds
Application = Callable[..., Iterable[bytes]]
_log = logging.getLogger(__name__)


class Places:
    """The places of one process for requests that receive their bodies; each knows since when it waits for a piece."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._free = threading.Semaphore(BODIES)
        self._waiting: dict[object, float] = {}
        self._end = end

    def take(self) -> None:
        """Take a place; Unavailable when none becomes free."""
        if not self._free.acquire(timeout=PLACE_WITHIN):
            if sum(time.monotonic() - since > STALLED_AFTER for since in list(self._waiting.values())) >= MOST_STALLED:
                _log.error("too many clients stopped sending; this process is started again")
                self._end()
            raise Unavailable(N_("Too many forms and files are arriving at once. Try again."), wait=RETRY_AFTER)

    def leave(self) -> None:
        self._free.release()

    @contextmanager
    def waiting(self, body: object) -> Any:
        """Within this block this body waits for a piece."""
        self._waiting[body] = time.monotonic()
        try:
            yield
        finally:
            del self._waiting[body]


class _Body(io.RawIOBase):
    """The body of one request; RequestTimeout when a piece of it took too long."""

    def __init__(self, stream: Any, places: Places) -> None:
        self._stream, self._places = stream, places
        self._has_place = self._is_late = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._is_late:  # whoever describes the fault may look at the form again
            return 0
        if not self._has_place:
            self._places.take()
            self._has_place = True
        began = time.monotonic()
        with self._places.waiting(self):
            piece = self._stream.read(min(len(buffer), PIECE))
        if time.monotonic() - began > PIECE_WITHIN:
            self._is_late = True
            raise RequestTimeout
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if self._has_place:
            self._places.leave()
            self._has_place = False
        super().close()


def set_up_slow_bodies(app: Flask) -> None:
    """Bound what requests of this application may hold while their bodies arrive."""
    app.wsgi_app = _in_places(app.wsgi_app, Places(end_process))  # type: ignore[method-assign]


def _in_places(answer: Application, places: Places) -> Application:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _has_body(environ):
            return answer(environ, start_response)
        with _Body(environ["wsgi.input"], places) as body:  # it was read before a view returns
            environ["wsgi.input"] = body
            return answer(environ, start_response)

    return application


def _has_body(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def end_process() -> None:
    """Take no more connections, and end after a moment: threads that wait for clients never would."""
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Timer(END_WITHIN, os._exit, [1]).start()
