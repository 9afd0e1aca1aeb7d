"""In whose name a command administers accounts: an administrator, or whoever sits at the machine."""

from typing import Any

import click
from sqlalchemy import Connection

from approvals.accounts.actors import OPERATOR, Actor
from approvals.accounts.appointments import actor_at
from approvals.accounts.queries import PersonView, person
from approvals.base.errors import NotFound
from approvals.http.application import now, settings

AS: Any = click.option(
    "--as",
    "--by",
    "username",
    default="",
    metavar="USER",
    help=f"The administrator who orders it; without one it stands in the account events as {OPERATOR.username}.",
)


def administrator(tx: Connection, username: str, role: str) -> Actor:
    """The administrator of this user name, the operator at the console without one; ClickException for others."""
    if not username:
        return OPERATOR
    actor = actor_at(tx, username, now())
    if actor is None or not actor.has(role):
        raise click.ClickException(f"{username} is not a {role}")
    return actor


def link_of(secret: str) -> str:
    """The address at which this secret becomes a password."""
    return f"{settings().public_url}/new-password?secret={secret}"


def known_person(tx: Connection, username: str) -> PersonView:
    """The person of this user name; ClickException without one."""
    try:
        return person(tx, username)
    except NotFound:
        raise click.ClickException(f"there is no user {username}") from None
