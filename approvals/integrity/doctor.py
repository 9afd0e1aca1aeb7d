"""Health checks of everything that the service needs, for `guahao doctor` and `/readyz`."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from subprocess import SubprocessError

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from approvals.accounts.queries import unbound_programs
from approvals.base.database import check_library
from approvals.base.forwarded import is_forwarded
from approvals.base.migrations import current, head
from approvals.base.moments import day_of
from approvals.base.service import Service
from approvals.calendar.queries import calendar_in_force
from approvals.catalogue.queries import catalogue_in_force, editions
from approvals.handover.vacancies import vacancies
from approvals.integrity import storage
from approvals.integrity.checks import HealthCheck
from approvals.jobs.queries import health as jobs_health
from approvals.notifications.queries import health
from approvals.pdf.fonts import KAI, fonts_in_use, installed_families
from approvals.pdf.glyphs import GETA, uncovered_extensions
from approvals.recalculation.actions import is_pending, unpublished_years
from approvals.registration.edition_views import file_differs
from approvals.registration.editions import missing_units, orphaned_codes
from approvals.reports.lifecycle.file_metadata import UnusableKey
from approvals.reports.lifecycle.queries import last_signer
from approvals.reports.lifecycle.signing import certificate_in_use
from approvals.supervision.sweep_log import sweeps
from workflows.config.catalogue import CatalogueError

RENEW_WITHIN = timedelta(days=60)  # before a certificate ends: a new one takes weeks to get
REPLICA_WITHIN = 60  # seconds behind the primary
OUTBOX_WITHIN = timedelta(minutes=15)  # the worker looks every few seconds
DEATHS_IN_A_ROW = 3  # of one process, from which on the service is not ready
NEXT_YEAR_FROM = (12, 15)  # month and day by which the State Council has published next year's days off
_families: list[str] = []  # fonts of documents, remembered once any is installed


def _warning(name: str, message: str) -> HealthCheck:
    return HealthCheck(name, False, message, is_warning=True)


def examine(service: Service, *, is_thorough: bool = False) -> list[HealthCheck]:
    """All checks, in the order in which they are shown; the thorough ones read much."""
    checks: dict[str, Callable[[Service], HealthCheck]] = {
        "database": _database,
        "migrations": _migrations,
        "fonts": _fonts,
        "calendar": _calendar,
        "catalogue": _catalogue,
        "sweep": _sweep,
        "jobs": _jobs,
        "outbox": _outbox,
        "responsibilities": _responsibilities,
        "signing": _signing,
        "tokens": _tokens,
        "disk": storage.disk,
        "modes": storage.modes,
        "backup": storage.backup,
        "verification": storage.verification,
        "scanner": storage.scanner,
        "proxy": _proxy,
    }
    if service.settings.replica_url:
        checks["replica"] = _replica
    if service.settings.launcher_notes:
        checks["processes"] = _processes
    if is_thorough:
        checks["orphans"] = storage.left_over
    if is_thorough and service.database.is_sqlite:
        checks["pages"] = storage.pages_of_sqlite
    return [_run(name, check, service) for name, check in checks.items()]


def readiness(checks: list[HealthCheck]) -> dict[str, object]:
    """The checks as JSON; `ok` when none fails, which a warning does not."""
    return {
        "ok": all(check.is_fine or check.is_warning for check in checks),
        "checks": {
            check.name: {"ok": check.is_fine, "warning": check.is_warning, "told": check.told} for check in checks
        },
    }


def _run(name: str, check: Callable[[Service], HealthCheck], service: Service) -> HealthCheck:
    try:
        return check(service)
    except SQLAlchemyError as error:
        return HealthCheck(name, False, f"the database does not answer ({type(error).__name__})")


def _database(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        tx.execute(text("SELECT 1"))
    return HealthCheck("database", True, f"SQLite {check_library()}" if service.database.is_sqlite else "PostgreSQL")


def _replica(service: Service) -> HealthCheck:
    try:
        lag = service.replica.lag() if service.replica else None
    except SQLAlchemyError as error:
        return _warning("replica", f"does not answer ({type(error).__name__}); pages are read from the primary")
    if lag is None:
        return _warning(
            "replica",
            "what GUAHAO_REPLICA_URL names is a primary now; pages are read from the database of GUAHAO_DATABASE_URL",
        )
    return HealthCheck("replica", lag <= REPLICA_WITHIN, f"{lag:.0f} seconds behind", True)


def _processes(service: Service) -> HealthCheck:
    """The processes that `guahao serve` starts again and again."""
    deaths: dict[str, int] = {}
    if service.settings.launcher_notes:
        with suppress(OSError, ValueError):
            deaths = json.loads(service.settings.launcher_notes.read_text("utf-8"))
    if not deaths:
        return HealthCheck("processes", True, "all of them run")
    told = "; ".join(f"{name} died {number} times in a row" for name, number in deaths.items())
    return HealthCheck("processes", False, f"{told}, see the log", max(deaths.values()) < DEATHS_IN_A_ROW)


def _migrations(service: Service) -> HealthCheck:
    applied, newest = current(service.database), head()
    if applied == newest:
        return HealthCheck("migrations", True, f"at {newest}")
    return HealthCheck(
        "migrations", False, f"the database is at {applied}, the program at {newest}; run `guahao migrate`"
    )


def _fonts(service: Service) -> HealthCheck:
    if not _families:
        with suppress(OSError, SubprocessError):
            _families.extend(installed_families())
    if _families:
        return _faces()
    return HealthCheck("fonts", False, "no font of the documents is installed; fonts-noto-cjk has them")


@cache
def _faces() -> HealthCheck:
    """The font of each part of a document; a warning when it is not the one that the city names."""
    used, rare, parts = fonts_in_use(), uncovered_extensions(), []
    for role, face in used.items():
        replaced = "" if face.is_as_asked else f" instead of {face.asked.rpartition(' ')[0]}"
        parts.append(f"{role} {face.used.partition(',')[0]}{replaced}")
    if any(face.asked.startswith(KAI) and not face.is_as_asked for face in used.values()):
        parts.append("fonts-arphic-gkai00mp has this 楷体")
    if rare:
        missing = f"no font has the characters of CJK extensions {', '.join(rare)}: they are printed as {GETA}"
        parts.append(f"{missing}; fonts-hanazono has them")
    is_fine = not rare and all(face.is_as_asked for face in used.values())
    return HealthCheck("fonts", is_fine, "; ".join(parts), is_warning=True)


def _calendar(service: Service) -> HealthCheck:
    on = service.today()
    with service.database.read() as tx:
        published, running, is_interrupted = calendar_in_force(tx).published, unpublished_years(tx), is_pending(tx)
    if is_interrupted:
        return _warning("calendar", "recalculation of open approvals was interrupted; the worker continues it")
    needed = {on.year, on.year + 1} if (on.month, on.day) >= NEXT_YEAR_FROM else {on.year}
    missing = sorted(needed - set(published) | set(running))
    if missing:
        years, count = ", ".join(map(str, missing)), max(running.values(), default=0)
        return _warning(
            "calendar",
            f"the notice of {years} is not loaded; days there are provisional ({count} open approvals run into it)",
        )
    return HealthCheck("calendar", True, f"{min(published)} to {max(published)}")


def _catalogue(service: Service) -> HealthCheck:
    """The edition in force, what is open without its item, departments without a unit, a file that is another one."""
    on = service.today()
    with service.database.read() as tx:
        try:
            in_force = catalogue_in_force(tx, on)
        except CatalogueError as error:
            return HealthCheck("catalogue", False, f"it cannot be read: {error}")
        orphans, units, rows = orphaned_codes(tx, in_force), missing_units(tx, in_force), editions(tx)
    if orphans:
        return HealthCheck(
            "catalogue",
            False,
            f"open approvals are without their item: {', '.join(orphans)};"
            " load the catalogue under which they were registered with `guahao catalogue load`",
        )
    if units:
        return _warning("catalogue", f"departments without a unit: {', '.join(units)}")
    name, fault = file_differs(rows, on)
    if fault or name:
        reason = f"cannot be read ({fault})" if fault else f"(edition {name}) is another one"
        return _warning(
            "catalogue",
            f"edition {in_force.edition} is in force; the file of the settings {reason}:"
            " a new edition takes effect by `guahao catalogue load`",
        )
    return HealthCheck("catalogue", True, f"edition {in_force.edition}, {len(in_force.items)} items")


def _sweep(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        log = sweeps(tx, service.now())
    last, is_warning = log.last, not service.settings.is_production
    if last is None:
        return HealthCheck("sweep", False, "there was none yet; is the worker running?", is_warning)
    moves = ", ".join(f"{number} {move.name}" for move, number in last.done)
    summary = f"it took {last.seconds:.2f} s: {moves or 'nothing was due'}"
    if not log.is_fine:
        message = f"the last one ended {log.minutes_ago} minutes ago; {summary}; is the worker running?"
        return HealthCheck("sweep", False, message, is_warning)
    if last.failed:
        return _warning("sweep", f"{last.failed} projects could not be swept, see the log; {summary}")
    seconds = max(0, (service.now() - last.ended_at).total_seconds())
    return HealthCheck("sweep", True, f"ended {seconds:.0f} seconds ago; {summary}")


def _jobs(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        state = jobs_health(tx, service.now())
    if not state.has_run:
        return _warning("jobs", "there were none yet; is the worker running?")
    if state.missing:
        return _warning("jobs", f"should have run: {', '.join(state.missing)}; is the worker running?")
    if state.failed:
        return _warning("jobs", f"{state.failed} failed; the system administrator sees why")
    return HealthCheck("jobs", True, "all run")


def _outbox(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        state = health(tx)
    delays = [moment for moment in (state.late_since, state.unread_since) if moment]
    late = service.now() - min(delays) if delays else timedelta()
    if late > OUTBOX_WITHIN:
        return _warning(
            "outbox",
            f"notices wait for {late.total_seconds() / 60:.0f} minutes to be carried outward; is the worker running?",
        )
    if state.dead:
        return _warning("outbox", f"{state.dead} deliveries were given up; the system administrator sees why")
    return HealthCheck("outbox", True, f"{state.on_the_way} deliveries on their way")


def _responsibilities(service: Service) -> HealthCheck:
    """Open work that nobody holds."""
    with service.database.read() as tx:
        open_work = vacancies(tx)
    if open_work.is_empty:
        return HealthCheck("responsibilities", True, "somebody holds all open work")
    told = [(open_work.project_count, "projects without a liaison"), (open_work.questions, "questions to nobody")]
    parts = [f"{number} {words}" for number, words in told if number]
    for work in open_work.posts:
        counts = ", ".join(f"{number} {label.en}" for label, number in work.counts)
        parts.append(f"no {work.post.kind}{f' of {work.unit.name}' if work.unit else ''}: {counts}")
    return _warning("responsibilities", "; ".join(parts))


def _signing(service: Service) -> HealthCheck:
    """The signer of issued documents, and the end of the certificate."""
    try:
        certificate = certificate_in_use(service.settings)
    except UnusableKey as error:
        return HealthCheck("signing", False, f"no report can be issued, GUAHAO_SIGNING_KEY is of no use: {error}")
    if certificate is None:
        return _unsigned(service)
    remaining, until = certificate.until_at - service.now(), day_of(certificate.until_at)
    if not certificate.holds_at(service.now()):
        validity = f"{day_of(certificate.from_at)} to {until}"
        return _warning(
            "signing", f"no report can be issued: the certificate of {certificate.name} holds from {validity}"
        )
    message = f"papers are signed by {certificate.name}, until {until}"
    if remaining > RENEW_WITHIN:
        return HealthCheck("signing", True, message, is_warning=True)
    return _warning("signing", f"{message} ({remaining.days} days)")


def _unsigned(service: Service) -> HealthCheck:
    with service.database.read() as tx:
        signer = last_signer(tx)
    if signer is None:
        return HealthCheck("signing", True, "papers are not signed; GUAHAO_SIGNING_KEY names no key")
    return _warning(
        "signing", f"the last report was signed by {signer}, and GUAHAO_SIGNING_KEY names no key on this machine"
    )


def _tokens(service: Service) -> HealthCheck:
    """Tokens of programs that may do anything, for ever."""
    with service.database.read() as tx:
        unbound = unbound_programs(tx, service.now())
    if not unbound:
        return HealthCheck("tokens", True, "all tokens of programs are bound to units, moves and a term")
    names = ", ".join(f"{view.id} of {view.username}" for view in unbound)
    return _warning(
        "tokens", f"not bound to units, moves and a term: {names}; make new ones with `guahao token create`"
    )


def _proxy(service: Service) -> HealthCheck:
    """A proxy in front whose word on the client's address is not taken: tries to sign in are counted by address."""
    proxies = service.settings.proxies
    if not proxies and is_forwarded(service.settings.data_dir):
        return _warning(
            "proxy",
            "requests come through a proxy (X-Forwarded-For) and GUAHAO_PROXIES is not set:"
            " everybody seems to have the proxy's address",
        )
    return HealthCheck("proxy", True, f"{proxies} in front" if proxies else "none in front")
