"""Faults of settings, database and input: one sentence on standard error and exit status 1, under every command."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from approvals.base.database import UnsafeLibrary
from approvals.base.errors import Problem
from approvals.base.settings import SettingsError
from approvals.cli.children import Failed
from approvals.reports.lifecycle.file_metadata import UnusableKey
from workflows.config.policy import PolicyError

# Their messages are sentences for people already.
SPOKEN = (Problem, SettingsError, UnsafeLibrary, Failed, PolicyError)
DATABASE = (DBAPIError, PoolTimeout, ArgumentError, NoSuchModuleError)
BEHIND_ON_POSTGRESQL = ("42P01", "42703")  # undefined table, undefined column
BEHIND_ON_SQLITE = ("no such table", "no such column")


class ServiceCommand(click.Command):
    """A command that reports a fault in one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        with in_one_sentence():
            return super().invoke(ctx)


class ServiceGroup(ServiceCommand, AppGroup):
    """A group of commands that do so."""


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """A fault within becomes a ClickException; an error of the program itself keeps its trace."""
    try:
        yield
    except SPOKEN as fault:
        raise click.ClickException(str(fault)) from None
    except UnusableKey as fault:
        raise click.ClickException(f"GUAHAO_SIGNING_KEY: {fault}") from None
    except IntegrityError:
        raise
    except DATABASE as fault:
        raise click.ClickException(_database_sentence(fault)) from None
    except OSError as fault:
        if fault.errno == errno.EPIPE:  # whoever read our output has read enough
            raise
        raise click.ClickException(_file_sentence(fault)) from None


def _database_sentence(fault: SQLAlchemyError) -> str:
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    reason = str(cause).partition("\n")[0].strip()
    if getattr(cause, "sqlstate", None) in BEHIND_ON_POSTGRESQL or reason.startswith(BEHIND_ON_SQLITE):
        return "the database is older than this program; run `guahao migrate`"
    return f"the database cannot be used: {reason}"


def _file_sentence(fault: OSError) -> str:
    reason = fault.strerror or str(fault)
    return f"{fault.filename}: {reason}" if fault.filename else reason
