"""Whose time the approvals of the city took: the three ledgers of a month or a year, by department and approval.

Not to be taken for the ledger of the programme, which is `web/programme/routes.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from approvals.accounts.actors import Actor, visible
from approvals.accounts.queries import UNIT, UnitName, units_by_id
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, end_of, start_of
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.calendar.queries import STEP_FACTS, as_step, calendars
from approvals.casefile.periods import AccountingPeriod
from approvals.filing.queries import TABLE
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from approvals.registration.queries import APPROVALS
from approvals.reports.periods import Month
from approvals.windows.queries import ApprovalView, in_order
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import HELD, TimeAccount, ledger, together
from workflows.clock.timeline import Step
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

_COLUMNS = [APPROVALS.c[name] for name in ("id", "project_id", "code", "department_id", "state", "calendar_edition")]


@dataclass(frozen=True, slots=True)
class TimeShares:
    """An approval with its history up to the end of a period, and the calendar that counts for it."""

    id: int
    code: str
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
class WhoseTime:
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


def whose_time(tx: Connection, actor: Actor, period: AccountingPeriod) -> WhoseTime:
    """The ledgers of all approvals that the actor may see."""
    found = list(in_period(tx, actor, period))
    by_department: dict[int, list[TimeAccount]] = defaultdict(list)
    for one, days in _held(found, period):
        by_department[one.department_id].append(days)
    departments = tuple(
        DepartmentTime(name, len(by_department[unit_id]), together(by_department[unit_id]))
        for unit_id, name in departments_of(tx, by_department).items()
    )
    total = together(one.days for one in departments)
    months = tuple(_month(found, month, period) for month in period.months) if period.is_year else ()
    return WhoseTime(period, departments, months, sum(one.approvals for one in departments), total)


def _month(found: Iterable[TimeShares], month: Month, period: AccountingPeriod) -> MonthTime:
    last_on = min(month.last_on, period.last_on)
    return MonthTime(month, together(ledger(one.steps, one.calendar, month.first_on, last_on) for one in found))


def _held(found: Iterable[TimeShares], period: AccountingPeriod) -> Iterator[tuple[TimeShares, TimeAccount]]:
    """Those that somebody held within the period, with their ledgers."""
    for one in found:
        days = ledger(one.steps, one.calendar, period.first_on, period.last_on)
        if days.open:
            yield one, days


def approvals_behind(
    tx: Connection, actor: Actor, period: AccountingPeriod, department: str, *, today: date, cursor: str = ""
) -> Page[ApprovalTime]:
    """The approvals behind a figure, those that took their department longest first; an empty department is all."""
    where = [APPROVALS.c.department_id == _id_of(department)] if department else []
    held = sorted(_held(in_period(tx, actor, period, *where), period), key=_longest)
    if cursor:
        after = numbers_in(cursor, 2)
        held = [one for one in held if _longest(one) > after]
    shown = held[:PAGE]
    views = in_order(tx, [one.id for one, _ in shown], today)
    rows = [_line(view, days) for view, (_, days) in zip(views, shown, strict=True)]
    last = shown[-1] if len(held) > PAGE else None
    return Page(rows, write_cursor(*_longest(last)) if last else None)


def numbers_in(cursor: str, count: int) -> tuple[int, ...]:
    """The numbers in the cursor of a list that is sorted by so many; Invalid when it is none of ours."""
    keys = tuple(key for key in read_cursor(cursor, (int,) * count) if isinstance(key, int))
    if len(keys) != count:
        raise invalid("cursor", N_("is not a cursor of this list"))
    return keys


def _line(one: ApprovalView, days: TimeAccount) -> ApprovalTime:
    return ApprovalTime(one, load_city().shown_number(one.project), APPROVAL.state(one.state), days)


def _longest(one: tuple[TimeShares, TimeAccount]) -> tuple[int, int]:
    return -one[1].department, one[0].id


def departments_of(tx: Connection, found: Iterable[int]) -> dict[int, UnitName]:
    """The departments with these ids in the order of the catalogue."""
    order = {name: number for number, name in enumerate(load_catalogue().departments)}
    units = units_by_id(tx, found).items()
    return dict(sorted(units, key=lambda unit: (order.get(unit[1].name, len(order)), unit[0])))


def _id_of(department: str) -> Any:
    return select(UNIT.c.id).where(UNIT.c.name == department).scalar_subquery()


# Many histories at once.


def in_period(
    tx: Connection, actor: Actor, period: AccountingPeriod, *where: ColumnElement[bool]
) -> Iterator[TimeShares]:
    """The approvals that somebody may have held within the period: those that are held, or came to rest since."""
    since = start_of(period.first_on)
    may_count = or_(APPROVALS.c.state.in_(HELD), APPROVALS.c.state_since >= since)
    return told(tx, actor, period.last_on, may_count, *where)


def told(tx: Connection, actor: Actor, last_on: date, *where: ColumnElement[bool]) -> Iterator[TimeShares]:
    """These approvals, as far as the actor may see them, with their histories up to the close of a day: three
    statements however many they are; what was not begun by then is left out."""
    seen = visible(actor, TABLE.c.owner_unit_id, APPROVALS.c.department_id, TABLE.c.liaison_id)
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    rows = tx.execute(select(*_COLUMNS).select_from(joined).where(seen, *where).order_by(APPROVALS.c.id)).all()
    halts, calendar_of = _halts(tx, last_on), calendars(tx)
    own = _entries(tx, last_on, seen, *where)
    for row in rows:
        if entries := own.get(row.id):
            stops = halts.get(row.project_id, [])
            steps = sorted([*entries, *stops], key=lambda entry: entry.seq) if stops else entries
            yield TimeShares(row.id, row.code, row.department_id, tuple(map(_step, steps)), calendar_of(row))


def _step(entry: Row[Any]) -> Step:
    return as_step(entry.move, day_of(entry.at), entry.facts, seq=entry.seq)


def _entries(tx: Connection, last_on: date, *where: ColumnElement[bool]) -> dict[int, Sequence[Row[Any]]]:
    rows = tx.execute(
        select(ENTRY.c.approval_id, ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at, STEP_FACTS)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
        .where(OF_CLOCK, ENTRY.c.at <= end_of(last_on), *where)
        .order_by(ENTRY.c.approval_id, ENTRY.c.seq)
    )
    return {key: tuple(group) for key, group in groupby(rows, key=lambda row: row.approval_id)}


def _halts(tx: Connection, last_on: date) -> dict[int, Sequence[Row[Any]]]:
    rows = tx.execute(
        select(ENTRY.c.project_id, ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
        .where(HALTS, ENTRY.c.at <= end_of(last_on))
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    return {key: tuple(group) for key, group in groupby(rows, key=lambda row: row.project_id)}
