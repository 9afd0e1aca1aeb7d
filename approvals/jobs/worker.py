"""The worker's process: does jobs as the queue calls for them, looks each minute for more, carries notices outward."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from flask import Flask
from huey.consumer import Consumer
from sqlalchemy.exc import DBAPIError

from approvals.base.jobs import due_jobs, kind_of, let_go
from approvals.base.queue import Queue
from approvals.http.application import database, now, settings
from approvals.jobs.kinds import HEAVY
from approvals.jobs.running import look, run
from approvals.notifications.worker import carrying
from approvals.pdf.process import AT_ONCE, stay_warm

YIELDING = 10  # of `nice`: where processors are short, pages and moves come before sweeps and papers
THREADS = 3  # jobs at once: a long one must not hold up the sweep
LONGEST_DELAY = 1.0  # seconds between two looks into a queue that cannot call by itself
END_WITHIN = 2.5  # seconds that running jobs are waited for at the end
HEALTH_EVERY = 10.0
_log = structlog.get_logger(__name__)


class _Consumer(Consumer):
    def _set_signal_handlers(self) -> None:
        """The command hears the signals, and ends all its threads together."""


def work(app: Flask, stop: threading.Event) -> None:
    """Work until `stop`; what is running then is left to the next worker, at once."""
    stay_warm()
    worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    queue = _queue(app, worker)
    how = {"workers": THREADS, "max_delay": LONGEST_DELAY, "shutdown_timeout": END_WITHIN, "check_worker_health": True}
    consumer = _Consumer(queue.huey, **how)
    with carrying(app, stop):
        consumer.start()
        while not stop.wait(HEALTH_EVERY):
            consumer.check_worker_health()
        consumer.stop(graceful=True)
        _end(worker)


def _queue(app: Flask, worker: str) -> Queue:
    presses = threading.BoundedSemaphore(AT_ONCE)  # fewer than threads: papers that wait hold up nothing else

    def run_job(job_id: int) -> None:
        with app.app_context(), _press_for(job_id, presses) as is_free:
            end = run(database(), job_id, worker, now) if is_free else "taken"
        if end != "taken":
            with app.app_context():
                _call_for_more(queue)

    def tick() -> None:
        with app.app_context():
            queue.call(look(database(), now))

    queue = Queue(settings().database_url, run_job, tick)
    return queue


@contextmanager
def _press_for(job_id: int, presses: threading.BoundedSemaphore) -> Iterator[bool]:
    """Whether there is a press for this job, or it needs none; without one it waits for the end of another."""
    with database().read() as tx:
        is_heavy = kind_of(tx, job_id) in HEAVY
    is_free = not is_heavy or presses.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_heavy and is_free:
            presses.release()


def _call_for_more(queue: Queue) -> None:
    """What the last job asked for, and what waits for a press, is done now and not after the next look."""
    with database().read() as tx:
        waiting = due_jobs(tx, now())
    queue.call(waiting)


def _end(worker: str) -> None:
    try:
        with database().write() as tx:
            let_go(tx, worker, now())
    except DBAPIError:
        _log.warning("what was running is free when its lease has ended")
