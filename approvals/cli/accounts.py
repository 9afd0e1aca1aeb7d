"""`guahao token`: access tokens for programs."""

from datetime import date, datetime, timedelta

import click
from sqlalchemy import Connection

from approvals.accounts.actions import create_token, revoke_token
from approvals.accounts.actors import Bounds
from approvals.accounts.queries import TokenView, all_tokens, person, tokens
from approvals.accounts.units import unit_ids
from approvals.base.errors import NotFound
from approvals.base.moments import day_of, end_of
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.cli.operators import AS, administrator
from approvals.http.application import database, now
from approvals.moves import MOVE_NAMES


@click.group(cls=ServiceGroup)
def token() -> None:
    """Access tokens for programs."""


@token.command("create")
@click.argument("user")
@click.option("--label", default="", help="What the token is for.")
@click.option("--unit", "unit_names", multiple=True, metavar="NAME", help="Only for people of this unit; repeatable.")
@click.option("--move", "moves", multiple=True, metavar="MOVE", help="Only for this move; repeatable.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds.")
@click.option("--days", type=click.IntRange(1, 3660), help="Or for how many days it holds, today included.")
@AS
@with_database
def create(
    user: str,
    label: str,
    unit_names: tuple[str, ...],
    moves: tuple[str, ...],
    until: datetime | None,
    days: int | None,
    username: str,
) -> None:
    """Make an access token for USER; it is shown this once."""
    last = _last_day(until, days)
    with database().write() as tx:
        bounds = Bounds(_unit_ids(tx, unit_names), _checked_moves(moves))
        by = administrator(tx, username, "sysadmin").username
        ends_at = end_of(last) if last else None
        try:
            secret = create_token(tx, user, label, now=now(), by=by, bounds=bounds, ends_at=ends_at)
        except NotFound:
            raise click.ClickException(f"there is no user {user}") from None
        view = tokens(tx, person(tx, user).id, now())[0]
        is_program = "integration" in person(tx, user).roles
    click.echo(secret)
    if is_program and view.is_unbound:
        click.echo("not bound: give --unit, --move and --until, so that it can do no more than it is for", err=True)


def _last_day(until: datetime | None, days: int | None) -> date | None:
    if until and days:
        raise click.UsageError("give --until or --days")
    if days:
        return day_of(now()) + timedelta(days=days - 1)
    return until.date() if until else None


def _unit_ids(tx: Connection, names: tuple[str, ...]) -> frozenset[int]:
    known = unit_ids(tx)
    for name in names:
        if name not in known:
            raise click.ClickException(f"there is no unit {name}")
    return frozenset(known[name] for name in names)


def _checked_moves(names: tuple[str, ...]) -> frozenset[str]:
    if unknown := sorted(set(names) - MOVE_NAMES):
        raise click.ClickException(f"there is no move {', '.join(unknown)}; docs/charts names them")
    return frozenset(names)


@token.command("list")
@click.argument("user", required=False)
@with_database
def list_tokens(user: str | None) -> None:
    """List the tokens of USER, or of everybody: number, holder, state, bounds, last use and address."""
    with database().read() as tx:
        try:
            views = tokens(tx, person(tx, user).id, now()) if user else all_tokens(tx, now())
        except NotFound:
            raise click.ClickException(f"there is no user {user}") from None
    for view in views:
        click.echo("  ".join(_columns(view)))


def _columns(view: TokenView) -> list[str]:
    state = "revoked" if view.revoked_at else "ended" if view.is_over else "in force"
    units = ", ".join(unit.name for unit in view.units) or "all units"
    until = f"until {day_of(view.ends_at)}" if view.ends_at else "for ever"
    used = f"last used {view.used_at:%Y-%m-%d %H:%M} from {view.used_from}" if view.used_at else "never used"
    bounds = f"{units}; {' '.join(view.moves) or 'all moves'}; {until}"
    return [
        str(view.id),
        view.username,
        view.label or "-",
        state,
        *(["unbound"] if view.is_unbound else []),
        bounds,
        used,
    ]


@token.command("revoke")
@click.argument("user")
@click.argument("number", type=int)
@AS
@with_database
def revoke(user: str, number: int, username: str) -> None:
    """Revoke the token NUMBER of USER, as `guahao token list` numbers it."""
    with database().write() as tx:
        try:
            revoke_token(tx, user, number, by=administrator(tx, username, "sysadmin"), now=now())
        except NotFound:
            raise click.ClickException(f"{user} has no running token {number}") from None
