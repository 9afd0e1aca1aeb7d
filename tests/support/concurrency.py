"""Several processes at once, each with a connection of its own, that begin together; some of them are killed."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import psycopg
from sqlalchemy import event

from approvals.base.database import Database
from tests.support.servers import eventually

# A server that has imported everything once and is asked for copies of itself; it has no threads and no connections.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.builders", "tests.support.racers", "tests.support.job_racers"])
PATIENCE = 120  # seconds
WRITING = ("INSERT", "UPDATE", "DELETE", "COMMIT")

Job = Callable[..., Any]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Call all in threads that begin together; what they returned."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def race(url: str, jobs: Sequence[tuple[Job, tuple[Any, ...]]]) -> list[Any]:
    """Run each job(database, wait, …) in a process of its own; `wait()` lets all go on together. What they returned."""
    barrier, answers = CONTEXT.Barrier(len(jobs)), CONTEXT.Queue()
    racers = [CONTEXT.Process(target=_run, args=(url, n, barrier, answers, *job)) for n, job in enumerate(jobs)]
    for racer in racers:
        racer.start()
    try:
        outcome = dict(answers.get(timeout=PATIENCE) for _ in racers)
        for racer in racers:
            racer.join(PATIENCE)
    finally:
        for racer in racers:
            racer.kill()
    for answer in outcome.values():
        if isinstance(answer, BaseException):
            raise answer
    return [outcome[n] for n in range(len(jobs))]


def _run(url: str, number: int, barrier: Any, answers: Any, job: Job, arguments: tuple[Any, ...]) -> None:
    database = Database(url)
    try:
        answer = job(database, lambda: barrier.wait(PATIENCE), *arguments)
    except (Exception, BrokenBarrierError) as error:
        barrier.abort()
        answer = RuntimeError(f"{type(error).__name__}: {error}")
    answers.put((number, answer))
    database.close()


@dataclass(frozen=True)
class Started:
    """A process that runs until it is killed; what it told as done stands in a file, a line each."""

    process: Any
    log: Path

    def told(self) -> list[list[str]]:
        """The whole lines; one that the kill cut off was not told."""
        return [json.loads(line) for line in self.log.read_text().split("\n")[:-1]]

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(PATIENCE)


def killed_before(url: str, statement: int, job: Job, *arguments: Any) -> bool:
    """Whether job(database, …) was killed before it sent its n-th writing statement; False when it came to its end."""
    process = CONTEXT.Process(target=_die_before, args=(url, statement, job, arguments))
    process.start()
    process.join(PATIENCE)
    killed = process.exitcode == -signal.SIGKILL
    assert killed or process.exitcode == 0, f"ended with {process.exitcode} at statement {statement}"
    return killed


def _die_before(url: str, statement: int, job: Job, arguments: tuple[Any, ...]) -> None:
    database, count = Database(url), 0

    def look(sql: object, *_: object) -> None:
        nonlocal count
        count += not isinstance(sql, str) or sql.lstrip().upper().startswith(WRITING)
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    class Counting(psycopg.Cursor):
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            look(query)
            return super().execute(query, *args, **kwargs)

    def connected(connection: Any, _record: object) -> None:
        if database.is_sqlite:
            connection.set_trace_callback(look)
        else:
            connection.cursor_factory = Counting

    event.listen(database.engine, "connect", connected)
    if not database.is_sqlite:
        event.listen(database.engine, "commit", look)  # SQLite's COMMIT is a statement that the trace sees
    job(database, *arguments)
    database.close()


def started(url: str, log: Path, job: Job, *arguments: Any) -> Started:
    """job(database, tell, …) in a process of its own that `kill()` ends; returns when it told something."""
    process = CONTEXT.Process(target=_tell, args=(url, log, job, arguments))
    process.start()
    begun = Started(process, log)
    eventually(lambda: (log.exists() and begun.told()) or not process.is_alive(), seconds=PATIENCE, what="a first word")
    assert process.is_alive(), f"ended by itself with {process.exitcode}"
    return begun


def _tell(url: str, log: Path, job: Job, arguments: tuple[Any, ...]) -> None:
    with log.open("ab", buffering=0) as file:
        job(Database(url), lambda what: file.write(json.dumps(what).encode() + b"\n"), *arguments)
