"""What waits in the programme for somebody: entries to report, to confirm, money to confirm; and months to close."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.moments import day_of, month_of, read_month
from approvals.base.pagination import MOST
from approvals.programme.entries.actions import is_of_rhythm
from approvals.programme.queries import CLOSED, ENTRIES, ITEMS, TASKS, item_states, task_label
from workflows.charts.model import State
from workflows.charts.monthly_entry import ENTRY
from workflows.config.policy import load_policy
from workflows.rules.programme_figures import REPORTING

OPEN = ENTRY.move("report").sources  # states of entries that the lead unit has not confirmed
NOT_SENT = ("due", "sent_back")  # those of which the unit owes a report
LEAD, FINANCE = "owner", "finance"
MONEY_REPORTED = ENTRY.move("confirm_money").sources  # states of entries whose money finance may confirm


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry that waits for somebody: to be reported, confirmed, or its money confirmed."""

    year: int
    item_no: str
    name: str
    code: str
    place: str
    unit: UnitName
    month: date
    state: State
    due_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class ProgrammeMonth:
    """What waits for the actor; a part that is not theirs is None."""

    to_report: tuple[WaitingEntry, ...] | None
    to_confirm: tuple[WaitingEntry, ...] | None
    money_to_confirm: tuple[WaitingEntry, ...] | None


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month of the year: how many entries are due, and how far they are; `missing` are those of which none came."""

    month: date
    due: int
    missing: int
    reported: int
    sent_back: int
    confirmed: int
    closed: int
    money_open: int
    is_closed: bool
    is_over: bool

    @property
    def confirmed_in_all(self) -> int:
        """Those confirmed, closed ones among them."""
        return self.confirmed + self.closed


def programme_month(tx: Connection, actor: Actor, now: datetime) -> ProgrammeMonth:
    """The entries that wait for the actor, the longest due first."""
    is_owner, is_finance = actor.has(LEAD), actor.has(FINANCE)
    return ProgrammeMonth(
        to_report=entries_to_report(tx, actor, now) if is_owner else None,
        to_confirm=_entries(tx, to_confirm(actor), now) if is_owner else None,
        money_to_confirm=_entries(tx, money_is_open(), now) if is_finance else None,
    )


def to_confirm(actor: Actor) -> ColumnElement[bool]:
    """Whether an entry was reported and waits for the actor, whose unit leads its item."""
    return and_(ITEMS.c.lead_unit_id.in_(actor.units), ENTRIES.c.state == "reported")


def money_is_open() -> ColumnElement[bool]:
    """Whether the money of an entry waits for finance."""
    return and_(ENTRIES.c.state.in_(MONEY_REPORTED), ENTRIES.c.money_confirmed_at.is_(None))


def _with_units(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *(ITEMS.c[name] for name in ("year", "item_no", "name", "adopted_at")),
            TASKS.c.id.label("task_id"),
            *(TASKS.c[name] for name in ("item_id", "unit_id", "code", "rhythm")),
            UNIT.c.name.label("unit"),
            UNIT.c.name_en.label("unit_en"),
        )
        .select_from(TASKS.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).join(UNIT, UNIT.c.id == TASKS.c.unit_id))
        .where(*where)
    )


def _entries(tx: Connection, where: ColumnElement[bool], now: datetime) -> tuple[WaitingEntry, ...]:
    query = (
        _with_units(where)
        .join(ENTRIES, ENTRIES.c.task_id == TASKS.c.id)
        .add_columns(ENTRIES.c.month, ENTRIES.c.state.label("entry_state"))
        .order_by(ENTRIES.c.month, ITEMS.c.item_no, TASKS.c.id)
        .limit(MOST)
    )
    return tuple(_row(row, row.month, row.entry_state, now) for row in tx.execute(query))


def entries_to_report(tx: Connection, actor: Actor, now: datetime) -> tuple[WaitingEntry, ...]:
    """The open months of the tasks of the actor's unit, up to the one that runs."""
    tasks = tx.execute(_reporting(TASKS.c.unit_id.in_(actor.units)).order_by(ITEMS.c.item_no, TASKS.c.id)).all()
    if not tasks:
        return ()
    states, changes = _states(tx, [row.task_id for row in tasks]), item_states(tx, {row.item_id for row in tasks})
    closed = _closed_months(tx)
    rows = [
        _row(task, month, states.get((task.task_id, month), "due"), now)
        for task in tasks
        for month in _months(task, changes[task.item_id], day_of(now))
        if month not in closed or states.get((task.task_id, month)) == "sent_back"
    ]
    return tuple(sorted((row for row in rows if row.state.name in OPEN), key=lambda row: row.month))


def _reporting(where: ColumnElement[bool]) -> Select[Any]:
    return _with_units(where, ITEMS.c.state.in_(REPORTING))


def _months(task: Any, states: Sequence[tuple[date, str]], today: date) -> list[str]:
    """The months of which the task owes an entry, that of the running month among them, as `due_months` counts them."""
    last = min(today, date(task.year, 12, 31))
    months = [month for month in _months_between(task.adopted_at, last) if is_of_rhythm(task, month)]
    return [month for month in months if _was_reporting(month, states, today)]


