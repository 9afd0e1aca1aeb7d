"""The year's programme: its sums, which tie out with its items, and the items."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, case, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import RENAMING, UNIT, UnitName
from approvals.base.tables import table_of
from approvals.base.text_folding import contains
from approvals.programme.tables import ProgrammeItem
from workflows.charts.roles import sees
from workflows.config.city import load_city
from workflows.label import Label

STATUSES = {
    "under_way": Label("在建", "Under way"),
    "completed": Label("已完成", "Completed"),
    "suspended": Label("已中止", "Suspended"),
}
TONES = {"under_way": "registered", "completed": "completed", "suspended": "suspended"}  # as states of projects look
KINDS = {"construction": Label("建设工程", "Construction"), "service": Label("服务事项", "Service")}
ITEMS: Table = table_of(ProgrammeItem)
TEXTS, FLAGS = ("category", "status", "kind"), ("is_key", "is_practical_matter")
MOST = 2000  # items of one year that are listed: the whole programme stands on one page, as on paper


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Filters of the items; empty ones do not narrow."""

    year: int
    search: str = ""
    category: str = ""
    status: str = ""
    kind: str = ""
    is_key: bool = False
    is_practical_matter: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of items; amounts in 10,000 yuan."""

    items: int = 0
    completed: int = 0
    under_way: int = 0
    suspended: int = 0
    planned_10k_yuan: Decimal = Decimal(0)
    executed_10k_yuan: Decimal = Decimal(0)
    practical_matters: int = 0
    practical_matters_completed: int = 0

    @property
    def executed_part(self) -> Decimal | None:
        """How much of the planned money is executed; None when none was planned."""
        return self.executed_10k_yuan / self.planned_10k_yuan if self.planned_10k_yuan else None


@dataclass(frozen=True, slots=True)
class CategorySums:
    name: str
    category: Label
    sums: Sums


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the programme. `project` is how its project is addressed, None when it has none to be seen."""

    item_no: str
    name: str
    category: Label
    kind: Label
    status: Label
    tone: str
    owner: UnitName
    county: str
    planned_10k_yuan: Decimal
    executed_10k_yuan: Decimal
    executed_part: Decimal | None
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    project: str | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A year's programme as far as the reader may see it: sums of all, by category, and the items asked for.

    `listed` are the sums of the items asked for; `as_of_on` is the day of the latest state; `years` are those loaded.
    """

    wanted: LedgerFilter
    years: tuple[int, ...]
    as_of_on: date | None
    total: Sums
    categories: tuple[CategorySums, ...]
    listed: Sums
    rows: tuple[ItemRow, ...]
    narrowing: Mapping[str, str]
    unit: UnitName | None


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the items that the actor may see: all for the offices, an owner's unit's own."""
    if "city" in sees(actor.roles):
        return ITEMS.c.year.is_not(None)
    former = select(RENAMING.c.name).where(RENAMING.c.unit_id.in_(actor.units))  # the programme keeps the names of then
    return ITEMS.c.owner_unit.in_(former.union(select(UNIT.c.name).where(UNIT.c.id.in_(actor.units))))


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
    names = [field.name for field in fields(Sums)]
    return reduce(lambda left, right: Sums(**{n: getattr(left, n) + getattr(right, n) for n in names}), parts, Sums())


def sums_of(tx: Connection, actor: Actor, filters: LedgerFilter) -> Sums:
    return _read(tx.execute(select(*_sums()).where(*_where(tx, actor, filters))).one())


def items(tx: Connection, actor: Actor, filters: LedgerFilter) -> list[Row[Any]]:
    """The rows of the items asked for, with the English name of the unit, by number."""
    rows = (
        select(ITEMS, UNIT.c.name_en.label("owner_en"))
        .select_from(ITEMS.outerjoin(UNIT, UNIT.c.name == ITEMS.c.owner_unit))
        .where(*_where(tx, actor, filters))
        .order_by(ITEMS.c.item_no)
    )
    return list(tx.execute(rows.limit(MOST)))


def _where(tx: Connection, actor: Actor, filters: LedgerFilter) -> list[ColumnElement[bool]]:
    clauses = [ITEMS.c.year == filters.year, visible_items(actor)]
    clauses += [ITEMS.c[name] == getattr(filters, name) for name in TEXTS if getattr(filters, name)]
    clauses += [ITEMS.c[name].is_(True) for name in FLAGS if getattr(filters, name)]
    if filters.search:
        clauses.append(ITEMS.c.item_no.in_(_matching(tx, filters.year, filters.search)))
    return clauses


def _matching(tx: Connection, year: int, search: str) -> list[str]:
    """The numbers of the year's items of which the name, number, unit or county contains the text."""
    columns = (ITEMS.c.name, ITEMS.c.item_no, ITEMS.c.owner_unit, ITEMS.c.county)
    rows = tx.execute(select(*columns).where(ITEMS.c.year == year).order_by(ITEMS.c.item_no))
    return [row.item_no for row in rows if contains(search, *row)]


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
