"""`guahao backup` and `guahao restore`."""

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from approvals.base.moments import day_of
from approvals.base.service import Service
from approvals.base.settings import read_settings
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.http.application import service
from approvals.integrity.archives import read_key
from approvals.integrity.backups import back_up, refuse_unless_empty
from approvals.integrity.backups import restore as put_back
from approvals.integrity.verification import verify

FILE = click.Path(dir_okay=False, path_type=Path)
KEY_FILE = click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the key by which the backup is encrypted, 32 characters or more.",
)
PRIVATE = 0o077  # what others may not do with new files


@click.command(cls=ServiceCommand)
@click.argument("file", type=FILE)
@KEY_FILE
@with_database
def backup(file: Path, key_file: Path | None) -> None:
    """Write database and documents into FILE, while the service runs; the day and time stand for %Y%m%d-%H%M in it."""
    os.umask(PRIVATE)
    path = Path(datetime.now(UTC).strftime(str(file)))
    documents = back_up(service(), path.resolve(), read_key(key_file) if key_file else None)
    sealed = "encrypted" if key_file else "not encrypted: keep it as safe as the database"
    click.echo(f"{path}: database and {documents} documents, {path.stat().st_size} bytes, {sealed}")


@click.command(cls=ServiceCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY_FILE
@click.option(
    "--last-number",
    "last_numbers",
    multiple=True,
    required=True,
    metavar="YEAR/N",
    help="The last registration number given in a year, by paper and mail: 2026/41. `none` when none was since.",
)
@click.option(
    "--send-waiting", is_flag=True, help="Messages that waited at the time of the backup were not sent since."
)
def restore(file: Path, key_file: Path | None, last_numbers: Sequence[str], send_waiting: bool) -> None:
    """Put the backup FILE into an empty installation (GUAHAO_DATABASE_URL, GUAHAO_DATA_DIR), and verify it."""
    os.umask(PRIVATE)
    settings, numbers = read_settings(), _numbers(last_numbers)
    refuse_unless_empty(settings)
    key = read_key(key_file) if key_file else None
    done = put_back(settings, file, key, numbers, datetime.now(UTC), sends=send_waiting)
    click.echo(f"restored as of {day_of(done.backup_at)} ({done.backup_at.isoformat(timespec='seconds')})")
    click.echo(f"{done.sessions} sessions ended, {done.messages} waiting messages are not sent")
    for series, (first, last) in done.lost.items():
        click.echo(f"{series}: the numbers {first} to {last} were given after the backup and are lost")
    installation = Service(settings)
    with installation.in_use(), installation.database.read() as tx:
        violations = [violation for verdict in verify(tx, settings.files_dir) for violation in verdict.faults]
    installation.close()
    for violation in violations:
        click.echo(f"{violation.where}: {violation.found}")
    click.echo("the record holds" if not violations else "the record does not hold")
    sys.exit(1 if violations else 0)


def _numbers(texts: Sequence[str]) -> dict[int, int]:
    """The last number of each year."""
    if list(texts) == ["none"]:
        return {}
    matches = [re.fullmatch(r"(\d{4})/(\d{1,6})", text) for text in texts]
    if not all(matches):
        raise click.BadParameter("it looks like 2026/41, or none", param_hint="--last-number")
    return {int(match.group(1)): int(match.group(2)) for match in matches if match}
