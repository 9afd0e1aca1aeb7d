"""`guahao unit` and `guahao person`: units, people, their roles, and who goes on when somebody leaves."""

from collections.abc import Mapping
from datetime import datetime

import click
from sqlalchemy import Connection

from approvals.accounts import actions as accounts
from approvals.accounts.actors import Actor
from approvals.accounts.appointments import appointments_of
from approvals.accounts.inputs import NewName, NewPerson, NewUnit, Roles
from approvals.accounts.queries import PeopleFilter, people, person, units
from approvals.accounts.resets import begin_by_link
from approvals.accounts.second_factors import reset_factor
from approvals.accounts.tables import UNIT_KINDS
from approvals.accounts.units import rename, unit_ids
from approvals.base.text_validation import read_fields
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.cli.operators import AS, administrator, known_person, link_of
from approvals.cli.people_sheets import import_people
from approvals.handover.actions import CENTRE
from approvals.handover.responsibilities import responsibilities
from approvals.handover.second_administrator import act_or_ask, ask_factor_reset, ask_second
from approvals.handover.units import MergePreview, merge, merge_preview
from approvals.http.application import database, now
from approvals.notifications.account_letters import tell_person

DAY = click.DateTime(["%Y-%m-%d"])
SUCCESSOR = click.option("--successor", default="", help=f"The liaison who goes on; {CENTRE} is the service centre.")


def _unit_id(tx: Connection, name: str) -> int:
    unit_id = unit_ids(tx).get(name)
    if unit_id is None:
        raise click.ClickException(f"there is no unit {name}")
    return unit_id


@click.group("unit", cls=ServiceGroup)
def unit_group() -> None:
    """Units of the city."""


@unit_group.command("list")
@with_database
def list_units() -> None:
    """List the units with the number of their people."""
    with database().read() as tx:
        for view in units(tx):
            merged = "  (merged)" if view.successor_id else ""
            click.echo(f"{view.name}  {view.kind}  {view.people}{merged}")


@unit_group.command("add")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(UNIT_KINDS))
@click.option("--name-en", default="", help="The name in English.")
@AS
@with_database
def add_unit(name: str, kind: str, name_en: str, username: str) -> None:
    """Make the unit NAME."""
    values = read_fields(NewUnit, {"name": name, "kind": kind} | ({"name_en": name_en} if name_en else {}))
    with database().write() as tx:
        accounts.create_unit(tx, values, by=administrator(tx, username, "sysadmin"), now=now())


@unit_group.command("rename")
@click.argument("name")
@click.argument("new_name")
@click.option("--from", "from_on", required=True, type=DAY, help="The first day of the new name.")
@click.option("--name-en", default="", help="The new name in English.")
@AS
@with_database
def rename_unit(name: str, new_name: str, from_on: datetime, name_en: str, username: str) -> None:
    """Give the unit NAME another name from a day on."""
    typed = {"name": new_name, "from_on": from_on.date().isoformat()} | ({"name_en": name_en} if name_en else {})
    values = read_fields(NewName, typed)
    with database().write() as tx:
        rename(tx, _unit_id(tx, name), values, by=administrator(tx, username, "sysadmin"), now=now())


@unit_group.command("merge")
@click.argument("name")
@click.argument("successor")
@click.option("--preview", "is_preview", is_flag=True, help="Only show what would be taken over.")
@AS
@with_database
def merge_units(name: str, successor: str, is_preview: bool, username: str) -> None:
    """Merge the unit NAME into SUCCESSOR, which takes over what is open."""
    with database().write() as tx:
        actor, pair = administrator(tx, username, "sysadmin"), (_unit_id(tx, name), _unit_id(tx, successor))
        click.echo(_merger(merge_preview(tx, *pair)))
        if not is_preview:
            merge(tx, *pair, by=actor, now=now())


def _merger(view: MergePreview) -> str:
    counts = f"{view.people} people, {view.approvals} approvals, {view.orders} orders, {view.projects} projects"
    return f"{view.unit.name} -> {view.successor.name}: {counts}"


@click.group("person", cls=ServiceGroup)
def person_group() -> None:
    """People and their roles."""


@person_group.command("list")
@click.option("--unit", "unit", default="", help="Only the people of this unit.")
@with_database
def list_people(unit: str) -> None:
    """List people with their roles."""
    with database().read() as tx:
        for view in people(tx, PeopleFilter(unit_id=_unit_id(tx, unit) if unit else None)):
            left = "" if view.is_active else "  (deactivated)"
            click.echo(f"{view.username}  {view.name}  {view.unit.name}  {' '.join(view.roles) or '-'}{left}")


