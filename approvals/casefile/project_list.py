"""The list of filed projects, searched and narrowed, with their progress."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, literal, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import GRANT, PERSON, UNIT, UnitName
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, looked_up, shown_name, sorted_page
from approvals.casefile.views import CasefileFilter, CasefileRow, Index, ProjectProgress
from approvals.filing.queries import TABLE, accompanies, ref_of, visible_projects
from approvals.filing.search import owner_matches, project_matches
from approvals.programme.queries import category_label
from approvals.registration.lights import is_late, rank_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.windows.validity import is_lapsing
from workflows.charts.approval import OUT_OF_PLAN
from workflows.charts.project import PROJECT
from workflows.clock.lights import LIGHTS
from workflows.config.city import load_city

MINE, OTHERS = range(2)  # ranks: what the actor accompanies comes first
FLAGS = ("is_key", "is_urgent", "is_practical_matter", "is_followed", "is_late", "is_lapsing")
COLUMNS = ("name", "county", "planned_10k_yuan", "is_key", "is_urgent", "is_practical_matter", "filed_at")
_OWNER, _LIAISON = UNIT.alias("sorted_owner"), PERSON.alias("sorted_liaison")


def casefiles(
    tx: Connection,
    actor: Actor,
    filters: CasefileFilter,
    *,
    today: date,
    part: ListPart = FIRST_PART,
) -> Index:
    """The projects that were filed: those that the actor accompanies first, then the newest."""
    page = casefile_page(tx, actor, filters, today=today, part=part)
    return Index(filters, page, count(tx, actor, filters, today=today), _liaisons(tx), _narrowing(filters))


def casefile_page(
    tx: Connection,
    actor: Actor,
    filters: CasefileFilter,
    *,
    today: date,
    part: ListPart = FIRST_PART,
) -> Page[CasefileRow]:
    """A page of the same list, in the order that was asked for."""
    if part.is_sorted:
        statement = _rows().where(*_listed(tx, actor, filters, today))
        page = sorted_page(tx, statement, sort_keys(today), TABLE.c.id, part)
    else:
        page = _page(tx, actor, filters, today, part)
    progress = progress_of(tx, [row.id for row in page.rows], today)
    return page.shown([_row(row, actor, progress.get(row.id, ProjectProgress())) for row in page.rows])


def sort_keys(today: date) -> Keys:
    """What the list can be sorted by."""
    granted, worst = func.count().filter(APPROVALS.c.state == "granted"), func.max(rank_on(today))
    return project_keys() | {"granted": _of_approvals(granted), "light": _of_approvals(worst)}


def project_keys() -> dict[str, ColumnElement[Any]]:
    """What lists of projects have in common to be sorted by."""
    return {
        "name": TABLE.c.name,
        "number": TABLE.c.number,
        "owner": looked_up(_OWNER, TABLE.c.owner_unit_id, shown_name(_OWNER)),
        "county": TABLE.c.county,
        "category": in_order_of(TABLE.c.category, load_city().categories),
        "planned": TABLE.c.planned_10k_yuan,
        "state": in_order_of(TABLE.c.state, PROJECT.state_names),
        "liaison": looked_up(_LIAISON, TABLE.c.liaison_id, _LIAISON.c.name),
        "filed": TABLE.c.filed_at,
    }


def _of_approvals(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """This figure of a project's approvals."""
    return select(value).where(APPROVALS.c.project_id == TABLE.c.id).correlate(TABLE).scalar_subquery()


def count(tx: Connection, actor: Actor, filters: CasefileFilter, *, today: date) -> int:
    """The length of the list; units and people are joined only where a filter needs them."""
    query = _rows().with_only_columns(func.count()) if filters.search or filters.liaison else select(func.count())
    return int(tx.execute(query.where(*_listed(tx, actor, filters, today))).scalar_one())


def _listed(tx: Connection, actor: Actor, filters: CasefileFilter, today: date) -> tuple[ColumnElement[bool], ...]:
    return visible_projects(actor), TABLE.c.filed_at.is_not(None), *_narrowed(tx, filters, today)


def progress_of(tx: Connection, ids: Iterable[int], today: date) -> dict[int, ProjectProgress]:
    """How far the approvals of each of these projects are."""
    rows = tx.execute(
        select(
            APPROVALS.c.project_id,
            func.sum(case((APPROVALS.c.state.not_in(OUT_OF_PLAN), 1), else_=0)).label("planned"),
            func.sum(case((APPROVALS.c.state == "granted", 1), else_=0)).label("granted"),
            func.sum(case((is_late(today), 1), else_=0)).label("late"),
            func.max(rank_on(today)).label("worst"),
        )
        .where(APPROVALS.c.project_id.in_(list(ids)))
        .group_by(APPROVALS.c.project_id)
        .order_by(APPROVALS.c.project_id)
    )
    lights = dict(enumerate(LIGHTS))
    return {row.project_id: ProjectProgress(row.planned, row.granted, row.late, lights.get(row.worst)) for row in rows}


