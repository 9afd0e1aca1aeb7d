"""What the racing and killed workers do: importable, so that another process can be told its name."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from approvals.base.database import Database
from approvals.base.jobs import LEASE, enqueue
from approvals.jobs import running, schedule
from approvals.jobs.running import look, run
from approvals.jobs.schedule import Regular, each_month
from approvals.supervision.sweep import sweep
from tests.builders import NOW, when

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
        for job_id in look(database, lambda at=at: at):
            ends.append(run(database, job_id, name, lambda at=at: at))
    return ends


def leave_an_effect(job: Any) -> dict[str, Any]:
    """An effect that would be there twice if it were made twice: it bears the token of its maker."""
    with job.finishing() as tx:
        enqueue(tx, "effect", f"{job.period} by {job.claim.token}", {}, job.now())
    return {}


def take_and_wait(database: Database, tell: Callable[[Any], Any], job_id: int, gate: str) -> None:
    """Take the job, say so, and finish when the gate is open; say how it ended."""

    def wait_at_the_gate(job: Any) -> dict[str, Any]:
        tell(["taken"])
        while not Path(gate).exists():
            time.sleep(0.02)
        return leave_an_effect(job)

    running.KINDS["monthly"] = wait_at_the_gate
    tell([run(database, job_id, "frozen", lambda: NOW)])
    time.sleep(60)  # until it is killed


def after_the_lease() -> Any:
    return NOW + LEASE + timedelta(seconds=1)


def compile_at(database: Database, wait: Callable[[], Any], name: str, day: str) -> list[str]:
    """A worker that finds the month's report to be compiled on this day."""
    wait()
    at = when(day, "00:00")
    return [run(database, job_id, name, lambda: at) for job_id in look(database, lambda: at)]


def compile_once(database: Database, job_id: int, at: Any) -> None:
    """The job of a month's report, by a worker that may be killed before any of its statements."""
    run(database, job_id, "doomed", lambda: at)
