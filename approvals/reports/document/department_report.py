"""The extract of a report for one department: its own figures, cases and orders alone."""

from dataclasses import asdict, replace

from approvals.base.hashing import canonical
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import due_table, late_table
from approvals.reports.document.column_labels import labelled_columns
from approvals.reports.document.figure_lines import Figure, LinePage, line_page
from approvals.reports.document.order_tables import order_list
from approvals.reports.document.oversight_tables import answers_table, cards_table
from approvals.reports.document.report import (
    Imprint,
    ReportDocument,
    bulletin_header,
    document_of,
    files_of,
    header,
    proofs_of_extract,
)
from approvals.reports.document.sections import Section
from approvals.reports.document.summary import summary
from approvals.reports.document.table_views import Table, TableRow, count, words
from approvals.reports.document.worksheets.collection import department_sheets
from approvals.reports.document.worksheets.line_sheets import own_figures
from approvals.reports.document.worksheets.model import Worksheet
from approvals.reports.figures.model import FigureLine, Figures, ProjectCounts, ProjectLine, SpeedUp
from approvals.reports.figures.oversight_model import OrderFigures, Oversight
from approvals.reports.figures.serialization import has
from approvals.reports.periods import MONTHLY
from approvals.reports.titles import report_title

SPLIT = "departments"


def department_document(
    figures: Figures, key: str, imprint: Imprint | None = None, kind: str = MONTHLY
) -> ReportDocument:
    """The extract for this department (its unit's id) in the language of the answer.

    Without an imprint it is a preview; NotFound for a department of which the report says nothing.
    """
    page = line_page(figures, SPLIT, key)
    own, title, name = of_department(figures, key), report_title(kind, figures.month), label(page.label)
    parts = _sections(own, page)
    red_header = header() if kind == MONTHLY else bulletin_header()
    return replace(
        document_of(figures, imprint, red_header, title, parts),
        draft=_("Extract for %(department)s", department=name) if imprint else _("Preview"),
        addressee=name,
        copies="",
        proofs=proofs_of_extract(figures, imprint),
        verification=None,
        files=files_of(f"{figures.month}-{key}", _figures(figures, key, page), title, _worksheets(figures, own, key)),
        about=name,
    )


def _worksheets(figures: Figures, own: Figures, key: str) -> tuple[Worksheet, ...]:
    name = _("Figures of the department")
    return department_sheets(own, own_figures(figures, SPLIT, key, name, _("All figures of the department.")))


def of_department(figures: Figures, key: str) -> Figures:
    """The figures with this department alone: its line and its cases."""
    line = next(approval for approval in figures.departments if approval.key == key)
    own = line.label
    department_figures = Figures(
        edition=figures.edition,
        month=figures.month,
        first_on=figures.first_on,
        last_on=figures.last_on,
        as_of_on=figures.as_of_on,
        projects=ProjectLine(key, own, ProjectCounts(), ProjectCounts()),
        project_categories=(),
        project_owners=(),
        city=line,
        departments=(line,),
        stages=(),
        categories=(),
        permits=SpeedUp(),
        permits_before=SpeedUp(),
        permit_projects=(),
        late=tuple(approval for approval in figures.late if approval.department == own),
        key_projects=(),
        due=tuple(approval for approval in figures.due if approval.department == own),
        course=(),
        reminder_at=figures.reminder_at,
        calendars=figures.calendars,
        chain_root=figures.chain_root,
    )
    return _with_oversight(department_figures, figures, line)


def _with_oversight(department_figures: Figures, figures: Figures, line: FigureLine) -> Figures:
    oversight, name = figures.oversight, line.label
    orders = next((row for row in figures.orders.departments if row.key == line.key), None)
    return replace(
        department_figures,
        oversight=Oversight(
            escalations=tuple(row for row in oversight.escalations if row.department == name),
            card_list=tuple(row for row in oversight.card_list if row.department == name),
        ),
        orders=OrderFigures(
            departments=(orders,) if orders else (),
            told=tuple(row for row in figures.orders.told if row.department == name),
        ),
    )


def _sections(figures: Figures, page: LinePage) -> tuple[Section, ...]:
    """The month in words, all figures, and the lists."""
    points = [point for point in summary(figures)[1:] if point.text]
    orders = (order_list(figures),) if has(figures, "orders") else ()
    return (
        Section("overview", _("The month in brief"), tuple(points), tables=(_figures_table(page),)),
        Section("late", _("Late approvals"), tables=(late_table(figures),)),
        Section("escalations", _("Escalations"), tables=(answers_table(figures),)),
        Section("cards", _("Orders and cards"), tables=(*orders, cards_table(figures))),
        Section("due", _("Next month"), tables=(due_table(figures),)),
    )


def _figures_table(page: LinePage) -> Table:
    """The figures of the department beside those of the month before."""
    columns = labelled_columns(group=26, indicator=32, this=14, last=14, change=14)
    return Table(
        "own-figures",
        _("The figures of the department"),
        columns,
        tuple(_row(figure) for figure in page.figures if figure.now or figure.before),
        note=_("What was zero in both months is left out."),
        empty=_("Nothing was counted in this month or in the one before."),
    )


def _row(figure: Figure) -> TableRow:
    names = words(label(figure.group)), words(label(figure.word))
    return TableRow((*names, count(figure.now), count(figure.before), words(figure.change)))


def _figures(figures: Figures, key: str, page: LinePage) -> str:
    return canonical({"month": figures.month, "department": key, "edition": figures.edition, "page": asdict(page)})
