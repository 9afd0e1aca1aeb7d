"""What the racing and killed workers do: importable, so that another process can be told its name."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from approvals.base.database import Database
from approvals.base.jobs import LEASE, Running, enqueue
from approvals.jobs import running, schedule
from approvals.jobs.running import look
from approvals.jobs.schedule import Regular, each_month
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, when
from tests.support.jobs import run, run_all
from tests.support.pages import an_app
from tests.support.servers import MARK

MONTHLY = (Regular("monthly", each_month, makes_up_all=True),)


def sweep_whole(url: str, day: str) -> None:
    """One sweep in a process of its own."""
    database = Database(url)
    sweep(database, when(day, "01:00"), lambda: NOW)
    database.close()


def work_at(database: Database, wait: Callable[[], Any], name: str, moments: list[tuple[str, str]]) -> list[str]:
    """A worker whose clock shows these moments, one after another; how its jobs ended."""
    schedule.SCHEDULE = MONTHLY
    running.KINDS["monthly"] = leave_an_effect
    wait()
    ends = []
    for day, time_ in moments:
        at = when(day, time_)
        look(database, lambda at=at: at)
        ends += run_all(database, name, lambda at=at: at)
    return ends


def leave_an_effect(job: Any) -> dict[str, Any]:
    """An effect that would be there twice if it were made twice: it bears the token of its maker."""
    with job.finishing() as tx:
        enqueue(tx, "effect", f"{job.period} by {job.claim.token}", {}, job.now())
    return {}


def after_the_lease() -> Any:
    return NOW + LEASE + timedelta(seconds=1)


def work_through(database: Database, wait: Callable[[], Any], name: str, day: str) -> list[str]:
    """A worker that begins at midnight of this day and does what there is to do, and what that asks for."""
    at, ends = when(day, "00:00"), []
    with a_worker(database):
        wait()
        look(database, lambda: at)
        ends += run_all(database, name, lambda: at)
    return ends


def compile_once(database: Database, job_id: int, at: Any) -> None:
    """The job of a month's report, by a worker that may be killed before any of its statements."""
    run(database, job_id, "doomed", lambda: at)


@contextmanager
def a_worker(database: Database) -> Iterator[None]:
    """The application around a worker's jobs, with which papers are set."""
    with an_app(database.url.render_as_string(hide_password=False)) as app, app.app_context():
        yield


def print_and_die(database: Database, wait: Callable[[], Any], job_id: int, at: datetime, step: str, mark: str) -> None:
    """A worker that is killed when it has come to this step of an issue or a print.

    A phase that was told, `press` while the press is at work, `commit` before the last transaction is, `after` it.
    """
    tempfile.tempdir = os.environ["TMPDIR"] = mark
    os.environ[MARK] = mark
    tell = Running.tell

    def tell_and_die(job: Running, phase: str, done: int = 0, total: int = 0) -> None:
        tell(job, phase, done, total)
        if phase == step:
            die()
        if step == "press" and phase == "printing":
            threading.Thread(target=die_while_printing, daemon=True).start()
        if step == "commit" and phase in ("freezing", "keeping"):
            event.listen(database.engine, "commit", die)

    Running.tell = tell_and_die  # type: ignore[method-assign]
    with a_worker(database):
        run(database, job_id, "doomed", lambda: at)
    die()


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_printing() -> None:
    while not any(path.read_text() for path in Path("/proc/self/task").glob("*/children")):
        time.sleep(0.01)
    time.sleep(0.2)
    die()


def print_and_freeze(database: Database, tell: Callable[[Any], Any], job_id: int, gate: str) -> None:
    """Issue up to what was printed, say so, freeze it when the gate is open; say how that ended."""
    told = Running.tell

    def tell_and_wait(job: Running, phase: str, done: int = 0, total: int = 0) -> None:
        if phase == "freezing":
            tell(["printed"])
            while not Path(gate).exists():
                time.sleep(0.02)
            return
        told(job, phase, done, total)

    Running.tell = tell_and_wait  # type: ignore[method-assign]
    with a_worker(database):
        tell([run(database, job_id, "frozen", lambda: NOW)])
    time.sleep(60)  # until it is killed
