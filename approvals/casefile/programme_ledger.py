"""The programme ledger with the project of each item; the programme itself knows no projects."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.moments import start_of
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.programme.queries import (
    FLAGS,
    KINDS,
    STATUSES,
    TEXTS,
    TONES,
    ItemRow,
    LedgerFilter,
    LedgerView,
    category_label,
    items,
    sums_by_category,
    sums_of,
    together,
)
from workflows.charts.roles import sees


def ledger_view(tx: Connection, by: Actor, filters: LedgerFilter, known_years: tuple[int, ...]) -> LedgerView:
    categories = sums_by_category(tx, by, filters.year)
    rows = items(tx, by, filters)
    projects = _projects(tx, by, [row.item_no for row in rows], filters.year)
    return LedgerView(
        wanted=filters,
        years=known_years,
        as_of_on=max((row.as_of_on for row in rows), default=None),
        total=together(category.sums for category in categories),
        categories=categories,
        listed=sums_of(tx, by, filters),
        rows=tuple(_row(row, projects.get(row.item_no)) for row in rows),
        narrowing=_narrowing(filters),
        unit=None if "city" in sees(by.roles) else UnitName(by.unit, by.unit_en),
    )


def _projects(tx: Connection, by: Actor, numbers: Iterable[str], year: int) -> dict[str, str]:
    """Reference of each item's project, the latest one if several name it; only visible ones."""
    columns = [TABLE.c[name] for name in ("item_no", "number", "external_ref", "uid")]
    rows = tx.execute(
        select(*columns)
        .where(TABLE.c.item_no.in_(list(numbers)), visible_projects(by), TABLE.c.filed_at.is_not(None))
        .where(TABLE.c.drafted_at < start_of(date(year + 1, 1, 1)))
        .order_by(TABLE.c.id)
    )
    return {row.item_no: ref_of(row) for row in rows}


def _narrowing(filters: LedgerFilter) -> dict[str, str]:
    texts = {name: getattr(filters, name) for name in ("search", *TEXTS)}
    flags = {name.removeprefix("is_"): "yes" for name in FLAGS if getattr(filters, name)}
    return {name: value for name, value in texts.items() if value} | flags


def _row(row: Row[Any], project: str | None) -> ItemRow:
    planned, executed = row.planned_10k_yuan, row.executed_10k_yuan
    return ItemRow(
        item_no=row.item_no,
        name=row.name,
        category=category_label(row.category),
        kind=KINDS[row.kind],
        status=STATUSES[row.status],
        tone=TONES[row.status],
        owner=UnitName(row.owner_unit, row.owner_en or ""),
        county=row.county,
        planned_10k_yuan=planned,
        executed_10k_yuan=executed,
        executed_part=executed / planned if planned else None,
        is_key=row.is_key,
        is_urgent=row.is_urgent,
        is_practical_matter=row.is_practical_matter,
        project=project,
    )
