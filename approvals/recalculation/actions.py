"""A new calendar dates open approvals anew, an entry for each; what a kill interrupts is gone on with later."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, text, update

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
from approvals.history.record import ENTRY, OpenChain, move, recording
from approvals.recalculation.preview import DUE, OPEN, Moving, Redated, in_lots, moving, open_projects
from approvals.registration.queries import APPROVALS, approval_case
from workflows.charts.model import SYSTEM

REDATE = "redate"  # the job that goes on to the end
PENDING = "redating"  # the fact of the dating anew that was begun last
TOGETHER = 10  # projects that are dated anew in one transaction, a few hundredths of a second
WRITERS = "LOCK TABLE history_chains IN EXCLUSIVE MODE"  # each of them begins by locking the end of a chain


@dataclass(frozen=True, slots=True)
class Redating:
    """A dating anew: begun by whom and when for which years, how many it was to move; `moved` None while it goes on.

    `after_entry` is the last entry of the history that was made under the calendar before.
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


# Beginning: short, so that a page can do it.


def begin_loading(
    tx: Connection, notices: str, *, by: str, now: datetime, expected: int | None = None, looked_at: int | None = None
) -> None:
    """Put the notices in this text in force; open approvals are dated anew by `finish`, in whatever process.

    Stale when another edition came since the edition `looked_at`.
    """
    _alone(tx, looked_at)
    years = load_notices(tx, notices, by=by, now=now)
    note(tx, "calendar_loaded", by=by, detail=_listed(years), now=now)
    _begin(tx, Redating(years, False, by, now.isoformat(), _last_entry(tx), expected), now)


def begin_taking_back(
    tx: Connection, year: int, *, by: str, now: datetime, expected: int | None = None, looked_at: int | None = None
) -> None:
    """Put the edition before the present one of this year in force again, as `begin_loading` does a new one."""
    _alone(tx, looked_at)
    take_back(tx, year, by=by, now=now)
    note(tx, "calendar_taken_back", by=by, detail=str(year), now=now)
    _begin(tx, Redating((year,), True, by, now.isoformat(), _last_entry(tx), expected), now)


def _alone(tx: Connection, looked_at: int | None) -> None:
    """Every move is made wholly under the calendar before or wholly under the one that comes now."""
    if tx.dialect.name == "postgresql":
        tx.execute(text(WRITERS))
    if looked_at is not None and looked_at != last_edition(tx):
        raise Stale(N_("Another notice was loaded or taken back meanwhile. Look at what would move now."))


def _listed(years: tuple[int, ...]) -> str:
    return " ".join(map(str, years))


def _last_entry(tx: Connection) -> int:
    return int(tx.execute(select(func.coalesce(func.max(ENTRY.c.id), 0))).scalar_one())


def _begin(tx: Connection, begun: Redating, now: datetime) -> None:
    keep_fact(tx, PENDING, asdict(begun))
    enqueue(tx, REDATE, now.isoformat(), {}, now)


