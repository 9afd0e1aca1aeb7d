"""The tables about those who press on and help: departments in order, answers, cards, the liaisons' service."""

from approvals.base.formatting import NOTHING
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import head, narrow
from approvals.reports.document.comparison_tables import CITY, beside_note, in_time, level_name
from approvals.reports.document.ranking import Ranked, ranked
from approvals.reports.document.table_views import (
    Table,
    TableCell,
    TableColumn,
    TableRow,
    beside,
    count,
    day,
    joined,
    share_beside,
    words,
)
from approvals.reports.figures.model import Figures
from approvals.reports.figures.oversight_model import CardLine, EscalationLine, ServiceCounts
from workflows.charts.card import CARD
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES


def ranking_table(figures: Figures) -> Table:
    """The departments by what came within the promised limit."""
    columns = (
        TableColumn(narrow("rank"), "number", 7),
        TableColumn(narrow("department"), "text", 27),
        TableColumn(narrow("decided"), "number", 11),
        TableColumn(narrow("rate"), "number", 12),
        TableColumn(narrow("speed"), "number", 12),
        TableColumn(narrow("open_late_count"), "number", 10),
        TableColumn(narrow("raised"), "number", 11),
        TableColumn(narrow("cards"), "number", 10),
    )
    note = _(
        "In the order of the share decided within the promised limit; departments with the same share bear the same "
        "rank. Departments that decided nothing have none."
    )
    return Table(
        "ranking",
        _("Departments in order"),
        columns,
        tuple(_ranked(one) for one in ranked(figures)),
        note=joined(note, beside_note()),
    )


def _ranked(one: Ranked) -> TableRow:
    now, before = one.line.now, one.line.before
    return TableRow(
        (
            count(one.rank) if one.rank else words(NOTHING),
            words(label(one.line.label)),
            beside(now.decisions.decided, before.decisions.decided),
            share_beside(in_time(now), in_time(before)),
            share_beside(now.speed.value, before.speed.value),
            beside(now.standing.yellow + now.standing.red, before.standing.yellow + before.standing.red),
            beside(sum(level.raised for level in now.levels), sum(level.raised for level in before.levels)),
            count(one.cards),
        )
    )


def answers_table(figures: Figures) -> Table:
    """Escalations that were answered in the month or are open, one by one."""
    columns = (
        TableColumn(narrow("level"), "text", 13),
        TableColumn(narrow("project_item"), "text", 27),
        TableColumn(narrow("department"), "text", 13),
        TableColumn(narrow("raised_on"), "day", 11),
        TableColumn(narrow("answered_on"), "day", 11),
        TableColumn(narrow("answer"), "text", 25),
    )
    return Table(
        "answers",
        _("Escalations with answers and commitments"),
        columns,
        tuple(map(_answer, figures.oversight.escalations)),
        empty=_("No escalation was answered in the month or open at its end."),
    )


def _answer(one: EscalationLine) -> TableRow:
    state = _("still open") if one.is_open else _("closed by the decision")
    committed = _("Committed to %(day)s", day=one.commitment_on.isoformat()) if one.commitment_on else ""
    return TableRow(
        (
            words(level_name(one.level), state),
            words(one.project, f"{shown_ref(one.ref)} {label(one.item)}"),
            words(label(one.department)),
            day(one.raised_on),
            day(one.answered_on),
            words(one.reason or _("not answered yet"), committed),
        )
    )


def card_counts_table(figures: Figures) -> Table:
    """Cards of the month beside those of the month before."""
    now, before = figures.oversight.cards, figures.oversight.cards_before
    names = {
        "yellow": label(COLOUR_NAMES["yellow"]),
        "red": label(COLOUR_NAMES["red"]),
        "appealed": _("Appeals"),
        "upheld": _("Upheld"),
        "withdrawn": _("Withdrawn cards"),
    }
    columns = tuple(TableColumn(name, "number", 20) for name in names.values())
    cells = tuple(beside(getattr(now, name), getattr(before, name)) for name in names)
    return Table("card-counts", _("Cards of the month"), columns, (TableRow(cells),), note=beside_note())


def cards_table(figures: Figures) -> Table:
    """The cards that were shown or decided on in the month."""
    columns = (
        TableColumn(narrow("colour"), "lit", 9),
        TableColumn(narrow("project_item"), "text", 29),
        TableColumn(narrow("department"), "text", 14),
        TableColumn(narrow("rule"), "text", 14),
        TableColumn(narrow("shown_on"), "day", 11),
        TableColumn(narrow("card_state"), "text", 23),
    )
    return Table(
        "cards",
        _("Cards one by one"),
        columns,
        tuple(map(_card, figures.oversight.card_list)),
        empty=_("No card was shown or decided on in the month."),
    )


def _card(card: CardLine) -> TableRow:
    rule = RULES.get(card.rule)
    return TableRow(
        (
            TableCell(label(COLOUR_NAMES[card.colour]), light=card.colour),
            words(card.project, f"{shown_ref(card.ref)} {label(card.item)}"),
            words(label(card.department)),
            words(label(Label(rule.zh, rule.en)) if rule else card.rule),
            day(card.shown_on),
            words(label(CARD.state(card.state)), *card.words),
        )
    )


def service_table(figures: Figures) -> Table:
    """Questions of owners, how fast they were answered, and contacts, by officer."""
    texts = ("asked", "answers", "answered_in_time", "climbed", "median_minutes", "longest_minutes", "contacts")
    columns = (TableColumn(narrow("officer"), "text", 16), *(TableColumn(narrow(text), "number", 12) for text in texts))
    told = figures.oversight
    total = TableRow((words(head("city")), *_service(told.service, told.service_before)), is_total=True, line=CITY)
    rows = tuple(
        TableRow((words(line.name), *_service(line.now, line.before)), line=("officers", line.key))
        for line in told.liaisons
    )
    return Table("service", _("One-to-one service"), columns, (total, *rows), note=beside_note())


def _service(now: ServiceCounts, before: ServiceCounts) -> tuple[TableCell, ...]:
    names = ("asked", "answered", "in_time", "climbed")
    counts = (beside(getattr(now, name), getattr(before, name), f"service.{name}") for name in names)
    return (
        *counts,
        _minutes(now.median_minutes, before.median_minutes),
        _minutes(now.longest_minutes, before.longest_minutes),
        beside(now.contacts, before.contacts, "service.contacts"),
    )


def _minutes(now: float | None, before: float | None) -> TableCell:
    if now is None and before is None:
        return TableCell(NOTHING, is_quiet=True)
    return TableCell(_of(now), (_of(before),))


def _of(minutes: float | None) -> str:
    return NOTHING if minutes is None else f"{minutes:,.0f}"
