"""What a report has on paper: the chapters that are read; all other tables are in the workbook."""

from dataclasses import replace

from approvals.base.i18n import gettext as _
from approvals.reports.document import narrative
from approvals.reports.document.brief.tables import key_projects_table
from approvals.reports.document.case_tables import late_table
from approvals.reports.document.column_labels import head
from approvals.reports.document.order_tables import order_list
from approvals.reports.document.oversight_tables import climbed_table, service_table, shown_cards_table
from approvals.reports.document.sections import Section, causes_section, course_chart, programme_section
from approvals.reports.document.summary import definitions
from approvals.reports.document.table_views import Table, TableColumn, TableRow, count, joined, words
from approvals.reports.document.worksheets.columns import column
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import has

MOST_PROJECTS = 12  # in one line each; the workbook has all of them
COUNTED = {  # moves of the year, with the names of their columns in the workbook
    **{"registered": "projects_registered", "completed": "projects_completed"},
    **{"accepted": "approvals_accepted", "granted": "approvals_granted"},
}
YEAR_WIDTH = 18  # of a column of figures, in per cent
# Rows of a list that stand on paper.
MOST_ROWS = {
    **{"late": 10, "climbed": 8, "cards": 6, "order-list": 5, "programme-behind": 8},
    **{"demands": 15, "objections": 8},
}
ON_SCREEN = ("programme-months",)  # tables of chapters that paper has, too, and leaves out


def shortened(table: Table) -> Table:
    """The first rows of a list that a reader goes through; the note says how many more the workbook has."""
    most = MOST_ROWS.get(table.key, len(table.rows))
    left_out = len(table.rows) - most
    if left_out <= 0:
        return table
    note = _("%(number)s more are in the attached workbook.", number=left_out)
    return replace(table, rows=table.rows[:most], note=joined(table.note, note))


def report_chapters(figures: Figures) -> tuple[Section, ...]:
    """After the brief: what is late, what climbed, key projects, orders, service, the programme, the year so far."""
    return (
        _late(figures),
        *_causes(figures),
        *_escalations(figures),
        Section(
            "key-projects",
            _("Key and urgent projects"),
            narrative.key_projects(figures),
            tables=(key_projects_table(figures, MOST_PROJECTS),),
        ),
        *_orders_and_cards(figures),
        *_service(figures),
        *_programme(figures),
        Section("year", _("The year so far"), charts=(course_chart(figures.course),), tables=(year_table(figures),)),
        Section("definitions", _("How the figures are defined"), notes=definitions(figures)),
    )


def _late(figures: Figures) -> Section:
    """How many were late, and the list; the text about the worst of them says nothing that the list does not."""
    late_count, *_worst = narrative.late(figures)
    return Section("late", _("Late approvals"), (late_count,), tables=(shortened(late_table(figures)),))


def _causes(figures: Figures) -> tuple[Section, ...]:
    """The tables of the screen, where anything was late in one of the two periods."""
    sections = (replace(section, points=()) for section in causes_section(figures))
    return tuple(section for section in sections if any(table.rows for table in section.tables))


def _escalations(figures: Figures) -> tuple[Section, ...]:
    if not has(figures, "oversight"):
        return ()
    return (Section("escalations", _("Escalations that moved up"), tables=(shortened(climbed_table(figures)),)),)


def _orders_and_cards(figures: Figures) -> tuple[Section, ...]:
    if not has(figures, "oversight"):
        return ()
    orders = narrative.orders(figures) if has(figures, "orders") else ()
    lists = (shortened(order_list(figures)),) if figures.orders.told else ()
    cards = (shortened(shown_cards_table(figures)),) if figures.oversight.card_list else ()
    return (Section("cards", _("Orders and cards"), (*orders, *narrative.cards(figures)), tables=(*lists, *cards)),)


def _service(figures: Figures) -> tuple[Section, ...]:
    if not has(figures, "oversight"):
        return ()
    tables = (service_table(figures),) if figures.oversight.liaisons else ()
    return (Section("service", _("One-to-one service"), narrative.service(figures), tables=tables),)


def _programme(figures: Figures) -> tuple[Section, ...]:
    """The chapter of the screen without words that its tables say as well, its lists shortened."""
    told = (_("Items"), _("Money"))
    return tuple(
        replace(
            section,
            points=tuple(point for point in section.points if point.title in told),
            tables=tuple(shortened(table) for table in section.tables if table.rows and table.key not in ON_SCREEN),
        )
        for section in programme_section(figures)
    )


def year_table(figures: Figures) -> Table:
    """Moves of the month, the one before, the same month a year ago where there was one, and of the year so far."""
    months = [month for month in figures.course if month.month[:4] == figures.month[:4]]
    this, last, ago = figures.course[-1], figures.course[-2], figures.year_ago
    heads = (head("this"), head("last"), *((_("A year ago"),) if ago else ()), _("Year to date"))
    columns = (
        TableColumn(head("indicator"), "text", 100 - len(heads) * YEAR_WIDTH),
        *(TableColumn(text, "number", YEAR_WIDTH) for text in heads),
    )
    rows = tuple(
        TableRow(
            (
                words(column(text).head),
                *(count(getattr(month, name)) for month in (this, last, *((ago,) if ago else ()))),
                count(sum(getattr(month, name) for month in months)),
            )
        )
        for name, text in COUNTED.items()
    )
    return Table("year", _("Moves of the year"), columns, rows)
