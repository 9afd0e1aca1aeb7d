"""One department's page of a report on paper: its own figures, cases and orders, and nothing of the others."""

from dataclasses import asdict, replace

from approvals.base.formatting import long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, language
from approvals.history.hashing import canonical
from approvals.reports.document.bulletin import bulletin_header
from approvals.reports.document.case_tables import due_table, late_table
from approvals.reports.document.column_labels import narrow
from approvals.reports.document.figure_lines import Figure, LinePage, line_page
from approvals.reports.document.order_tables import order_list
from approvals.reports.document.oversight_tables import answers_table, cards_table
from approvals.reports.document.report import (
    PDF_LANGUAGES,
    Attached,
    Imprint,
    Paper,
    annexes,
    annexes_on_paper,
    attached,
    chapters_of,
    correction,
    header,
    header_size,
    proofs,
    read_up_to,
    verification,
)
from approvals.reports.document.sections import Section
from approvals.reports.document.summary import summary
from approvals.reports.document.table_views import Table, TableColumn, TableRow, count, words
from approvals.reports.document.workbook import workbook
from approvals.reports.figures.model import FigureLine, Figures, ProjectCounts, ProjectLine, SpeedUp
from approvals.reports.figures.oversight_model import OrderFigures, Oversight
from approvals.reports.figures.serialization import has
from approvals.reports.periods import MONTHLY
from approvals.reports.titles import report_title

SPLIT = "departments"


def department_paper(figures: Figures, key: str, imprint: Imprint | None = None, kind: str = MONTHLY) -> Paper:
    """The page of this department (its unit's id) as a paper in the language of the answer.

    With no imprint it is a preview; NotFound for a department of which the report says nothing.
    """
    page, own = line_page(figures, SPLIT, key), of_department(figures, key)
    found = _sections(own, page)
    title = report_title(kind, figures.month)
    red = header() if kind == MONTHLY else bulletin_header()
    return Paper(
        html_code=PDF_LANGUAGES[language()],
        header=red,
        header_size=header_size(red),
        title=title,
        number=imprint.number if imprint else _("Preview, without a number"),
        is_preview=imprint is None,
        draft=_("Extract for %(department)s", department=label(page.label)) if imprint else _("Preview"),
        as_of=read_up_to(figures),
        addressee=label(page.label),
        signature=_("Supervision office of the municipal government"),
        signed_on=long_day(imprint.issued_on) if imprint else "",
        copies=label(page.label),
        printed=_("Printed on %(day)s", day=long_day(imprint.issued_on)) if imprint else "",
        correction=correction(imprint),
        chapters=chapters_of(found),
        annexes=annexes_on_paper(found),
        proofs=_proofs(figures, imprint),
        verification=None,
        files=_files(figures, key, page, title, found),
        about=label(page.label),
    )


def of_department(figures: Figures, key: str) -> Figures:
    """The figures as if the city were this department alone: its line, its cases, and nothing of any other."""
    line = next(one for one in figures.departments if one.key == key)
    own = line.label
    found = Figures(
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
        late=tuple(one for one in figures.late if one.department == own),
        key_projects=(),
        due=tuple(one for one in figures.due if one.department == own),
        course=(),
        reminder_at=figures.reminder_at,
        calendars=figures.calendars,
        chain_root=figures.chain_root,
    )
    return _with_oversight(found, figures, line)


def _with_oversight(own: Figures, figures: Figures, line: FigureLine) -> Figures:
    told, name = figures.oversight, line.label
    orders = next((one for one in figures.orders.departments if one.key == line.key), None)
    return replace(
        own,
        oversight=Oversight(
            escalations=tuple(one for one in told.escalations if one.department == name),
            card_list=tuple(one for one in told.card_list if one.department == name),
        ),
        orders=OrderFigures(
            departments=(orders,) if orders else (),
            told=tuple(one for one in figures.orders.told if one.department == name),
        ),
    )


def _sections(own: Figures, page: LinePage) -> tuple[Section, ...]:
    """The month in words, all figures, and the lists."""
    points = [point for point in summary(own)[1:] if point.text]
    orders = (order_list(own),) if has(own, "orders") else ()
    return (
        Section("overview", _("The month in brief"), tuple(points), tables=(_figures_table(page),)),
        Section("late", _("Late approvals"), tables=(late_table(own),)),
        Section("escalations", _("Escalations"), tables=(answers_table(own),)),
        Section("cards", _("Orders and cards"), tables=(*orders, cards_table(own))),
        Section("due", _("Next month"), tables=(due_table(own),)),
    )


def _figures_table(page: LinePage) -> Table:
    """The figures of the department beside those of the month before."""
    columns = (
        TableColumn(narrow("group"), "text", 26),
        TableColumn(narrow("indicator"), "text", 32),
        *(TableColumn(narrow(name), "number", 14) for name in ("this", "last", "change")),
    )
    return Table(
        "own-figures",
        _("The figures of the department"),
        columns,
        tuple(_figure(one) for one in page.figures if one.now or one.before),
        note=_("What was zero in both months is left out."),
        empty=_("Nothing was counted in this month or in the one before."),
    )


def _figure(one: Figure) -> TableRow:
    return TableRow(
        (words(label(one.group)), words(label(one.word)), count(one.now), count(one.before), words(one.change))
    )


def _proofs(figures: Figures, imprint: Imprint | None) -> tuple[tuple[str, str], ...]:
    """What ties the page to the report that it is taken from."""
    if imprint is None:
        return proofs(figures)
    found = verification(figures)
    return (
        (_("Extract from the report"), imprint.number),
        (_("That report is verified at"), found.address),
        *proofs(figures),
    )


def _files(figures: Figures, key: str, page: LinePage, title: str, found: tuple[Section, ...]) -> tuple[Attached, ...]:
    told = {"month": figures.month, "department": key, "edition": figures.edition, "page": asdict(page)}
    tables = [table for annex in annexes(found) for table in annex.tables]
    return (
        attached(f"figures-{figures.month}-{key}.json", canonical(told).encode("utf-8")),
        attached(f"annexes-{figures.month}-{key}.xlsx", workbook(title, tables)),
    )
