"""The command line: `flask --app wsgi …`."""

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import BinaryIO, TextIO

import click
import orjson
from flask import Flask, current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from approvals.accounts.actions import create_token
from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import NotFound, Problem
from approvals.base.moments import day_of, read_moment
from approvals.cli.handbook import write as write_handbook
from approvals.http.application import database, now, settings
from approvals.imports.feed import Feed, Outcome
from approvals.integrity.doctor import examine
from approvals.integrity.invariants import verify
from approvals.jobs.worker import YIELDING, work
from approvals.recalculation.actions import apply, apply_taking_back
from approvals.recalculation.preview import Redated, preview
from approvals.registration.queries import approval_for
from approvals.reports.commands import report_cli
from approvals.supervision.sweep import sweep
from approvals.windows.clock_export import all_readings, reading_of
from workflows.clock.holiday_notices import FIRST_DAY, LAST_DAY


def register(app: Flask) -> None:
    """Give the application its commands."""
    for command in (feed, sweep_command, clock, calendar, report_cli, token, verify_command, doctor, charts, worker):
        app.cli.add_command(command)


@contextmanager
def speaking() -> Iterator[None]:
    """Problems end the command with a sentence, not with a trace."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(str(problem)) from None


@click.command()
@click.argument("file", type=click.File("rb"))
@with_appcontext
def feed(file: BinaryIO) -> None:
    """Do the moves in FILE, one JSON object a line ("-" reads standard input); exit 1 when a line was refused."""
    run = Feed(database(), now)
    with tqdm(desc="feed", unit=" lines", disable=None) as bar:
        for outcome in run.take(file):
            bar.update()
            if outcome.outcome == "refused":
                bar.write(refusal(outcome), file=sys.stderr)
    counts = run.counts
    click.echo(f"{counts['done']} done, {counts['known']} known already, {counts['refused']} refused")
    if counts["refused"]:
        sys.exit(1)


def refusal(outcome: Outcome) -> str:
    """A refused line in words, with its number."""
    name = f" ({outcome.id})" if outcome.id else ""
    return f"line {outcome.line}{name}: {outcome.problem}"


@click.command("sweep")
@click.option("--at", help="Everything that is due by this ISO time with its zone; now when left out.")
@with_appcontext
def sweep_command(at: str | None) -> None:
    """Make every system move and escalation that is due."""
    try:
        to = read_moment(at) if at else now()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    with speaking():
        done = sweep(database(), to, now)
    told = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))
    click.echo(told or "nothing was due")


@click.command()
@click.argument("ref", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every approval that exists.")
@click.option("--on", "day", help="The day of the reading, as in 2026-03-02; today when left out.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def clock(ref: str | None, is_all: bool, day: str | None, is_json: bool) -> None:
    """Read the clock of one approval (510400-2026-00017/A07) or of all."""
    if bool(ref) == is_all:
        raise click.UsageError("name one approval, or --all")
    on = _day(day) if day else day_of(now())
    with speaking(), database().read() as tx:
        for found in all_readings(tx, on) if is_all else [_one_reading(tx, str(ref), on)]:
            click.echo(orjson.dumps(found).decode() if is_json else _sentence(found))


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a day is written as in 2026-03-02", param_hint="--on") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise click.BadParameter("the day lies between 2000 and 2100", param_hint="--on")
    return found


def _one_reading(tx, ref, on):  # type: ignore[no-untyped-def]
    project, _, code = ref.partition("/")
    if not code:
        raise NotFound
    return reading_of(tx, approval_for(tx, project, code, SYSTEM_ACTOR), on)


def _sentence(found: dict) -> str:  # type: ignore[type-arg]
    told = f"{found['approval']}  {found['on']}  {found['state']}"
    if found["promised"]:
        told += f"  {found['light']}  used {found['used']}  due {found['promised']['due_on']}"
        told += f" (legal {found['legal']['due_on']})"
    return told


@click.group()
def calendar() -> None:
    """Notices of working days."""


@calendar.command("preview")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@with_appcontext
def preview_command(file: TextIO) -> None:
    """Show which open approvals would move, and to when, if FILE were loaded."""
    with speaking(), database().read() as tx:
        _tell_redated(preview(tx, file.read(), day_of(now())), "would move")


@calendar.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@with_appcontext
def load(file: TextIO) -> None:
    """Load the notices in FILE and date every open approval anew."""
    with speaking():
        _tell_redated(apply(database(), file.read(), by="command line", now=now), "moved")


@calendar.command("take-back")
@click.argument("year", type=int)
@with_appcontext
def take_back_command(year: int) -> None:
    """Take the last notice of YEAR back and date every open approval anew."""
    with speaking():
        _tell_redated(apply_taking_back(database(), year, by="command line", now=now), "moved")


def _tell_redated(found: Iterable[Redated], word: str) -> None:
    count = 0
    for redated in found:
        count += 1
        told = ", ".join(f"{name} {before or '–'} -> {after or '–'}" for name, before, after in redated.moves)
        click.echo(f"{redated.ref}  {redated.state}  {told}")
    click.echo(f"{count} approvals {word}")


@click.group()
def token() -> None:
    """Access tokens for programs."""


@token.command("create")
@click.argument("user")
@click.option("--label", default="", help="What the token is for.")
@with_appcontext
def create(user: str, label: str) -> None:
    """Make an access token for USER; it is shown this once."""
    with speaking(), database().write() as tx:
        made = create_token(tx, user, label, now=now())
    click.echo(made)


@click.command("verify")
@with_appcontext
def verify_command() -> None:
    """Check the chains and everything else that must always hold; exit 1 when something does not."""
    faults = 0
    with database().read() as tx:
        for verdict in verify(tx, settings().files_dir):
            faults += len(verdict.faults)
            click.echo(f"{'holds' if not verdict.faults else 'BROKEN':7} {verdict.name}")
            for fault in verdict.faults:
                click.echo(f"        {fault.where}: {fault.found}")
    if faults:
        sys.exit(1)


@click.command()
@with_appcontext
def doctor() -> None:
    """Look at database, migrations, fonts, calendar and the last sweep; exit 1 when something is wrong."""
    checks = examine()
    for check in checks:
        click.echo(f"{'ok' if check.is_fine else 'WARN' if check.is_warning else 'FAIL':5} {check.name}: {check.told}")
    if any(not check.is_fine and not check.is_warning for check in checks):
        sys.exit(1)


@click.command()
def charts() -> None:
    """Write the charts' pages of the handbook under docs/charts."""
    for path in write_handbook():
        click.echo(path.name)


@click.command()
@with_appcontext
def worker() -> None:
    """Do what is due and what was asked for, each job once however many workers run, until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    os.nice(YIELDING)
    work(current_app._get_current_object(), stop)  # type: ignore[attr-defined]
