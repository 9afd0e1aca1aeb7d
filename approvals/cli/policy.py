"""`guahao policy`: a changed policy over a month of the record, without effect."""

from typing import BinaryIO

import click

from approvals.base.encoding import decoded
from approvals.base.moments import month_of, read_month
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, today
from approvals.supervision.simulation import Simulation
from approvals.supervision.simulation import simulate as run_trial
from workflows.config.policy import read_policy


@click.group(cls=ServiceGroup)
def policy() -> None:
    """The rules of supervision."""


@policy.command("trial")
@click.argument("file", type=click.File("rb"))
@click.option("--month", "written", default="", help="The month to try it on, as 2026-03; the last one when left out.")
@with_database
def trial(file: BinaryIO, written: str) -> None:
    """What the policy in FILE would have raised, lifted and shown in a month, beside what happened; nothing changes."""
    rules = read_policy(decoded(file.read()))
    month = read_month(written) if written else month_of(today()).previous
    with database().read() as tx:
        _describe(run_trial(tx, rules, month, today()))


def _describe(result: Simulation) -> None:
    """The trial on the terminal: the figures, then each thing that would have been otherwise."""
    click.echo(f"{result.month} up to {result.until}: {result.same} the same")
    for line in result.lines:
        click.echo(f"{line.move:10} {line.name:14} was {line.real:5} would be {line.tried:5}")
    for sign, happenings in (("+", result.more), ("-", result.fewer)):
        for happening in happenings:
            again = f" (round {happening.round})" if happening.round > 1 else ""
            click.echo(f"{sign} {happening.on} {happening.ref} {happening.move} {happening.name}{again}")
