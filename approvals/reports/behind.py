"""The list behind a figure: the projects or approvals that it counts, one a row, exactly as many as it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.base.digits import whole_number
from approvals.base.errors import NotFound
from approvals.base.moments import day_of, end_of
from approvals.base.paging import PAGE, Page, read_cursor, write_cursor
from approvals.reports.figures import ALL, closing_of
from approvals.reports.lines import FIGURES
from approvals.reports.lists import item_label
from approvals.reports.months import Period
from approvals.reports.record import Record, read_record
from approvals.reports.tally import Bag, Hit, Place, ProjectPlace, Tally, tally
from workflows.city import Label

PROJECTS = "projects"  # the part of a figure's name that counts projects
KEYS: dict[str, Callable[[Place], str]] = {
    "city": lambda _place: ALL,
    "departments": lambda place: str(place.department_id),
    "stages": lambda place: str(place.stage),
    "categories": lambda place: place.category,
    "liaisons": lambda place: place.liaison or NOBODY,
}
PROJECT_KEYS: dict[str, Callable[[ProjectPlace], str]] = {
    "city": lambda _place: ALL,
    "categories": lambda place: place.category,
    "owners": lambda place: str(place.owner_unit_id),
    "liaisons": lambda place: place.liaison or NOBODY,
}
NOBODY = "-"  # stands in an address for projects that have no liaison yet


@dataclass(frozen=True, slots=True)
class Behind:
    """One row: a project, or an approval (`code`), and when it happened; `used` and `legal` are a decision's days."""

    ref: str
    code: str
    project: str
    item: Label | None
    department: Label | None
    on: date | None
    used: int | None
    legal: int | None


@dataclass(frozen=True, slots=True)
class BehindList:
    """The list: how many rows it has in all, the days of decisions in all, and one page of it."""

    count: int
    used: int
    legal: int
    page: Page[Behind]


def behind(
    tx: Connection, period: Period, split: str, key: str, figure: str, *, today: date, cursor: str = ""
) -> BehindList:
    """The list behind this figure of a line, a page of it; NotFound for a figure that there is not."""
    until = min(period.ends_at, end_of(today))
    record = read_record(tx, period.starts_at, until)
    hits = hits_of(tally(closing_of(record, period, until)), split, key, figure)
    start = _start(cursor, len(hits))
    rows = [_row(hit, record) for hit in hits[start : start + PAGE]]
    page = Page(rows, write_cursor(start + PAGE) if start + PAGE < len(hits) else None)
    return BehindList(len(hits), sum(hit.used or 0 for hit in hits), sum(hit.legal or 0 for hit in hits), page)


def hits_of(counted: Tally, split: str, key: str, figure: str) -> Sequence[Hit]:
    """What this figure counts: of projects and approvals in their order, the earliest first."""
    if figure not in FIGURES:
        raise NotFound
    part, *path = figure.split(".")
    bags = _bags(counted, split, is_project=part == PROJECTS)
    names = tuple(whole_number(one, digits=1) if one.isdigit() else one for one in path)
    hits = bags.get(key, Bag()).hits.get((part, *names), [])
    return sorted(hits, key=lambda hit: (hit.at.isoformat() if hit.at else "", hit.story.ref, _code(hit)))


def _bags(counted: Tally, split: str, *, is_project: bool) -> dict[str, Bag]:
    if is_project and split in PROJECT_KEYS:
        return counted.projects_by(PROJECT_KEYS[split])
    if is_project or split not in KEYS:
        raise NotFound
    return counted.by(KEYS[split])


def _start(cursor: str, count: int) -> int:
    found = read_cursor(cursor, (int,))[0] if cursor else 0
    return found if isinstance(found, int) and 0 <= found < count else 0


def _code(hit: Hit) -> str:
    return hit.approval.plan.code if hit.approval else ""


def _row(hit: Hit, record: Record) -> Behind:
    plan = hit.approval.plan if hit.approval else None
    return Behind(
        ref=hit.story.ref,
        code=_code(hit),
        project=hit.story["name"] or "",
        item=item_label(plan.code) if plan else None,
        department=record.units[plan.department_id] if plan else None,
        on=day_of(hit.at) if hit.at else None,
        used=hit.used,
        legal=hit.legal,
    )
