"""One web process of `guahao serve`: granian in a process that has imported the application already.

Several of these listen at the same address and port; the kernel shares connections out among them (SO_REUSEPORT), so
one goes on answering while another is started again.
"""

import time
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

APPLICATION = "approvals.app:create_app"
THREADS = 48  # that answer requests; half of them may wait for what clients send, others for the database
HEADERS_WITHIN = 10_000  # milliseconds
ENDS_WITHIN = 4  # seconds for requests under way at the end
COMES_UP = 2.0  # seconds that a forked process lives at least, unless it cannot start
ATTEMPTS = 3  # in a row that did not come up, after which the launcher is left to wait


class WebProcess(MPServer):
    """Forks what answers, and forks it again at once when it dies: everything is imported by then."""

    _failures = 0

    def _serve_loop(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        while not self.interrupt_signal and self._failures < ATTEMPTS:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            while self.interrupt_children and not self.interrupt_signal:
                index = self.interrupt_children.pop()
                came_up = time.monotonic() - self.wrks[index].birth >= COMES_UP
                self._failures = 0 if came_up else self._failures + 1
                self._respawn_workers([index], spawn_target, target_loader)

    def shutdown(self, exit_code: int = 0) -> None:
        """End what is left; exit status 1 unless it was asked for."""
        super().shutdown(exit_code if self.interrupt_signal else 1)


def serve_pages(host: str, port: int) -> None:
    """Serve until a signal."""
    WebProcess(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        blocking_threads=THREADS,
        workers_kill_timeout=ENDS_WITHIN,
        log_level=LogLevels.error,
    ).serve()
