"""The tables of supervision and service: ranking, answers to escalations, cards, the liaisons' service."""

from collections import Counter
from dataclasses import dataclass

from approvals.base.formatting import NOTHING
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import labelled_columns, narrow
from approvals.reports.document.comparison_tables import (
    beside_cells,
    beside_note,
    in_all,
    in_time,
    late_of,
    level_name,
    line_row,
    total_row,
)
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
from approvals.reports.figures.model import FigureLine, Figures
from approvals.reports.figures.oversight_model import CardLine, EscalationLine, ServiceCounts
from workflows.charts.card import CARD
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES

CARDS = ("yellow", "red", "appealed", "upheld", "withdrawn")


@dataclass(frozen=True, slots=True)
class Ranked:
    """`rank` is 0 where nothing was decided; `cards` were shown to the department in the month."""

    rank: int
    line: FigureLine
    cards: int


def ranked(figures: Figures) -> list[Ranked]:
    """All departments: the highest share first, those of one share in the catalogue's order with the same rank."""
    of_month = (card for card in figures.oversight.card_list if card.shown_on >= figures.first_on)
    card_counts = Counter(card.department.zh for card in of_month)
    shares = {line.key: in_time(line.now) for line in figures.departments}
    shares_in_order = sorted((share for share in shares.values() if share is not None), reverse=True)
    ordered = sorted(
        figures.departments, key=lambda line: -1 if (share := shares[line.key]) is None else share, reverse=True
    )
    return [Ranked(_rank(shares[line.key], shares_in_order), line, card_counts[line.label.zh]) for line in ordered]


def _rank(share: float | None, shares: list[float]) -> int:
    return 0 if share is None else shares.index(share) + 1


def ranking_table(figures: Figures) -> Table:
    """The departments by what came within the promised limit."""
    columns = labelled_columns(
        rank=7, department=27, decided=11, rate=12, speed=12, open_late_count=10, raised=11, cards=10
    )
    note = _(
        "Ranked by the share decided within the promised limit; departments with the same share have the same rank. "
        "Departments that decided nothing have no rank."
    )
    return Table(
        "ranking",
        _("Ranking of departments"),
        columns,
        tuple(_ranked(entry) for entry in ranked(figures)),
        note=joined(note, beside_note()),
    )


def _ranked(entry: Ranked) -> TableRow:
    now, before = entry.line.now, entry.line.before
    return TableRow(
        (
            count(entry.rank) if entry.rank else words(NOTHING),
            words(label(entry.line.label)),
            beside(now.decisions.decided, before.decisions.decided),
            share_beside(in_time(now), in_time(before)),
            share_beside(now.speed.value, before.speed.value),
            beside(late_of(now), late_of(before)),
            beside(in_all(now.levels, "raised"), in_all(before.levels, "raised")),
            count(entry.cards),
        )
    )


def answers_table(figures: Figures) -> Table:
    """Escalations that were answered in the month or are open, one by one."""
    columns = labelled_columns(level=13, project_item=27, department=13, raised_on=11, answered_on=11, answer=25)
    return Table(
        "answers",
        _("Escalations with answers and commitments"),
        columns,
        tuple(map(_answer, figures.oversight.escalations)),
        empty=_("No escalation was answered in the month or open at its end."),
    )


def _answer(escalation: EscalationLine) -> TableRow:
    state = _("still open") if escalation.is_open else _("closed by the decision")
    committed = _("Committed to %(day)s", day=escalation.commitment_on.isoformat()) if escalation.commitment_on else ""
    return TableRow(
        (
            words(level_name(escalation.level), state),
            words(escalation.project, f"{shown_ref(escalation.ref)} {label(escalation.item)}"),
            words(label(escalation.department)),
            day(escalation.raised_on),
            day(escalation.answered_on),
            words(escalation.reason or _("not answered yet"), committed),
        )
    )


