"""`guahao migrate` and `guahao version`."""

import os

import click
from alembic.util import CommandError

from approvals import __version__
from approvals.base.database import check_library
from approvals.base.migrations import upgrade
from approvals.base.settings import read_settings
from approvals.cli.faults import ServiceCommand


@click.command(cls=ServiceCommand)
def migrate() -> None:
    """Bring the database to the newest edition of its tables."""
    os.umask(0o077)  # the file of SQLite is for its owner alone
    check_library()
    try:
        upgrade(read_settings().database_url)
    except CommandError as fault:  # such as an edition of a newer program
        raise click.ClickException(f"the database cannot be used: {fault}") from None


@click.command(cls=ServiceCommand)
def version() -> None:
    """Say which version this is."""
    click.echo(f"guahao {__version__}")
