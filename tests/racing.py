"""Several processes at once, each with a connection of its own, that begin together; some of them are killed."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import BrokenBarrierError
from typing import Any

import psycopg
from sqlalchemy import event

from approvals.base.database import Database

# A server that has imported everything once and is asked for copies of itself; it has no threads and no connections.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.builders", "tests.history.racers"])
PATIENCE = 120  # seconds

Job = Callable[..., Any]


def race(url: str, jobs: Sequence[tuple[Job, tuple[Any, ...]]]) -> list[Any]:
    """Run each job(database, wait, …) in a process of its own; `wait()` lets all go on together. What they returned."""
    barrier, answers = CONTEXT.Barrier(len(jobs)), CONTEXT.Queue()
    racers = [CONTEXT.Process(target=_run, args=(url, n, barrier, answers, *job)) for n, job in enumerate(jobs)]
    for racer in racers:
        racer.start()
    try:
        told = dict(answers.get(timeout=PATIENCE) for _ in racers)
        for racer in racers:
            racer.join(PATIENCE)
    finally:
        for racer in racers:
            racer.kill()
    for answer in told.values():
        if isinstance(answer, BaseException):
            raise answer
    return [told[n] for n in range(len(jobs))]


def _run(url: str, number: int, barrier: Any, answers: Any, job: Job, given: tuple[Any, ...]) -> None:
    database = Database(url)
    try:
        answer = job(database, lambda: barrier.wait(PATIENCE), *given)
    except (Exception, BrokenBarrierError) as error:
        barrier.abort()
        answer = RuntimeError(f"{type(error).__name__}: {error}")
    answers.put((number, answer))
    database.close()


@dataclass
class Killed:
    """A process that is killed with -9 before its n-th statement, before its commit, or by its parent."""

    process: Any
    told: list[Any] = field(default_factory=list)

    @property
    def was_killed(self) -> bool:
        self.process.join(PATIENCE)
        return self.process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(PATIENCE)


def killed_before(url: str, statement: int, job: Job, *given: Any) -> bool:
    """Whether job(database, …) was killed before it sent this statement; False when it came to its end."""
    process = CONTEXT.Process(target=_die_before, args=(url, statement, job, given))
    process.start()
    killed = Killed(process).was_killed
    assert killed or process.exitcode == 0, f"ended with {process.exitcode} at statement {statement}"
    return killed


def _die_before(url: str, statement: int, job: Job, given: tuple[Any, ...]) -> None:
    database, count = Database(url), 0

    def look(*_: object) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    class Counting(psycopg.Cursor):
        def execute(self, *args: Any, **kwargs: Any) -> Any:
            look()
            return super().execute(*args, **kwargs)

    def connected(connection: Any, _record: object) -> None:
        if database.is_sqlite:
            connection.set_trace_callback(look)
        else:
            connection.cursor_factory = Counting

    event.listen(database.engine, "connect", connected)
    if not database.is_sqlite:
        event.listen(database.engine, "commit", look)  # SQLite's COMMIT is a statement that the trace sees
    job(database, *given)
    database.close()


def started(url: str, job: Job, *given: Any) -> tuple[Killed, Any]:
    """job(database, tell, …) in a process of its own that `kill()` ends; what it told comes through the queue."""
    told = CONTEXT.SimpleQueue()
    process = CONTEXT.Process(target=_tell, args=(url, told, job, given))
    process.start()
    return Killed(process), told


def _tell(url: str, told: Any, job: Job, given: tuple[Any, ...]) -> None:
    job(Database(url), told.put, *given)
