"""A streaming replica of the PostgreSQL database, from which pages are read when it has what their reader wrote."""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from approvals.base.database import Database, Transactions

NOTHING = "0/0"  # the place in the log of somebody who has written nothing
AHEAD = "FFFFFFFF/FFFFFFFF"  # that no replica has reached
AVOIDED_FOR = 10.0  # seconds after the replica did not answer
_WRITTEN = text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
_HAS = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:place AS pg_lsn)")
_LAG = text(
    "SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
    " ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"
)
_log = logging.getLogger(__name__)


class Replica:
    """The replica beside its primary. What it lacks, or cannot say, is read from the primary."""

    def __init__(self, url: str, primary: Database) -> None:
        self._copy, self._primary = Database(url), primary
        self._avoided_until = 0.0

    def written(self) -> str:
        """The end of the primary's log now; AHEAD when the primary does not answer."""
        try:
            with self._primary.read() as tx:
                return str(tx.execute(_WRITTEN).scalar_one())
        except SQLAlchemyError:
            return AHEAD

    def reader(self, place: str) -> Transactions:
        """Transactions for somebody who wrote up to this place in the log: they read nothing older than that."""
        return _Reader(self, place)

    def lag(self) -> float | None:
        """Seconds that the replica is behind; None when it is a primary of its own by now."""
        with self._copy.read() as tx:
            is_replica, seconds = tx.execute(_LAG).one()
        return float(seconds or 0) if is_replica else None

    def read(self, place: str) -> AbstractContextManager[Connection]:
        return (self._copy if self._has(place) else self._primary).read()

    def write(self) -> AbstractContextManager[Connection]:
        return self._primary.write()

    def close(self) -> None:
        self._copy.close()

    def _has(self, place: str) -> bool:
        """Whether the replica answers and has everything up to this place. Asked before the snapshot is taken."""
        if time.monotonic() < self._avoided_until:
            return False
        try:
            with self._copy.read() as tx:
                return bool(tx.execute(_HAS, {"place": place}).scalar_one())
        except SQLAlchemyError as error:
            _log.warning("the replica does not answer (%s); pages are read from the primary", type(error).__name__)
            self._avoided_until = time.monotonic() + AVOIDED_FOR
            return False


@dataclass(frozen=True, slots=True)
class _Reader:
    replica: Replica
    place: str
    is_sqlite: bool = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.replica.read(self.place) as tx:
            yield tx

    def write(self) -> AbstractContextManager[Connection]:
        return self.replica.write()
