"""Queries on the year's programme: references, locked rows, what each is as subject of the history, and who sees it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, exists, literal, or_, select

from approvals.accounts.actors import Actor, Scope
from approvals.base.errors import NotFound
from approvals.base.moments import day_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.history.record import CHAIN, CITY, Subject
from approvals.history.record import ENTRY as HISTORY
from approvals.programme.entries.tables import (
    CountedAmount,
    CountedQuantity,
    ExpectedNode,
    MonthlyEntry,
    ReachedNode,
    SentReport,
)
from approvals.programme.items.tables import (
    DayDivision,
    PartyDays,
    Replan,
    ReplannedFund,
    ReplannedNode,
)
from approvals.programme.tables import (
    FundLine,
    ProgrammeIndicator,
    ProgrammeItem,
    ProgrammeNode,
    ProgrammeTarget,
    ProgrammeTask,
    TaskPerson,
)
from approvals.programme.years.tables import (
    ClosedMonth,
    LastYearTotals,
    MonthException,
    ProgrammeYear,
    SentReminder,
)
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.roles import sees, sees_programme
from workflows.config.city import load_city
from workflows.label import Label

YEARS: Table = table_of(ProgrammeYear)
LAST_YEARS: Table = table_of(LastYearTotals)
CLOSED: Table = table_of(ClosedMonth)
EXCEPTIONS: Table = table_of(MonthException)
ITEMS: Table = table_of(ProgrammeItem)
TASKS: Table = table_of(ProgrammeTask)
TASK_PEOPLE: Table = table_of(TaskPerson)
INDICATORS: Table = table_of(ProgrammeIndicator)
TARGETS: Table = table_of(ProgrammeTarget)
NODES: Table = table_of(ProgrammeNode)
LINES: Table = table_of(FundLine)
REPLANS: Table = table_of(Replan)
REPLANNED_NODES: Table = table_of(ReplannedNode)
REPLANNED_FUNDS: Table = table_of(ReplannedFund)
DIVISIONS: Table = table_of(DayDivision)
PARTY_DAYS: Table = table_of(PartyDays)
ENTRIES: Table = table_of(MonthlyEntry)
QUANTITIES: Table = table_of(CountedQuantity)
AMOUNTS: Table = table_of(CountedAmount)
REACHED: Table = table_of(ReachedNode)
EXPECTED: Table = table_of(ExpectedNode)
REPORTS: Table = table_of(SentReport)
REMINDERS: Table = table_of(SentReminder)

PREFIX = "programme"
_YEAR = r"(?P<year>20[0-9]{2}|2100)"
_NO = r"(?P<no>[0-9A-Za-z][0-9A-Za-z-]{0,9})"
_CODE = r"(?P<code>[0-9A-Za-z][0-9A-Za-z-]{0,19})"
_MONTH = r"(?P<month>20[0-9]{2}-(?:0[1-9]|1[0-2]))"
YEAR_KEY = re.compile(_YEAR)
ITEM_KEY = re.compile(f"{_YEAR}/{_NO}")
MONTH_KEY = re.compile(_MONTH)
ENTRY_KEY = re.compile(f"{_YEAR}/{_NO}/{_CODE}/{_MONTH}")
END_OF_CHAIN = (
    CHAIN.c.seq.label("chain_seq"),
    CHAIN.c.head.label("chain_head"),
    CHAIN.c.last_at.label("chain_last_at"),
)
_LOCKED = select(ITEMS, *END_OF_CHAIN).join(CHAIN, CHAIN.c.project_id == -ITEMS.c.id).with_for_update(of=[ITEMS, CHAIN])
_LOCKED_BY_NUMBER = Prepared(_LOCKED.where(ITEMS.c.year == bindparam("item_year"), ITEMS.c.item_no == bindparam("no")))
_LOCKED_BY_ID = Prepared(_LOCKED.where(ITEMS.c.id == bindparam("item_id")))
_TASKS_OF_ITEM = Prepared(select(TASKS).where(TASKS.c.item_id == bindparam("item_id")).order_by(TASKS.c.id))
_ENTRY = Prepared(
    select(ENTRIES).where(ENTRIES.c.task_id == bindparam("task_id"), ENTRIES.c.month == bindparam("month"))
)


@dataclass(frozen=True, slots=True)
class EntryKey:
    """The address of an entry: year and number of the item, code of the task, month."""

    year: int
    item_no: str
    code: str
    month: str


def chain_of_item(item_id: int) -> int:
    """The chain of an item, in place of the id of a project: ids of projects are above 0, the city's is 0."""
    return -item_id


