"""A person's worklist: the duties of all kinds that their roles have, the most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Date, Select, and_, bindparam, func, or_, select, union_all

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.columns import Moment
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, end_of, start_of
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.worklist import of_cases, of_liaisons, of_programme, of_supervision
from approvals.casefile.worklist.kinds import KINDS, DutyKind
from approvals.casefile.worklist.rows import CONTACT_DUE, DutySource, Moments
from approvals.catalogue.queries import item_of
from approvals.filing.queries import ref_of
from approvals.liaisons.worklist import contact_due
from approvals.windows.clocks import LimitView, due_by
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Item
from workflows.config.city import load_city
from workflows.config.policy import load_policy

SOURCES: tuple[DutySource, ...] = (
    *of_supervision.SOURCES,
    *of_cases.SOURCES,
    *of_liaisons.SOURCES,
    *of_programme.SOURCES,
)
BUILT = 64  # actors whose statements are kept: building them takes longer than running them
MOST = 500  # duties of a kind that a calendar shows
DEEPEST = 10_000  # rows behind which nobody turns pages
_TEXTS = ("light", "code", "item_no", "part", "text")
_NO_MOMENT = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that somebody is to do: `subject` is what it is about, `ref`, `code` and `part` say where.

    `due_at` is the moment of what is owed within hours; `number` is the reference as people read it.
    """

    kind: DutyKind
    id: int
    subject: str
    due_on: date | None = None
    due: LimitView | None = None
    due_at: datetime | None = None
    since: datetime | None = None
    light: str = ""
    ref: str = ""
    number: str = ""
    code: str = ""
    item: Item | None = None
    year: int = 0
    item_no: str = ""
    part: str = ""
    text: str = ""
    origin: UnitName | None = None

    def standing(self, now: datetime) -> str:
        """Whether it is late, due today, due later, or on no day."""
        if self.due_on is None:
            return "open"
        if self.due_at is not None and self.due_at < now:
            return "late"
        today = day_of(now)
        return "late" if self.due_on < today else "today" if self.due_on == today else "later"

    @property
    def urgency(self) -> tuple[Any, ...]:
        """What is due first comes first, what is due on no day last; then by kind, and what came first."""
        due_at = self.due_at or _NO_MOMENT
        return self.due_on or date.max, self.kind.order, due_at, self.since or _NO_MOMENT, self.id


@dataclass(frozen=True, slots=True)
class DutyList:
    """A source whose duties are few and are found by reading, not by one SELECT."""

    roles: frozenset[str]
    duties: Callable[[Connection, Actor, Moments], Iterable[Duty]]


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of somebody's duties, and how many there are in all."""

    page: Page[Duty]
    total: int


def worklist(
    tx: Connection, actor: Actor, now: datetime, lists: Iterable[DutyList] = (), *, cursor: str = ""
) -> Worklist:
    """A page of the duties of the actor; NotFound and the like are none: what they may not see is no duty."""
    at, first = Moments(now, day_of(now)), _first(cursor)
    listed = [duty for source in lists if actor.has(*source.roles) for duty in source.duties(tx, actor, at)]
    total = len(listed) + _count(tx, actor, at)
    read = _read(tx, actor, first + PAGE, at)
    duties = sorted([*read, *listed], key=lambda duty: duty.urgency)[first : first + PAGE]
    behind = first + PAGE
    return Worklist(Page(duties, write_cursor(behind) if total > behind and behind <= DEEPEST else None), total)


def all_duties(tx: Connection, actor: Actor, now: datetime, lists: Iterable[DutyList] = ()) -> list[Duty]:
    """All duties of the actor in the order of their worklist."""
    at = Moments(now, day_of(now))
    listed = [duty for source in lists if actor.has(*source.roles) for duty in source.duties(tx, actor, at)]
    return sorted([*_read(tx, actor, None, at), *listed], key=lambda duty: duty.urgency)


def duty_count(tx: Connection, actor: Actor, now: datetime, lists: Iterable[DutyList] = ()) -> int:
    """How many duties the actor has: as many as their worklist has rows."""
    at = Moments(now, day_of(now))
    listed = sum(len(list(source.duties(tx, actor, at))) for source in lists if actor.has(*source.roles))
    return listed + _count(tx, actor, at)


def duties_due(
    tx: Connection, actor: Actor, now: datetime, lists: Iterable[DutyList], first_on: date, last_on: date
) -> list[Duty]:
    """The duties of the actor that are due on these days, the most urgent first; at most `MOST` of each kind."""
    at = Moments(now, day_of(now))
    duties = [duty for source in lists if actor.has(*source.roles) for duty in source.duties(tx, actor, at)]
    statement = _due_between(actor, at.today)
    if statement is not None:
        days = {"first_on": first_on, "last_on": last_on}
        moments = {"first_at": start_of(first_on), "last_at": end_of(last_on)}
        calendar = calendar_in_force(tx)
        rows = tx.execute(statement, parameters(now) | days | moments)
        duties += [_duty(tx, row, calendar, at.today) for row in rows]
    due = (duty for duty in duties if duty.due_on and first_on <= duty.due_on <= last_on)
    return sorted(due, key=lambda duty: duty.urgency)


