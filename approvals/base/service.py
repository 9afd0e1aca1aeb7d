"""The running installation: its settings, its database and its clock."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from approvals.base.database import Database
from approvals.base.moments import Clock, clock_from, day_of
from approvals.base.replica import Replica
from approvals.base.settings import Settings
from approvals.base.stores import fact

DEMO_CLOCK = "demo_clock"  # the installation's fact that moves the clock: {"offset_seconds": -86400}
_log = logging.getLogger(__name__)


class Service:
    """One installation; its clock is read once, when somebody first asks for the time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        self.replica = Replica(settings.replica_url, self.database) if settings.replica_url else None
        self._clock: Clock | None = clock_from(settings.now) if settings.now else None

    def close(self) -> None:
        self.database.close()
        if self.replica is not None:
            self.replica.close()

    @property
    def clock(self) -> Clock:
        if self._clock is None:
            self._clock = Clock() if self.settings.is_production else _demo_clock(self.database)
        return self._clock or Clock()

    def now(self) -> datetime:
        """The moment by the installation's clock, in UTC."""
        return self.clock.now()

    def today(self) -> date:
        """The city's day by the installation's clock."""
        return day_of(self.now())

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within this block `settings_in_use()` are those of this installation."""
        before = _settings.set(self.settings)
        try:
            yield
        finally:
            _settings.reset(before)


_settings: ContextVar[Settings] = ContextVar("settings")


def settings_in_use() -> Settings:
    """The settings of the installation that is at work in this context; LookupError outside of any."""
    return _settings.get()


def _demo_clock(database: Database) -> Clock | None:
    """The clock that the demo left behind, or the machine's; None while the database cannot say."""
    try:
        with database.read() as tx:
            offset = fact(tx, DEMO_CLOCK)
    except SQLAlchemyError:
        _log.warning("the database cannot say whether a demo moved the clock; the machine's own is used")
        return None
    return Clock(timedelta(seconds=offset["offset_seconds"])) if offset else Clock()
