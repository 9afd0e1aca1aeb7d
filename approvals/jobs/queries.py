"""Reads jobs for the page and for `doctor`: the health of each kind, failures, recent jobs.

Deliveries have a page and a check of their own (`approvals/notifications/queries.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from approvals.base.jobs import JOB, JobView, job_view
from approvals.base.pagination import PAGE, Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, page_by_id
from approvals.jobs.labels import STATE_LABELS
from approvals.jobs.schedule import SCHEDULE, missing
from approvals.notifications.queries import DELIVERING

WITHIN = timedelta(minutes=15)  # every worker looks each minute
_newer = JOB.alias("newer")
_SUPERSEDED = tuple(regular.kind for regular in SCHEDULE if not regular.makes_up_all)


@dataclass(frozen=True, slots=True)
class KindView:
    """The status of a regular kind: its newest job, and whether one is missing that should have begun."""

    kind: str
    last: JobView | None
    is_missing: bool


@dataclass(frozen=True, slots=True)
class JobHealth:
    """Failed jobs that nothing made up for, and the kinds of which a job is missing or waits for too long."""

    failed: int
    missing: tuple[str, ...]
    has_run: bool

    @property
    def is_fine(self) -> bool:
        return not self.failed and not self.missing


def health(tx: Connection, now: datetime) -> JobHealth:
    """The health of the jobs as of now."""
    late = set(tx.execute(select(JOB.c.kind).where(_is_late(now)).distinct().order_by(JOB.c.kind)).scalars())
    absent = [regular.kind for regular in SCHEDULE if regular.kind in late or missing(tx, regular, now - WITHIN)]
    irregular = sorted(late - {regular.kind for regular in SCHEDULE})
    has_run = tx.execute(select(JOB.c.id).where(not_(DELIVERING)).limit(1)).first() is not None
    return JobHealth(_count_failed(tx), (*absent, *irregular), has_run)


def _is_late(now: datetime) -> ColumnElement[bool]:
    waits = and_(JOB.c.state == "waiting", JOB.c.due_at < now - WITHIN)
    return and_(or_(waits, and_(JOB.c.state == "running", JOB.c.lease_until < now - WITHIN)), not_(DELIVERING))


def _is_open_failure() -> ColumnElement[bool]:
    """Failed, and no later one of its kind did the same work."""
    later = select(_newer.c.id).where(
        _newer.c.kind == JOB.c.kind, _newer.c.due_at > JOB.c.due_at, _newer.c.state == "done"
    )
    return and_(JOB.c.state == "failed", not_(DELIVERING), not_(and_(JOB.c.kind.in_(_SUPERSEDED), later.exists())))


def _count_failed(tx: Connection) -> int:
    return int(tx.execute(select(func.count()).select_from(JOB).where(_is_open_failure())).scalar_one())


def kinds(tx: Connection, now: datetime) -> list[KindView]:
    """The regular kinds in the order of the schedule."""
    absent = health(tx, now).missing
    return [KindView(regular.kind, _last(tx, regular.kind), regular.kind in absent) for regular in SCHEDULE]


def _last(tx: Connection, kind: str) -> JobView | None:
    row = tx.execute(select(JOB).where(JOB.c.kind == kind).order_by(JOB.c.due_at.desc()).limit(1)).one_or_none()
    return job_view(row) if row else None


def failures(tx: Connection) -> list[JobView]:
    """Failed jobs that nothing made up for, the newest first; a page of them."""
    query = select(JOB).where(_is_open_failure()).order_by(JOB.c.id.desc()).limit(PAGE)
    return [job_view(row) for row in tx.execute(query)]


_IS_LISTED = and_(or_(JOB.c.kind != "sweep", JOB.c.state != "done"), not_(DELIVERING))
_SORT_KEYS: Keys = {
    "state": in_order_of(JOB.c.state, STATE_LABELS),
    "begun": JOB.c.begun_at,
    "ended": JOB.c.ended_at,
}


def recent(tx: Connection, part: ListPart = FIRST_PART) -> Page[JobView]:
    """All jobs, the newest first; successful sweeps and deliveries have pages of their own."""
    page = page_by_id(tx, select(JOB).where(_IS_LISTED), _SORT_KEYS, JOB.c.id, part, newest_first=True)
    return page.shown([job_view(row) for row in page.rows])


def recent_count(tx: Connection) -> int:
    """The length of the list."""
    return int(tx.execute(select(func.count()).select_from(JOB).where(_IS_LISTED)).scalar_one())
