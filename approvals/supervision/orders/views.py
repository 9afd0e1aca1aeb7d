"""Supervision orders as pages and API show them: the list, and one order with its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UNIT, UnitName, unit_called
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, looked_up, page_by_id, shown_name
from approvals.calendar.queries import calendar_in_force
from approvals.catalogue.queries import item_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.history.queries import entries_of_case
from approvals.history.timeline import EntryDescription, describe
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.supervision.orders.queries import (
    ORDERS,
    TO_ANSWER,
    WITH_NAMES,
    is_late_order,
    order_case,
    order_for,
    ref_of_order,
    visible_orders,
)
from approvals.supervision.queries import FilteredList, units_among
from approvals.windows.clocks import LimitView, due_by
from workflows.charts.model import Move, State, open_moves
from workflows.charts.order import KEEPERS, ORDER, WINDOWS
from workflows.charts.roles import LEVELS, sees
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Item
from workflows.config.city import load_city
from workflows.label import Label

DUE = "order"
_UNIT = UNIT.alias("sorted_unit")


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Filters of a list of orders; an empty one does not narrow it."""

    state: str = ""
    department: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class AboutView:
    """The project of an order, or one of its approvals."""

    project: str
    name: str
    number: str
    code: str
    item: Item | None

    @property
    def ref(self) -> str:
        return f"{self.project}/{self.code}" if self.code else self.project


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order; `keeper` is the level that looks at the answer, `lifted_to` the highest that heard of the silence."""

    id: int
    ref: str
    number: str
    subject: str
    demands: str
    department: UnitName
    about: AboutView | None
    state: State
    version: int
    level: int
    keeper: Label
    issued_on: date
    due_on: date
    due: LimitView | None
    is_late: bool
    lifted_to: int | None
    source_kind: str
    source_ref: str

    @property
    def bulletin(self) -> str:
        """The last month of the bulletin that asked for it, as 2026-10; empty for any other order."""
        return self.source_ref.partition("/")[0] if self.source_kind == "bulletin" else ""


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order; `moves` are open to the reader, `told` is its history in order."""

    order: OrderRow
    moves: tuple[Move, ...]
    told: tuple[EntryDescription, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def orders(
    tx: Connection, actor: Actor, filters: OrderFilter, *, today: date, part: ListPart = FIRST_PART
) -> FilteredList[OrderRow]:
    """The orders that the actor may see, the newest first."""
    page = order_page(tx, actor, filters, today=today, part=part)
    counted = select(func.count()).select_from(ORDERS).where(visible_orders(actor), *_narrowed(filters, today))
    departments = units_among(tx, select(ORDERS.c.department_id)) if "city" in sees(actor.roles) else ()
    return FilteredList(page, int(tx.execute(counted).scalar_one()), departments, _narrowing(filters))


def order_page(
    tx: Connection, actor: Actor, filters: OrderFilter, *, today: date, part: ListPart = FIRST_PART
) -> Page[OrderRow]:
    """A page of the same orders, in the order that was asked for."""
    statement, calendar = WITH_NAMES.where(visible_orders(actor), *_narrowed(filters, today)), calendar_in_force(tx)
    page = page_by_id(tx, statement, _sort_keys(), ORDERS.c.id, part, newest_first=True)
    return page.shown([_row(tx, row, calendar, today) for row in page.rows])


def _sort_keys() -> Keys:
    return {
        "subject": ORDERS.c.subject,
        "project": PROJECTS.c.name,
        "department": looked_up(_UNIT, ORDERS.c.department_id, shown_name(_UNIT)),
        "state": in_order_of(ORDERS.c.state, ORDER.state_names),
        "issued": ORDERS.c.issued_on,
        "due": ORDERS.c.due_on,
    }


def open_orders(tx: Connection, actor: Actor) -> dict[str, int]:
    """The number of orders in each open state that the actor may see."""
    states = [state.name for state in ORDER.states if not state.is_final]
    counts = select(ORDERS.c.state, func.count()).where(visible_orders(actor), ORDERS.c.state.in_(states))
    numbers = {state: int(number) for state, number in tx.execute(counts.group_by(ORDERS.c.state)).all()}
    return {state: numbers.get(state, 0) for state in states}


def late_orders(tx: Connection, actor: Actor, today: date) -> int:
    """The number of overdue orders that the actor may see."""
    late = select(func.count()).select_from(ORDERS).where(visible_orders(actor), is_late_order(today))
    return int(tx.execute(late).scalar_one())


def order(tx: Connection, ref: str, actor: Actor, *, today: date, looked_at: int | None = None) -> OrderView:
    """One order; NotFound when the actor may not see it. `looked_at` is the version seen before."""
    row = order_for(tx, ref, actor)
    timeline = describe(tx, entries_of_case(tx, row.project_id or 0, ORDER.name, row.id))
    return OrderView(
        order=_row(tx, row, calendar_in_force(tx), today),
        moves=open_to(row, actor),
        told=tuple(timeline),
        days=by_day(timeline),
        meanwhile=tuple(timeline[looked_at:]) if looked_at else (),
    )


def open_to(row: Any, actor: Actor) -> tuple[Move, ...]:
    """The moves of this order that the actor may make: the department's, or those of the level that keeps it."""
    roles = acting_roles(actor, order_case(row).place) & {*WINDOWS, KEEPERS[row.level]}
    return open_moves(ORDER, row.state, roles)


def _narrowed(filters: OrderFilter, today: date) -> Iterable[ColumnElement[bool]]:
    if filters.state in ORDER.state_names:
        yield ORDERS.c.state == filters.state
    if filters.department:
        yield ORDERS.c.department_id == unit_called(filters.department)
    if filters.is_late:
        yield is_late_order(today)


def _narrowing(filters: OrderFilter) -> dict[str, str]:
    """The parts of the address that lead to this list again."""
    query = {name: getattr(filters, name) for name in ("state", "department") if getattr(filters, name)}
    return query | ({"late": "yes"} if filters.is_late else {})


def orders_of_approval(tx: Connection, approval_id: int, calendar: Calendar, today: date) -> tuple[OrderRow, ...]:
    """All orders about an approval that the caller, an officer, has seen, the newest first."""
    return _orders_about(tx, ORDERS.c.approval_id == approval_id, calendar, today)


def orders_of_project(tx: Connection, project_id: int, calendar: Calendar, today: date) -> tuple[OrderRow, ...]:
    """All orders about a project or its approvals that the caller, an officer, has seen, the newest first."""
    return _orders_about(tx, ORDERS.c.project_id == project_id, calendar, today)


def _orders_about(tx: Connection, clause: ColumnElement[bool], calendar: Calendar, today: date) -> tuple[OrderRow, ...]:
    rows = tx.execute(WITH_NAMES.where(clause).order_by(ORDERS.c.id.desc()))
    return tuple(_row(tx, row, calendar, today) for row in rows)


def _row(tx: Connection, row: Any, calendar: Calendar, today: date) -> OrderRow:
    is_open, ref = row.state in TO_ANSWER, ref_of_order(row)
    columns = ("id", "subject", "demands", "version", "level", "issued_on", "due_on", "source_kind", "source_ref")
    return OrderRow(
        **{name: getattr(row, name) for name in columns},
        ref=ref,
        number=load_city().shown_order(ref),
        department=UnitName(row.department, row.department_en),
        about=_about(tx, row) if row.project_id else None,
        state=ORDER.state(row.state),
        keeper=Label(*LEVELS[row.level]),
        due=due_by(DUE, row.due_on, calendar, today) if is_open else None,
        is_late=is_open and row.due_on < today,
        lifted_to=row.lifted_to if is_open else None,
    )


def _about(tx: Connection, row: Any) -> AboutView:
    number = load_city().shown_number(row.number) if row.number else ""
    item = item_of(tx, row) if row.code else None
    return AboutView(ref_of(row), row.project_name, number, row.code or "", item)
