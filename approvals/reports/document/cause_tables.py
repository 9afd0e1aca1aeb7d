"""The causes of late approvals: in words, by whose time went into them, and by what came of their escalations."""

from collections.abc import Iterable

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.column_labels import head
from approvals.reports.document.table_views import Point, Table, TableColumn, TableRow, changed, count, percent, words
from approvals.reports.figures.causes_model import CauseLine
from approvals.reports.figures.model import Figures


def causes_in_words(figures: Figures) -> tuple[Point, ...]:
    """The cause of most late approvals, and how many promises are broken; nothing where nothing is late."""
    lines = figures.causes.by_time
    late = sum(line.now.late for line in lines)
    if not late:
        return ()
    most = max(lines, key=lambda line: line.now.late)
    text = _(
        "%(cause)s: %(count)s of %(late)s late approvals (%(share)s). Counted are the working days since an approval "
        "could be applied for.",
        cause=label(most.label),
        count=most.now.late,
        late=late,
        share=percent(most.now.late / late),
    )
    return (Point("", text),)


def cause_tables(figures: Figures) -> tuple[Table, ...]:
    """Causes of which there was any in one of the two periods."""
    by_time = _table("causes-time", _("Late approvals by whose time went into them"), figures.causes.by_time)
    by_answer = _table("causes-answer", _("Late approvals by what was answered"), figures.causes.by_answer)
    return by_time, by_answer


def _table(key: str, title: str, lines: Iterable[CauseLine]) -> Table:
    columns = (
        TableColumn(_("Cause"), "text", 34),
        *(TableColumn(head(name), "number", 11) for name in ("this", "last", "change")),
        TableColumn(_("Of these red"), "number", 11),
        TableColumn(_("Working days beyond promised"), "number", 12),
        TableColumn(_("Longest"), "number", 10),
    )
    rows = tuple(_row(line) for line in lines if line.now.late or line.before.late)
    return Table(key, title, columns, rows, empty=_("No approval was late at the end of the month."))


def _row(line: CauseLine) -> TableRow:
    now, before = line.now, line.before
    counted = count(now.late), count(before.late), changed(now.late, before.late)
    return TableRow((words(label(line.label)), *counted, count(now.red), count(now.over_sum), count(now.over_longest)))
