"""The year's programme: its sums, which tie out with its items, and the items."""

from collections.abc import Iterable
from dataclasses import fields
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, case, func, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.tables import table_of
from approvals.programme.tables import ProgrammeItem
from approvals.programme.views import CategorySums, LedgerFilter, Sums
from workflows.charts.roles import sees
from workflows.config.city import load_city
from workflows.label import Label

ITEMS: Table = table_of(ProgrammeItem)
TEXTS, FLAGS = ("category", "status", "kind"), ("is_key", "is_practical_matter")
MOST = 2000  # items of one year that are listed: the whole programme stands on one page, as on paper


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the items that the actor may see: all for the offices, an owner's unit's own."""
    return ITEMS.c.owner_unit == actor.unit if "city" not in sees(actor.roles) else ITEMS.c.year.is_not(None)


def years(tx: Connection, actor: Actor) -> tuple[int, ...]:
    """The years with items that the actor may see, the latest first."""
    query = select(ITEMS.c.year).where(visible_items(actor)).distinct().order_by(ITEMS.c.year.desc())
    return tuple(tx.execute(query).scalars())


def sums_by_category(tx: Connection, actor: Actor, year: int) -> tuple[CategorySums, ...]:
    """The sums of each category, in the order of the city's categories, those it has given up last."""
    rows = tx.execute(
        select(ITEMS.c.category, *_sums())
        .where(ITEMS.c.year == year, visible_items(actor))
        .group_by(ITEMS.c.category)
        .order_by(ITEMS.c.category)
    ).all()
    order = list(load_city().categories)
    ordered = sorted(rows, key=lambda row: order.index(row.category) if row.category in order else len(order))
    return tuple(CategorySums(row.category, category_label(row.category), _read(row)) for row in ordered)


def together(parts: Iterable[Sums]) -> Sums:
    """What these come to together."""
    return reduce(_plus, parts, Sums())


def _plus(left: Sums, right: Sums) -> Sums:
    return Sums(**{field.name: getattr(left, field.name) + getattr(right, field.name) for field in fields(Sums)})


def sums_of(tx: Connection, actor: Actor, filters: LedgerFilter) -> Sums:
    """The sums of the items asked for."""
    return _read(tx.execute(select(*_sums()).where(*_where(actor, filters))).one())


def items(tx: Connection, actor: Actor, filters: LedgerFilter) -> list[Row[Any]]:
    """The rows of the items asked for, with the English name of the unit, by number."""
    rows = (
        select(ITEMS, UNIT.c.name_en.label("owner_en"))
        .select_from(ITEMS.outerjoin(UNIT, UNIT.c.name == ITEMS.c.owner_unit))
        .where(*_where(actor, filters))
        .order_by(ITEMS.c.item_no)
    )
    return list(tx.execute(rows.limit(MOST)))


def _where(actor: Actor, filters: LedgerFilter) -> list[ColumnElement[bool]]:
    clauses = [ITEMS.c.year == filters.year, visible_items(actor)]
    clauses += [ITEMS.c[name] == getattr(filters, name) for name in TEXTS if getattr(filters, name)]
    clauses += [ITEMS.c[name].is_(True) for name in FLAGS if getattr(filters, name)]
    if filters.search:
        columns = (ITEMS.c.name, ITEMS.c.item_no, ITEMS.c.owner_unit, ITEMS.c.county)
        clauses.append(or_(*(column.icontains(filters.search, autoescape=True) for column in columns)))
    return clauses


def _sums() -> list[Any]:
    def count(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    def amount(column: Any) -> Any:
        return func.coalesce(func.sum(column), 0)

    is_completed = ITEMS.c.status == "completed"
    return [
        func.count().label("items"),
        count(is_completed).label("completed"),
        count(ITEMS.c.status == "under_way").label("under_way"),
        count(ITEMS.c.status == "suspended").label("suspended"),
        amount(ITEMS.c.planned_10k_yuan).label("planned_10k_yuan"),
        amount(ITEMS.c.executed_10k_yuan).label("executed_10k_yuan"),
        count(ITEMS.c.is_practical_matter).label("practical_matters"),
        count(and_(ITEMS.c.is_practical_matter, is_completed)).label("practical_matters_completed"),
    ]


def _read(row: Row[Any]) -> Sums:
    return Sums(**{field.name: getattr(row, field.name) for field in fields(Sums)})


def category_label(name: str) -> Label:
    """The category in both languages; one that the city has given up keeps its name."""
    return load_city().categories.get(name, Label(name, name))
