"""The programme ledger: the items of a year with plan, money and state, and the project of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.text_folding import contains
from approvals.casefile.programme.linked_projects import project_refs
from approvals.programme.queries import ITEMS, category_label, task_label, visible_items
from approvals.projects.programme_figures import facts_of_day
from workflows.charts.item import ITEM
from workflows.charts.model import State
from workflows.charts.programme_terms import ITEM_KINDS
from workflows.charts.roles import sees_programme
from workflows.config.policy import ProgrammeRules
from workflows.label import Label
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import Money, is_behind, is_counted, money_of_items, shares_of
from workflows.rules.programme_replans import PlanMoves, plan_moves
from workflows.rules.programme_summary import ProgrammeFigures, figures

TEXTS, FLAGS = ("category", "state", "kind"), ("is_key", "is_practical_matter")
LAST = Decimal("Infinity")
ORDERS = {  # beside that by number; what has no figure comes last
    "gap": Label("落后最多在前", "Furthest behind first"),
    "planned": Label("计划投资多的在前", "Largest plan first"),
    "execution": Label("执行率低的在前", "Lowest execution first"),
}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Filters of the items; empty ones do not narrow."""

    year: int
    search: str = ""
    category: str = ""
    state: str = ""
    kind: str = ""
    county: str = ""  # its division code
    is_behind: bool = False
    is_key: bool = False
    is_practical_matter: bool = False
    order: str = ""  # one of ORDERS; by number when empty


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the programme. `project` is how its project is addressed, None when it has none to be seen."""

    item_no: str
    name: str
    category: Label
    kind: Label
    state: State
    lead: UnitName
    places: tuple[str, ...]
    money: Money
    shares: tuple[Decimal, Decimal] | None  # planned and actual
    moved: PlanMoves
    is_behind: bool
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    project: str | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A year's programme as far as the reader may see it: the figures of all, and the items asked for.

    `listed` is the money of the adopted ones among the items asked for, `counted` how many these are.
    """

    wanted: LedgerFilter
    years: tuple[int, ...]
    sight: Sight
    total: ProgrammeFigures
    listed: Money
    counted: int
    rows: tuple[ItemRow, ...]
    narrowing: Mapping[str, str]
    unit: UnitName | None
    labels: Mapping[str, Label]  # of the categories


def years(tx: Connection, actor: Actor) -> tuple[int, ...]:
    """The years with items that the actor may see, the latest first."""
    query = select(ITEMS.c.year).where(visible_items(actor)).distinct().order_by(ITEMS.c.year.desc())
    return tuple(tx.execute(query).scalars())


def ledger_view(
    tx: Connection, by: Actor, filters: LedgerFilter, known_years: tuple[int, ...], on: date, rules: ProgrammeRules
) -> LedgerView:
    sight = Sight(on, on)
    facts = facts_of_day(tx, filters.year, by, sight, rules)
    rows = [row for row in _rows(tx, filters, by) if _is_asked_for(facts[row.id], filters, sight, rules)]
    projects = project_refs(tx, [row.item_no for row in rows], filters.year, by)
    counted = [facts[row.id] for row in rows if is_counted(facts[row.id], sight)]
    total = figures(filters.year, list(facts.values()), sight, rules)
    return LedgerView(
        wanted=filters,
        years=known_years,
        sight=sight,
        total=total,
        listed=money_of_items(counted, sight),
        counted=len(counted),
        rows=_in_order(
            [_row(row, facts[row.id], sight, rules, projects.get(row.item_no)) for row in rows], filters.order
        ),
        narrowing=_narrowing(filters),
        unit=None if sees_programme(by.roles) else UnitName(by.unit, by.unit_en),
        labels={group.name: category_label(group.name) for group in total.by_category},
    )


def _in_order(rows: list[ItemRow], order: str) -> tuple[ItemRow, ...]:
    return tuple(sorted(rows, key=lambda row: _place(row, order)))


def _place(row: ItemRow, order: str) -> tuple[Decimal, str]:
    """By number among those of one figure."""
    figure: Decimal | None = None
    if order == "gap" and row.shares:
        figure = row.shares[1] - row.shares[0]
    elif order == "planned":
        figure = -row.money.planned
    elif order == "execution":
        figure = row.money.execution_rate
    return LAST if order and figure is None else figure or Decimal(0), row.item_no


def _rows(tx: Connection, filters: LedgerFilter, by: Actor) -> list[Row[Any]]:
    query = (
        select(ITEMS, UNIT.c.name.label("lead"), UNIT.c.name_en.label("lead_en"))
        .join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
        .where(*_where(filters), visible_items(by))
        .order_by(ITEMS.c.item_no)
    )
    rows = tx.execute(query).all()
    if not filters.search:
        return list(rows)
    return [row for row in rows if contains(filters.search, row.name, row.item_no, row.lead)]


def _is_asked_for(facts: ItemFacts, filters: LedgerFilter, sight: Sight, rules: ProgrammeRules) -> bool:
    """What columns of the item do not say: a task in the county, and being behind."""
    if filters.county and filters.county not in {task.code for task in facts.tasks}:
        return False
    return not filters.is_behind or is_behind(facts, sight, rules)


def _where(filters: LedgerFilter) -> list[ColumnElement[bool]]:
    clauses = [ITEMS.c.year == filters.year]
    clauses += [ITEMS.c[name] == getattr(filters, name) for name in TEXTS if getattr(filters, name)]
    clauses += [ITEMS.c[name].is_(True) for name in FLAGS if getattr(filters, name)]
    return clauses


def _narrowing(filters: LedgerFilter) -> dict[str, str]:
    texts = {name: getattr(filters, name) for name in ("search", "county", *TEXTS)}
    flags = {name.removeprefix("is_"): "yes" for name in (*FLAGS, "is_behind") if getattr(filters, name)}
    texts["order"] = filters.order
    return {name: value for name, value in texts.items() if value} | flags


def _row(row: Row[Any], facts: ItemFacts, sight: Sight, rules: ProgrammeRules, project: str | None) -> ItemRow:
    return ItemRow(
        item_no=row.item_no,
        name=row.name,
        category=category_label(row.category),
        kind=ITEM_KINDS[row.kind],
        state=ITEM.state(row.state),
        lead=UnitName(row.lead, row.lead_en or ""),
        places=tuple(task_label(task.code) for task in facts.tasks),
        money=money_of_items([facts], sight),
        shares=shares_of(facts, sight) if is_counted(facts, sight) else None,
        moved=plan_moves(facts.nodes, sight),
        is_behind=is_behind(facts, sight, rules),
        is_key=row.is_key,
        is_urgent=row.is_urgent,
        is_practical_matter=row.is_practical_matter,
        project=project,
    )
