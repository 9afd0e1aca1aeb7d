"""The chapter on the year's programme: in words, by county, and the items behind their plan."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal

from approvals.base.formatting import NOTHING, amount, long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.column_labels import head, labelled_columns
from approvals.reports.document.table_views import (
    Point,
    Table,
    TableCell,
    TableColumn,
    TableRow,
    count,
    joined,
    listed,
    percent,
    words,
)
from approvals.reports.figures.programme_model import (
    LaggingItem,
    ProgrammeChapter,
    ProgrammeCounty,
    ProgrammeItems,
    ProgrammeMonth,
    ProgrammeNodes,
)

WORST = 3  # items behind that are named in words; the table has all of them
COUNTY_WIDTHS = {
    **{"county": 16, "programme_items": 8, "items_done": 8, "items_behind": 8, "nodes_late": 9},
    **{"planned_money": 15, "paid_money": 14, "execution_rate": 11, "not_reported": 11},
}
BEHIND_WIDTHS = {
    **{"item_no": 8, "programme_item": 28, "lead_unit": 21, "gap": 10},
    **{"late_node": 23, "days_late": 10},
}


def programme_in_words(chapter: ProgrammeChapter) -> tuple[Point, ...]:
    """Where the programme stands: items, money against time, what was not reported."""
    return (
        Point(_("Items"), joined(_items(chapter), _nodes(chapter.nodes))),
        Point(_("Behind the plan"), _behind(chapter)),
        Point(_("Money"), _money(chapter)),
        Point(_("Monthly entries"), _entries(chapter)),
    )


def programme_summary(chapter: ProgrammeChapter) -> Point:
    """The programme in one sentence, for the month in brief."""
    items = _(
        "Of %(all)s items of the programme of %(year)s %(done)s were done and %(behind)s were behind their plan.",
        **asdict(chapter.items),
        year=chapter.year,
    )
    return Point(_("The year's programme"), joined(items, _paid(chapter)))


def _paid(chapter: ProgrammeChapter) -> str:
    """How much of the money is paid beside the time that is gone; nothing where no money is planned."""
    rate, time = chapter.money.execution_rate, chapter.time_share
    if rate is None:
        return ""
    shares = {"rate": _share(rate), "time": _share(time)}
    behind = Decimal(time) - Decimal(rate)
    if behind <= 0:
        return _("%(rate)s of the planned money was paid, with %(time)s of the year over.", **shares)
    return _(
        "%(rate)s of the planned money was paid, with %(time)s of the year over: %(gap)s percentage points behind.",
        **shares,
        gap=_points(str(behind)),
    )


def _items(chapter: ProgrammeChapter) -> str:
    return _(
        "On %(day)s the programme of %(year)s had %(all)s items: %(adopted)s not begun, %(under_way)s under way, "
        "%(suspended)s suspended, %(claimed)s reported as done and %(done)s done. Of %(matters)s practical matters "
        "%(matters_done)s were done.",
        **asdict(chapter.items),
        day=long_day(chapter.on),
        year=chapter.year,
        matters=chapter.practical_matters,
        matters_done=chapter.practical_matters_done,
    )


def _nodes(nodes: ProgrammeNodes) -> str:
    return _(
        "Of %(due)s nodes due %(late)s were late; %(met)s were met in time and %(met_late)s late.", **asdict(nodes)
    )


def _behind(chapter: ProgrammeChapter) -> str:
    if not chapter.behind:
        return joined(_("No item is behind its plan."), _foreseen(chapter.items))
    text = _("%(number)s items were behind their plan.", number=len(chapter.behind))
    worst = _("Furthest behind: %(items)s.", items=listed([_lagging(item) for item in chapter.behind[:WORST]]))
    return joined(text, _foreseen(chapter.items), worst)


def _foreseen(items: ProgrammeItems) -> str:
    return _("%(will_be_late)s are expected to be late by their own forecasts.", will_be_late=items.will_be_late)


def _lagging(item: LaggingItem) -> str:
    named = {"no": item.item_no, "name": item.name, "lead": label(item.lead), "gap": _points(item.gap)}
    if not item.node:
        return _("%(no)s %(name)s (%(lead)s) by %(gap)s percentage points", **named)
    return _(
        "%(no)s %(name)s (%(lead)s) by %(gap)s percentage points, “%(node)s” late by %(days)s days",
        node=item.node,
        days=item.days,
        **named,
    )


def _money(chapter: ProgrammeChapter) -> str:
    money = chapter.money
    text = _(
        "Planned %(planned)s, allocated %(allocated)s, received %(received)s, paid %(paid)s (10,000 yuan).",
        **{name: _amount(getattr(money, name)) for name in ("planned", "allocated", "received", "paid")},
    )
    return joined(text, _paid(chapter))


def _entries(chapter: ProgrammeChapter) -> str:
    text = _(
        "Of %(due)s monthly entries due since the adoption %(missing)s were not reported.", **asdict(chapter.entries)
    )
    coverage = _(
        "Figures of %(expected)s tasks that report: %(current)s of their latest month, %(older)s of an older one, "
        "%(none)s without any.",
        **asdict(chapter.coverage),
    )
    counties = [
        _("%(department)s %(number)s", department=label(county.label), number=county.entries.missing)
        for county in chapter.counties
        if county.entries.missing
    ]
    missing = _("Not reported: %(counties)s.", counties=listed(counties)) if counties else ""
    return joined(text, missing, coverage)


# The tables.


def counties_table(chapter: ProgrammeChapter) -> Table:
    """The programme by county, the whole city first."""
    total = _county_row(head("city"), chapter, is_total=True)
    rows = (_county_row(label(county.label), county) for county in chapter.counties)
    note = _(
        "Amounts in 10,000 yuan. An item that several counties have tasks of counts in each, with what is the county's "
        "own; in the whole city it counts once."
    )
    return Table(
        "programme-counties", _("The programme by county"), labelled_columns(**COUNTY_WIDTHS), (total, *rows), note=note
    )


def _county_row(name: str, part: ProgrammeChapter | ProgrammeCounty, *, is_total: bool = False) -> TableRow:
    items, entries = part.items, part.entries
    cells = (
        words(name),
        *(count(number) for number in (items.all, items.done, items.behind, part.nodes.late)),
        words(_amount(part.money.planned)),
        words(_amount(part.money.paid)),
        words(_share(part.money.execution_rate)),
        TableCell(f"{entries.missing:,} / {entries.due:,}", is_quiet=not entries.missing),
    )
    return TableRow(cells, is_total=is_total)


def behind_table(chapter: ProgrammeChapter) -> Table:
    """The items behind their plan, the widest gaps first."""
    return Table(
        "programme-behind",
        _("Programme items behind their plan"),
        labelled_columns(**BEHIND_WIDTHS),
        tuple(map(_behind_row, chapter.behind)),
        note=_(
            "The gap is the planned share less the actual share, in percentage points: of the item's nodes, or of its "
            "first indicator where it has none."
        ),
        empty=_("No item is behind its plan."),
    )


def _behind_row(item: LaggingItem) -> TableRow:
    days = count(item.days) if item.node else TableCell(NOTHING, is_quiet=True)
    return TableRow(
        (
            words(item.item_no),
            words(item.name),
            words(label(item.lead)),
            words(_points(item.gap)),
            words(item.node or NOTHING),
            days,
        )
    )


def programme_definitions() -> tuple[str, ...]:
    """How the figures of the programme are defined."""
    return (
        _(
            "The programme is reported as of the last day of the period, as known on that day: quantities and nodes "
            "count from their confirmation by the lead unit, money from that by finance. What is confirmed later "
            "counts in the next report. A node is late against the plan as adopted."
        ),
    )


def _amount(text: str) -> str:
    return amount(Decimal(text))


def _share(text: str | None) -> str:
    return percent(None if text is None else float(text))


def _points(text: str) -> str:
    return f"{Decimal(text) * 100:.1f}"


def months_table(months: Sequence[ProgrammeMonth]) -> Table:
    """What was paid of the planned money by the end of each month, beside the time that was over."""
    columns = (
        TableColumn(_("Month"), "text", 20),
        TableColumn(head("planned_money"), "number", 20),
        TableColumn(head("paid_money"), "number", 20),
        TableColumn(head("execution_rate"), "number", 20),
        TableColumn(_("Time of the year"), "number", 20),
    )
    return Table("programme-months", _("Money of the programme by month"), columns, tuple(map(_month_row, months)))


def _month_row(month: ProgrammeMonth) -> TableRow:
    rate = NOTHING if month.execution_rate is None else _share(month.execution_rate)
    amounts = amount(Decimal(month.planned)), amount(Decimal(month.paid))
    return TableRow(tuple(map(words, (month.month, *amounts, rate, _share(month.time_share)))))
