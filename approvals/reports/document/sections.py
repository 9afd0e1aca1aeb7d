"""The sections of a month's report, on the screen and on paper alike: words, charts and tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from approvals.base.charts import SvgChart
from approvals.base.i18n import gettext as _
from approvals.base.i18n import language
from approvals.reports.document import narrative as chapters
from approvals.reports.document import order_narrative as order_words
from approvals.reports.document.case_tables import due_table, key_table, late_table
from approvals.reports.document.charts import course_chart, lights_chart
from approvals.reports.document.comparison_tables import (
    comparison,
    decisions_table,
    department_levels_table,
    levels_table,
    main_table,
    moves_table,
    projects_table,
    standing_table,
)
from approvals.reports.document.order_tables import card_departments_table, order_list, orders_table, words_table
from approvals.reports.document.oversight_tables import (
    answers_table,
    card_counts_table,
    cards_table,
    ranking_table,
    service_table,
)
from approvals.reports.document.speed_tables import decision_days_table, permits_table
from approvals.reports.document.summary import definitions, speed_words, summary
from approvals.reports.document.table_views import Point, Table
from approvals.reports.figures.model import FigureLine, Figures
from approvals.reports.figures.serialization import has

OVERSIGHT = ("cards", "service")  # sections of which reports of the first edition had nothing
SplitTable = Callable[[FigureLine, Iterable[FigureLine], str, str, str], Table]
CHINESE_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()  # a list of points
    charts: tuple[SvgChart, ...] = ()
    tables: tuple[Table, ...] = ()


def numerals() -> tuple[str, ...]:
    """1, 2, 3 as the language counts chapters."""
    return tuple(map(str, range(1, len(CHINESE_NUMERALS) + 1))) if language() == "en" else CHINESE_NUMERALS


def numbered(found: Iterable[Section]) -> tuple[Section, ...]:
    """Chapters count as each language does."""
    point = ". " if language() == "en" else "、"
    return tuple(replace(one, title=mark + point + one.title) for mark, one in zip(numerals(), found, strict=False))


def sections(figures: Figures) -> tuple[Section, ...]:
    """All sections in their order; figures of an earlier edition have those of which it knew."""
    found = (
        overview(figures),
        Section("projects", _("Projects"), tables=_project_tables(figures)),
        Section("approvals", _("Approvals"), tables=_split(figures, moves_table, "moves", _("Moves of the month"))),
        _lights(figures),
        Section("in-time", _("In time and speed-up"), speed_words(figures), tables=_speed_tables(figures)),
        Section("departments", _("Departments"), chapters.departments(figures), tables=(ranking_table(figures),)),
        Section("escalations", _("Escalations"), chapters.escalations(figures), tables=_escalation_tables(figures)),
        Section("late", _("Late approvals"), chapters.late(figures), tables=(late_table(figures),)),
        _key_projects(figures),
        _orders_and_cards(figures),
        Section("service", _("One-to-one service"), chapters.service(figures), tables=(service_table(figures),)),
        Section("due", _("Next month"), chapters.due(figures), tables=(due_table(figures),)),
        Section("definitions", _("How the figures are defined"), notes=definitions(figures)),
    )
    return tuple(one for one in found if has(figures, "oversight") or one.key not in OVERSIGHT)


def _key_projects(figures: Figures) -> Section:
    is_told = has(figures, "joint")
    points = (*chapters.key_projects(figures), *((order_words.months_word(figures),) if is_told else ()))
    tables = (key_table(figures), *((words_table(figures),) if is_told else ()))
    return Section("key-projects", _("Key and urgent projects"), points, tables=tables)


def _orders_and_cards(figures: Figures) -> Section:
    if not has(figures, "orders"):
        cards = card_counts_table(figures), cards_table(figures)
        return Section("cards", _("Cards"), chapters.cards(figures), tables=cards)
    return Section(
        "cards",
        _("Orders and cards"),
        (*order_words.orders(figures), *chapters.cards(figures)),
        tables=(orders_table(figures), order_list(figures), card_departments_table(figures), cards_table(figures)),
    )


def overview(figures: Figures) -> Section:
    """The month in words, its main figures, and the course of the year."""
    permits = (figures.permits.value, figures.permits_before.value)
    return Section(
        "overview",
        _("The month in brief"),
        summary(figures),
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
    return Section("lights", _("Lights"), chapters.lights(figures), charts=(chart,) if chart else (), tables=tables)


def _speed_tables(figures: Figures) -> tuple[Table, ...]:
    split = _split(figures, decisions_table, "decisions", _("Decisions of the month"))
    each = (decision_days_table(figures),) if has(figures, "decision_days") else ()
    return (*split, *each, permits_table(figures))


def _escalation_tables(figures: Figures) -> tuple[Table, ...]:
    by_department = department_levels_table(figures.city, figures.departments)
    return levels_table(figures.city), by_department, answers_table(figures)
