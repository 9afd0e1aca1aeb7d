"""Finds supervision orders by number and subject."""

from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.formatting import day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery
from approvals.filing.search import number_in
from approvals.notifications.links import page_path
from approvals.supervision.orders.queries import ORDERS, ref_of_order, visible_orders
from workflows.charts.order import ORDER
from workflows.config.city import load_city


def find_orders(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    columns = (ORDERS.c[name] for name in ("year", "serial", "subject", "state", "issued_on"))
    rows = tx.execute(
        select(*columns, UNIT.c.name.label("department"), UNIT.c.name_en.label("department_en"))
        .join(UNIT, UNIT.c.id == ORDERS.c.department_id)
        .where(visible_orders(actor))
        .order_by(ORDERS.c.id.desc())
    )
    number = number_in(query.text, load_city().order_format)
    found = [row for row in rows if _is_numbered(row, number) or query.finds(row.subject, *_numbers(row))]
    found.sort(key=lambda row: not _is_exact(row, query))
    return SearchHits(len(found), tuple(_hit(row, actor, query) for row in found[: query.limit]))


def _is_numbered(row: Any, number: tuple[int | None, int] | None) -> bool:
    return number is not None and row.serial == number[1] and number[0] in (None, row.year)


def _numbers(row: Any) -> tuple[str, str]:
    ref = ref_of_order(row)
    return ref, load_city().shown_order(ref)


def _is_exact(row: Any, query: SearchQuery) -> bool:
    return query.names(*_numbers(row))


def _hit(row: Any, actor: Actor, query: SearchQuery) -> SearchHit:
    ref, number = _numbers(row)
    department = own_name(UnitName(row.department, row.department_en))
    return SearchHit(
        ref=ref,
        title=f"{number} {row.subject}",
        about=(department, _("issued on %(day)s", day=day(row.issued_on)), label(ORDER.state(row.state))),
        path=page_path("order", order=ref) if actor.has(*permissions.SEE_ORDERS) else None,
        is_exact=_is_exact(row, query),
    )
