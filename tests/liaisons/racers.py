"""What the racing processes do: importable, so that another process can be told its name."""

from collections.abc import Callable
from typing import Any

from approvals.base.database import Database
from approvals.base.errors import Problem
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, do, when

Wait = Callable[[], Any]


def sweep_requests(database: Database, wait: Wait, day: str) -> int:
    """Sweep to the end of this day together with others; how many requests climbed."""
    wait()
    return sweep(database, when(day, "23:00"), lambda: NOW)["climb"]


def hand_over(database: Database, wait: Wait, username: str, refs: list[str]) -> int:
    """Give each project to this liaison, together with others who want another one; how often it was done."""
    wait()
    done = 0
    for ref in refs:
        try:
            with database.write() as tx:
                do(tx, "centre1", "reassign", ref, {"liaison": username, "note": f"移交给{username}"}, at=NOW)
            done += 1
        except Problem as problem:
            assert type(problem).__name__ in ("Invalid", "Stale"), problem
    return done
