"""Backups: the database of either engine and all documents in one archive, and their way into an empty installation."""

import os
import subprocess
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import inspect, text

from approvals import __version__
from approvals.base.database import Database, prepare_sqlite
from approvals.base.files.store import path_of
from approvals.base.migrations import current, head, upgrade
from approvals.base.service import Service
from approvals.base.settings import Settings
from approvals.base.stores import keep_fact
from approvals.integrity.archives import BadArchive, add, add_manifest, unpack, written
from approvals.integrity.restored import Restoration, begin_anew

LAST_BACKUP = "last_backup"  # the installation's fact
DUMPS = {True: "database.sqlite", False: "database.dump"}  # by whether it is SQLite
PAGES_AT_ONCE = 2000  # of SQLite, between which others write


def back_up(service: Service, path: Path, key: str | None) -> int:
    """Write the archive; how many documents are in it. The database comes first: no row misses its file."""
    database, at, sums = service.database, service.now(), dict[str, str]()
    with TemporaryDirectory(dir=path.parent, prefix=".guahao-backup-") as folder:  # mode 0700
        dump = Path(folder) / DUMPS[database.is_sqlite]
        (_dump_sqlite if database.is_sqlite else _dump_postgresql)(database, dump)
        with written(path, key) as archive:
            add(archive, dump.name, dump, sums)
            documents = _add_files(archive, service.settings.files_dir, sums)
            add_manifest(
                archive,
                {"at": at.isoformat(), "version": __version__, "edition": current(database), "sums": sums},
            )
    with database.write() as tx:
        keep_fact(tx, LAST_BACKUP, {"at": at.isoformat(), "documents": documents, "is_encrypted": key is not None})
    return documents


def _add_files(archive: tarfile.TarFile, folder: Path, sums: dict[str, str]) -> int:
    before = len(sums)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path_of(folder, path.name) == path:  # not what is just being written
            add(archive, f"files/{path.relative_to(folder).as_posix()}", path, sums)
    return len(sums) - before


def _dump_sqlite(database: Database, dump: Path) -> None:
    source, copy = sqlite.connect(str(database.url.database)), sqlite.connect(str(dump))
    try:
        source.backup(copy, pages=PAGES_AT_ONCE, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise BadArchive("the database is damaged; it was not backed up")
    finally:
        copy.close()
        source.close()


def _dump_postgresql(database: Database, dump: Path) -> None:
    _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")


def _run(program: str, database: Database, *options: str) -> None:
    """Run a program of PostgreSQL on this database; its password is not among the words that others see."""
    address = database.url.set(drivername="postgresql", password=None).render_as_string()
    env = os.environ | ({"PGPASSWORD": str(database.url.password)} if database.url.password else {})
    try:
        done = subprocess.run(
            [program, f"--dbname={address}", *options], env=env, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BadArchive(f"{program} is missing; the package postgresql-client has it") from None
    if done.returncode:
        raise BadArchive(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr else done.returncode}"
        )


def restore(
    settings: Settings, path: Path, key: str | None, last_numbers: Mapping[int, int], now: datetime, *, sends: bool
) -> Restoration:
    """Put the archive into an empty installation, which knows from then on that it is a restored one."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_unless_empty(settings)
    with TemporaryDirectory(dir=settings.data_dir, prefix=".guahao-restore-") as folder:
        manifest = unpack(path, key, Path(folder))
        try:
            _put_back(settings.database_url, Path(folder), manifest)
            _put_back_files(Path(folder) / "files", settings.files_dir)
            upgrade(settings.database_url)
            return _begin_anew(settings, datetime.fromisoformat(manifest["at"]), last_numbers, now, sends=sends)
        except BaseException:  # nothing stays that looks like a restored service and does not know it
            _empty(settings)
            raise


def _put_back_files(source: Path, target: Path) -> None:
    if source.exists():
        if target.exists():
            target.rmdir()
        source.rename(target)


def _begin_anew(
    settings: Settings, backup_at: datetime, last_numbers: Mapping[int, int], now: datetime, *, sends: bool
) -> Restoration:
    database = Database(settings.database_url)
    try:
        with database.write() as tx:
            return begin_anew(tx, backup_at, last_numbers, now, sends=sends)
    finally:
        database.close()


def _empty(settings: Settings) -> None:
    """Take back what a restoration that failed has put into an empty installation."""
    rmtree(settings.files_dir, ignore_errors=True)
    database = Database(settings.database_url)
    try:
        if database.is_sqlite:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{database.url.database}{suffix}").unlink(missing_ok=True)
            return
        with database.write() as tx:
            tx.execute(text("DROP SCHEMA public CASCADE"))  # tables, sequences and the functions of triggers
            tx.execute(text("CREATE SCHEMA public"))
    finally:
        database.close()


def refuse_unless_empty(settings: Settings) -> None:
    """BadArchive when there are tables or documents that a restoration would mix with its own."""
    database = Database(settings.database_url)
    try:
        with database.engine.connect() as connection:
            has_tables = bool(inspect(connection).get_table_names())
    finally:
        database.close()
    if has_tables:
        raise BadArchive("the database is not empty; a backup is restored into an empty one only")
    if settings.files_dir.exists() and any(settings.files_dir.iterdir()):
        raise BadArchive(f"{settings.files_dir} is not empty; a backup is restored into an empty one only")


def _put_back(url: str, folder: Path, manifest: Mapping[str, Any]) -> None:
    database = Database(url)
    try:
        _load(database, folder, manifest)
    finally:
        database.close()


def _load(database: Database, folder: Path, manifest: Mapping[str, Any]) -> None:
    dump = folder / DUMPS[database.is_sqlite]
    if not dump.exists():
        raise BadArchive("the backup is of the other engine; GUAHAO_DATABASE_URL names a database of the same")
    if manifest["edition"] > str(head()):
        raise BadArchive(f"the backup is of a newer version ({manifest['version']})")
    if database.is_sqlite:
        source, target = sqlite.connect(str(dump)), sqlite.connect(str(database.url.database))
        try:
            prepare_sqlite(target)
            source.backup(target)
        finally:
            target.close()
            source.close()
    else:
        _run("pg_restore", database, "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
