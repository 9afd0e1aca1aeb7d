"""`guahao catalogue`: editions of the catalogue of items."""

from datetime import datetime
from typing import BinaryIO

import click

from approvals.base.encoding import decoded
from approvals.base.moments import day_of
from approvals.catalogue.queries import catalogue_in_force
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, now
from approvals.registration.edition_preview import EditionPreview, preview_edition
from approvals.registration.editions import check_edition, checked_catalogue, load_edition, take_back_edition

BY = "command line"  # who loaded an edition, as the auditor reads it
FILE = click.argument("file", type=click.File("rb"))
FROM = click.option(
    "--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help="Day from which it is in force; today if left out."
)


@click.group(cls=ServiceGroup)
def catalogue() -> None:
    """Editions of the catalogue: items, limits, materials, prerequisites."""


@catalogue.command("preview")
@FILE
@FROM
@with_database
def preview(file: BinaryIO, from_on: datetime | None) -> None:
    """Show what the catalogue in FILE would change, and which open approvals and drafts it concerns."""
    edition, today = checked_catalogue(decoded(file.read())), day_of(now())
    day = from_on.date() if from_on else today
    with database().read() as tx:
        check_edition(tx, edition, day, today)
        _list(preview_edition(tx, edition, day))


@catalogue.command("load")
@FILE
@FROM
@with_database
def load(file: BinaryIO, from_on: datetime | None) -> None:
    """Put the catalogue in FILE in force; what is registered keeps its own edition."""
    with database().write() as tx:
        edition = load_edition(tx, decoded(file.read()), by=BY, now=now(), from_on=from_on.date() if from_on else None)
    click.echo(f"edition {edition.edition} is loaded; open projects keep the edition of their registration")


@catalogue.command("take-back")
@click.argument("edition")
@with_database
def take_back(edition: str) -> None:
    """Take the last EDITION back: the one before it is in force again."""
    with database().write() as tx:
        take_back_edition(tx, edition, by=BY, now=now())
        in_force = catalogue_in_force(tx, day_of(now()))
    click.echo(f"edition {edition} is taken back; {in_force.edition} is in force")


def _list(found: EditionPreview) -> None:
    for change in found.items:
        click.echo(f"{change.code}  {change.item.zh}  {', '.join(change.parts)}")
    for question in found.questions:
        click.echo(f"question {question.name}  {question.zh}")
    for approval in found.approvals:
        click.echo(f"{approval.ref}  {approval.state.name}  keeps {approval.edition}: {', '.join(approval.parts)}")
    for draft in found.drafts:
        codes = [f"+{code}" for code in draft.gained] + [f"-{code}" for code in draft.lost]
        questions = [f"unanswered {name}" for name in draft.unanswered] + [f"dropped {name}" for name in draft.dropped]
        click.echo(f"{draft.ref}  {draft.state.name}  {', '.join(codes + questions)}")
    click.echo(f"{len(found.approvals)} open approvals keep their edition, {len(found.drafts)} drafts are planned anew")
