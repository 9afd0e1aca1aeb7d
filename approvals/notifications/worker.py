"""What the worker does about the outbox: a thread for each step, so that a slow server holds up nothing else."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from approvals.http.application import database, now, settings
from approvals.notifications.delivery import deliver
from approvals.notifications.fan_out import fan_out
from approvals.notifications.sending import Posting
from approvals.notifications.tables import CHANNELS

LOOK_EVERY = 3.0  # seconds between two looks whether something is to do
END_WITHIN = 4.0  # seconds that a running exchange with a server is waited for at the end
_log = structlog.get_logger(__name__)
Step = Callable[[], object]


def posting() -> Posting:
    """What this installation sends with."""
    return Posting(settings().mail, settings().public_url, settings().any_webhook)


@contextmanager
def carrying(app: Flask, stop: threading.Event) -> Iterator[None]:
    """Notices are carried outward beside what is done within, until `stop`.

    At the end a running exchange is waited for a little; what takes longer is sent again when its lease has ended.
    """
    steps: list[tuple[str, float, Step]] = [
        ("fan-out", LOOK_EVERY, lambda: fan_out(database(), now)),
        *((name, LOOK_EVERY, _delivering(name, stop)) for name in CHANNELS),
    ]
    threads = [threading.Thread(target=_repeat, args=(app, stop, *step), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    yield
    until = time.monotonic() + END_WITHIN
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _delivering(channel: str, stop: threading.Event) -> Step:
    return lambda: deliver(database(), channel, posting(), now, go_on=lambda: not stop.is_set())


def _repeat(app: Flask, stop: threading.Event, name: str, every: float, step: Step) -> None:
    with app.app_context():
        while not stop.is_set():
            try:
                done = step()
                if done:
                    _log.info("outbox", step=name, **(done if isinstance(done, Counter) else {"count": done}))
            except DBAPIError:
                _log.exception("the outbox's step failed and is tried again", step=name)
            stop.wait(every)
