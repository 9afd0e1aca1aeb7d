"""`guahao worker`."""

import os
import signal
import threading

import click
from flask import current_app

from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.http.application import PAGE_JOBS, service
from approvals.jobs.worker import YIELDING, work


@click.command(cls=ServiceCommand)
@with_database
def worker() -> None:
    """Do what is due and what was asked for, each job once however many workers run, until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    os.nice(YIELDING)
    os.umask(0o077)  # documents are for their owner alone
    work(service(), stop, current_app.extensions[PAGE_JOBS])
