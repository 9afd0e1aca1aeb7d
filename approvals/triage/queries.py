"""The inbox of the supervision office, and one filing with all that is needed to sort it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, literal, select, tuple_

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName, units_by_id
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, read_moment
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, looked_up, shown_name, sorted_page
from approvals.calendar.office_deadlines import deadline_of
from approvals.calendar.queries import calendar_in_force
from approvals.filing.documents import for_project
from approvals.filing.queries import TABLE, ref_of, visible_projects
from approvals.filing.screening import screening_of
from approvals.filing.search import owner_matches, project_matches
from approvals.filing.views import open_to, project
from approvals.history.queries import entries_of_project
from approvals.history.record import ENTRY
from approvals.history.timeline import describe, since
from approvals.history.timeline_days import by_day
from approvals.programme.queries import ITEMS, category_label, planned_amounts
from approvals.triage.views import FilingFilter, FilingPage, Inbox, InboxTab, ItemView, SelectedFilings, WaitingFiling
from workflows.charts.filing_fields import PROJECT_KINDS
from workflows.charts.model import Move
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

TABS = {"filed": N_("To be classified"), "classified": N_("Classified"), "suspended": N_("Suspended")}
SORTING = ("classify", "divert", "return_filing", "decline")  # the office's moves that have no clock to stop
_IS_RETURN = (ENTRY.c.subject == "project", ENTRY.c.move == "return_filing")
_OWNER = UNIT.alias("sorted_owner")
_SAME = (
    "uid", "name", "county", "planned_10k_yuan", "version", "is_key", "is_urgent", "is_practical_matter", "review_on",
)  # fmt: skip


def inbox(tx: Connection, actor: Actor, filters: FilingFilter, *, today: date, part: ListPart = FIRST_PART) -> Inbox:
    """One page of a list: the longest waiting first, of suspended projects the earliest review first."""
    counts = _counts(tx, actor)
    tabs = tuple(InboxTab(name, title, counts.get(name, 0), name == filters.state) for name, title in TABS.items())
    page = filings(tx, actor, filters, today=today, part=part)
    listed = TABLE.c.state == filters.state, visible_projects(actor), *_narrowed(tx, filters, today)
    total = int(tx.execute(select(func.count()).select_from(TABLE).where(*listed)).scalar_one())
    moves = tuple(move for move in map(PROJECT.move, SORTING) if filters.state in move.sources)
    return Inbox(tabs, filters, page, total, moves, _narrowing(filters))


def filings(
    tx: Connection, actor: Actor, filters: FilingFilter, *, today: date, part: ListPart = FIRST_PART
) -> Page[WaitingFiling]:
    """A page of the same list, in the order that was asked for."""
    filtered = _rows(actor).add_columns(_first_key(filters).label("first_key"))
    filtered = filtered.where(TABLE.c.state == filters.state, *_narrowed(tx, filters, today))
    if part.is_sorted:
        page = sorted_page(tx, filtered, sort_keys(), TABLE.c.id, part)
    else:
        ordered = _after(filtered, filters, part.cursor).order_by(_first_key(filters), TABLE.c.id)
        page = page_of(tx.execute(ordered.limit(part.limit + 1)).all(), part.limit, "first_key", "id")
    return page.shown(_waiting(tx, page.rows, today))


def sort_keys() -> Keys:
    """What the lists can be sorted by."""
    return {
        "name": TABLE.c.name,
        "owner": looked_up(_OWNER, TABLE.c.owner_unit_id, shown_name(_OWNER)),
        "category": in_order_of(TABLE.c.category, load_city().categories),
        "county": TABLE.c.county,
        "planned": TABLE.c.planned_10k_yuan,
        "since": TABLE.c.state_since,
        "review": TABLE.c.review_on,
    }


def selected_filings(tx: Connection, actor: Actor, uids: Iterable[str], move: Move, *, today: date) -> SelectedFilings:
    """Those filings that the actor may see, the longest waiting first, with the first values of their forms."""
    statement = _rows(actor).where(TABLE.c.uid.in_(list(uids)), TABLE.c.filed_at.is_not(None))
    rows = tx.execute(statement.order_by(TABLE.c.state_since, TABLE.c.id).limit(PAGE)).all()
    items = _items(tx, [row.item_no for row in rows])
    first = {row.uid: _first_classification(row.category, items.get(row.item_no or "")) for row in rows}
    return SelectedFilings(move, tuple(_waiting(tx, rows, today)), first)


def _counts(tx: Connection, actor: Actor) -> dict[str, int]:
    counts = select(TABLE.c.state, func.count().label("number")).where(TABLE.c.state.in_(TABS), visible_projects(actor))
    rows = tx.execute(counts.group_by(TABLE.c.state).order_by(TABLE.c.state))
    return {row.state: row.number for row in rows}


def _rows(actor: Actor) -> Select[Any]:
    return (
        select(TABLE, UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en"))
        .join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id)
        .where(visible_projects(actor))
    )


def _first_key(filters: FilingFilter) -> ColumnElement[Any]:
    return TABLE.c.review_on if filters.state == "suspended" else TABLE.c.state_since


def _narrowed(tx: Connection, filters: FilingFilter, today: date) -> Iterable[ColumnElement[bool]]:
    for name in ("category", "county", "kind"):
        if value := getattr(filters, name):
            yield TABLE.c[name] == value
    if filters.search:
        yield project_matches(filters.search) | owner_matches(tx, filters.search)
    if filters.is_returned:
        yield exists().where(ENTRY.c.project_id == TABLE.c.id, *_IS_RETURN)
    if filters.is_due:
        yield TABLE.c.review_on <= today


def _narrowing(filters: FilingFilter) -> dict[str, str]:
    """The parts of the address that lead to this list again."""
    texts = {name: getattr(filters, name) for name in ("search", "category", "county", "kind")}
    flags = {"returned": filters.is_returned, "due": filters.is_due}
    query = {name: value for name, value in texts.items() if value} | {name: "yes" for name, on in flags.items() if on}
    return {"list": filters.state} | query


def _after(listed: Select[Any], filters: FilingFilter, cursor: str) -> Select[Any]:
    if not cursor:
        return listed
    text, key = read_cursor(cursor, (str, int))
    column = _first_key(filters)
    try:
        first = date.fromisoformat(str(text)) if filters.state == "suspended" else read_moment(str(text))
    except (ValueError, OverflowError):
        raise invalid("cursor", N_("is not a cursor of this list")) from None
    return listed.where(tuple_(column, TABLE.c.id) > tuple_(literal(first, column.type), key))


def _returns(tx: Connection, ids: list[int]) -> dict[int, int]:
    """The number of returns of each of these projects."""
    counts = select(ENTRY.c.project_id, func.count().label("number")).where(ENTRY.c.project_id.in_(ids), *_IS_RETURN)
    rows = tx.execute(counts.group_by(ENTRY.c.project_id).order_by(ENTRY.c.project_id))
    return {row.project_id: row.number for row in rows}


def _waiting(tx: Connection, rows: Sequence[Row[Any]], today: date) -> list[WaitingFiling]:
    calendar, returns = calendar_in_force(tx), _returns(tx, [row.id for row in rows])
    return [
        WaitingFiling(
            ref=ref_of(row),
            owner=UnitName(row.owner, row.owner_en),
            category=category_label(row.category),
            kind=PROJECT_KINDS[row.kind],
            is_service=row.kind == "service",
            since=row.state_since,
            waited=calendar.working_days_between(day_of(row.state_since), today),
            returns=returns.get(row.id, 0),
            deadline=deadline_of(row.state, row.state_since, today, calendar),
            is_review_due=row.review_on is not None and row.review_on <= today,
            **{name: getattr(row, name) for name in _SAME},
        )
        for row in rows
    ]


# One filing.


def filing(tx: Connection, ref: str, actor: Actor, *, today: date, version: int | None = None) -> FilingPage:
    """A project that was filed, with its history; `version` is the one that the reader saw before a refusal.

    NotFound for a draft: what was not filed yet is its owner's own.
    """
    view = project(tx, ref, actor)
    if view.filed_at is None:
        raise NotFound
    timeline = describe(tx, entries_of_project(tx, view.id))
    item = _items(tx, [view.item_no]).get(view.item_no or "")
    waits, screening = view.state in TABS, screening_of(tx, view, today)
    open_now = {move.name for move in open_to(view, actor)}
    return FilingPage(
        project=view,
        owner=units_by_id(tx, [view.place.owner_unit_id])[view.place.owner_unit_id],
        state=PROJECT.state(view.state),
        category=category_label(view.category),
        kind=PROJECT_KINDS[view.kind],
        waited=calendar_in_force(tx).working_days_between(day_of(view.state_since), today) if waits else None,
        answers=screening.answers,
        planned=screening.count if view.kind == "construction" else 0,
        item=item,
        documents=tuple(for_project(tx, view.id)),
        days=by_day(entry for entry in timeline if entry.subject == "project"),
        meanwhile=since(timeline, version),
        moves=tuple(PROJECT.move(name) for name in SORTING if name in open_now),
        first_values={"classify": _first_classification(view.category, item) | {"item_no": view.item_no or ""}},
    )


def _first_classification(category: str, item: ItemView | None) -> dict[str, object]:
    """The first values of the classification form: the owner's category, and the marks of the programme's item."""
    return {
        "category": category,
        "key": bool(item and item.is_key),
        "urgent": bool(item and item.is_urgent),
        "practical_matter": bool(item and item.is_practical_matter),
    }


def _items(tx: Connection, numbers: Iterable[str | None]) -> dict[str, ItemView]:
    """The items of the last programme with these numbers."""
    last = select(func.max(ITEMS.c.year)).scalar_subquery()
    statement = select(ITEMS).where(ITEMS.c.year == last, ITEMS.c.item_no.in_(filter(None, numbers)))
    rows = tx.execute(statement.order_by(ITEMS.c.item_no)).all()
    planned = planned_amounts(tx, [row.id for row in rows])
    flags = ("is_key", "is_urgent", "is_practical_matter")
    return {
        row.item_no: ItemView(row.item_no, row.name, planned[row.id], *(getattr(row, flag) for flag in flags))
        for row in rows
    }