@person_group.command("show")
@click.argument("user")
@with_database
def show_person(user: str) -> None:
    """Show all appointments of USER, and what is open with them."""
    with database().read() as tx:
        account = person(tx, user)
        work = responsibilities(tx, account, frozenset(account.roles), now())
        appointments = appointments_of(tx, account.id)
    for view in appointments:
        since = f"{view.from_at:%Y-%m-%d}" if view.from_at else "-"
        click.echo(f"{view.role}  {view.unit.name}  {since}  {f'{view.until_at:%Y-%m-%d}' if view.until_at else '-'}")
    counts = {"projects": len(work.projects), "requests": work.questions, "follow-ups": work.follow_ups}
    counts |= {"duties": work.shifts, "jobs": work.jobs, "cases": work.handled}
    click.echo("open: " + (", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing"))
    for post in work.posts:
        told = ", ".join(f"{number} {label.en}" for label, number in post.counts)
        click.echo(f"nobody else is {post.post.kind}{f' of {post.unit.name}' if post.unit else ''}: {told}")


@person_group.command("add")
@click.argument("user")
@click.option("--name", required=True, help="The full name.")
@click.option("--unit", required=True, help="The unit that the person works in.")
@click.option("--link", "by_link", is_flag=True, help="Make no password; print the link by which they choose one.")
@AS
@with_database
def add_person(user: str, name: str, unit: str, by_link: bool, username: str) -> None:
    """Make the account USER, without roles; the password, or the link that works once, is shown this once."""
    values = read_fields(NewPerson, {"username": user, "name": name})
    with database().write() as tx:
        actor, unit_id = administrator(tx, username, "sysadmin"), _unit_id(tx, unit)
        if by_link:
            accounts.add_person(tx, unit_id, values, by=actor, now=now())
            secret = link_of(begin_by_link(tx, user, by=actor, now=now()))
        else:
            secret = accounts.create_person(tx, unit_id, values, by=actor, now=now())
    click.echo(secret)


@person_group.command("roles")
@click.argument("user")
@click.argument("roles", nargs=-1)
@click.option("--from", "from_on", type=DAY, help="The day from which new roles hold; today if none is given.")
@SUCCESSOR
@AS
@with_database
def set_roles(user: str, roles: tuple[str, ...], from_on: datetime | None, successor: str, username: str) -> None:
    """Let USER hold these ROLES and no others; none takes all away."""
    choice = read_fields(Roles, {"roles": list(roles)})
    with database().write() as tx:
        details = {"roles": sorted(choice.roles), "successor": successor}
        details |= {"since": from_on.date().isoformat() if from_on else ""}
        _administer(tx, "roles", user, details, administrator(tx, username, "secadmin"))


@person_group.command("move")
@click.argument("user")
@click.argument("unit")
@SUCCESSOR
@AS
@with_database
def move_person(user: str, unit: str, successor: str, username: str) -> None:
    """Move USER to another UNIT; their roles end."""
    with database().write() as tx:
        details = {"unit_id": _unit_id(tx, unit), "successor": successor}
        _administer(tx, "move", user, details, administrator(tx, username, "sysadmin"))


@person_group.command("leave")
@click.argument("user")
@SUCCESSOR
@AS
@with_database
def leave(user: str, successor: str, username: str) -> None:
    """Deactivate the account USER and hand over what is open with them."""
    with database().write() as tx:
        _administer(tx, "deactivate", user, {"successor": successor}, administrator(tx, username, "sysadmin"))


@person_group.command("activate")
@click.argument("user")
@AS
@with_database
def activate(user: str, username: str) -> None:
    """Let USER, who was deactivated, sign in again."""
    with database().write() as tx:
        _administer(tx, "activate", user, {}, administrator(tx, username, "sysadmin"))


@person_group.command("reset-password")
@click.argument("user")
@AS
@with_database
def reset_password(user: str, username: str) -> None:
    """End the password of USER and print the link by which they choose another; it works once.

    With --as another administrator confirms it on the pages, and nothing is printed here.
    """
    with database().write() as tx:
        actor = administrator(tx, username, "sysadmin")
        known_person(tx, user)
        if username:
            ask_second(tx, "reset", user, {}, by=actor, now=now())
            click.echo("another administrator confirms it on the page of requests")
            return
        secret = begin_by_link(tx, user, by=actor, now=now())
        tell_person(tx, user, now())
    click.echo(link_of(secret))


@person_group.command("reset-second-factor")
@click.argument("user")
@AS
@with_database
def reset_second_factor(user: str, username: str) -> None:
    """Take the second factor of USER off, who has lost their device; their sessions end.

    With --as another administrator confirms it on the pages.
    """
    with database().write() as tx:
        actor = administrator(tx, username, "sysadmin")
        known_person(tx, user)
        if username:
            ask_factor_reset(tx, user, by=actor, now=now())
            click.echo("another administrator confirms it on the page of requests")
            return
        reset_factor(tx, user, by=actor, now=now())
        tell_person(tx, user, now())


def _administer(tx: Connection, kind: str, user: str, details: Mapping[str, object], actor: Actor) -> None:
    """Let it take effect and tell the person, or say that another administrator must confirm."""
    known_person(tx, user)
    if not act_or_ask(tx, kind, user, details, by=actor, now=now()):
        click.echo("another administrator confirms it on the page of requests")
    tell_person(tx, user, now())


person_group.add_command(import_people)
person_group.add_command(set_roles, "role")
person_group.add_command(leave, "deactivate")
