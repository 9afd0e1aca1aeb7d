"""Recalculates the dates of open approvals after a calendar change, one entry each; an interrupted run is resumed."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.accounts.audit import note
from approvals.base.database import Transactions
from approvals.base.errors import Stale
from approvals.base.i18n import N_
from approvals.base.jobs import enqueue
from approvals.base.moments import day_of
from approvals.base.stores import fact, keep_fact
from approvals.calendar.actions import load_notices, take_back
from approvals.calendar.queries import calendar_in_force, last_edition
from approvals.filing.queries import locked_project_by_id, record_of
from approvals.history.record import ENTRY, OpenChain, lock_out_writers, move, newest_entry, recording
from approvals.recalculation.preview import (
    DUE,
    OPEN,
    ApprovalChange,
    RecalculatedApproval,
    changed_approvals,
    in_batches,
    open_projects,
)
from approvals.registration.queries import APPROVALS, approval_subject
from workflows.charts.model import SYSTEM

JOB = "redate"  # runs a recalculation to its end
LAST = "redating"  # the fact that holds the last recalculation
BATCH = 10  # projects in one transaction, a few hundredths of a second


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Who began it and when, for which years, how many approvals it was to move; `moved` is None while it runs.

    `after_entry` is the last entry of the history under the calendar before.
    """

    years: tuple[int, ...] = ()
    is_taken_back: bool = False
    by: str = ""
    begun_at: str | None = None  # ISO, UTC
    after_entry: int = 0
    expected: int | None = None
    moved: int | None = None

    @property
    def since(self) -> datetime | None:
        return datetime.fromisoformat(self.begun_at) if self.begun_at else None


def begin_loading(
    tx: Connection, notices: str, *, by: str, now: datetime, expected: int | None = None, looked_at: int | None = None
) -> None:
    """Put the notices in this text in force; `finish`, in any process, recalculates the open approvals.

    Stale when another edition came since the edition `looked_at`.
    """
    _lock(tx, looked_at)
    years = load_notices(tx, notices, by=by, now=now)
    note(tx, "calendar_loaded", by=by, detail=" ".join(map(str, years)), now=now)
    _begin(tx, Recalculation(years, False, by, now.isoformat(), expected=expected), now)


def begin_taking_back(
    tx: Connection, year: int, *, by: str, now: datetime, expected: int | None = None, looked_at: int | None = None
) -> None:
    """Put the edition before the present one of this year in force again, as `begin_loading` does a new one."""
    _lock(tx, looked_at)
    take_back(tx, year, by=by, now=now)
    note(tx, "calendar_taken_back", by=by, detail=str(year), now=now)
    _begin(tx, Recalculation((year,), True, by, now.isoformat(), expected=expected), now)


def _lock(tx: Connection, looked_at: int | None) -> None:
    """Lock out other writers: a move happens wholly under the old calendar or wholly under the new one."""
    lock_out_writers(tx)
    if looked_at is not None and looked_at != last_edition(tx):
        raise Stale(N_("Another notice was loaded or withdrawn in the meantime. Review the changes again."))


def _begin(tx: Connection, recalculation: Recalculation, now: datetime) -> None:
    keep_fact(tx, LAST, asdict(replace(recalculation, after_entry=newest_entry(tx))))
    enqueue(tx, JOB, now.isoformat(), {}, now)


def apply(
    database: Transactions, notices: str, *, by: str, now: Callable[[], datetime]
) -> Iterator[RecalculatedApproval]:
    """Load the notices in this text and recalculate every open approval; an interrupted run is resumed later."""
    with database.write() as tx:
        begin_loading(tx, notices, by=by, now=now())
    yield from finish(database, now)


def apply_taking_back(
    database: Transactions, year: int, *, by: str, now: Callable[[], datetime]
) -> Iterator[RecalculatedApproval]:
    """Take the last edition of this year back and recalculate every open approval."""
    with database.write() as tx:
        begin_taking_back(tx, year, by=by, now=now())
    yield from finish(database, now)


def last_recalculation(tx: Connection) -> Recalculation | None:
    """The recalculation that was begun last, running or not; None when there was none yet."""
    stored = fact(tx, LAST)
    if not isinstance(stored, dict):
        return Recalculation() if stored else None
    return Recalculation(**stored | {"years": tuple(stored["years"])})