def apply(database: Transactions, notices: str, *, by: str, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Load the notices in this text and date every open approval anew; a kill in the middle is gone on with later."""
    with database.write() as tx:
        begin_loading(tx, notices, by=by, now=now())
    yield from finish(database, now)


def apply_taking_back(database: Transactions, year: int, *, by: str, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Take the last edition of this year back and date every open approval anew."""
    with database.write() as tx:
        begin_taking_back(tx, year, by=by, now=now())
    yield from finish(database, now)


# Going on to the end.


def redating(tx: Connection) -> Redating | None:
    """The dating anew that was begun last, whether it goes on or not; None when there was none yet."""
    found = fact(tx, PENDING)
    if not isinstance(found, dict):
        return Redating() if found else None
    return Redating(**found | {"years": tuple(found["years"])})


def is_pending(tx: Connection) -> bool:
    """Whether a calendar was loaded and not every approval has been looked at since."""
    found = redating(tx)
    return found is not None and found.moved is None


def finish(database: Transactions, now: Callable[[], datetime]) -> Iterator[Redated]:
    """Date anew what the calendar in force moves and what was not dated yet, some projects at a time.

    Any process may do it, several at once too, and whoever is interrupted leaves the rest to the next.
    """
    is_over = False
    while not is_over:
        with database.read() as tx:
            edition, projects = last_edition(tx), _moved_projects(tx, now())
        for together in in_lots(projects, TOGETHER):
            with database.write() as tx:
                found = _redate(tx, together, now())
            yield from found
        with database.write() as tx:
            is_over = last_edition(tx) == edition
            if is_over:
                _end(tx)


def _moved_projects(tx: Connection, now: datetime) -> list[int]:
    days = dict.fromkeys(open_projects(tx), day_of(now))
    return list(dict.fromkeys(found.approval.project_id for found in moving(tx, calendar_in_force(tx), days)))


def _redate(tx: Connection, projects: list[int], now: datetime) -> list[Redated]:
    locked = {project_id: locked_project_by_id(tx, project_id) for project_id in projects}
    edition = last_edition(tx)
    days = {project_id: day_of(max(now, row.chain_last_at)) for project_id, row in locked.items()}
    by_project: dict[int, list[Moving]] = {}
    for found in moving(tx, calendar_in_force(tx, edition), days):
        by_project.setdefault(found.approval.project_id, []).append(found)
    for project_id, own in by_project.items():
        with recording(tx, *record_of(locked[project_id]), at=None, now=now) as record:
            for found in own:
                _move(record, found, edition)
    return [found.told() for own in by_project.values() for found in own if found.is_told]


def _move(record: OpenChain, found: Moving, edition: int) -> None:
    approval, days = found.approval, found.days
    changes = days | {"alarm_on": _earliest(approval.alarm_on, days), "calendar_edition": edition}
    if not found.is_told:
        record.tx.execute(update(APPROVALS).where(APPROVALS.c.id == approval.id).values(**changes))
        return
    facts = {name: [before, after] for name, before, after in found.dates}
    move(record, approval_case(approval), "redate", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=changes)


def _earliest(alarm_on: date | None, days: dict[str, Any]) -> date | None:
    """The sweep looks at once: what it has raised already is not raised again."""
    known = [alarm_on, *(days[name] for name in ("reminder_from", "yellow_from", "red_from") if name in days)]
    return min((day for day in known if day), default=None)


def _end(tx: Connection) -> None:
    ended = redating(tx)
    if ended and ended.moved is None:
        keep_fact(tx, PENDING, asdict(replace(ended, moved=moved_so_far(tx, ended))))


def moved_so_far(tx: Connection, begun: Redating) -> int:
    """How many approvals were dated anew since it was begun."""
    return int(tx.execute(select(func.count()).select_from(ENTRY).where(*made_by(begun))).scalar_one())


def made_by(begun: Redating) -> tuple[ColumnElement[bool], ...]:
    """The entries of this dating anew, as a WHERE clause."""
    return ENTRY.c.id > begun.after_entry, ENTRY.c.subject == "approval", ENTRY.c.move == "redate"


# What no calendar covers.


def unpublished_years(tx: Connection) -> dict[int, int]:
    """Years without a notice into which open clocks run, each with how many approvals do."""
    is_open = APPROVALS.c.state.in_(OPEN)
    ends = [edge(APPROVALS.c[name]) for name in DUE for edge in (func.min, func.max)]
    known = [day.year for day in tx.execute(select(*ends).where(is_open)).one() if day]
    published = calendar_in_force(tx).published
    years = [year for year in range(min(known), max(known) + 1) if year not in published] if known else []
    if not years:
        return {}
    sums = [func.sum(case((_runs_into(year), 1), else_=0)) for year in years]
    counts = tx.execute(select(*sums).where(is_open)).one()
    return {year: int(count) for year, count in zip(years, counts, strict=True) if count}


def _runs_into(year: int) -> Any:
    return or_(*(APPROVALS.c[name].between(date(year, 1, 1), date(year, 12, 31)) for name in DUE))
