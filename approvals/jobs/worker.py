"""The worker's process: threads in lanes do jobs as they become due, and each second it is planned what has."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from approvals.base.jobs import JOB, let_go
from approvals.base.service import Service
from approvals.jobs.kinds import HEAVY, KINDS, Do
from approvals.jobs.running import look, run
from approvals.notifications.tables import DELIVERY_KINDS
from approvals.pdf.process import AT_ONCE, stay_warm

YIELDING = 10  # of `nice`: where processors are short, pages and moves come before sweeps and papers
LOOK_EVERY = 1.0  # seconds between two looks for what is due: so long somebody waits at a page at most
END_WITHIN = 4.0  # seconds that running jobs are waited for at the end
_log = structlog.get_logger(__name__)
Step = Callable[[], bool]  # whether it found something to do


@dataclass(frozen=True, slots=True)
class Lane:
    """Threads of their own for some kinds of jobs: what is slow in one lane holds up nothing in another."""

    kinds: frozenset[str]
    threads: int


LANES = (
    Lane(frozenset(KINDS) - HEAVY - frozenset(DELIVERY_KINDS.values()), 2),  # a long one must not hold up the sweep
    Lane(HEAVY, AT_ONCE),
    *(Lane(frozenset({kind}), 1) for kind in DELIVERY_KINDS.values()),
)


def work(service: Service, stop: threading.Event, of_pages: Mapping[str, Do]) -> None:
    """Work until `stop`; what is running then is left to the next worker, at once.

    `of_pages` are kinds of jobs that only the application can do: they ask its pages.
    """
    stay_warm()
    worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    kinds, lanes = {**KINDS, **of_pages}, (*LANES, Lane(frozenset(of_pages), 1))
    steps: list[Step] = [
        _planning(service),
        *(_doing(service, lane, worker, kinds) for lane in lanes for _ in range(lane.threads)),
    ]
    threads = [threading.Thread(target=_repeat, args=(service, stop, step), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    stop.wait()
    _join(threads)
    _end(service, worker)


def _planning(service: Service) -> Step:
    def plan_due() -> bool:
        look(service.database, service.now)
        return False

    return plan_due


def _doing(service: Service, lane: Lane, worker: str, kinds: Mapping[str, Do]) -> Step:
    which = JOB.c.kind.in_(sorted(lane.kinds))
    return lambda: run(service.database, which, worker, service.now, kinds) != "idle"


def _repeat(service: Service, stop: threading.Event, step: Step) -> None:
    """Repeat the step: at once as long as it finds something to do, else after a while."""
    while not stop.is_set():
        try:
            with service.in_use():
                is_busy = step()
        except Exception:  # whatever happens to one step, the thread goes on
            _log.exception("a step of the worker failed and is tried again")
            is_busy = False
        if not is_busy:
            stop.wait(LOOK_EVERY)


def _join(threads: Sequence[threading.Thread]) -> None:
    until = time.monotonic() + END_WITHIN
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _end(service: Service, worker: str) -> None:
    try:
        with service.database.write() as tx:
            let_go(tx, worker, service.now())
    except DBAPIError:
        _log.warning("what was running is free when its lease has ended")