@lru_cache(maxsize=BUILT)
def _due_between(actor: Actor, today: date) -> CompoundSelect[Any] | None:
    """The duties that may be due between two days: a day that is counted from when the duty came is told later."""
    first_on, last_on = bindparam("first_on", type_=Date()), bindparam("last_on", type_=Date())
    first_at, last_at = bindparam("first_at", type_=Moment()), bindparam("last_at", type_=Moment())
    parts = []
    for query in duty_queries(actor, today):
        duties = query.subquery()
        due_on, due_at = duties.c.due_on, duties.c.due_at
        is_counted = and_(due_on.is_(None), due_at.is_(None))
        is_due = or_(due_on.between(first_on, last_on), due_at.between(first_at, last_at), is_counted)
        parts.append(select(_ordered(select(duties).where(is_due)).limit(MOST).subquery()))
    return union_all(*parts) if parts else None


@lru_cache(maxsize=BUILT)
def duty_queries(actor: Actor, today: date) -> tuple[Select[Any], ...]:
    """One SELECT for each kind of duty that the actor's roles have; to be executed with `parameters`."""
    at = Moments(start_of(today), today)
    return tuple(source.query(actor, at) for source in SOURCES if actor.has(*source.roles))


def parameters(now: datetime) -> dict[str, datetime]:
    """What changes within a day, so that statements are built once a day for each actor."""
    return {CONTACT_DUE.key: contact_due(now)}


def _first(cursor: str) -> int:
    """How many rows stand before this page."""
    if not cursor:
        return 0
    (first,) = read_cursor(cursor, (int,))
    if not isinstance(first, int) or not 0 <= first <= DEEPEST:
        raise invalid("cursor", N_("is not a cursor of this list"))
    return first


def _count(tx: Connection, actor: Actor, at: Moments) -> int:
    """The duties of all kinds, by one statement."""
    statement = _counting(actor, at.today)
    return 0 if statement is None else int(tx.execute(statement, parameters(at.now)).scalar_one())


@lru_cache(maxsize=BUILT)
def _counting(actor: Actor, today: date) -> Select[Any] | None:
    queries = duty_queries(actor, today)
    if not queries:
        return None
    counts = union_all(*(select(func.count().label("number")).select_from(query.subquery()) for query in queries))
    return select(func.sum(counts.subquery().c.number))


def _read(tx: Connection, actor: Actor, limit: int | None, at: Moments) -> list[Duty]:
    """The first duties of each kind, or with no limit all of them, by one statement."""
    queries = duty_queries(actor, at.today)
    if not queries:
        return []
    parts = [select(_ordered(query).limit(limit).subquery()) for query in queries]
    calendar = calendar_in_force(tx)
    rows = tx.execute(union_all(*parts), parameters(at.now))
    return [_duty(tx, row, calendar, at.today) for row in rows]


def _ordered(query: Select[Any]) -> Select[Any]:
    """In the order of `Duty.urgency`: a day that is counted from when the duty came goes with that moment."""
    columns = query.selected_columns
    keys = columns["due_on"], columns["due_at"], columns["since"], columns["id"]
    return query.order_by(*(key.asc().nulls_last() for key in keys))


def _duty(tx: Connection, row: Any, calendar: Calendar, today: date) -> Duty:
    kind = KINDS[row.kind]
    due_on = _due_on(row, kind, calendar)
    return Duty(
        kind=kind,
        id=row.id,
        subject=row.name or "",
        due_on=due_on,
        due=due_by(kind.name, due_on, calendar, today) if due_on and not row.due_at else None,
        due_at=row.due_at,
        since=row.since,
        **{name: getattr(row, name) or "" for name in _TEXTS},
        ref=ref_of(row) if row.uid else "",
        number=load_city().shown_number(row.number) if row.number else "",
        item=item_of(tx, row) if row.uid and row.code else None,
        year=row.year or 0,
        origin=UnitName(row.origin, row.origin_en or "") if row.origin else None,
    )


def _due_on(row: Any, kind: DutyKind, calendar: Calendar) -> date | None:
    """The day that is stored, or that follows from when the duty came."""
    if row.due_at:
        return day_of(row.due_at)
    if kind.task and kind.task in (limits := load_policy().offices):
        return calendar.nth_working_day_after(day_of(row.since), limits[kind.task])
    if kind.name == "problem":
        return day_of(row.since) + timedelta(load_policy().programme.problem_unanswered)
    due_on: date | None = row.due_on
    return due_on
