"""Which worksheets a report's workbook has, in which order."""

from collections.abc import Iterator

from approvals.base.i18n import gettext as _
from approvals.reports.document.summary import definitions
from approvals.reports.document.worksheets import case_sheets, line_sheets
from approvals.reports.document.worksheets.cause_sheets import cause_sheet, programme_months_sheet
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.model import Worksheet
from approvals.reports.document.worksheets.programme_sheets import programme_sheets
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import has


def report_sheets(figures: Figures) -> tuple[Worksheet, ...]:
    """All figures of a period and the cases behind them; those of an earlier edition have what it knew."""
    return (*_figures(figures), *_of_seventh(figures), *_cases(figures), _definitions(figures))


def department_sheets(figures: Figures, own: Worksheet) -> tuple[Worksheet, ...]:
    """Of the figures of one department alone: its own figures and cases."""
    orders = (case_sheets.order_sheet(figures),) if has(figures, "orders") else ()
    return (
        own,
        case_sheets.late_sheet(figures),
        case_sheets.escalation_sheet(figures),
        *orders,
        case_sheets.card_sheet(figures),
        case_sheets.due_sheet(figures),
        _definitions(figures),
    )


def _figures(figures: Figures) -> Iterator[Worksheet]:
    yield from line_sheets.city_sheets(figures)
    yield line_sheets.ranking_sheet(figures)
    for split in ("departments", "stages", "categories"):
        yield from line_sheets.split_sheets(figures, split)
    if has(figures, "orders"):
        yield line_sheets.part_sheet(figures, "departments", "orders")
        yield line_sheets.part_sheet(figures, "departments", "cards")
    if has(figures, "owed"):
        yield line_sheets.part_sheet(figures, "departments", "owed")
    for split in ("categories", "owners"):
        yield line_sheets.part_sheet(figures, split, "projects")
    if has(figures, "liaisons"):
        yield line_sheets.part_sheet(figures, "liaisons", "projects")
        yield from line_sheets.split_sheets(figures, "liaisons")
        yield line_sheets.service_sheet(figures)
    if has(figures, "offices"):
        yield line_sheets.offices_sheet(figures)
    if figures.programme:
        yield from programme_sheets(figures.programme)


def _of_seventh(figures: Figures) -> Iterator[Worksheet]:
    """Causes, and the programme's months."""
    if has(figures, "causes"):
        causes = figures.causes
        yield cause_sheet(_("Causes, time"), _("Late approvals by whose working days are most."), causes.by_time)
        yield cause_sheet(_("Causes, answers"), _("Late approvals by what was answered."), causes.by_answer)
        yield programme_months_sheet(figures.programme_months)


def _cases(figures: Figures) -> Iterator[Worksheet]:
    yield case_sheets.late_sheet(figures)
    yield case_sheets.due_sheet(figures)
    yield from case_sheets.key_project_sheets(figures)
    if has(figures, "joint"):
        yield case_sheets.statement_sheet(figures)
    if has(figures, "oversight"):
        yield case_sheets.escalation_sheet(figures)
        yield case_sheets.card_sheet(figures)
    if has(figures, "orders"):
        yield case_sheets.order_sheet(figures)
    yield from case_sheets.permit_sheets(figures)
    if has(figures, "completions"):
        yield case_sheets.completion_sheet(figures)
    if has(figures, "decision_days"):
        yield case_sheets.decision_days_sheet(figures)


def _definitions(figures: Figures) -> Worksheet:
    rows = tuple((note,) for note in definitions(figures))
    return Worksheet(_("Definitions"), _("How the figures are defined."), columns("definition"), rows)
