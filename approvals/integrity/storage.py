"""Health checks of what is stored: free space, who may read it, the last backup and the last verification."""

import os
import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from approvals.base.files.scanner import check_answers
from approvals.base.moments import day_of
from approvals.base.service import Service
from approvals.base.stores import fact, keep_fact
from approvals.filing.orphans import orphans
from approvals.integrity.backups import LAST_BACKUP
from approvals.integrity.checks import HealthCheck
from approvals.integrity.restored import RESTORED

LAST_VERIFICATION = "last_verification"  # the installation's fact
FULL, NEARLY_FULL = 200 * 2**20, 2 * 2**30  # bytes that are free
WITHIN = timedelta(days=2)  # a backup and a verification each night, of which one may fail
MOST_NAMED = 20  # files in one line
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def note_verification(tx: Connection, at: datetime, broken: int) -> None:
    """Remember when the record was verified, and how many invariants did not hold."""
    keep_fact(tx, LAST_VERIFICATION, {"at": at.isoformat(), "broken": broken})


def disk(service: Service) -> HealthCheck:
    """The free space where documents, and perhaps the database, lie."""
    place = service.settings.data_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    told = f"{free / 2**30:.1f} GB are free at {place}"
    return HealthCheck("disk", free >= NEARLY_FULL, told, is_warning=free >= FULL)


def modes(service: Service) -> HealthCheck:
    """Whether others on this machine may read what is the service's own."""
    settings, database = service.settings, service.database
    paths = [settings.data_dir, settings.files_dir, settings.data_dir / "secret-key"]
    if database.is_sqlite:
        paths += [Path(f"{database.url.database}{suffix}") for suffix in ("", "-wal", "-shm")]
    if settings.signing_key:
        paths.append(settings.signing_key)
    # What lies in a folder that others may not enter is out of their reach, whatever its own mode says.
    is_closed = settings.data_dir.exists() and not _is_open(settings.data_dir)
    inside = [path for path in paths if path.is_relative_to(settings.data_dir)] if is_closed else []
    loose = [str(path) for path in paths if path not in inside and path.exists() and _is_open(path)]
    if loose:
        return HealthCheck("modes", False, f"others may read {', '.join(loose)}; chmod go-rwx", is_warning=True)
    return HealthCheck("modes", True, "database, documents and keys are for their owner alone", is_warning=True)


def _is_open(path: Path) -> bool:
    return bool(os.stat(path).st_mode & FOR_OTHERS)


def scanner(service: Service) -> HealthCheck:
    """Whether uploads are scanned, and whether the scanner answers."""
    address = service.settings.scanner
    if address is None:
        return HealthCheck("scanner", True, "uploads are not scanned; GUAHAO_SCANNER names no scanner")
    try:
        check_answers(address)
    except OSError as error:
        told = f"{address} does not answer ({type(error).__name__}); all uploads are refused"
        return HealthCheck("scanner", False, told, is_warning=True)
    return HealthCheck("scanner", True, f"uploads are scanned by {address}")


def left_over(service: Service) -> HealthCheck:
    """Files that belong to nothing, which the daily job removes; walks the store, so `guahao doctor` alone asks."""
    folder = service.settings.files_dir
    with service.database.read() as tx:
        paths = orphans(tx, folder, service.now())
    if not paths:
        return HealthCheck("orphans", True, "no file is left that belongs to nothing")
    names = ", ".join(path.name for path in paths[:MOST_NAMED]) + (" …" if len(paths) > MOST_NAMED else "")
    return HealthCheck("orphans", True, f"the daily job removes {len(paths)} files that belong to nothing: {names}")


def backup(service: Service) -> HealthCheck:
    """The age of the last backup that was made by `guahao backup`, and whether this is a restored service."""
    with service.database.read() as tx:
        last, restored = fact(tx, LAST_BACKUP), fact(tx, RESTORED)
    note = f"; restored on {day_of(datetime.fromisoformat(restored['at']))}" if restored else ""
    if last is None:
        return HealthCheck("backup", False, f"there was none by `guahao backup`{note}", is_warning=True)
    return _aged("backup", datetime.fromisoformat(last["at"]), service.now(), note)


def verification(service: Service) -> HealthCheck:
    """The age and the result of the last `guahao verify`."""
    with service.database.read() as tx:
        last = fact(tx, LAST_VERIFICATION)
    if last is None:
        return HealthCheck("verification", False, "the record was never verified; run `guahao verify`", is_warning=True)
    if last["broken"]:
        told = f"{last['broken']} invariants of the record did not hold; run `guahao verify`"
        return HealthCheck("verification", False, told, is_warning=True)
    return _aged("verification", datetime.fromisoformat(last["at"]), service.now(), "")


def _aged(name: str, at: datetime, now: datetime, note: str) -> HealthCheck:
    hours = (now - at).total_seconds() / 3600
    return HealthCheck(name, now - at <= WITHIN, f"the last one was {hours:.0f} hours ago{note}", is_warning=True)


def pages_of_sqlite(service: Service) -> HealthCheck:
    """Whether SQLite finds its pages whole; reads the whole file, so `guahao doctor` alone asks."""
    with service.database.read() as tx:
        found = tx.execute(text("PRAGMA quick_check(3)")).scalars().all()
    return HealthCheck("pages", found == ["ok"], "all whole" if found == ["ok"] else "; ".join(found))
