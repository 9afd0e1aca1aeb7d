"""The charts and tables of the brief: departments and counties in bars, lights, escalations, key projects."""

from approvals.base.charts import SvgChart, marked_bars
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.calendar.lights import light_label
from approvals.reports.document.case_tables import late_items
from approvals.reports.document.column_labels import head
from approvals.reports.document.comparison_tables import in_time, level_name
from approvals.reports.document.table_views import (
    Table,
    TableCell,
    TableColumn,
    TableRow,
    count,
    listed,
    percent,
    words,
)
from approvals.reports.figures.model import FigureLine, Figures, KeyProject, LevelCounts
from workflows.charts.project import PROJECT
from workflows.clock.lights import LIGHTS


def brief_charts(figures: Figures) -> tuple[SvgChart, ...]:
    """Departments by what they decided in time, and counties by what they paid; none that would be empty."""
    return tuple(chart for chart in (_departments(figures), _counties(figures)) if chart)


def _departments(figures: Figures) -> SvgChart | None:
    lines = sorted(
        (line for line in figures.departments if line.now.decisions.decided), key=lambda line: -(in_time(line.now) or 0)
    )
    rows = [(label(line.label), in_time(line.now) or 0, in_time(line.before)) for line in lines]
    return marked_bars(
        "brief-departments", _("Decided within the promised limit, by department"), rows, _("Previous period")
    )


def _counties(figures: Figures) -> SvgChart | None:
    chapter = figures.programme
    if chapter is None:
        return None
    time = float(chapter.time_share)
    rows = [
        (label(county.label), float(county.money.execution_rate), time)
        for county in chapter.named_counties
        if county.money.execution_rate is not None
    ]
    return marked_bars("brief-counties", _("Money of the programme paid, by county"), rows, _("Time of the year"))


def lights_table(figures: Figures) -> Table:
    """Departments with open approvals by light; what is zero stays blank, departments without any are left out."""
    columns = (
        TableColumn(head("department"), "text", 40),
        TableColumn(head("open"), "number", 12),
        *(TableColumn(light_label(light), "number", 12) for light in LIGHTS),
    )
    lines = [line for line in figures.departments if line.now.standing.open]
    total = TableRow((words(head("city")), *_lit(figures.city)), is_total=True)
    rows = (total, *(TableRow((words(label(line.label)), *_lit(line))) for line in lines)) if lines else ()
    return Table(
        "brief-lights", _("Open approvals by department"), columns, rows, empty=_("No approval was open at the end.")
    )


def _lit(line: FigureLine) -> tuple[TableCell, ...]:
    standing = line.now.standing
    return tuple(_blank(getattr(standing, name)) for name in ("open", *LIGHTS))


def _blank(number: int) -> TableCell:
    return count(number) if number else TableCell("")


def escalations_table(figures: Figures) -> Table:
    """The levels with what was raised, and how much of what waited for an answer got one."""
    columns = (
        TableColumn(head("level"), "text", 38),
        TableColumn(head("raised"), "number", 13),
        TableColumn(head("answered"), "number", 13),
        TableColumn(_("Answer rate"), "number", 19),
        TableColumn(head("not_closed"), "number", 17),
    )
    levels = figures.city.now.levels
    rows = tuple(_level(level) for level in levels) if any(level.raised or level.open for level in levels) else ()
    return Table("brief-levels", _("Escalations by level"), columns, rows, empty=_("Nothing was escalated."))


def _level(level: LevelCounts) -> TableRow:
    waited = level.answered + level.open_raised
    rate = percent(level.answered / waited) if waited else ""
    numbers = (_blank(level.raised), _blank(level.answered), TableCell(rate), _blank(level.open))
    return TableRow((words(level_name(level.level)), *numbers))


def key_projects_table(figures: Figures, most: int) -> Table:
    """Key and urgent projects in one line each, those with late approvals first."""
    columns = (
        TableColumn(head("project"), "text", 44),
        TableColumn(head("state"), "text", 12),
        TableColumn(head("progress"), "number", 14),
        TableColumn(head("open_late"), "text", 30),
    )
    projects = sorted(figures.key_projects, key=lambda project: not project.late_items)
    note = _("%(number)s more are in the report.", number=len(projects) - most) if len(projects) > most else ""
    return Table(
        "brief-key-projects",
        _("Key and urgent projects"),
        columns,
        tuple(map(_key_project, projects[:most])),
        note=note,
        empty=_("There was no key or urgent project in hand."),
    )


def _key_project(project: KeyProject) -> TableRow:
    late, light = late_items(project)
    progress = f"{project.granted} / {project.planned}" if project.planned else ""
    return TableRow(
        (
            words(project.name),
            words(label(PROJECT.state(project.state))),
            TableCell(progress),
            TableCell(listed(late), light=light) if late else TableCell(""),
        )
    )


def brief_tables(figures: Figures, most_projects: int) -> tuple[Table, ...]:
    """Without key projects when none may be named."""
    projects = (key_projects_table(figures, most_projects),) if most_projects else ()
    return (lights_table(figures), escalations_table(figures), *projects)
