"""`flask policy trial`: a changed policy over a month of the record, without effect."""

from typing import TextIO

import click
from flask.cli import with_appcontext

from approvals.base.errors import Problem
from approvals.base.months import month_of, read_month
from approvals.http.application import database, today
from approvals.supervision.simulation import Happening, Trial, trial
from workflows.config.policy import PolicyError, read_policy


@click.group("policy")
def policy_cli() -> None:
    """The rules of supervision."""


@policy_cli.command("trial")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--month", "written", default="", help="The month to try it on, as 2026-03; the last one when left out.")
@with_appcontext
def trial_command(file: TextIO, written: str) -> None:
    """What the policy in FILE would have raised, lifted and shown in a month, beside what happened; nothing changes."""
    try:
        policy = read_policy(file.read())
        month = read_month(written) if written else month_of(today()).previous
    except (PolicyError, UnicodeDecodeError, Problem) as error:
        raise click.ClickException(str(error)) from None
    with database().read() as tx:
        told(trial(tx, policy, month, today()))


def told(found: Trial) -> None:
    """The trial on the terminal: the figures, then each thing that would have been otherwise."""
    click.echo(f"{found.month} up to {found.until}: {found.same} the same")
    for line in found.lines:
        click.echo(f"{line.move:10} {line.name:14} was {line.real:5} would be {line.tried:5}")
    for sign, rows in (("+", found.more), ("-", found.fewer)):
        for one in rows:
            click.echo(f"{sign} {one.on} {_words(one)}")


def _words(one: Happening) -> str:
    return f"{one.ref} {one.move} {one.name}" + (f" (round {one.round})" if one.round > 1 else "")
