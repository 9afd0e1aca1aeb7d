"""`guahao calendar`: the State Council's notices of working days."""

from collections.abc import Iterable
from typing import BinaryIO

import click

from approvals.base.encoding import decoded
from approvals.base.moments import day_of
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, now
from approvals.recalculation.actions import apply, apply_taking_back
from approvals.recalculation.preview import RecalculatedApproval
from approvals.recalculation.preview import preview as preview_moves

BY = "command line"  # who loaded a notice, as the auditor reads it


@click.group(cls=ServiceGroup)
def calendar() -> None:
    """Notices of working days."""


@calendar.command("preview")
@click.argument("file", type=click.File("rb"))
@with_database
def preview(file: BinaryIO) -> None:
    """Show which open approvals would move, and to when, if FILE were loaded."""
    with database().read() as tx:
        _list_redated(preview_moves(tx, decoded(file.read()), day_of(now())), "would move")


@calendar.command("load")
@click.argument("file", type=click.File("rb"))
@with_database
def load(file: BinaryIO) -> None:
    """Load the notices in FILE and date every open approval anew."""
    _list_redated(apply(database(), decoded(file.read()), by=BY, now=now), "moved")


@calendar.command("take-back")
@click.argument("year", type=int)
@with_database
def take_back(year: int) -> None:
    """Take the last notice of YEAR back and date every open approval anew."""
    _list_redated(apply_taking_back(database(), year, by=BY, now=now), "moved")


def _list_redated(approvals: Iterable[RecalculatedApproval], verb: str) -> None:
    count = 0
    for count, approval in enumerate(approvals, 1):  # noqa: B007 it is the number of approvals afterwards
        days = ", ".join(f"{name} {before or '–'} -> {after or '–'}" for name, before, after in approval.moves)
        click.echo(f"{approval.ref}  {approval.state}  {days}")
    click.echo(f"{count} approvals {verb}")