def _months_between(first: datetime, last: date) -> Iterator[str]:
    """The months from that of a moment to that of a day."""
    month = month_of(day_of(first))
    while month.first_on <= last:
        yield str(month)
        month = month.following


def _was_reporting(month: str, states: Sequence[tuple[date, str]], today: date) -> bool:
    """Whether the item was one to report of at the close of the month's report day, or is today while that is ahead."""
    day = min(today, date.fromisoformat(f"{month}-{load_policy().programme.report_day:02}"))
    return next((state for since, state in reversed(states) if since <= day), None) in REPORTING


def _closed_months(tx: Connection) -> set[str]:
    return set(tx.execute(select(CLOSED.c.month).order_by(CLOSED.c.month)).scalars())


def _states(tx: Connection, task_ids: list[int]) -> dict[tuple[int, str], str]:
    query = select(ENTRIES.c.task_id, ENTRIES.c.month, ENTRIES.c.state).where(ENTRIES.c.task_id.in_(task_ids))
    return {(row.task_id, row.month): row.state for row in tx.execute(query.order_by(ENTRIES.c.id))}


def _row(row: Any, month: str, state: str, now: datetime) -> WaitingEntry:
    first_on = read_month(month).first_on
    due_on = first_on.replace(day=load_policy().programme.report_day)
    return WaitingEntry(
        year=row.year,
        item_no=row.item_no,
        name=row.name,
        code=row.code,
        place=task_label(row.code),
        unit=UnitName(row.unit, row.unit_en),
        month=first_on,
        state=ENTRY.state(state),
        due_on=due_on,
        is_late=state in NOT_SENT and day_of(now) > due_on,
    )


# The months of a year, for the office.


def months_of_year(tx: Connection, year: int, now: datetime) -> tuple[MonthState, ...]:
    """The months of a year that have begun, the latest first. What was owed stays owed when its item is done since."""
    due = {(task.task_id, month) for task, months in _owed(tx, year, now) for month in months}
    query = (
        select(ENTRIES.c.task_id, ENTRIES.c.month, ENTRIES.c.state, ENTRIES.c.money_confirmed_at)
        .select_from(ENTRIES.join(TASKS, TASKS.c.id == ENTRIES.c.task_id).join(ITEMS, ITEMS.c.id == TASKS.c.item_id))
        .where(ITEMS.c.year == year)
        .order_by(ENTRIES.c.id)
    )
    entries = tx.execute(query).all()
    missing = Counter(
        month for _task, month in due - {(row.task_id, row.month) for row in entries if row.state != "due"}
    )
    by_month: defaultdict[str, list[Any]] = defaultdict(list)
    for row in entries:
        by_month[row.month].append(row)
    closed = _closed_months(tx)
    months = sorted({*missing, *by_month, *(month for _task, month in due), *_of_year(closed, year)})
    return tuple(
        _month_state(month, missing[month], by_month[month], month in closed, day_of(now)) for month in reversed(months)
    )


def _of_year(months: Iterable[str], year: int) -> list[str]:
    return [month for month in months if month[:4] == str(year)]


def _month_state(month: str, missing: int, rows: list[Any], is_closed: bool, today: date) -> MonthState:
    counts = Counter(row.state for row in rows)
    first_on = date.fromisoformat(f"{month}-01")
    return MonthState(
        month=first_on,
        due=missing + sum(count for state, count in counts.items() if state != "due"),
        missing=missing,
        reported=counts["reported"],
        sent_back=counts["sent_back"],
        confirmed=counts["confirmed"],
        closed=counts["closed"],
        money_open=sum(row.state in MONEY_REPORTED and row.money_confirmed_at is None for row in rows),
        is_closed=is_closed,
        is_over=(first_on.year, first_on.month) < (today.year, today.month),
    )


def missing_entries(tx: Connection, year: int, month: str, now: datetime) -> tuple[WaitingEntry, ...]:
    """The tasks that have not reported for a month, or whose entry was sent back, by unit."""
    return tuple(_row(task, month, state, now) for task, state in missing_tasks(tx, year, month, now))


def missing_tasks(tx: Connection, year: int, month: str, now: datetime) -> list[tuple[Any, str]]:
    """These tasks, each with its unit and the state of its entry."""
    owed = [task for task, months in _owed(tx, year, now) if month in months]
    states = _states(tx, [task.task_id for task in owed])
    missing = [(task, states.get((task.task_id, month), "due")) for task in owed]
    by_unit = sorted(missing, key=lambda pair: (pair[0].unit, pair[0].item_no, pair[0].task_id))
    return [(task, state) for task, state in by_unit if state in NOT_SENT]


def _owed(tx: Connection, year: int, now: datetime) -> list[tuple[Any, list[str]]]:
    """All tasks of a year with the months of which each owes an entry, done or dropped since or not."""
    tasks = tx.execute(_with_units(ITEMS.c.year == year, ITEMS.c.adopted_at.is_not(None)).order_by(TASKS.c.id)).all()
    changes = item_states(tx, {task.item_id for task in tasks})
    return [(task, _months(task, changes[task.item_id], day_of(now))) for task in tasks]
