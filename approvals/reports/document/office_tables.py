"""The offices' own steps: who presses others is measured alike."""

from approvals.base.formatting import NOTHING
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.column_labels import head, narrow
from approvals.reports.document.comparison_tables import CITY, beside_cells, beside_note
from approvals.reports.document.table_views import (
    Point,
    Table,
    TableCell,
    TableColumn,
    TableRow,
    changed,
    count,
    joined,
    listed,
    share_beside,
    words,
)
from approvals.reports.figures.model import Figures
from approvals.reports.figures.oversight_model import OfficeCounts, OfficeLine

_WIDTHS = {
    **{"done": 8, "in_time": 9, "late": 8, "rate": 10},
    **{"open": 9, "open_late": 9, "longest": 9},
}


def offices_table(figures: Figures) -> Table:
    """The steps of the offices by kind, beside those of the month before."""
    columns = (
        TableColumn(narrow("office_step"), "text", 27),
        TableColumn(narrow("office_limit"), "number", 11),
        *(TableColumn(narrow(f"office_{name}"), "number", width) for name, width in _WIDTHS.items()),
    )
    offices = figures.offices
    total = TableRow(
        (words(head("city")), words(NOTHING), *_cells(offices.city, offices.city_before)), is_total=True, line=CITY
    )
    note = _(
        "The offices' own steps have limits by the city's policy, in working days after the day on which each came in. "
        "What its owner or window withdrew before is not counted."
    )
    return Table(
        "offices",
        _("The offices' own steps"),
        columns,
        (total, *map(_row, offices.lines)),
        note=joined(note, beside_note()),
    )


def _row(line: OfficeLine) -> TableRow:
    cells = _cells(line.now, line.before)
    return TableRow(
        (words(label(line.label), label(line.office)), count(line.limit), *cells), line=("offices", line.key)
    )


def _cells(now: OfficeCounts, before: OfficeCounts) -> tuple[TableCell, ...]:
    return (
        *beside_cells(now, before, "done", "in_time", "late", part="offices"),
        share_beside(_rate(now), _rate(before)),
        *beside_cells(now, before, "open", "open_late", part="offices"),
        _longest(now.longest, before.longest),
    )


def _rate(counts: OfficeCounts) -> float | None:
    return counts.in_time / counts.done if counts.done else None


def _longest(now: int | None, before: int | None) -> TableCell:
    if now is None and before is None:
        return TableCell(NOTHING, is_quiet=True)
    change = changed(now, before).text if now is not None and before is not None and now != before else ""
    return words(NOTHING if now is None else f"{now:,}", f"{NOTHING if before is None else before} {change}".strip())


def offices_in_words(figures: Figures) -> tuple[Point, ...]:
    """How the offices kept their own limits, and which steps are late."""
    now, before = figures.offices.city, figures.offices.city_before
    text = _(
        "The offices completed %(done)s steps of their own (%(before)s the month before), %(in_time)s of them in "
        "time; %(open)s were pending at the end of the month, %(open_late)s of them late.",
        done=now.done,
        before=before.done,
        in_time=now.in_time,
        open=now.open,
        open_late=now.open_late,
    )
    late = [
        _("%(office)s, %(step)s: %(number)s", office=label(line.office), step=label(line.label), number=number)
        for line in figures.offices.lines
        if (number := line.now.late + line.now.open_late)
    ]
    whose = _("Steps that were or are late: %(steps)s.", steps=listed(late)) if late else ""
    return (Point(_("The offices themselves"), joined(text, whose)),)
