"""The database: SQLite or PostgreSQL behind one engine, with one way to write and one way to read."""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError

SAFE_SQLITE = (3, 51, 3)  # earlier ones can corrupt a WAL database with two or more connections
PATIENCE = 60.0  # seconds that a writer waits until it may write: jobs and commands
PATIENCE_OF_PAGES = 5.0  # seconds: somebody waits for the answer
NEAR = 0.25  # seconds that make no difference to somebody who waits
FOR_A_CONNECTION = 10.0  # seconds until somebody gives one back
IDLE = 1.0  # seconds after which a connection of the pool is pinged before its next use
IMMEDIATE = "BEGIN IMMEDIATE"
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # REPLACE deletes a row past the triggers that refuse it otherwise
    "cache_size=-65536",
    "temp_store=MEMORY",
)


_patience: ContextVar[float] = ContextVar("patience", default=PATIENCE)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within this block writers of SQLite wait so long for others, in the queue and for the lock together."""
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


class UnsafeLibrary(RuntimeError):
    """The SQLite library is one that can corrupt the database."""


class Transactions(Protocol):
    """What opens transactions: the database itself, or a job whose writes prove that it still has its lease."""

    @property
    def is_sqlite(self) -> bool: ...
    def write(self) -> AbstractContextManager[Connection]: ...
    def read(self) -> AbstractContextManager[Connection]: ...


class Database:
    """One database. `write()` and `read()` open the only transactions there are."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._queue = _WriterQueue(f"{self.url.database}.lock") if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back on any error."""
        if self._queue is None:
            with self.engine.begin() as tx:
                yield tx
            return
        until = monotonic() + _patience.get()
        with self.engine.connect() as tx:  # nobody queues behind our wait for a connection
            if not self._queue.enter(until - monotonic()):
                raise _busy()
            try:
                with tx.begin():
                    _begin_writing(tx, max(0.0, until - monotonic()))
                    yield tx
            finally:
                self._queue.leave()

    @contextmanager
    def write_unless_busy(self) -> Iterator[Connection | None]:
        """A write transaction, or None while somebody else writes to SQLite: for notes that can be made later."""
        if self._queue is None:
            with self.write() as tx:
                yield tx
            return
        with self.engine.connect() as tx:
            if not self._queue.enter(0):
                yield None
                return
            try:
                with tx.begin():
                    _begin(tx, IMMEDIATE)
                    yield tx
            finally:
                self._queue.leave()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction over one snapshot; it is rolled back at the end."""
        with self.engine.connect() as plain:
            tx = plain if self.is_sqlite else plain.execution_options(**_SNAPSHOT)
            with tx.begin() as transaction:
                if self.is_sqlite:
                    _begin(tx, "BEGIN")
                yield tx
                transaction.rollback()

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """For one reading statement: it is a snapshot by itself and needs no transaction around it."""
        with self.engine.connect() as plain:
            yield plain if self.is_sqlite else plain.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self.engine.dispose()
        if self._queue is not None:
            self._queue.close()


class _WriterQueue:
    """A fair queue for writers: SQLite's own busy handler is not, and its slowest writers wait long.

    The kernel's queue for the lock of a file is fair, and has no time limit. So a thread stands in it for a writer that
    has to wait; when that one gave up meanwhile, the turn goes to who came next here, or is given back.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.Lock()
        self._file: Any = None
        self._turn = threading.Condition()
        self._stands = self._is_awaited = self._has_come = False

    def enter(self, seconds: float) -> bool:
        """Be the writer; False when somebody else is for so long."""
        until = monotonic() + seconds
        if not self._local.acquire(timeout=max(0.0, seconds)):
            return False
        try:
            if self._file is None:
                self._file = Path(self._path).open("ab")  # noqa: SIM115 close() closes it
            is_ours = self._take(until)
        except BaseException:
            self._local.release()
            raise
        if not is_ours:
            self._local.release()
        return is_ours

    def _take(self, until: float) -> bool:
        with self._turn:
            if not self._stands:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return True
                except BlockingIOError:
                    if until <= monotonic():
                        return False
                self._stands = True
                threading.Thread(target=self._stand, daemon=True).start()
            self._is_awaited = True
            self._turn.wait_for(lambda: self._has_come, max(0.0, until - monotonic()))
            self._is_awaited = False
            has_come, self._has_come = self._has_come, False
            return has_come

    def _stand(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._turn:
            self._stands = False
            if self._is_awaited:
                self._has_come = True
                self._turn.notify()
            else:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def leave(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._local.release()

    def close(self) -> None:
        with self._local:
            if self._file is not None:
                self._file.close()
                self._file = None


def check_library() -> str:
    """The version of the SQLite library; UnsafeLibrary when it is one that can corrupt."""
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        needed = ".".join(map(str, SAFE_SQLITE))
        raise UnsafeLibrary(f"SQLite {sqlite.sqlite_version} can corrupt the database; {needed} or later is needed")
    return str(sqlite.sqlite_version)


def _sqlite_engine(url: str) -> Engine:
    check_library()
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file: several processes share it")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"timeout": PATIENCE_OF_PAGES, "check_same_thread": False}
    engine = create_engine(
        url,
        module=sqlite,
        connect_args=arguments,
        hide_parameters=True,  # no names in logs
        pool_size=8,
        max_overflow=40,  # of writers that wait, mostly
        pool_timeout=FOR_A_CONNECTION,
    )
    event.listen(engine, "connect", prepare_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object = None) -> None:
    """Set a new connection of the driver up as all of ours are: durable, checked, and never beginning by itself."""
    connection.isolation_level = None  # the driver's own transactions lose updates; we begin ourselves
    if not _writes_ahead(connection):
        _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _writes_ahead(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def _write_ahead(connection: Any) -> None:
    """Turn a new database to WAL; one program at a time, since SQLite refuses at once when two try together."""
    (_, _, path), *_ = connection.execute("PRAGMA database_list").fetchall()
    queue = _WriterQueue(f"{path}.lock")
    if not queue.enter(PATIENCE):
        raise _busy()
    try:
        if not _writes_ahead(connection):
            connection.execute("PRAGMA journal_mode=WAL")
    finally:
        queue.leave()
        queue.close()


def _busy(cause: Exception | None = None) -> OperationalError:
    return OperationalError(IMMEDIATE, None, cause or sqlite.OperationalError("database is locked"))


def _begin_writing(tx: Connection, seconds: float) -> None:
    """Begin; another program than ours may hold the lock of SQLite for so long."""
    is_usual = abs(seconds - PATIENCE_OF_PAGES) < NEAR
    try:
        if not is_usual:
            _begin(tx, f"PRAGMA busy_timeout={int(seconds * 1000)}")
        _begin(tx, IMMEDIATE)
    except sqlite.OperationalError as error:
        raise _busy(error) from error
    finally:
        if not is_usual:
            _begin(tx, f"PRAGMA busy_timeout={int(PATIENCE_OF_PAGES * 1000)}")


def _begin(tx: Connection, statement: str) -> None:
    # By the driver itself: an event on "begin" would slow down every statement of the engine.
    tx.connection.cursor().execute(statement)


def _postgres_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=FOR_A_CONNECTION,
        connect_args={
            "options": f"-c timezone=UTC -c lock_timeout={PATIENCE_OF_PAGES:.0f}s -c statement_timeout=120s",
            "application_name": "guahao",
        },
    )
    event.listen(engine, "checkin", _note_idle)
    event.listen(engine, "checkout", _ping_idle(engine.dialect))
    return engine


def _note_idle(_connection: Any, record: Any) -> None:
    record.info["idle_since"] = monotonic()


def _ping_idle(dialect: Dialect) -> Callable[[Any, Any, Any], None]:
    """Ping a connection that was idle for a while; one used a moment ago is alive, and a move saves the round trip.

    Where the server went away, all connections are made anew.
    """

    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info.get("idle_since", inf) < IDLE:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return ping
