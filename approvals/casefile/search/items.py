"""Finds items of the programme by number, name and lead unit."""

from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery, matching
from approvals.notifications.links import list_path, page_path
from approvals.programme.queries import ITEMS, item_ref, visible_items
from workflows.charts.item import ITEM


def find_items(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """As the ledger searches, in all years."""
    columns = (ITEMS.c[name] for name in ("year", "item_no", "name", "state"))
    rows = tx.execute(
        select(*columns, UNIT.c.name.label("lead"), UNIT.c.name_en.label("lead_en"))
        .join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
        .where(visible_items(actor))
        .order_by(ITEMS.c.year.desc(), ITEMS.c.item_no)
    )
    found = matching(query, rows, lambda row: (row.name, row.item_no, row.lead))
    years = {row.year for row in found}
    is_one_list = len(years) == 1 and actor.has(*permissions.SEE_PROGRAMME)
    ledger = list_path("ledger", search=query.text, year=min(years)) if is_one_list else None
    return SearchHits(len(found), tuple(_hit(row, actor, query) for row in found[: query.limit]), ledger)


def _hit(row: Any, actor: Actor, query: SearchQuery) -> SearchHit:
    is_open = actor.has(*permissions.SEE_PROGRAMME)
    return SearchHit(
        ref=item_ref(row),
        title=f"{row.item_no} {row.name}",
        about=(
            _("Programme of %(year)s", year=row.year),
            own_name(UnitName(row.lead, row.lead_en)),
            label(ITEM.state(row.state)),
        ),
        path=page_path("item", year=row.year, item_no=row.item_no) if is_open else None,
        is_exact=query.names(row.name, row.item_no),
    )
