"""`guahao demo`: loads the example city."""

import secrets
import sys
import time
from dataclasses import dataclass

import click

from approvals.accounts.passwords import hash_password
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.cli.progress import ProgressBar
from approvals.cli.records import refusal
from approvals.demo.load import begin_city, is_empty, load_people, load_year, needs_loading, renew_password
from approvals.demo.reports import ReportStep
from approvals.history.queries import count_entries
from approvals.http.application import database, now, service, settings
from approvals.pdf.process import stay_warm


@click.command(cls=ServiceCommand)
@click.option("--people", is_flag=True, help="Only the units and people, for trials on an empty city.")
@click.option("--if-needed", is_flag=True, help="Do nothing when the database is filled already.")
@with_database
def demo(people: bool, if_needed: bool) -> None:
    """Load the example city: its people, its programme and its year."""
    with database().read() as tx:
        is_begun, is_needed = not is_empty(tx), needs_loading(tx)
    if if_needed and not is_needed:
        _renew_password()
        return
    password = settings().demo_password or secrets.token_urlsafe(9)
    if not (is_begun and is_needed):
        with database().write() as tx:
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
    password = settings().demo_password
    if password and not settings().is_production:
        with database().write() as tx:
            renew_password(tx, password)


def _load_year() -> None:
    stay_warm()
    began, done, refused = time.monotonic(), 0, 0
    reports = _ReportTimes()
    with ProgressBar("example city") as progress:
        for step in load_year(service().database, now, is_printing=True):
            reports.take(step.report_step)
            done = step.done
            progress.at(done, step.lines)
            if step.outcome and step.outcome.outcome == "refused":
                refused += 1
                progress.write(refusal(step.outcome))
    seconds = time.monotonic() - began - reports.seconds
    with database().read() as tx:
        moves = count_entries(tx)
    click.echo(f"{done} lines, {refused} refused; {moves} moves in {seconds:.1f} s, {moves / seconds:,.0f} a second")
    click.echo(f"{reports.printed} papers issued in {reports.seconds:.1f} s")
    if refused:
        sys.exit(1)


@dataclass
class _ReportTimes:
    """How many papers were printed, and how long all that was done about papers took."""

    printed: int = 0
    seconds: float = 0.0
    since: float | None = None

    def take(self, step: ReportStep | None) -> None:
        """What is made next; None when the year goes on."""
        if self.since is not None:
            self.seconds += time.monotonic() - self.since
        self.since = time.monotonic() if step else None
        self.printed += bool(step and step.is_printed)
