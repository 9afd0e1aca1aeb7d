"""`guahao migrate`, `worker` and `version`."""

import os
import signal
import threading

import click

from approvals import __version__
from approvals.base.database import check_library
from approvals.base.migrations import upgrade
from approvals.base.settings import read_settings
from approvals.cli.faults import ServiceCommand, with_database
from approvals.http.application import service
from approvals.jobs.worker import YIELDING, work


@click.command(cls=ServiceCommand)
def migrate() -> None:
    """Bring the database to the newest edition of its tables."""
    check_library()
    upgrade(read_settings().database_url)


@click.command(cls=ServiceCommand)
@with_database
def worker() -> None:
    """Do what is due and what was asked for, each job once however many workers run, until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    os.nice(YIELDING)
    work(service(), stop)


@click.command(cls=ServiceCommand)
def version() -> None:
    """Say which version this is."""
    click.echo(f"guahao {__version__}")
