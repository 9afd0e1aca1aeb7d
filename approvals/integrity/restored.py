"""What a restored service does differently: nobody is signed in, nothing is sent twice, no number is given twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from approvals.accounts.tables import PasswordLink, SignIn
from approvals.base.errors import Problem
from approvals.base.jobs import JOB
from approvals.base.stores import SERIES, fact, keep_fact
from approvals.base.tables import table_of
from approvals.notifications.tables import DELIVERY_KINDS, Channel, Delivery
from workflows.config.city import load_city

RESTORED = "restored"  # the installation's fact: the last restoration
LOST_NUMBERS = "lost_numbers"  # by series: the first and last of each run of numbers that no row bears any more
SESSIONS, LINKS = table_of(SignIn), table_of(PasswordLink)
CHANNELS, DELIVERIES = table_of(Channel), table_of(Delivery)


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was done: sessions that ended, messages that are not sent again, and numbers that stay lost."""

    backup_at: datetime
    sessions: int
    messages: int
    lost: dict[str, list[int]]


def registration_series(year: int) -> str:
    return f"registration/{load_city().division}/{year}"


def begin_anew(
    tx: Connection, backup_at: datetime, last_numbers: Mapping[int, int], now: datetime, *, sends: bool
) -> Restoration:
    """Let the service know that it is a restored one; `sends` when what waited at the backup was not sent since."""
    sessions = tx.execute(delete(SESSIONS)).rowcount
    tx.execute(delete(LINKS))
    messages = 0 if sends else _drop_waiting(tx, now)
    lost = {series: run for year, last in last_numbers.items() for series, run in _skip(tx, year, last)}
    keep_fact(tx, RESTORED, {"at": now.isoformat(), "backup_at": backup_at.isoformat(), "sends": sends})
    return Restoration(backup_at, sessions, messages, lost)


def _drop_waiting(tx: Connection, now: datetime) -> int:
    """What waits was perhaps sent after the backup; what was noticed before now goes nowhere but to inboxes."""
    waiting = DELIVERIES.c.state.in_(("waiting", "held"))
    messages = tx.execute(update(DELIVERIES).where(waiting).values(state="dropped")).rowcount
    tx.execute(delete(JOB).where(JOB.c.kind.in_(DELIVERY_KINDS.values()), JOB.c.state.in_(("waiting", "running"))))
    tx.execute(update(CHANNELS).where(CHANNELS.c.on_since.is_not(None)).values(on_since=now))
    return int(messages)


def _skip(tx: Connection, year: int, last: int) -> list[tuple[str, list[int]]]:
    """Go on after the last number that was given, and remember those that no row bears."""
    series = registration_series(year)
    stands = int(tx.execute(select(func.max(SERIES.c.last)).where(SERIES.c.series == series)).scalar_one() or 0)
    if last < stands:
        raise Problem(f"the backup has number {stands} of {year} already; the last one given cannot be {last}")
    if last == stands:
        return []
    tx.execute(delete(SERIES).where(SERIES.c.series == series))
    tx.execute(insert(SERIES).values(series=series, last=last))
    runs: dict[str, Any] = fact(tx, LOST_NUMBERS) or {}
    keep_fact(tx, LOST_NUMBERS, runs | {series: [*runs.get(series, []), [stands + 1, last]]})
    return [(series, [stands + 1, last])]


def lost_numbers(tx: Connection, series: str) -> frozenset[int]:
    """The numbers of this series that were given after a backup and are lost with what bore them."""
    runs = (fact(tx, LOST_NUMBERS) or {}).get(series, [])
    return frozenset(number for first, last in runs for number in range(first, last + 1))
