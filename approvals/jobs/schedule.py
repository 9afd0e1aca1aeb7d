"""The schedule of regular jobs as data, and which of its periods have no job yet.

Every worker asks each second. A row for each kind and period decides that it is done once, however many ask; an outage
leaves periods without a row, which are made up for when the next worker asks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select

from approvals.base.jobs import JOB, TRIES, enqueue, progress
from approvals.base.moments import CITY_ZONE, day_of, start_of
from approvals.notifications.queries import cursor_and_newest
from approvals.notifications.root_letters import KEEP
from approvals.reports.periods import Month, bulletins_until, month_of
from workflows.config.outbox_policy import load_outbox_policy

FAN_OUT, NOTICES = "fan_out", "notices"  # the kind and the key of the one job that walks the notices
AHEAD = timedelta(minutes=10)  # how far the clocks of two machines may lie apart
MOST = 120  # periods that are made up for at once: ten years of months


@dataclass(frozen=True, slots=True)
class JobPeriod:
    """A period of a regular job: its name, and the moment from which on it is due."""

    name: str
    from_at: datetime


@dataclass(frozen=True, slots=True)
class Regular:
    """A kind of job, how its periods go, and what an outage leaves to do: all missed periods, or the last one alone."""

    kind: str
    last: Callable[[datetime], JobPeriod]  # the newest period that has begun at this moment
    makes_up_all: bool = False
    tries: int = TRIES
    retention: timedelta | None = timedelta(days=30)  # after which successful jobs are deleted; None: never


def each_minute(at: datetime) -> JobPeriod:
    begun = at.astimezone(CITY_ZONE).replace(second=0, microsecond=0)
    return JobPeriod(begun.strftime("%Y-%m-%d %H:%M"), begun)


def daily(hour: time) -> Callable[[datetime], JobPeriod]:
    def last(at: datetime) -> JobPeriod:
        here = at.astimezone(CITY_ZONE)
        on = here.date() if here.time() >= hour else here.date() - timedelta(days=1)
        return JobPeriod(on.isoformat(), datetime.combine(on, hour, CITY_ZONE))

    return last


def each_month(at: datetime) -> JobPeriod:
    """The month that was over last, due from the first moment of the next one."""
    return _after(month_of(day_of(at)).previous)


def each_bulletin(at: datetime) -> JobPeriod:
    """The last month with which a bulletin ends, by the city's policy."""
    return _after(bulletins_until(day_of(at), 1)[0].last)


def _after(month: Month) -> JobPeriod:
    return JobPeriod(str(month), start_of(month.following.first_on))


SCHEDULE = (
    Regular("sweep", each_minute, tries=1, retention=timedelta(days=2)),  # the next minute's makes up for it
    Regular("compile_month", each_month, makes_up_all=True, retention=None),
    Regular("compile_bulletin", each_bulletin, makes_up_all=True, retention=None),
    Regular("propose_deductions", daily(time(1))),
    Regular("digest", daily(load_outbox_policy().digest_at)),
    Regular("tidy", daily(time(3))),
    Regular(KEEP, daily(time(0, 30))),
)


def plan(tx: Connection, now: datetime) -> int:
    """Enqueue the jobs of all periods that have begun and have none, and of new notices; how many."""
    tx.execute(delete(JOB).where(*_of_the_future(now)))
    planned = 0
    for regular in SCHEDULE:
        for period in missing(tx, regular, now):
            enqueue(tx, regular.kind, period.name, {}, now, due_at=period.from_at, tries=regular.tries)
            planned += 1
    if _has_news(tx):
        enqueue(tx, FAN_OUT, NOTICES, {}, now, is_repeated=True)
        planned += 1
    return planned


def is_planned(tx: Connection, now: datetime) -> bool:
    """Whether every period that has begun, and what is new, has its job, so that nothing needs to be written."""
    if tx.execute(select(JOB.c.id).where(*_of_the_future(now)).limit(1)).first():
        return False
    return not any(missing(tx, regular, now) for regular in SCHEDULE) and not _has_news(tx)


def _has_news(tx: Connection) -> bool:
    """Whether there are new notices that no job fans out or is about to."""
    walked, newest = cursor_and_newest(tx)
    if newest <= walked:
        return False
    job = progress(tx, FAN_OUT, NOTICES)
    return job is None or job.is_over


def _of_the_future(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Jobs done for a time that has not come: the clock was put back, and that time passes again."""
    kinds = [regular.kind for regular in SCHEDULE if not regular.makes_up_all]
    return JOB.c.kind.in_(kinds), JOB.c.state == "done", JOB.c.due_at > now + AHEAD


def missing(tx: Connection, regular: Regular, now: datetime) -> list[JobPeriod]:
    """The periods without a job, the oldest first. With no job at all, the last one: nothing is made up for then."""
    newest = tx.execute(select(func.max(JOB.c.due_at)).where(JOB.c.kind == regular.kind)).scalar_one()
    return [*_back_to(regular, now, newest)][::-1]


def _back_to(regular: Regular, now: datetime, newest: datetime | None) -> Iterator[JobPeriod]:
    period = regular.last(now)
    for _ in range(MOST if regular.makes_up_all and newest else 1):
        if newest is not None and period.from_at <= newest:
            return
        yield period
        period = regular.last(period.from_at - timedelta(microseconds=1))


def forget(tx: Connection, now: datetime) -> int:
    """Delete successful jobs after their retention; failed ones stay until somebody looks at them. How many."""
    deleted = 0
    for regular in SCHEDULE:
        if regular.retention is not None:
            old = JOB.c.kind == regular.kind, JOB.c.state == "done", JOB.c.due_at < now - regular.retention
            deleted += tx.execute(delete(JOB).where(*old)).rowcount
    return deleted