def climbed_table(figures: Figures) -> Table:
    """The escalations beyond the window, the highest first, one line each."""
    columns = labelled_columns(level=15, project_item=30, department=14, raised_on=12, answer=29)
    climbed = [line for line in figures.oversight.escalations if line.level > 1]
    return Table(
        "climbed",
        _("Escalations that moved up, with answers"),
        columns,
        tuple(map(_climbed, sorted(climbed, key=lambda line: (-line.level, line.raised_on, line.ref)))),
        empty=_("No escalation moved above the window."),
    )


def _climbed(escalation: EscalationLine) -> TableRow:
    return TableRow(
        (
            words(level_name(escalation.level)),
            words(_("%(project)s: %(item)s", project=escalation.project, item=label(escalation.item))),
            words(label(escalation.department)),
            day(escalation.raised_on),
            words(escalation.reason or _("not answered yet")),
        )
    )


def card_columns(width: int) -> tuple[TableColumn, ...]:
    """The columns of CARDS, of this width each."""
    names = (*map(label, COLOUR_NAMES.values()), _("Appeals"), _("Upheld"), _("Withdrawn cards"))
    return tuple(TableColumn(name, "number", width) for name in names)


def card_counts_table(figures: Figures) -> Table:
    """Cards of the month beside those of the month before."""
    cells = tuple(beside_cells(figures.oversight.cards, figures.oversight.cards_before, *CARDS))
    return Table("card-counts", _("Cards of the month"), card_columns(20), (TableRow(cells),), note=beside_note())


def shown_cards_table(figures: Figures) -> Table:
    """The cards of the month in one line each."""
    columns = labelled_columns(colour=9, project_item=37, department=16, rule=26, shown_on=12)
    return Table("cards", _("Cards one by one"), columns, tuple(map(_shown_card, figures.oversight.card_list)))


def card_ground(card: CardLine) -> str:
    """The rule by which it was shown, in words; one that is no rule any more by its name."""
    rule = RULES.get(card.rule)
    return label(Label(rule.zh, rule.en)) if rule else card.rule


def _shown_card(card: CardLine) -> TableRow:
    return TableRow(
        (
            TableCell(label(COLOUR_NAMES[card.colour]), light=card.colour),
            words(_("%(project)s: %(item)s", project=card.project, item=label(card.item))),
            words(label(card.department)),
            words(card_ground(card)),
            day(card.shown_on),
        )
    )


def cards_table(figures: Figures) -> Table:
    """The cards that were shown or decided on in the month."""
    columns = labelled_columns(colour=9, project_item=29, department=14, rule=14, shown_on=11, card_state=23)
    return Table(
        "cards",
        _("Cards one by one"),
        columns,
        tuple(map(_card, figures.oversight.card_list)),
        empty=_("No card was shown or decided on in the month."),
    )


def _card(card: CardLine) -> TableRow:
    return TableRow(
        (
            TableCell(label(COLOUR_NAMES[card.colour]), light=card.colour),
            words(card.project, f"{shown_ref(card.ref)} {label(card.item)}"),
            words(label(card.department)),
            words(card_ground(card)),
            day(card.shown_on),
            words(label(CARD.state(card.state)), *card.words),
        )
    )


def service_table(figures: Figures) -> Table:
    """Questions of owners, how fast they were answered, and contacts, by officer."""
    texts = ("asked", "answers", "answered_in_time", "climbed", "median_minutes", "longest_minutes", "contacts")
    columns = (TableColumn(narrow("officer"), "text", 16), *(TableColumn(narrow(text), "number", 12) for text in texts))
    oversight = figures.oversight
    total = total_row(_service(oversight.service, oversight.service_before))
    rows = [line_row(line.name, _service(line.now, line.before), ("officers", line.key)) for line in oversight.liaisons]
    return Table("service", _("One-to-one service"), columns, (total, *rows), note=beside_note())


def _service(now: ServiceCounts, before: ServiceCounts) -> tuple[TableCell, ...]:
    return (
        *beside_cells(now, before, "asked", "answered", "in_time", "climbed", part="service"),
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
