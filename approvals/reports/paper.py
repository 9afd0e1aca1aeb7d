"""Puts a month's report together as a reader sees it: the page and the PDF show the same sections."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _

from approvals.base.drawing import Chart
from approvals.base.formatting import long_day, month
from approvals.base.languages import label, language
from approvals.reports.annexes import due_table, key_table, late_table, permits_table
from approvals.reports.charts import course_chart, lights_chart
from approvals.reports.freezing import checksum
from approvals.reports.sheets import (
    comparison,
    decisions_table,
    department_levels_table,
    levels_table,
    main_table,
    moves_table,
    projects_table,
    standing_table,
)
from approvals.reports.values import Figures, Line
from approvals.reports.views import Table
from approvals.reports.wording import definitions, speed_words, summary
from workflows.city import load_city

SplitTable = Callable[[Line, Iterable[Line], str, str, str], Table]
CHINESE_NUMERALS = "一二三四五六七八九十"
HEADER_SIZES = (36, 32, 28, 26, 24, 22, 20, 18)  # points
LINE = 430  # points: the width of a line, 156 mm, less the letters' spacing
LATIN = 0x2E80  # characters beyond are as wide as high
PDF_LANGUAGES = {"zh_Hans": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    texts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # a list of points
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an issued report bears: its number, its day, and the number of the report that it corrects."""

    number: str
    issued_on: date
    corrects: str = ""
    is_translation: bool = False  # only the Chinese text is issued


@dataclass(frozen=True, slots=True)
class Paper:
    """`draft` says on each page what is not the issued report itself; empty for that one."""

    html_code: str
    header: str
    header_size: int
    title: str
    number: str
    is_preview: bool
    draft: str
    as_of: str
    signature: str
    signed_on: str
    correction: str
    sections: tuple[Section, ...]
    proofs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The same on the screen, where the departments come first."""

    title: str
    as_of: str
    is_whole: bool
    sections: tuple[Section, ...]
    proofs: tuple[tuple[str, str], ...]


def report_page(figures: Figures) -> ReportPage:
    """The report in the language of the answer, for the screen."""
    first, *rest = sections(figures)
    main, departments = first.tables
    first = replace(first, tables=(departments, main))
    title = _("Monthly escalation report of %(month)s", month=month(figures.first_on))
    return ReportPage(title, _as_of(figures), figures.is_whole, numbered((first, *rest)), proofs(figures))


def report_paper(figures: Figures, imprint: Imprint | None = None) -> Paper:
    """The report in the language of the answer; with no imprint it is a preview."""
    return Paper(
        html_code=PDF_LANGUAGES[language()],
        header=header(),
        header_size=header_size(header()),
        title=_("Monthly escalation report of %(month)s", month=month(figures.first_on)),
        number=imprint.number if imprint else _("Preview, without a number"),
        is_preview=imprint is None,
        draft=_draft(imprint),
        as_of=_as_of(figures),
        signature=_("Supervision office of the municipal government"),
        signed_on=long_day(imprint.issued_on) if imprint else "",
        correction=_correction(imprint),
        sections=numbered(sections(figures)),
        proofs=proofs(figures),
    )


def _draft(imprint: Imprint | None) -> str:
    if imprint is None:
        return _("Preview")
    return _("Translation; the issued report is the Chinese one") if imprint.is_translation else ""


def _correction(imprint: Imprint | None) -> str:
    if imprint is None or not imprint.corrects:
        return ""
    return _("This report corrects and replaces %(number)s.", number=imprint.corrects)


def header() -> str:
    """The red header."""
    return _("%(city)s: monthly escalation report on key projects' approvals", city=label(load_city().name))


def header_size(text: str) -> int:
    """The largest of the style sheet's sizes at which the header fits into one line, or the smallest."""
    wide = sum(1 if ord(character) > LATIN else 0.55 for character in text)
    return next((size for size in HEADER_SIZES if wide * size <= LINE), HEADER_SIZES[-1])


def _as_of(figures: Figures) -> str:
    if figures.is_whole:
        return _("Record read up to the end of %(day)s", day=long_day(figures.last_on))
    return _("The month is not over; record read up to the end of %(day)s", day=long_day(figures.as_of_on))


def proofs(figures: Figures) -> tuple[tuple[str, str], ...]:
    """What ties the paper to the record."""
    return (
        (_("Root of all chains"), figures.chain_root),
        (_("Checksum of the figures (SHA-256)"), checksum(figures)),
    )


def numbered(found: tuple[Section, ...]) -> tuple[Section, ...]:
    """Chapters count as each language does."""
    marks = [f"{n}. " for n in range(1, 11)] if language() == "en" else [f"{n}、" for n in CHINESE_NUMERALS]
    return tuple(replace(one, title=mark + one.title) for mark, one in zip(marks, found, strict=False))


def sections(figures: Figures) -> tuple[Section, ...]:
    """All sections in their order."""
    return (
        overview(figures),
        Section("projects", _("Projects"), tables=_project_tables(figures)),
        Section("approvals", _("Approvals"), tables=_split(figures, moves_table, "moves", _("Moves of the month"))),
        _lights(figures),
        Section("in-time", _("In time and speed-up"), texts=speed_words(figures), tables=_speed_tables(figures)),
        Section("escalations", _("Escalations"), tables=_escalation_tables(figures)),
        Section("late", _("Late approvals"), tables=(late_table(figures),)),
        Section("key-projects", _("Key and urgent projects"), tables=(key_table(figures),)),
        Section("due", _("Next month"), tables=(due_table(figures),)),
        Section("definitions", _("How the figures are defined"), notes=definitions(figures)),
    )


def overview(figures: Figures) -> Section:
    """The month in words, its main figures, and the course of the year."""
    permits = (figures.permits.value, figures.permits_before.value)
    return Section(
        "overview",
        _("The month in brief"),
        texts=summary(figures),
        charts=(course_chart(figures.course),),
        tables=(main_table(figures.projects, figures.city, permits), compared(figures)),
    )


def compared(figures: Figures) -> Table:
    """The departments beside their last month."""
    title = _("Departments beside the month before")
    return comparison(figures.city, figures.departments, "comparison", title, "department")


def _project_tables(figures: Figures) -> tuple[Table, ...]:
    by_category, by_owner = _("Projects by category"), _("Projects by responsible unit")
    total = figures.projects
    return (
        projects_table(total, figures.project_categories, "project-categories", by_category, "category"),
        projects_table(total, figures.project_owners, "project-owners", by_owner, "owner"),
    )


def _split(figures: Figures, table: SplitTable, key: str, title: str) -> tuple[Table, ...]:
    """The same table by department, stage and category."""
    splits = (
        (figures.departments, "departments", _("by department"), "department"),
        (figures.stages, "stages", _("by stage"), "stage"),
        (figures.categories, "categories", _("by category"), "category"),
    )
    return tuple(
        table(figures.city, lines, f"{key}-{name}", _("%(what)s, %(split)s", what=title, split=split), first)
        for lines, name, split, first in splits
    )


def _lights(figures: Figures) -> Section:
    chart = lights_chart(figures.departments)
    tables = _split(figures, standing_table, "standing", _("At the end of the month"))
    return Section("lights", _("Lights"), charts=(chart,) if chart else (), tables=tables)


def _speed_tables(figures: Figures) -> tuple[Table, ...]:
    split = _split(figures, decisions_table, "decisions", _("Decisions of the month"))
    return (*split, permits_table(figures))


def _escalation_tables(figures: Figures) -> tuple[Table, ...]:
    return levels_table(figures.city), department_levels_table(figures.city, figures.departments)
