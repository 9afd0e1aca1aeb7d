"""`flask --app wsgi demo`: loads the example city."""

import secrets
import sys
import time
from dataclasses import dataclass

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from approvals.accounts.passwords import hash_password
from approvals.demo.load import begin_city, is_empty, load_people, load_year, needs_loading, renew_password
from approvals.demo.papers import Step
from approvals.doors.commands import refusal, speaking
from approvals.history.queries import count_entries
from approvals.http.application import database, now, settings
from approvals.pdf.process import stay_warm


@click.command()
@click.option("--people", is_flag=True, help="Only the units and people, for trials on an empty city.")
@click.option("--if-needed", is_flag=True, help="Do nothing when the database is filled already.")
@with_appcontext
def demo(people: bool, if_needed: bool) -> None:
    """Load the example city: its people, its programme and its year."""
    with database().read() as tx:
        is_begun, is_needed = not is_empty(tx), needs_loading(tx)
    if if_needed and not is_needed:
        _renew_password()
        return
    password = settings().demo_password or secrets.token_urlsafe(9)
    if not (is_begun and is_needed):
        with speaking(), database().write() as tx:
            if people:
                load_people(tx, hash_password(password))
            else:
                begin_city(tx, hash_password(password), now())
        if not settings().demo_password:
            click.echo(f"Password of the demo people: {password}")
    if not people:
        _load_year()


def _renew_password() -> None:
    """The demo people's password is the one that is set now, also when it was another when they were loaded."""
    if settings().demo_password and not settings().is_production:
        with database().write() as tx:
            renew_password(tx, settings().demo_password)


def _load_year() -> None:
    stay_warm()
    began, done, refused = time.monotonic(), 0, 0
    papers = _Papers()
    with tqdm(desc="example city", unit=" lines") as bar:
        for progress in load_year(database(), now, is_printing=True):
            papers.take(progress.paper)
            bar.total = progress.lines
            bar.update(progress.done - done)
            done = progress.done
            if progress.outcome and progress.outcome.outcome == "refused":
                refused += 1
                bar.write(refusal(progress.outcome))
    seconds = time.monotonic() - began - papers.seconds
    with database().read() as tx:
        moves = count_entries(tx)
    click.echo(f"{done} lines, {refused} refused; {moves} moves in {seconds:.1f} s, {moves / seconds:,.0f} a second")
    click.echo(f"{papers.printed} papers issued in {papers.seconds:.1f} s")
    if refused:
        sys.exit(1)


@dataclass
class _Papers:
    """How many papers were printed, and how long all that was done about papers took."""

    printed: int = 0
    seconds: float = 0.0
    since: float | None = None

    def take(self, step: Step | None) -> None:
        """What is made next; None when the year goes on."""
        if self.since is not None:
            self.seconds += time.monotonic() - self.since
        self.since = time.monotonic() if step else None
        self.printed += bool(step and step.is_printed)
