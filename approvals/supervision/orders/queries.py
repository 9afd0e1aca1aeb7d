"""Queries on supervision orders, and an order as subject of the history."""

import re
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, bindparam, func, literal, select

from approvals.accounts.actors import Actor, Scope, check_sees, visible
from approvals.accounts.queries import UNIT
from approvals.base.errors import NotFound
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import CITY_CHAIN, Subject
from approvals.registration.queries import APPROVALS
from approvals.supervision.tables import Order
from workflows.charts.order import ORDER

ORDERS: Table = table_of(Order)
REF = re.compile(r"(20[0-9]{2}|2100)-([1-9][0-9]{0,5})")  # 2026-3
TO_ANSWER = ("issued", "sent_back")  # states in which the department owes an answer
WITH_NAMES = select(
    ORDERS,
    UNIT.c.name.label("department"),
    UNIT.c.name_en.label("department_en"),
    *(PROJECTS.c[name] for name in ("number", "external_ref", "uid", "is_key", "is_urgent", "catalogue_sha256")),
    PROJECTS.c.name.label("project_name"),
    APPROVALS.c.code,
).select_from(
    ORDERS.join(UNIT, UNIT.c.id == ORDERS.c.department_id)
    .outerjoin(PROJECTS, PROJECTS.c.id == ORDERS.c.project_id)
    .outerjoin(APPROVALS, APPROVALS.c.id == ORDERS.c.approval_id)
)
_ONE = Prepared(
    WITH_NAMES.where(ORDERS.c.year == bindparam("asked_year"), ORDERS.c.serial == bindparam("asked_serial"))
)
_BY_ID = Prepared(WITH_NAMES.where(ORDERS.c.id == bindparam("order_id")))
_DUE_OF_CHAIN = Prepared(
    WITH_NAMES.where(
        ORDERS.c.alarm_on <= bindparam("day"),
        func.coalesce(ORDERS.c.project_id, CITY_CHAIN) == bindparam("chain"),
    ).order_by(ORDERS.c.alarm_on, ORDERS.c.id)
)


def ref_of_order(order: Any) -> str:
    """The reference of an order: 2026-3."""
    return f"{order.year}-{order.serial}"


def order_place(department_id: int) -> Scope:
    """The scope of an order: its department, and the offices. No owner and no liaison takes part in it."""
    return Scope(owner_unit_id=0, department_id=department_id)


def visible_orders(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the orders that the actor may see: windows their own, the city's levels all."""
    return visible(actor, literal(0), ORDERS.c.department_id)


def order_for(tx: Connection, ref: str, actor: Actor) -> Row[Any]:
    """The order of this reference with the names of what it is about; NotFound when the actor may not see it."""
    match = REF.fullmatch(ref)
    row = _ONE.one_or_none(tx, {"asked_year": int(match[1]), "asked_serial": int(match[2])}) if match else None
    if row is None:
        raise NotFound
    check_sees(actor, order_place(row.department_id))
    return row


def order_by_id(tx: Connection, order_id: int) -> Row[Any]:
    """The order with this id, as it stands now."""
    return _BY_ID.rows(tx, {"order_id": order_id})[0]


def order_case(order: Any, level: int | None = None) -> Subject:
    """The order as history sees it; `level` is the one that hears of a move, that which keeps the order if none."""
    return Subject(
        ORDER,
        ORDERS,
        order.id,
        order.state,
        order.version,
        order_place(order.department_id),
        ref_of_order(order),
        approval_id=order.approval_id,
        round=order.round,
        level=level or order.level,
    )


def due_orders(tx: Connection, chain: int, day: date) -> list[Row[Any]]:
    """The orders of one chain that are to be reported as unanswered by the close of `day`, the longest due first."""
    return _DUE_OF_CHAIN.rows(tx, {"chain": chain, "day": day})


def chains_with_due_orders(tx: Connection, day: date) -> list[int]:
    """The projects (0 for the city itself) with an order that is to be reported by the close of `day`: by index."""
    return sorted({row.project_id or CITY_CHAIN for row in tx.execute(due_orders_statement(day))})


def due_orders_statement(day: date) -> Select[tuple[int | None]]:
    """The statement for the projects, or none, of the orders that are due by the close of `day`."""
    due = ORDERS.c.alarm_on.is_not(None), ORDERS.c.alarm_on <= day
    return select(ORDERS.c.project_id).where(*due).order_by(ORDERS.c.alarm_on)


def is_late_order(today: date) -> ColumnElement[bool]:
    """Whether the department owes an answer whose day has passed."""
    return and_(ORDERS.c.state.in_(TO_ANSWER), ORDERS.c.due_on < today)


def departments(tx: Connection) -> list[Row[Any]]:
    """The units to which orders may go, by id."""
    stands = UNIT.c.kind == "department", UNIT.c.successor_id.is_(None)
    return list(tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).where(*stands).order_by(UNIT.c.id)))