def record_of_item(item: Any) -> tuple[int, int, str, Any]:
    """The end of a locked item's chain, as `recording` takes it."""
    return chain_of_item(item.id), item.chain_seq, item.chain_head, item.chain_last_at


def item_ref(item: Any) -> str:
    """How an item is addressed: programme/2026/030."""
    return f"{PREFIX}/{item.year}/{item.item_no}"


def entry_ref(item: Any, code: str, month: str) -> str:
    """How an entry is addressed: programme/2026/030/510402/2026-05."""
    return f"{item_ref(item)}/{code}/{month}"


def year_key(key: str) -> int:
    """The year in an address; NotFound for any other text."""
    if YEAR_KEY.fullmatch(key) is None:
        raise NotFound
    return int(key)


def item_key(key: str) -> tuple[int, str]:
    """Year and number in the address of an item; NotFound for any other text."""
    match = ITEM_KEY.fullmatch(key)
    if match is None:
        raise NotFound
    return int(match["year"]), match["no"]


def month_key(key: str) -> str:
    """A month in an address; NotFound for any other text."""
    if MONTH_KEY.fullmatch(key) is None:
        raise NotFound
    return key


def entry_key(key: str) -> EntryKey:
    """The parts of the address of an entry; NotFound for any other text."""
    match = ENTRY_KEY.fullmatch(key)
    if match is None:
        raise NotFound
    return EntryKey(int(match["year"]), match["no"], match["code"], match["month"])


def year_case(year: Any) -> Subject:
    return Subject(PROGRAMME, YEARS, year.id, year.state, year.version, CITY, f"{PREFIX}/{year.year}")


def item_case(item: Any, tasks: Collection[Any] = ()) -> Subject:
    """An item as history sees it; the units of these tasks are told of its moves too."""
    place = replace(item_place(item), task_units=tuple(dict.fromkeys(task.unit_id for task in tasks)))
    return Subject(ITEM, ITEMS, item.id, item.state, item.version, place, item_ref(item))


def entry_case(entry: Any, item: Any, task: Any, *, is_reporters: bool) -> Subject:
    """An entry as history sees it; for moves of the reporter the unit that acts is the task's, else the item's."""
    unit_id = task.unit_id if is_reporters else item.lead_unit_id
    place = Scope(owner_unit_id=unit_id, lead_unit_id=item.lead_unit_id, task_units=(task.unit_id,))
    label = entry_ref(item, task.code, entry.month)
    return Subject(ENTRY, ENTRIES, entry.id, entry.state, entry.version, place, label)


def item_place(item: Any) -> Scope:
    return Scope(owner_unit_id=item.lead_unit_id, lead_unit_id=item.lead_unit_id)


def task_place(task: Any) -> Scope:
    return Scope(owner_unit_id=task.unit_id)


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the items that the actor may see: all for the offices, else those that the unit
    leads or has a task of."""
    scopes = sees(actor.roles)
    if sees_programme(actor.roles):
        return literal(True)
    if "own_unit" not in scopes:
        return literal(False)
    has_task = exists().where(TASKS.c.item_id == ITEMS.c.id, TASKS.c.unit_id.in_(actor.units)).correlate(ITEMS)
    return or_(ITEMS.c.lead_unit_id.in_(actor.units), has_task)


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves, of visible items, the tasks that the actor may see: their own, and all of an item
    that their unit leads."""
    if sees_programme(actor.roles):
        return literal(True)
    return or_(ITEMS.c.lead_unit_id.in_(actor.units), TASKS.c.unit_id.in_(actor.units))


def sees_whole_item(actor: Actor, item: Any) -> bool:
    """Whether the actor sees all tasks of an item, not their own alone."""
    return sees_programme(actor.roles) or item.lead_unit_id in actor.units


