"""Worksheets of the year's programme: the city, its counties, and the items behind their plan."""

from collections.abc import Iterator
from decimal import Decimal

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.column_labels import head
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.model import Value, Worksheet
from approvals.reports.figures.programme_model import LaggingItem, ProgrammeChapter, ProgrammeCounty

Row = tuple[Value, ...]
COUNTED = (
    "programme_items items_done items_suspended items_behind nodes_due nodes_met nodes_met_late nodes_late "
    "money_planned money_allocated money_received money_paid execution_rate entries_due entries_missing"
)


def programme_sheets(chapter: ProgrammeChapter) -> Iterator[Worksheet]:
    """An item with tasks in several counties counts in each; the city has a worksheet of its own."""
    year = {"year": chapter.year}
    city = (head("city"), *_counted(chapter))
    yield Worksheet(
        _("Programme"), _("The programme of %(year)s in the whole city.", **year), columns(f"county {COUNTED}"), (city,)
    )
    yield Worksheet(
        _("Programme, counties"),
        _("The programme of %(year)s by county; an item with tasks in several counts in each.", **year),
        columns(f"county {COUNTED}"),
        tuple((label(county.label), *_counted(county)) for county in chapter.counties),
    )
    yield Worksheet(
        _("Programme, behind"),
        _("Items behind their plan, the widest gaps first."),
        columns("item_no programme_item lead share_planned share_actual gap late_node days_late"),
        tuple(map(_behind, chapter.behind)),
    )


def _counted(part: ProgrammeChapter | ProgrammeCounty) -> Row:
    items, nodes, money, entries = part.items, part.nodes, part.money, part.entries
    amounts = (money.planned, money.allocated, money.received, money.paid)
    return (
        *(items.all, items.done, items.suspended, items.behind),
        *(nodes.due, nodes.met, nodes.met_late, nodes.late),
        *map(float, amounts),
        None if money.execution_rate is None else float(money.execution_rate),
        entries.due,
        entries.missing,
    )


def _behind(item: LaggingItem) -> Row:
    return (
        item.item_no,
        item.name,
        label(item.lead),
        float(item.planned),
        float(item.actual),
        float(Decimal(item.gap) * 100),
        item.node,
        item.days if item.node else None,
    )
