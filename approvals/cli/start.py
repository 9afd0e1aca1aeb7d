"""`guahao init`: the first administrator of an installation in which nobody works yet."""

import click
from sqlalchemy import Connection

from approvals.accounts import actions as accounts
from approvals.accounts.actors import OPERATOR
from approvals.accounts.inputs import NewPerson, NewUnit
from approvals.accounts.queries import person
from approvals.accounts.resets import begin_by_link
from approvals.accounts.units import unit_ids
from approvals.base.text_validation import read_fields
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.cli.operators import link_of
from approvals.demo.load import is_empty
from approvals.handover.actions import change_roles
from approvals.http.application import database, now


@click.command(cls=ServiceCommand)
@click.argument("user")
@click.option("--name", required=True, help="The full name.")
@click.option("--unit", required=True, help="The unit that runs the service; it is made if there is none.")
@with_database
def init(user: str, name: str, unit: str) -> None:
    """Make the first system administrator USER, and print the link by which they choose a password; it works once."""
    values = read_fields(NewPerson, {"username": user, "name": name})
    with database().write() as tx:
        if not is_empty(tx):
            raise click.ClickException("people work here already; an administrator adds others")
        at = now()
        accounts.create_person(tx, _unit(tx, unit), values, by=OPERATOR, now=at)
        change_roles(tx, user, frozenset({"sysadmin"}), "", by=OPERATOR, now=at)
        secret = begin_by_link(tx, person(tx, user).username, by=OPERATOR, now=at)
    click.echo(link_of(secret))


def _unit(tx: Connection, name: str) -> int:
    """The unit of this name, made where there is none."""
    known = unit_ids(tx).get(name)
    if known is not None:
        return known
    return accounts.create_unit(
        tx, read_fields(NewUnit, {"name": name, "kind": "administration"}), by=OPERATOR, now=now()
    )
