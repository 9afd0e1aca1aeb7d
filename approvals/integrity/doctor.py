"""Looks whether everything that the service needs is there: for `guahao doctor` and `/readyz`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from subprocess import SubprocessError

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from approvals.base.database import check_library
from approvals.base.migrations import current, head
from approvals.base.moments import day_of
from approvals.base.service import Service
from approvals.calendar.queries import calendar_in_force
from approvals.jobs.queries import health as jobs_health
from approvals.notifications.queries import health
from approvals.pdf.fonts import Face, faces_in_use, installed_families
from approvals.pdf.glyphs import GETA, uncovered_extensions
from approvals.recalculation.actions import is_pending, unpublished_years
from approvals.reports.lifecycle.file_metadata import UnusableKey
from approvals.reports.lifecycle.queries import last_signer
from approvals.reports.lifecycle.signing import certificate_in_use
from approvals.supervision.sweep_log import RunView, sweeps

RENEW_WITHIN = timedelta(days=60)  # before a certificate ends: a new one takes weeks to get
REPLICA_WITHIN = 60  # seconds behind the primary
OUTBOX_WITHIN = timedelta(minutes=15)  # the worker looks every few seconds
NEXT_YEAR_FROM = (12, 15)  # month and day by which the State Council has published next year's days off
_families: list[str] = []  # fonts of papers that were found once


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing looked at; `is_warning` when the service can do without it for now."""

    name: str
    is_fine: bool
    told: str
    is_warning: bool = False


def examine(service: Service) -> list[HealthCheck]:
    """Database, migrations, fonts, calendar, the last sweep, jobs, the outbox and who signs, in this order."""
    looks: dict[str, Callable[[Service], HealthCheck]] = {
        "database": _database,
        "migrations": _migrations,
        "fonts": _fonts,
        "calendar": _calendar,
        "sweep": _sweep,
        "jobs": _jobs,
        "outbox": _outbox,
        "signing": _signing,
    } | ({"replica": _replica} if service.settings.replica_url else {})
    return [_looked(name, look, service) for name, look in looks.items()]


def readiness(checks: list[HealthCheck]) -> dict[str, object]:
    """The checks as JSON; `ok` when none fails, which a warning does not."""
    return {
        "ok": all(check.is_fine or check.is_warning for check in checks),
        "checks": {
            check.name: {"ok": check.is_fine, "warning": check.is_warning, "told": check.told} for check in checks
        },
    }


def _looked(name: str, look: Callable[[Service], HealthCheck], service: Service) -> HealthCheck:
    try:
        return look(service)
    except SQLAlchemyError as error:
        return HealthCheck(name, False, f"the database does not answer ({type(error).__name__})")


