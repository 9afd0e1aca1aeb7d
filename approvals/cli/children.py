"""Child processes that begin and end together, with their parent's signals; who dies meanwhile is started again."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 5  # seconds between asking a child to end and making it
AGAIN = 1  # seconds after which another signal is one of impatience; make and the terminal may both send the first
TICK = 0.05  # seconds between two looks
STEADY = 10  # seconds that a child lives at least, unless it dies of what it did before
SHORTEST_WAIT = 0.25  # seconds before a child that died is started again; twice as long for each time in a row
LONGEST_WAIT = 60  # seconds, when it failed by itself
LONGEST_WAIT_KILLED = 2  # seconds, when somebody killed it
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # prctl(2)
_FORK = multiprocessing.get_context("fork")
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """Something did not start or ended by itself; the message says what."""


class Stopped(Exception):
    """A signal asked for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


class _Process(Protocol):
    """A process as the launcher looks at it; `poll` gives the exit status, negative for a signal, or None."""

    @property
    def pid(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def wait(self) -> object: ...


class _Fork:
    """A process that does `target` with everything that this one has imported."""

    def __init__(self, name: str, target: Callable[[], None]) -> None:
        self._process = _FORK.Process(name=name, target=_begin, args=(name, target))
        self._process.start()
        self.pid = self._process.pid
        with suppress(OSError):  # it does so itself, perhaps later than somebody asks for its group
            os.setpgid(self.pid or 0, self.pid or 0)

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self) -> None:
        self._process.join()


@dataclass(slots=True)
class _Child:
    """One process of this name, and how often in a row it died young."""

    spawn: Callable[[], _Process]
    process: _Process
    since: float = field(default_factory=time.monotonic)
    deaths: int = 0
    due: float | None = None  # when it is started again


def wait_before(deaths: int, status: int) -> float:
    """Seconds until a child is started again that died this often in a row, with this status at last."""
    longest = LONGEST_WAIT_KILLED if status == -signal.SIGKILL else LONGEST_WAIT
    return float(min(longest, SHORTEST_WAIT * 2 ** (deaths - 1)))


class Children:
    """Starts children in groups of their own; from its making on, signals are noted and acted on between two looks."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._running: dict[str, _Child] = {}
        self._signals: list[int] = []
        self._is_here = False
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup is honoured
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        self._signals.append(number)
        if self._is_here:
            self._is_here = False
            raise Stopped(number)

    def run_here(self, task: Callable[[], None]) -> None:
        """Do a task in this process, while no child needs us; a signal breaks it off at once."""
        self._is_here = True
        try:
            task()
        finally:
            self._is_here = False
        self._look()

    def start(self, name: str, work: list[str] | Callable[[], None]) -> None:
        """Start one that is to run until the end: a command, or a function in a process of its own."""
        self._look()
        spawn = partial(_Fork, name, work) if callable(work) else partial(self._command, work)
        self._running[name] = _Child(spawn, spawn())

    def _command(self, command: list[str]) -> _Process:
        return subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            process_group=0,  # the terminal's Ctrl-C reaches the parent alone, which ends them in order
            preexec_fn=_die_with_parent,
        )

    def run(self, name: str, command: list[str]) -> None:
        """Run one to its end; Failed when it fails."""
        self.start(name, command)
        while (status := self._running[name].process.poll()) is None:
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
            self._look()
            for name, child in self._running.items():
                if (status := child.process.poll()) is not None:
                    raise Failed(f"{name} ended by itself ({_ending(status)}); stopping the rest")
            if is_true():
                return True
            time.sleep(TICK)
        return False

    def watch(self, say: Callable[[str], None], note: Callable[[Mapping[str, int]], None]) -> None:
        """Start again who dies, ever slower when it dies young; never returns, Stopped by a signal.

        `say` is told in a sentence, `note` how often in a row each child died that is not steady again.
        """
        while True:
            self._look()
            if any([self._look_after(name, child, say) for name, child in self._running.items()]):
                note({name: child.deaths for name, child in self._running.items() if child.deaths})
            time.sleep(TICK)

    def _look_after(self, name: str, child: _Child, say: Callable[[str], None]) -> bool:
        """Whether something changed."""
        now = time.monotonic()
        if child.due is not None:
            if now >= child.due:
                child.process, child.since, child.due = child.spawn(), now, None
            return False
        is_steady = child.deaths > 0 and now - child.since >= STEADY
        if is_steady:
            child.deaths = 0
        if (status := child.process.poll()) is None:
            return is_steady
        _kill_group(child.process)  # what it left behind
        child.deaths += 1
        wait = wait_before(child.deaths, status)
        child.due = now + wait
        say(f"{name} ended by itself ({_ending(status)}); starting it again in {wait:g} seconds")
        return True

    def end(self) -> None:
        """Ask all to end, and make them after a while, or at once at a second signal."""
        processes = [child.process for child in self._running.values()]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        again_from, until = time.monotonic() + AGAIN, time.monotonic() + GRACE
        while any(process.poll() is None for process in processes) and time.monotonic() < until:
            if time.monotonic() < again_from:
                self._signals.clear()
            elif self._signals:
                break
            time.sleep(TICK)
        for process in processes:
            _kill_group(process)
            process.wait()

    def _look(self) -> None:
        if self._signals:
            raise Stopped(self._signals[0])


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"


def _kill_group(child: _Process) -> None:
    try:
        os.killpg(child.pid or 0, signal.SIGKILL)
    except ProcessLookupError:
        return


def _begin(name: str, target: Callable[[], None]) -> None:
    """In the fork: a group and signals of its own, and a name by which `ps` shows it."""
    os.setpgid(0, 0)
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    _die_with_parent()
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_NAME, f"guahao {name}".encode())
    target()


def _die_with_parent() -> None:
    """In the child: end when the parent was killed and could not say so."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
