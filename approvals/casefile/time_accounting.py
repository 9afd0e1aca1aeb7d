"""Time accounting of the city: the three ledgers of a month or a year, by department and approval."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from approvals.accounts.actors import Actor, visible
from approvals.accounts.queries import UNIT, UnitName
from approvals.accounts.units import names_on, unit_ids
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, LAST_DAY, day_of, end_of, start_of
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.calendar.queries import STEP_FACTS, as_step, calendars
from approvals.filing.queries import TABLE
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from approvals.registration.departments import in_catalogue_order
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.former_units import former_units
from approvals.reports.periods import Month, month_of, read_month
from approvals.windows.queries import ApprovalView, in_order
from workflows.charts.model import State
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import HELD, TimeAccount, sum_of_accounts, time_account
from workflows.clock.timeline import Step
from workflows.config.city import load_city
from workflows.rules.item_words import state_of

_ENTRY = (ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at)
_COLUMNS = [
    *(APPROVALS.c[name] for name in ("id", "project_id", "code", "department_id", "state", "calendar_edition")),
    TABLE.c.catalogue_sha256,
]


class ClockEntry(Protocol):
    """An entry of the record that the clock reads; `facts` are JSON."""

    seq: int
    move: str
    at: datetime
    facts: str


@dataclass(frozen=True, slots=True)
class AccountingPeriod:
    """`name` is 2026 or 2026-03; both days are included, the last one is at most today."""

    name: str
    first_on: date
    last_on: date
    months: tuple[Month, ...]

    @property
    def is_year(self) -> bool:
        return "-" not in self.name


@dataclass(frozen=True, slots=True)
class TimeShares:
    """An approval with its history up to the end of a period, and the calendar that counts for it."""

    id: int
    code: str
    catalogue_sha256: str | None
    department_id: int
    steps: tuple[Step, ...]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class DepartmentTime:
    """The three ledgers of the approvals of one department, and how many approvals they are."""

    department: UnitName
    approvals: int
    days: TimeAccount


@dataclass(frozen=True, slots=True)
class MonthTime:
    month: Month
    days: TimeAccount


@dataclass(frozen=True, slots=True)
class CityTime:
    """A period: by department, and of a year by month; each adds up to `days`."""

    period: AccountingPeriod
    departments: tuple[DepartmentTime, ...]
    months: tuple[MonthTime, ...]
    approvals: int
    days: TimeAccount


@dataclass(frozen=True, slots=True)
class ApprovalTime:
    approval: ApprovalView
    number: str
    state: State
    days: TimeAccount


def read_period(text: str, today: date) -> AccountingPeriod:
    """The month or year written like 2026-03 or 2026, this month for no text; NotFound for others and later ones."""
    if text.isascii() and text.isdigit() and FIRST_DAY.year < int(text) < LAST_DAY.year and len(text) == 4:
        months = [Month(int(text), number) for number in range(1, 13)]
    else:
        months = [read_month(text) if text else month_of(today)]
    begun = tuple(month for month in months if month.first_on <= today)
    if not begun:
        raise NotFound(N_("This period has not begun."))
    return AccountingPeriod(text or str(begun[0]), begun[0].first_on, min(begun[-1].last_on, today), begun)


def known_periods(tx: Connection, today: date) -> tuple[AccountingPeriod, ...]:
    """The years and months since the first registration, the newest first, each year before its months."""
    first = tx.execute(select(func.min(TABLE.c.registered_at))).scalar_one()
    months = [month_of(today)]
    while first and months[-1].first_on > day_of(first):
        months.append(months[-1].previous)
    names = dict.fromkeys(name for month in months for name in (str(month.year), str(month)))
    return tuple(read_period(name, today) for name in names)


def city_time(tx: Connection, actor: Actor, period: AccountingPeriod) -> CityTime:
    """The ledgers of all approvals that the actor may see."""
    histories = list(in_period(tx, actor, period))
    by_department: dict[int, list[TimeAccount]] = defaultdict(list)
    for history, days in _accounts(histories, period):
        by_department[history.department_id].append(days)
    departments = tuple(
        DepartmentTime(name, len(by_department[unit_id]), sum_of_accounts(by_department[unit_id]))
        for unit_id, name in departments_of(tx, by_department, period.last_on).items()
    )
    total = sum_of_accounts(line.days for line in departments)
    months = tuple(_month(histories, month, period) for month in period.months) if period.is_year else ()
    return CityTime(period, departments, months, sum(line.approvals for line in departments), total)


def _month(histories: Iterable[TimeShares], month: Month, period: AccountingPeriod) -> MonthTime:
    first_on, last_on = month.first_on, min(month.last_on, period.last_on)
    return MonthTime(
        month, sum_of_accounts(time_account(row.steps, row.calendar, first_on, last_on) for row in histories)
    )


def _accounts(histories: Iterable[TimeShares], period: AccountingPeriod) -> Iterator[tuple[TimeShares, TimeAccount]]:
    """The histories in which somebody had the approval in hand within the period, with their ledgers."""
    for history in histories:
        days = time_account(history.steps, history.calendar, period.first_on, period.last_on)
        if days.open:
            yield history, days


def approvals_by_time(
    tx: Connection, actor: Actor, period: AccountingPeriod, department: str, *, today: date, cursor: str = ""
) -> Page[ApprovalTime]:
    """The drill-down of a figure, the longest time of the department first; an empty department is all of them."""
    unit_id = unit_ids(tx, follow=False).get(department)
    where = [_is_or_was_at(unit_id)] if department else []
    histories = (row for row in in_period(tx, actor, period, *where) if row.department_id == unit_id or not department)
    accounts = sorted(_accounts(histories, period), key=_longest)
    if cursor:
        after = numbers_in(cursor, 2)
        accounts = [account for account in accounts if _longest(account) > after]
    listed = accounts[:PAGE]
    views = in_order(tx, [account.id for account, _ in listed], today)
    rows = [
        ApprovalTime(view, load_city().shown_number(view.project), state_of(view.item, view.state), days)
        for view, (_, days) in zip(views, listed, strict=True)
    ]
    last = listed[-1] if len(accounts) > PAGE else None
    return Page(rows, write_cursor(*_longest(last)) if last else None)


def _is_or_was_at(unit_id: int | None) -> ColumnElement[bool]:
    """The approvals of this department, and those that may have been before it was merged into another."""
    successor = select(UNIT.c.successor_id).where(UNIT.c.id == unit_id).scalar_subquery()
    return or_(APPROVALS.c.department_id == unit_id, APPROVALS.c.department_id == successor)


def numbers_in(cursor: str, count: int) -> tuple[int, ...]:
    """The `count` numbers in a cursor; Invalid when it has any other form."""
    keys = tuple(key for key in read_cursor(cursor, (int,) * count) if isinstance(key, int))
    if len(keys) != count:
        raise invalid("cursor", N_("is not a cursor of this list"))
    return keys


def _longest(account: tuple[TimeShares, TimeAccount]) -> tuple[int, int]:
    return -account[1].department, account[0].id


def departments_of(tx: Connection, ids: Iterable[int], on: date) -> dict[int, UnitName]:
    """The departments with these ids as they were called on this day, in the order of the catalogue in force then."""
    names = names_on(tx, on)
    return in_catalogue_order(tx, {unit_id: names[unit_id] for unit_id in ids}, on)


# Many histories at once.


def in_period(
    tx: Connection, actor: Actor, period: AccountingPeriod, *where: ColumnElement[bool]
) -> Iterator[TimeShares]:
    """The approvals that may have been in somebody's hands within the period: open ones, and those closed since."""
    may_count = or_(APPROVALS.c.state.in_(HELD), APPROVALS.c.state_since >= start_of(period.first_on))
    return histories_until(tx, actor, period.last_on, may_count, *where)


