"""The drill-down of a figure: the projects or approvals that it counts, one a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from approvals.base.errors import NotFound
from approvals.base.moments import day_of, end_of
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.base.text_validation import address_number
from approvals.reports.document.figure_lines import BESIDE, FIGURES
from approvals.reports.figures.aggregate import Aggregate, Bag, CellKey, Hit, ProjectCellKey, aggregate
from approvals.reports.figures.case_items import CaseItem, CaseItems, read_cases
from approvals.reports.figures.compilation import ALL, closing_of
from approvals.reports.figures.source_data import ItemNames, item_names, read_record, units_of
from approvals.reports.periods import Period
from workflows.config.city import load_city
from workflows.label import Label

PROJECTS = "projects"  # the part of a figure's name that counts projects
KEYS: dict[str, Callable[[CellKey], str]] = {
    "city": lambda _place: ALL,
    "departments": lambda place: str(place.department_id),
    "stages": lambda place: str(place.stage),
    "categories": lambda place: place.category,
    "liaisons": lambda place: place.liaison or NOBODY,
}
PROJECT_KEYS: dict[str, Callable[[ProjectCellKey], str]] = {
    "city": lambda _place: ALL,
    "categories": lambda place: place.category,
    "owners": lambda place: str(place.owner_unit_id),
    "liaisons": lambda place: place.liaison or NOBODY,
}
SPLITS_BESIDE = {
    "orders": ("city", "departments"),
    "cards": ("city", "departments"),
    "service": ("city", "officers"),
    "owed": ("city", "departments"),
    "offices": ("city", "offices"),
}
H = TypeVar("H", Hit, CaseItem)
NOBODY = "-"  # stands in an address for projects that have no liaison yet


@dataclass(frozen=True, slots=True)
class DrillDownRow:
    """One row: a project, or an approval (`code`), and when it happened; `used` and `legal` are a decision's days.

    `order` is the reference of a supervision order, whose number and subject are in `project`.
    """

    ref: str
    code: str
    project: str
    item: Label | None
    department: Label | None
    on: date | None
    used: int | None = None
    legal: int | None = None
    order: str = ""


@dataclass(frozen=True, slots=True)
class DrillDownList:
    """The list: how many rows it has in all, the days of decisions in all, and one page of it."""

    count: int
    used: int
    legal: int
    page: Page[DrillDownRow]


def drill_down(
    tx: Connection, period: Period, split: str, key: str, figure: str, *, today: date, cursor: str = ""
) -> DrillDownList:
    """One page of the drill-down of this figure of a line; NotFound for an unknown figure."""
    until = min(period.ends_at, end_of(today))
    if figure.partition(".")[0] in BESIDE:
        units = units_of(tx, until)
        cases = cases_of(read_cases(tx, period, until), split, key, figure)
        names = item_names(tx)
        return _drill_down(cases, lambda case: _case_row(case, units, names), cursor)
    record = read_record(tx, period.starts_at, until)
    hits = hits_of(aggregate(closing_of(record, period, until)), split, key, figure)
    return _drill_down(hits, lambda hit: _approval_row(hit, record.units), cursor)


def _drill_down(items: Sequence[H], to_row: Callable[[H], DrillDownRow], cursor: str) -> DrillDownList:
    start = _start(cursor, len(items))
    rows = [to_row(item) for item in items[start : start + PAGE]]
    page = Page(rows, write_cursor(start + PAGE) if start + PAGE < len(items) else None)
    return DrillDownList(len(items), *_days(items), page)


def _days(items: Sequence[Hit] | Sequence[CaseItem]) -> tuple[int, int]:
    """Used and legal days of decisions in all."""
    hits = [item for item in items if isinstance(item, Hit)]
    return sum(hit.used or 0 for hit in hits), sum(hit.legal or 0 for hit in hits)


def cases_of(items: CaseItems, split: str, key: str, figure: str) -> list[CaseItem]:
    """The orders, cards, questions or contacts that this figure counts, the earliest first."""
    part = figure.partition(".")[0]
    if figure not in FIGURES or split not in SPLITS_BESIDE[part]:
        raise NotFound
    if split == "departments":
        figures = items.of(department_id=address_number(key))
    elif split == "offices":
        figures = items.of(office=key)
    else:
        figures = items.of(officer=None if split == "city" else key)
    return sorted(figures.get(figure, []), key=lambda case: (case.on, case.order, case.ref, case.code))


def hits_of(aggregated: Aggregate, split: str, key: str, figure: str) -> Sequence[Hit]:
    """What this figure counts: of projects and approvals in their order, the earliest first."""
    if figure not in FIGURES or figure.partition(".")[0] in BESIDE:
        raise NotFound
    part, *path = figure.split(".")
    bags = _bags(aggregated, split, is_project=part == PROJECTS)
    names = tuple(int(step) if step.isascii() and step.isdigit() else step for step in path)
    hits = bags.get(key, Bag()).hits.get((part, *names), [])
    return sorted(hits, key=lambda hit: (hit.at.isoformat() if hit.at else "", hit.story.ref, _code(hit)))


def _bags(aggregated: Aggregate, split: str, *, is_project: bool) -> dict[str, Bag]:
    if is_project and split in PROJECT_KEYS:
        return aggregated.projects_by(PROJECT_KEYS[split])
    if is_project or split not in KEYS:
        raise NotFound
    return aggregated.by(KEYS[split])


def _start(cursor: str, count: int) -> int:
    offset = read_cursor(cursor, (int,))[0] if cursor else 0
    return offset if isinstance(offset, int) and 0 <= offset < count else 0


def _code(hit: Hit) -> str:
    return hit.approval.plan.code if hit.approval else ""


def _approval_row(hit: Hit, units: Mapping[int, Label]) -> DrillDownRow:
    plan = hit.approval.plan if hit.approval else None
    return DrillDownRow(
        ref=hit.story.ref,
        code=_code(hit),
        project=hit.story["name"] or "",
        item=plan.item if plan else None,
        department=units[plan.department_id] if plan else None,
        on=day_of(hit.at) if hit.at else None,
        used=hit.used,
        legal=hit.legal,
    )


def _case_row(case: CaseItem, units: Mapping[int, Label], names: ItemNames) -> DrillDownRow:
    return DrillDownRow(
        ref=case.ref,
        code=case.code,
        project=f"{load_city().shown_order(case.order)} {case.subject}" if case.order else case.project,
        item=names.of(case.catalogue_sha256, case.code) if case.code else None,
        department=units[case.department_id] if case.department_id else None,
        on=case.on,
        used=case.days,
        order=case.order,
    )
