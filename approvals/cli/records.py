"""Commands on the record: `guahao feed`, `sweep`, `clock`, `verify` and `doctor`."""

import sys
from contextlib import suppress
from datetime import date, datetime
from typing import Any, BinaryIO, TextIO

import click
import orjson
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import NotFound
from approvals.base.moments import day_of, read_moment
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceCommand
from approvals.cli.progress import ProgressBar
from approvals.exports.record import record_lines
from approvals.http.application import database, now, service, settings
from approvals.imports.feed import Feed, Outcome
from approvals.integrity.doctor import examine, readiness
from approvals.integrity.roots import bearers
from approvals.integrity.storage import note_verification
from approvals.integrity.verification import VerificationReport
from approvals.integrity.verification import verify as verify_record
from approvals.registration.queries import approval_for
from approvals.supervision.sweep import sweep as sweep_city
from approvals.windows.clocks import all_readings, reading_of
from workflows.clock.holiday_notices import FIRST_DAY, LAST_DAY


@click.command(cls=ServiceCommand)
@click.argument("file", type=click.File("rb"))
@with_database
def feed(file: BinaryIO) -> None:
    """Do the moves in FILE, one JSON object a line ("-" reads standard input); exit 1 when a line was refused."""
    run, total = Feed(service().database, now), _count_lines(file)
    with ProgressBar("feed") as progress:
        for outcome in run.take(file):
            progress.at(outcome.line, total)
            if outcome.outcome == "refused":
                progress.write(refusal(outcome))
            for warning in outcome.warnings:
                progress.write(f"line {outcome.line}: {warning.message % warning.params}")
    counts = run.counts
    click.echo(f"{counts['done']} done, {counts['known']} known already, {counts['refused']} refused")
    if counts["refused"]:
        sys.exit(1)


def _count_lines(file: BinaryIO) -> int | None:
    """How many lines are left in this file; None for a pipe, which can be read only once."""
    if not file.seekable():
        return None
    start = file.tell()
    count = sum(1 for _ in file)
    file.seek(start)
    return count


def refusal(outcome: Outcome) -> str:
    """A refused line in words, with its number."""
    name = f" ({outcome.id})" if outcome.id else ""
    return f"line {outcome.line}{name}: {outcome.problem}"


@click.command(cls=ServiceCommand)
@click.option("--at", help="Everything that is due by this ISO time with its zone; now when left out.")
@with_database
def sweep(at: str | None) -> None:
    """Make every system move and escalation that is due."""
    moves = sweep_city(database(), _moment(at) if at else now(), now)
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(moves.items())) or "nothing was due")


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except (ValueError, OverflowError):
        example = "2026-03-02T09:15:00+08:00"
        raise click.ClickException(f"--at is an ISO time with its zone, as in {example}, not {text!r}") from None


@click.command(cls=ServiceCommand)
@click.argument("ref", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every approval that exists.")
@click.option("--on", "day", help="The day of the reading, as in 2026-03-02; today when left out.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@with_database
def clock(ref: str | None, is_all: bool, day: str | None, is_json: bool) -> None:
    """Read the clock of one approval (510400-2026-00017/A07) or of all."""
    if bool(ref) == is_all:
        raise click.UsageError("name one approval, or --all")
    on = _day(day) if day else day_of(now())
    with database().read() as tx:
        for reading in all_readings(tx, on) if is_all else [_reading(tx, str(ref), on)]:
            click.echo(orjson.dumps(reading).decode() if is_json else _sentence(reading))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a day is written as in 2026-03-02", param_hint="--on") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise click.BadParameter("the day lies between 2000 and 2100", param_hint="--on")
    return day


def _reading(tx: Connection, ref: str, on: date) -> dict[str, Any]:
    project, _, code = ref.partition("/")
    try:
        return reading_of(tx, approval_for(tx, project, code, SYSTEM_ACTOR), on)
    except NotFound:
        raise click.ClickException(f"there is no approval {ref}") from None


def _sentence(reading: dict[str, Any]) -> str:
    text = f"{reading['approval']}  {reading['on']}  {reading['state']}"
    if reading["promised"]:
        text += f"  {reading['light']}  used {reading['used']}  due {reading['promised']['due_on']}"
        text += f" (legal {reading['legal']['due_on']})"
    return text


@click.command(cls=ServiceCommand)
@click.option("--json", "is_json", is_flag=True, help="One JSON object: whether all holds, and each invariant.")
@click.option(
    "--root", metavar="HEX", help="The root of all chains on an issued report: find the report that bears it."
)
@with_database
def verify(is_json: bool, root: str | None) -> None:
    """Check the chains and everything else that must always hold; exit 1 when something does not.

    With --root, only whether the record still gives the root that stands on paper or in a mail.
    """
    if root is not None:
        _verify_root(root)
        return
    with database().read() as tx:
        verdicts = []
        for verdict in verify_record(tx, settings().files_dir):
            verdicts.append(verdict)
            if not is_json:
                _describe(verdict)
    broken = sum(bool(verdict.faults) for verdict in verdicts)
    is_whole = not broken
    with suppress(SQLAlchemyError), database().write() as tx:  # what cannot be noted was verified all the same
        note_verification(tx, now(), broken)
    if is_json:
        click.echo(orjson.dumps({"ok": is_whole, "invariants": verdicts}, option=orjson.OPT_INDENT_2).decode())
    if not is_whole:
        sys.exit(1)


def _verify_root(root: str) -> None:
    """Name what the record gives this root to today; exit 1 when that is nothing."""
    with database().read() as tx:
        names = bearers(tx, root)
    for name in names:
        click.echo(f"holds   {name}: the record is the one that gave this root")
    if not names:
        raise click.ClickException("the record gives this root to no issued report and no day: it was changed")


@click.command("export-record", cls=ServiceCommand)
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True, atomic=True))
@with_database
def export_record(file: TextIO) -> None:
    """Write what hashes and roots are made of to FILE, a line of JSON each; names and texts stay behind salted digests.

    docs/verifier/verify_record.py checks such a file without the product.
    """
    with database().read() as tx:
        for line in record_lines(tx):
            file.write(f"{line}\n")


def _describe(verdict: VerificationReport) -> None:
    click.echo(f"{'holds' if not verdict.faults else 'BROKEN':7} {verdict.name}")
    for fault in verdict.faults:
        click.echo(f"        {fault.where}: {fault.found}")


@click.command(cls=ServiceCommand)
@click.option("--json", "is_json", is_flag=True, help="One JSON object, as /readyz answers.")
@with_appcontext
def doctor(is_json: bool) -> None:
    """Look at database, migrations, fonts, calendar and the last sweep; exit 1 when something is wrong."""
    checks = examine(service(), is_thorough=True)
    state = readiness(checks)
    if is_json:
        click.echo(orjson.dumps(state, option=orjson.OPT_INDENT_2).decode())
    else:
        for check in checks:
            mark = "ok" if check.is_fine else "WARN" if check.is_warning else "FAIL"
            click.echo(f"{mark:5} {check.name}: {check.told}")
    if not state["ok"]:
        sys.exit(1)