def locked_item(tx: Connection, year: int, item_no: str, actor: Actor) -> Row[Any]:
    """The item of this number with its chain's end, locked; NotFound when there is none that the actor may see."""
    row = _LOCKED_BY_NUMBER.one_or_none(tx, {"item_year": year, "no": item_no})
    if row is None or not may_see_item(tx, row, actor):
        raise NotFound
    return row


def locked_item_by_id(tx: Connection, item_id: int) -> Row[Any]:
    return _LOCKED_BY_ID.rows(tx, {"item_id": item_id})[0]


def may_see_item(tx: Connection, item: Any, actor: Actor) -> bool:
    scopes = sees(actor.roles)
    if sees_programme(actor.roles):
        return True
    if "own_unit" not in scopes:
        return False
    return item.lead_unit_id in actor.units or any(t.unit_id in actor.units for t in tasks_of(tx, item.id))


def tasks_of(tx: Connection, item_id: int) -> list[Any]:
    """The tasks of an item, in the order of the plan."""
    return list(_TASKS_OF_ITEM.rows(tx, {"item_id": item_id}))


def task_called(tx: Connection, item_id: int, code: str) -> Any:
    """The task of this code; NotFound when the item has none."""
    for task in tasks_of(tx, item_id):
        if task.code == code:
            return task
    raise NotFound


def entry_row(tx: Connection, task_id: int, month: str) -> Any | None:
    """The entry of a task for a month, None while nothing was begun."""
    return _ENTRY.one_or_none(tx, {"task_id": task_id, "month": month})


def of_tasks(tx: Connection, table: Table, task_ids: Collection[int]) -> list[Any]:
    """The rows of a table of tasks (nodes, fund lines, targets), in the order of the plan."""
    return list(tx.execute(select(table).where(table.c.task_id.in_(list(task_ids))).order_by(table.c.id)))


def planned_amounts(tx: Connection, item_ids: Collection[int]) -> dict[int, Decimal]:
    """What each item is planned at in 10,000 yuan: the sum of its fund lines, or the amount named with it."""
    ids = list(item_ids)
    lines = select(TASKS.c.item_id, LINES.c.planned_10k_yuan).join(TASKS, TASKS.c.id == LINES.c.task_id)
    sums: dict[int, Decimal] = {}
    for row in tx.execute(lines.where(TASKS.c.item_id.in_(ids)).order_by(LINES.c.id)):
        sums[row.item_id] = sums.get(row.item_id, Decimal(0)) + row.planned_10k_yuan
    named = select(ITEMS.c.id, ITEMS.c.planned_10k_yuan).where(ITEMS.c.id.in_(ids)).order_by(ITEMS.c.id)
    return {row.id: sums.get(row.id, row.planned_10k_yuan or Decimal(0)) for row in tx.execute(named)}


def item_states(tx: Connection, item_ids: Collection[int]) -> dict[int, list[tuple[date, str]]]:
    """The days of the moves that led each item to another state, with that state, in order."""
    chains = [chain_of_item(item_id) for item_id in item_ids]
    moves = (
        select(HISTORY.c.subject_id, HISTORY.c.at, HISTORY.c.to_state)
        .where(HISTORY.c.project_id.in_(chains), HISTORY.c.subject == ITEM.name)
        .where(HISTORY.c.from_state != HISTORY.c.to_state)
        .order_by(HISTORY.c.project_id, HISTORY.c.seq)
    )
    states: dict[int, list[tuple[date, str]]] = {item_id: [] for item_id in item_ids}
    for row in tx.execute(moves):
        states[row.subject_id].append((day_of(row.at), row.to_state))
    return states


def is_closed(tx: Connection, month: str) -> bool:
    return tx.execute(select(CLOSED.c.id).where(CLOSED.c.month == month)).first() is not None


def category_label(name: str) -> Label:
    """The category in both languages; one that the city has given up keeps its name."""
    return load_city().categories.get(name, Label(name, name))


def task_label(code: str) -> str:
    """The county of a division code, else the code itself."""
    return load_city().county_codes.get(code, code)
