"""`guahao token`: access tokens for programs."""

import click

from approvals.accounts.actions import create_token
from approvals.base.errors import NotFound
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, now


@click.group(cls=ServiceGroup)
def token() -> None:
    """Access tokens for programs."""


@token.command("create")
@click.argument("user")
@click.option("--label", default="", help="What the token is for.")
@with_database
def create(user: str, label: str) -> None:
    """Make an access token for USER; it is shown this once."""
    with database().write() as tx:
        try:
            secret = create_token(tx, user, label, now=now())
        except NotFound:
            raise click.ClickException(f"there is no user {user}") from None
    click.echo(secret)
