"""The ledger of the programme, with the way from each item to its project: the programme itself knows no projects."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import Connection, Row, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.moments import start_of
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.http.access import access, actor
from approvals.http.application import database, today
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
    years,
)
from approvals.web.query_parameters import asked_choice, asked_flag, asked_text
from workflows.charts.roles import sees
from workflows.config.city import load_city

programme = Blueprint("programme", __name__, url_prefix="/ledger")


@programme.get("")
@access(roles=permissions.SEE_PROGRAMME)
def ledger() -> str:
    with database().read() as tx:
        known = years(tx, actor())
        view = _ledger(tx, actor(), _wanted(known), known)
    return render_template(
        "programme/ledger.html",
        view=view,
        statuses=STATUSES,
        kinds=KINDS,
        page_of_project="filing.show" if view.unit else "casefile.show",
    )


def _wanted(known: tuple[int, ...]) -> LedgerFilter:
    asked = asked_choice("year", {str(year) for year in known})
    return LedgerFilter(
        year=int(asked) if asked else next(iter(known), today().year),
        search=asked_text("search"),
        category=asked_choice("category", load_city().categories),
        status=asked_choice("status", STATUSES),
        kind=asked_choice("kind", KINDS),
        **{name: asked_flag(name.removeprefix("is_")) for name in FLAGS},
    )


def _ledger(tx: Connection, by: Actor, wanted: LedgerFilter, known: tuple[int, ...]) -> LedgerView:
    categories = sums_by_category(tx, by, wanted.year)
    rows = items(tx, by, wanted)
    projects = _projects(tx, by, [row.item_no for row in rows], wanted.year)
    return LedgerView(
        wanted=wanted,
        years=known,
        as_of_on=max((row.as_of_on for row in rows), default=None),
        total=together(one.sums for one in categories),
        categories=categories,
        listed=sums_of(tx, by, wanted),
        rows=tuple(_row(row, projects.get(row.item_no)) for row in rows),
        narrowing=_narrowing(wanted),
        unit=None if "city" in sees(by.roles) else UnitName(by.unit, by.unit_en),
    )


def _projects(tx: Connection, by: Actor, numbers: Iterable[str], year: int) -> dict[str, str]:
    """How the project of each item is addressed, the latest one if several name it; only those that may be seen."""
    columns = [TABLE.c[name] for name in ("item_no", "number", "external_ref", "uid")]
    rows = tx.execute(
        select(*columns)
        .where(TABLE.c.item_no.in_(list(numbers)), visible_projects(by), TABLE.c.filed_at.is_not(None))
        .where(TABLE.c.drafted_at < start_of(date(year + 1, 1, 1)))
        .order_by(TABLE.c.id)
    )
    return {row.item_no: ref_of(row) for row in rows}


def _narrowing(wanted: LedgerFilter) -> dict[str, str]:
    texts = {name: getattr(wanted, name) for name in ("search", *TEXTS)}
    flags = {name.removeprefix("is_"): "yes" for name in FLAGS if getattr(wanted, name)}
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
