"""The tables from which a reader of the paper alone can reckon both speed-ups again."""

from itertools import groupby

from approvals.base.i18n import gettext as _
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import narrow
from approvals.reports.document.table_views import Table, TableColumn, TableRow, count, day, named, share, words
from approvals.reports.figures.model import Figures, ProjectSpeed
from approvals.reports.figures.order_model import DecisionDays

TIGHT = "\u00a0"  # a space at which no line ends


def permits_table(figures: Figures) -> Table:
    """The projects behind the speed-up up to the construction permit."""
    columns = (
        TableColumn(narrow("project"), "text", 38),
        TableColumn(narrow("registered_on"), "day", 12),
        TableColumn(narrow("permit_on"), "day", 12),
        TableColumn(narrow("items"), "number", 8),
        TableColumn(narrow("used"), "number", 9),
        TableColumn(narrow("legal_days"), "number", 11),
        TableColumn(narrow("speed"), "number", 10),
    )
    note = _(
        "Days used are working days after the registration up to the permit. The legal limits are those of the items "
        "below the project, in working days."
    )
    return Table(
        "permits",
        _("Projects whose construction permit was granted"),
        columns,
        tuple(map(_permit, figures.permit_projects)),
        note=note,
        empty=_("No construction permit was granted in the month."),
    )


def _permit(project: ProjectSpeed) -> TableRow:
    needed = " + ".join(f"{item.code}{TIGHT}{item.legal}" for item in project.needed)
    return TableRow(
        (
            words(project.name, shown_ref(project.ref), f"{needed} = {project.legal}" if needed else ""),
            day(project.registered_on),
            day(project.granted_on),
            count(project.items),
            count(project.days),
            count(project.legal),
            share(project.value),
        )
    )


def decision_days_table(figures: Figures) -> Table:
    """All decisions of the month by their legal limit and the days that they took."""
    columns = (
        TableColumn(narrow("legal_days"), "number", 10),
        TableColumn(narrow("decided"), "number", 10),
        TableColumn(narrow("used"), "number", 10),
        TableColumn(narrow("used_times"), "text", 70),
    )
    by_limit = groupby(figures.decision_days, key=lambda row: row.legal)
    rows = [_limit(legal, list(rows)) for legal, rows in by_limit]
    note = _(
        "“3 × 5” are five approvals that were decided after three working days each. The median of the speed-up is "
        "that of 1 − days used / legal limit over all of them."
    )
    return Table(
        "decision-days",
        _("Decisions of the month by legal limit and days used"),
        columns,
        tuple(rows),
        note=note,
        empty=_("Nothing was decided in the month."),
    )


def _limit(legal: int, rows: list[DecisionDays]) -> TableRow:
    """One legal limit: how many approvals had it, how long they took together, and each of them."""
    return TableRow(
        (
            count(legal),
            count(sum(row.count for row in rows)),
            count(sum(row.used * row.count for row in rows)),
            words(named([f"{row.used}{TIGHT}×{TIGHT}{row.count}" for row in rows])),
        )
    )
