"""Child processes that begin, are watched and end together, with their parent's signals."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 5  # seconds between asking a child to end and making it
AGAIN = 1  # seconds after which another signal is one of impatience; make and the terminal may both send the first
TICK = 0.05  # seconds between two looks
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """Something did not start or ended by itself; the message says what."""


class Stopped(Exception):
    """A signal asked for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


class Children:
    """Starts children in groups of their own; from its making on, signals are noted and acted on between two looks."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._signals: list[int] = []
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup is honoured
                signal.signal(number, lambda got, _frame: self._signals.append(got))

    def start(self, name: str, command: list[str]) -> None:
        """Start one that is to run until the end."""
        self._look()
        self._running[name] = subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            process_group=0,  # the terminal's Ctrl-C reaches the parent alone, which ends them in order
            preexec_fn=_die_with_parent,
        )

    def run(self, name: str, command: list[str]) -> None:
        """Run one to its end; Failed when it fails."""
        self.start(name, command)
        while (status := self._running[name].poll()) is None:
            self._look()
            time.sleep(TICK)
        del self._running[name]
        self._look()
        if status:
            raise Failed(f"{name} failed ({_ending(status)})")

    def wait_for(self, is_true: Callable[[], bool], *, seconds: float) -> bool:
        """Whether it became true in time; Failed when a child ends meanwhile."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._look_at_all()
            if is_true():
                return True
            time.sleep(TICK)
        return False

    def watch(self) -> None:
        """Never returns: Stopped by a signal, Failed when a child ends by itself."""
        while True:
            self._look_at_all()
            time.sleep(TICK)

    def end(self) -> None:
        """Ask all to end, and make them after a while, or at once at a second signal."""
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        again_from, until = time.monotonic() + AGAIN, time.monotonic() + GRACE
        while self._any_alive() and time.monotonic() < until:
            if time.monotonic() < again_from:
                self._signals.clear()
            elif self._signals:
                break
            time.sleep(TICK)
        for child in self._running.values():
            _kill_group(child)
            child.wait()

    def _any_alive(self) -> bool:
        return any(child.poll() is None for child in self._running.values())

    def _look(self) -> None:
        if self._signals:
            raise Stopped(self._signals[0])

    def _look_at_all(self) -> None:
        self._look()
        for name, child in self._running.items():
            if (status := child.poll()) is not None:
                raise Failed(f"{name} ended by itself ({_ending(status)}); stopping the rest")


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _die_with_parent() -> None:
    """In the child: end when the parent was killed and could not say so."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