def _database(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        tx.execute(text("SELECT 1"))
    return HealthCheck("database", True, f"SQLite {check_library()}" if service.database.is_sqlite else "PostgreSQL")


def _replica(service: Service) -> HealthCheck:
    try:
        lag = service.replica.lag()  # type: ignore[union-attr]
    except SQLAlchemyError as error:
        told = f"does not answer ({type(error).__name__}); pages are read from the primary"
        return HealthCheck("replica", False, told, True)
    if lag is None:
        told = "what GUAHAO_REPLICA_URL names is a primary now; pages are read from the database of GUAHAO_DATABASE_URL"
        return HealthCheck("replica", False, told, True)
    return HealthCheck("replica", lag <= REPLICA_WITHIN, f"{lag:.0f} seconds behind", True)


def _migrations(service: Service) -> HealthCheck:
    stands, newest = current(service.database), head()
    if stands == newest:
        return HealthCheck("migrations", True, f"at {newest}")
    return HealthCheck(
        "migrations", False, f"the database is at {stands}, the program at {newest}; run `guahao migrate`"
    )


def _fonts(service: Service) -> HealthCheck:
    if not _families:
        _families.extend(_installed())
    if _families:
        return _faces()
    return HealthCheck("fonts", False, "no font of the papers is installed; fonts-noto-cjk has them")


@cache
def _faces() -> HealthCheck:
    """Which face each part of a paper is set in; a warning when it is not the one that the city names."""
    used, rare = faces_in_use(), uncovered_extensions()
    told = [f"{role} {face.used.partition(',')[0]}{_instead_of(face)}" for role, face in used.items()]
    if rare:
        lacking = f"no font has the characters of CJK extensions {', '.join(rare)}: they are printed as {GETA}"
        told.append(f"{lacking}; fonts-hanazono has them")
    is_fine = not rare and all(face.is_as_asked for face in used.values())
    return HealthCheck("fonts", is_fine, "; ".join(told), is_warning=True)


def _instead_of(face: Face) -> str:
    return "" if face.is_as_asked else f" instead of {face.asked.rpartition(' ')[0]}"


def _installed() -> list[str]:
    try:
        return installed_families()
    except (OSError, SubprocessError):
        return []


def _calendar(service: Service) -> HealthCheck:
    on = service.today()
    with service.database.read() as tx:
        published, running, is_halfway = calendar_in_force(tx).published, unpublished_years(tx), is_pending(tx)
    if is_halfway:
        return HealthCheck(
            "calendar", False, "dating open approvals anew was interrupted; the worker goes on with it", True
        )
    missing = sorted({year for year in _years_needed(on) if year not in published} | set(running))
    if missing:
        years, count = ", ".join(map(str, missing)), max(running.values(), default=0)
        told = f"the notice of {years} is not loaded; days there are provisional ({count} open approvals run into it)"
        return HealthCheck("calendar", False, told, True)
    return HealthCheck("calendar", True, f"{min(published)} to {max(published)}")


def _years_needed(on: date) -> list[int]:
    return [on.year, on.year + 1] if (on.month, on.day) >= NEXT_YEAR_FROM else [on.year]


def _sweep(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        found = sweeps(tx, service.now())
    last, is_warning = found.last, not service.settings.is_production
    if last is None:
        return HealthCheck("sweep", False, "there was none yet; is the worker running?", is_warning)
    did = f"it took {last.seconds:.2f} s: " + (told_moves(last) or "nothing was due")
    if not found.is_fine:
        told = f"the last one ended {found.minutes_ago} minutes ago; {did}; is the worker running?"
        return HealthCheck("sweep", False, told, is_warning)
    if last.failed:
        return HealthCheck("sweep", False, f"{last.failed} projects could not be swept, see the log; {did}", True)
    return HealthCheck(
        "sweep", True, f"ended {max(0, (service.now() - last.ended_at).total_seconds()):.0f} seconds ago; {did}"
    )


def told_moves(run: RunView) -> str:
    """What a run did: 2 raise, 1 lift."""
    return ", ".join(f"{number} {move.name}" for move, number in run.done)


def _jobs(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        found = jobs_health(tx, service.now())
    if not found.has_run:
        return HealthCheck("jobs", False, "there were none yet; is the worker running?", True)
    if found.missing:
        return HealthCheck("jobs", False, f"should have run: {', '.join(found.missing)}; is the worker running?", True)
    if found.failed:
        return HealthCheck("jobs", False, f"{found.failed} failed; the system administrator sees why", True)
    return HealthCheck("jobs", True, "all run")


def _outbox(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        found = health(tx)
    since = [moment for moment in (found.late_since, found.unread_since) if moment]
    late = service.now() - min(since) if since else timedelta()
    if late > OUTBOX_WITHIN:
        told = f"notices wait for {late.total_seconds() / 60:.0f} minutes to be carried outward; is the worker running?"
        return HealthCheck("outbox", False, told, True)
    if found.dead:
        return HealthCheck(
            "outbox", False, f"{found.dead} deliveries were given up; the system administrator sees why", True
        )
    return HealthCheck("outbox", True, f"{found.on_the_way} deliveries on their way")


def _signing(service: Service) -> HealthCheck:
    """Who signs the issued papers, and until when."""
    try:
        found = certificate_in_use(service.settings)
    except UnusableKey as error:
        return HealthCheck("signing", False, f"no report can be issued, GUAHAO_SIGNING_KEY is of no use: {error}")
    if found is None:
        return _unsigned(service)
    left, until = found.until_at - service.now(), day_of(found.until_at)
    if not found.holds_at(service.now()):
        told = f"no report can be issued: the certificate of {found.name} holds from {day_of(found.from_at)} to {until}"
        return HealthCheck("signing", False, told, True)
    told = f"papers are signed by {found.name}, until {until}"
    return HealthCheck(
        "signing", left > RENEW_WITHIN, told + (f" ({left.days} days)" if left <= RENEW_WITHIN else ""), True
    )


def _unsigned(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        before = last_signer(tx)
    if before is None:
        return HealthCheck("signing", True, "papers are not signed; GUAHAO_SIGNING_KEY names no key")
    told = f"the last report was signed by {before}, and GUAHAO_SIGNING_KEY names no key on this machine"
    return HealthCheck("signing", False, told, True)