def _rows() -> Select[Any]:
    columns = (UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en"), PERSON.c.name.label("liaison"))
    source = TABLE.join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id).outerjoin(PERSON, PERSON.c.id == TABLE.c.liaison_id)
    return select(TABLE, *columns).select_from(source)


def _page(tx: Connection, actor: Actor, filters: CasefileFilter, today: date, part: ListPart) -> Page[Row[Any]]:
    """A page's rows, after the cursor's rank and id. Each rank is read along an index, newest first."""
    last_rank, last_id = (
        (int(str(key)) for key in read_cursor(part.cursor, (int, int))) if part.cursor else (MINE, None)
    )
    accompanied = TABLE.c.liaison_id.in_(actor.accompanies_as)
    rows: list[Row[Any]] = []
    for rank, is_ranked in ((MINE, accompanied), (OTHERS, or_(TABLE.c.liaison_id.is_(None), ~accompanied))):
        left = part.limit + 1 - len(rows)
        if not left or rank < last_rank:
            continue
        query = _rows().add_columns(literal(rank).label("rank")).where(is_ranked, *_listed(tx, actor, filters, today))
        if last_id is not None and rank == last_rank:
            query = query.where(TABLE.c.id < last_id)
        rows += tx.execute(query.order_by(TABLE.c.id.desc()).limit(left))
    return page_of(rows, part.limit, "rank", "id")


def _narrowed(tx: Connection, filters: CasefileFilter, today: date) -> Iterable[ColumnElement[bool]]:
    if filters.search:
        yield project_matches(filters.search) | owner_matches(tx, filters.search)
    columns = {name: TABLE.c[name] for name in ("state", "category", "county")} | {"liaison": PERSON.c.username}
    for name, column in columns.items():
        if getattr(filters, name):
            yield column == getattr(filters, name)
    yield from _flagged(filters, today)


def _flagged(filters: CasefileFilter, today: date) -> Iterable[ColumnElement[bool]]:
    for name in ("is_key", "is_urgent", "is_practical_matter"):
        if getattr(filters, name):
            yield TABLE.c[name].is_(True)
    if filters.is_followed:
        yield and_(or_(TABLE.c.is_key, TABLE.c.is_urgent), TABLE.c.state.in_(OPEN_PROJECTS))
    if filters.is_late:
        yield TABLE.c.id.in_(select(APPROVALS.c.project_id).where(is_late(today)))
    if filters.is_lapsing:
        yield has_lapsing(today)


def has_lapsing(today: date) -> ColumnElement[bool]:
    """Whether a project that is not over has an approval that lapses within thirty days or has lapsed."""
    lapsing = exists().where(APPROVALS.c.project_id == TABLE.c.id, is_lapsing(today))
    return and_(TABLE.c.state.in_(OPEN_PROJECTS), lapsing)


def _narrowing(filters: CasefileFilter) -> dict[str, str]:
    """The parts of the address that lead to this list again."""
    texts = {name: getattr(filters, name) for name in ("search", "state", "category", "county", "liaison")}
    flags = {name.removeprefix("is_"): "yes" for name in FLAGS if getattr(filters, name)}
    return {name: value for name, value in texts.items() if value} | flags


def _liaisons(tx: Connection) -> tuple[tuple[str, str], ...]:
    """User names and names of everybody who is or was a liaison."""
    rows = tx.execute(select(PERSON.c.username, PERSON.c.name).where(is_liaison()).order_by(PERSON.c.username))
    return tuple((row.username, row.name) for row in rows)


def is_liaison() -> ColumnElement[bool]:
    """Whether somebody is or was a liaison (WHERE clause)."""
    is_granted = select(GRANT.c.person_id).where(GRANT.c.role == "liaison")
    return or_(PERSON.c.id.in_(is_granted), accompanies(PERSON.c.id))


def _row(row: Row[Any], actor: Actor, progress: ProjectProgress) -> CasefileRow:
    values: Mapping[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    return CasefileRow(
        ref=ref_of(row),
        shown_number=load_city().shown_number(row.number) if row.number else None,
        owner=UnitName(row.owner, row.owner_en),
        category=category_label(row.category),
        state=PROJECT.state(row.state),
        liaison=row.liaison,
        is_mine=row.liaison_id in actor.accompanies_as,
        progress=progress,
        **values,
    )
