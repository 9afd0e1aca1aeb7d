"""The sections of a month's report, on the screen and in the document: narrative, charts and tables."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from approvals.base.charts import EDGE, FOOT, HEIGHT, TOP, WIDTH, Bar, ChartText, SvgChart, axis, legend, round_up
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, language
from approvals.calendar.lights import lights_chart as chart_by_light
from approvals.reports.document import narrative as narrative
from approvals.reports.document.case_tables import due_table, key_table, late_table
from approvals.reports.document.cause_tables import cause_tables, causes_in_words
from approvals.reports.document.column_labels import head
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
from approvals.reports.document.office_tables import offices_in_words, offices_table
from approvals.reports.document.order_tables import (
    card_departments_table,
    completions_table,
    decision_days_table,
    order_list,
    orders_table,
    permits_table,
    words_table,
)
from approvals.reports.document.oversight_tables import (
    answers_table,
    card_counts_table,
    cards_table,
    ranking_table,
    service_table,
)
from approvals.reports.document.programme_tables import behind_table, counties_table, months_table, programme_in_words
from approvals.reports.document.summary import definitions, speed_words, summary
from approvals.reports.document.table_views import Point, Table
from approvals.reports.figures.model import CourseMonth, FigureLine, Figures
from approvals.reports.figures.serialization import has
from workflows.clock.lights import LIGHTS

OVERSIGHT = ("cards", "service")  # sections of which reports of the first edition had nothing
PAIR = 17  # width of one bar of a pair
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


def numbered(unnumbered: Iterable[Section]) -> tuple[Section, ...]:
    """Chapters count as each language does."""
    point = ". " if language() == "en" else "、"
    marked = zip(numerals(), unnumbered, strict=False)
    return tuple(replace(section, title=mark + point + section.title) for mark, section in marked)


def sections(figures: Figures) -> tuple[Section, ...]:
    """All sections in their order; figures of an earlier edition have those of which it knew."""
    all_sections = (
        overview(figures),
        Section("projects", _("Projects"), tables=_project_tables(figures)),
        Section("approvals", _("Approvals"), tables=_split(figures, moves_table, "moves", _("Moves of the month"))),
        _lights(figures),
        Section("in-time", _("In time and speed-up"), speed_words(figures), tables=_speed_tables(figures)),
        _departments(figures),
        Section("escalations", _("Escalations"), narrative.escalations(figures), tables=_escalation_tables(figures)),
        Section("late", _("Late approvals"), narrative.late(figures), tables=(late_table(figures),)),
        *causes_section(figures),
        _key_projects(figures),
        _orders_and_cards(figures),
        Section("service", _("One-to-one service"), narrative.service(figures), tables=(service_table(figures),)),
        *programme_section(figures),
        Section("due", _("Next month"), narrative.due(figures), tables=(due_table(figures),)),
        Section("definitions", _("How the figures are defined"), notes=definitions(figures)),
    )
    return tuple(section for section in all_sections if has(figures, "oversight") or section.key not in OVERSIGHT)


def causes_section(figures: Figures) -> tuple[Section, ...]:
    """Nothing for figures of earlier editions."""
    if not has(figures, "causes"):
        return ()
    title = _("Causes of late approvals")
    return (Section("causes", title, causes_in_words(figures), tables=cause_tables(figures)),)


def programme_section(figures: Figures) -> tuple[Section, ...]:
    """Nothing for a city without a programme, and for figures of earlier editions."""
    chapter = figures.programme
    if chapter is None:
        return ()
    months = (months_table(figures.programme_months),) if figures.programme_months else ()
    tables = counties_table(chapter), behind_table(chapter), *months
    return (Section("programme", _("The year's programme"), programme_in_words(chapter), tables=tables),)


def _departments(figures: Figures) -> Section:
    """The departments in order, and beside them the offices that press them, by the same measure."""
    points, ranking = narrative.departments(figures), ranking_table(figures)
    if not has(figures, "offices"):
        return Section("departments", _("Departments"), points, tables=(ranking,))
    points = (*points, *offices_in_words(figures))
    return Section("departments", _("Departments and offices"), points, tables=(ranking, offices_table(figures)))


def _key_projects(figures: Figures) -> Section:
    has_statements = has(figures, "joint")
    points = (*narrative.key_projects(figures), *((narrative.months_word(figures),) if has_statements else ()))
    tables = (key_table(figures), *((words_table(figures),) if has_statements else ()))
    return Section("key-projects", _("Key and urgent projects"), points, tables=tables)


def _orders_and_cards(figures: Figures) -> Section:
    if not has(figures, "orders"):
        cards = card_counts_table(figures), cards_table(figures)
        return Section("cards", _("Cards"), narrative.cards(figures), tables=cards)
    return Section(
        "cards",
        _("Orders and cards"),
        (*narrative.orders(figures), *narrative.cards(figures)),
        tables=(orders_table(figures), order_list(figures), card_departments_table(figures), cards_table(figures)),
    )


def overview(figures: Figures) -> Section:
    """The month in words, its main figures, and the course of the year."""
    permits = (figures.permits.value, figures.permits_before.value)
    completions = (figures.completions.value, figures.completions_before.value)
    rates = (permits, completions) if has(figures, "completions") else (permits,)
    return Section(
        "overview",
        _("The month in brief"),
        summary(figures),
        charts=(course_chart(figures.course),),
        tables=(main_table(figures.projects, figures.city, *rates), compared(figures)),
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
    return Section("lights", _("Lights"), narrative.lights(figures), charts=(chart,) if chart else (), tables=tables)


def _speed_tables(figures: Figures) -> tuple[Table, ...]:
    split = _split(figures, decisions_table, "decisions", _("Decisions of the month"))
    each = (decision_days_table(figures),) if has(figures, "decision_days") else ()
    completions = (completions_table(figures),) if has(figures, "completions") else ()
    return (*split, *each, permits_table(figures), *completions)


def _escalation_tables(figures: Figures) -> tuple[Table, ...]:
    by_department = department_levels_table(figures.city, figures.departments)
    return levels_table(figures.city), by_department, answers_table(figures)


def lights_chart(lines: Iterable[FigureLine]) -> SvgChart | None:
    """Open approvals by light, a bar for each department that has any; None when nothing is open."""
    rows = [(label(line.label), {light: getattr(line.now.standing, light) for light in LIGHTS}) for line in lines]
    return chart_by_light("lights", _("Open approvals by light at the end of the month"), rows)


def course_chart(course: Sequence[CourseMonth]) -> SvgChart:
    """Accepted and granted approvals of the last twelve months, in pairs."""
    top = round_up(max(max(month.accepted, month.granted) for month in course))
    bars, marks = legend([("accepted", head("accepted")), ("granted", head("granted"))], EDGE)
    step = (WIDTH - EDGE) / len(course)
    for number, month in enumerate(course):
        left = EDGE + number * step + (step - 2 * PAIR - 1) / 2
        bars += [
            _pillar(left, month.accepted, top, "accepted"),
            _pillar(left + PAIR + 1, month.granted, top, "granted"),
        ]
        marks.append(
            ChartText(round(left + PAIR, 2), TOP + HEIGHT + 12, month.month[2:].replace("-", "/"), "middle", "small")
        )
        for x, value in ((left, month.accepted), (left + PAIR + 1, month.granted)):
            if value:
                y = round(TOP + HEIGHT - value / top * HEIGHT - 2, 2)
                marks.append(ChartText(round(x + PAIR / 2, 2), y, str(value), "middle", "small"))
    rules, ticks = axis(top)
    title = _("Approvals accepted and granted in twelve months")
    height = TOP + HEIGHT + FOOT
    return SvgChart("course", title, title, WIDTH, height, tuple(bars), (*marks, *ticks), rules)


def _pillar(x: float, value: int, top: int, tone: str) -> Bar:
    height = round(value / top * HEIGHT, 2)
    return Bar(round(x, 2), round(TOP + HEIGHT - height, 2), PAIR, height, tone)
