"""`guahao person import`: a sheet of people, taken as the page takes it."""

from dataclasses import replace
from typing import BinaryIO

import click

from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.cli.operators import AS, administrator
from approvals.handover.people_preview import PersonRow, preview_people
from approvals.http.application import database, now
from approvals.imports.people import read_people, take_people

LARGEST_SHEET = 2 * 1024 * 1024  # bytes


@click.command("import", cls=ServiceCommand)
@click.argument("file", type=click.File("rb"))
@click.option("--preview", "is_preview", is_flag=True, help="Only show what the sheet would do.")
@click.option("--roles", "is_roles", is_flag=True, help="Take the roles of the sheet; without it accounts are taken.")
@AS
@with_database
def import_people(file: BinaryIO, is_preview: bool, is_roles: bool, username: str) -> None:
    """Take the sheet FILE (XLSX or CSV) as the page of people does: all of its rows, or none when one is refused.

    Accounts are the system administrator's part, roles the security administrator's.
    """
    content = file.read()
    if len(content) > LARGEST_SHEET:
        raise click.ClickException(f"{file.name} is larger than {LARGEST_SHEET // 1024} KB")
    sheet = read_people(content)
    with database().write() as tx:
        actor = administrator(tx, username, "secadmin" if is_roles else "sysadmin")
        actor = replace(actor, roles=frozenset({"secadmin" if is_roles else "sysadmin"}))
        preview = preview_people(tx, actor, sheet.lines, now())
        for row in preview.rows:
            click.echo(_row_in_words(row))
        if preview.refusals:
            raise click.ClickException("nothing was taken: rows are refused")
        if not is_preview and preview.has_something_to_take:
            take_people(tx, actor, sheet, preview.digest, now())
    verb = "would be" if is_preview else "were"
    click.echo(f"{preview.count('new')} {verb} made, {preview.count('changed')} changed")


def _row_in_words(row: PersonRow) -> str:
    """The row with its user name and what comes of it; of contact data only that it changes."""
    changes = "; ".join(change.name.en for change in row.changes)
    faults = "; ".join(f"{fault.place} {fault.message % fault.params}".strip() for fault in row.faults)
    return f"row {row.row}: {row.username or '-'} {row.status} {faults or changes}".rstrip()
