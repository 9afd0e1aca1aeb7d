"""Finds one's own messages by what they are about: project, item of the programme, order, or the move."""

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from approvals.accounts.actors import Actor
from approvals.base.formatting import day
from approvals.casefile.search.hits import NOTHING_FOUND, SearchHit, SearchHits, SearchQuery
from approvals.filing.queries import TABLE
from approvals.filing.search import number_in, project_matches
from approvals.history.record import NOTICE
from approvals.notifications.inbox import EVENT, InboxNotice, addressed_to, notices_by_id
from approvals.notifications.links import page_path, path_of, title_of
from approvals.programme.queries import ITEMS, chain_of_item
from workflows.charts.order import ORDER
from workflows.charts.registry import CHARTS
from workflows.config.city import load_city


def find_notices(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """The newest first; an event of which the actor hears in two capacities counts once."""
    newest = func.min(NOTICE.c.id).label("id")
    rows = tx.execute(
        select(newest, func.count().over().label("total"))
        .where(or_(*addressed_to(actor)), or_(*_found(tx, query)))
        .group_by(*EVENT)
        .order_by(newest.desc())
        .limit(query.limit)
    ).all()
    if not rows:
        return NOTHING_FOUND
    notices = notices_by_id(tx, actor, [row.id for row in rows])
    return SearchHits(rows[0].total, tuple(_hit(notice, actor) for notice in notices))


def _found(tx: Connection, query: SearchQuery) -> list[ColumnElement[bool]]:
    projects = select(TABLE.c.id).where(project_matches(query.text))
    moves = [
        f"{chart.name}.{move.name}"
        for chart in CHARTS.values()
        for move in chart.moves
        if query.finds(move.zh, move.en)
    ]
    return [NOTICE.c.project_id.in_(projects), NOTICE.c.project_id.in_(_items(tx, query)), NOTICE.c.move.in_(moves)] + [
        and_(NOTICE.c.move.startswith(f"{ORDER.name}.", autoescape=True), label) for label in _order_labels(query.text)
    ]


def _items(tx: Connection, query: SearchQuery) -> list[int]:
    """The chains of the items of this name or number."""
    rows = tx.execute(select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.item_no).order_by(ITEMS.c.id))
    return [chain_of_item(row.id) for row in rows if query.finds(row.name, row.item_no)]


def _order_labels(text: str) -> list[ColumnElement[bool]]:
    """The clause for notices about the order of this number, if the text is one."""
    number = number_in(text, load_city().order_format)
    if number is None:
        return []
    year, serial = number
    if year is None:
        return [NOTICE.c.label.endswith(f"-{serial}", autoescape=True)]
    return [NOTICE.c.label == f"{year}-{serial}"]


def _hit(notice: InboxNotice, actor: Actor) -> SearchHit:
    about = *((notice.project,) if notice.project else ()), day(notice.at)
    path = path_of(notice, actor) or page_path("notices")
    return SearchHit(str(notice.id), title_of(notice), about, path, is_exact=False)