def histories_until(tx: Connection, actor: Actor, last_on: date, *where: ColumnElement[bool]) -> Iterator[TimeShares]:
    """These approvals, as far as the actor may see them, with their histories up to the close of `last_on`: three
    statements however many they are; approvals that were not begun by then are left out."""
    is_visible = visible(actor, TABLE.c.owner_unit_id, APPROVALS.c.department_id, TABLE.c.liaison_id)
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    rows = tx.execute(select(*_COLUMNS).select_from(joined).where(is_visible, *where).order_by(APPROVALS.c.id)).all()
    halts = _entries(tx, select(ENTRY.c.project_id, *_ENTRY, ENTRY.c.facts).where(HALTS), last_on)
    calendar_of, former = calendars(tx), former_units(tx, end_of(last_on))
    approval_entries = (
        select(ENTRY.c.approval_id, *_ENTRY, STEP_FACTS)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
        .where(OF_CLOCK, is_visible, *where)
    )
    own = _entries(tx, approval_entries, last_on)
    for row in rows:
        if entries := own.get(row.id):
            stops = halts.get(row.project_id, [])
            steps = sorted([*entries, *stops], key=lambda entry: entry.seq) if stops else entries
            clock_steps = tuple(as_step(step.move, day_of(step.at), step.facts, seq=step.seq) for step in steps)
            department_id = former.department("approval", row.id, row.department_id)
            yield TimeShares(row.id, row.code, row.catalogue_sha256, department_id, clock_steps, calendar_of(row))


def _entries(tx: Connection, query: Select[Any], last_on: date) -> dict[int, list[ClockEntry]]:
    """The entries up to the close of a day, by the first column, which is an id."""
    key = query.selected_columns[0]
    rows = tx.execute(query.where(ENTRY.c.at <= end_of(last_on)).order_by(key, ENTRY.c.seq))
    return {key: cast(list[ClockEntry], list(group)) for key, group in groupby(rows, key=lambda row: row[0])}