def is_pending(tx: Connection) -> bool:
    """Whether a calendar was loaded and not every open approval has been recalculated since."""
    recalculation = last_recalculation(tx)
    return recalculation is not None and recalculation.moved is None


def finish(database: Transactions, now: Callable[[], datetime]) -> Iterator[RecalculatedApproval]:
    """Recalculate the open approvals that the calendar in force moves, a batch of projects at a time.

    Several processes may run it at once; an interrupted one leaves the rest to the next.
    """
    is_over = False
    while not is_over:
        with database.read() as tx:
            edition, days = last_edition(tx), dict.fromkeys(open_projects(tx), day_of(now()))
            changes = changed_approvals(tx, calendar_in_force(tx), days)
            projects = list(dict.fromkeys(change.approval.project_id for change in changes))
        for batch in in_batches(projects, BATCH):
            with database.write() as tx:
                moved = _recalculate(tx, batch, now())
            yield from moved
        with database.write() as tx:
            is_over = last_edition(tx) == edition
            if is_over:
                _end(tx)


def _recalculate(tx: Connection, projects: list[int], now: datetime) -> list[RecalculatedApproval]:
    locked = {project_id: locked_project_by_id(tx, project_id) for project_id in projects}
    edition = last_edition(tx)
    days = {project_id: day_of(max(now, row.chain_last_at)) for project_id, row in locked.items()}
    changes = list(changed_approvals(tx, calendar_in_force(tx, edition), days))
    for project_id, of_project in groupby(changes, key=lambda change: change.approval.project_id):
        with recording(tx, *record_of(locked[project_id]), at=None, now=now) as record:
            for change in of_project:
                _store(record, change, edition)
    return [change.redated(tx) for change in changes if change.is_reported]


def _store(record: OpenChain, change: ApprovalChange, edition: int) -> None:
    approval, days = change.approval, change.days
    columns = days | {"alarm_on": _earliest(approval.alarm_on, days), "calendar_edition": edition}
    if not change.is_reported:
        record.tx.execute(update(APPROVALS).where(APPROVALS.c.id == approval.id).values(**columns))
        return
    facts = {name: [before, after] for name, before, after in change.dates}
    move(record, approval_subject(approval), "redate", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=columns)


def _earliest(alarm_on: date | None, days: dict[str, Any]) -> date | None:
    """The sweep looks at once: what it has raised already is not raised again."""
    alarms = [alarm_on, *(days[name] for name in ("reminder_from", "yellow_from", "red_from") if name in days)]
    return min((day for day in alarms if day), default=None)


def _end(tx: Connection) -> None:
    recalculation = last_recalculation(tx)
    if recalculation and recalculation.moved is None:
        keep_fact(tx, LAST, asdict(replace(recalculation, moved=moved_so_far(tx, recalculation))))


def moved_so_far(tx: Connection, recalculation: Recalculation) -> int:
    """How many approvals it has moved."""
    return int(tx.execute(select(func.count()).select_from(ENTRY).where(*entries_of(recalculation))).scalar_one())


def entries_of(recalculation: Recalculation) -> tuple[ColumnElement[bool], ...]:
    """The history entries of this recalculation, as a WHERE clause."""
    return ENTRY.c.id > recalculation.after_entry, ENTRY.c.subject == "approval", ENTRY.c.move == "redate"


def unpublished_years(tx: Connection) -> dict[int, int]:
    """Years without a notice into which open clocks run, each with how many approvals do."""
    is_open = APPROVALS.c.state.in_(OPEN)
    ends = [edge(APPROVALS.c[name]) for name in DUE for edge in (func.min, func.max)]
    due_years = [day.year for day in tx.execute(select(*ends).where(is_open)).one() if day]
    published = calendar_in_force(tx).published
    due_span = range(min(due_years), max(due_years) + 1) if due_years else ()
    years = [year for year in due_span if year not in published]
    if not years:
        return {}
    sums = [func.sum(case((_runs_into(year), 1), else_=0)) for year in years]
    counts = tx.execute(select(*sums).where(is_open)).one()
    return {year: int(count) for year, count in zip(years, counts, strict=True) if count}


def _runs_into(year: int) -> ColumnElement[bool]:
    return or_(*(APPROVALS.c[name].between(date(year, 1, 1), date(year, 12, 31)) for name in DUE))
