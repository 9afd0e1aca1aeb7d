"""The tables of the report that set departments, stages, categories and levels side by side."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.calendar.lights import light_label
from approvals.reports.document.column_labels import head, narrow
from approvals.reports.document.table_views import (
    Group,
    Table,
    TableCell,
    TableColumn,
    TableRow,
    beside,
    changed,
    count,
    joined,
    points,
    share,
    share_beside,
    words,
)
from approvals.reports.figures.model import FigureCell, FigureLine, LevelCounts, ProjectCounts, ProjectLine
from approvals.reports.figures.oversight_model import CardsLine, OrderLine
from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.label import Label

CITY = ("city", "city")  # split and key of the whole city in an address
SPLITS = {
    "department": "departments",
    "stage": "stages",
    "category": "categories",
    "owner": "owners",
}  # what a head's name is there
DECIDED = ("decided", "within_promised", "within_legal", "late")
Rate = tuple[float | None, float | None]  # of the month and of the one before
NAME_WIDTH = 20  # per cent of a table for the name of a department or category


def _columns(first: str, names: str, name_width: int = NAME_WIDTH) -> tuple[TableColumn, ...]:
    """A column of names, and figures that share the rest of the width."""
    texts = [narrow(name) for name in names.split()]
    width = (100 - name_width) // len(texts)
    return (
        TableColumn(narrow(first), "text", 100 - width * len(texts)),
        *(TableColumn(text, "number", width) for text in texts),
    )


def _rows(
    total: FigureLine | None,
    lines: Iterable[FigureLine],
    cells: Callable[[FigureLine], list[TableCell]],
    name: str = "department",
) -> tuple[TableRow, ...]:
    rows = [line_row(label(line.label), cells(line), (SPLITS[name], line.key)) for line in lines]
    return (*([total_row(cells(total))] if total else []), *rows)


def line_row(name: str, cells: Iterable[TableCell], line: tuple[str, str]) -> TableRow:
    """A row of this name whose figures lead to the lists of a line."""
    return TableRow((words(name), *cells), line=line)


def total_row(cells: Iterable[TableCell]) -> TableRow:
    """The row of the whole city."""
    return TableRow((words(head("city")), *cells), is_total=True, line=CITY)


def main_table(projects: ProjectLine, city: FigureLine, *to: Rate) -> Table:
    """The city's main figures with their change; `to` are the speed-ups to the permit and to the completion."""
    rows = [
        *_project_indicators(projects.now, projects.before),
        *_approval_indicators(city.now, city.before),
        *_rate_indicators(city, to),
    ]
    columns = _columns("indicator", "this last change", name_width=52)
    note = _("Rates change in percentage points.")
    return Table("main", _("Main figures of the city"), columns, tuple(rows), note=note)


def _indicator(name: str, now: int, before: int) -> TableRow:
    return TableRow((words(name), count(now), count(before), changed(now, before)))


def _project_indicators(now: ProjectCounts, before: ProjectCounts) -> list[TableRow]:
    return [
        _indicator(_("Projects filed"), now.filed, before.filed),
        _indicator(_("Projects registered"), now.registered, before.registered),
        _indicator(_("Projects completed"), now.completed, before.completed),
        _indicator(_("Projects open at the end of the month"), now.open, before.open),
    ]


def _approval_indicators(now: FigureCell, before: FigureCell) -> list[TableRow]:
    pairs = [
        (_("Applications submitted"), now.moves.submitted, before.moves.submitted),
        (_("Approvals accepted"), now.moves.accepted, before.moves.accepted),
        (_("of which deemed accepted"), now.moves.deemed, before.moves.deemed),
        (_("Approvals decided"), now.decisions.decided, before.decisions.decided),
        (_("of which granted"), now.moves.granted, before.moves.granted),
        (_("Decided after the legal limit"), now.decisions.late, before.decisions.late),
        (_("Open at the end of the month"), now.standing.open, before.standing.open),
        (_("of which yellow"), now.standing.yellow, before.standing.yellow),
        (_("of which red"), now.standing.red, before.standing.red),
        (_("Escalations raised"), in_all(now.levels, "raised"), in_all(before.levels, "raised")),
        (_("Escalations open at the end of the month"), in_all(now.levels, "open"), in_all(before.levels, "open")),
    ]
    return [_indicator(*pair) for pair in pairs]


def _rate_indicators(city: FigureLine, to: tuple[Rate, ...]) -> list[TableRow]:
    now, before = city.now, city.before
    names = _("Speed-up up to the construction permit"), _("Speed-up up to the completion, without the works")
    pairs = [
        (_("Decided within the promised limit"), in_time(now), in_time(before)),
        (_("Speed-up of the approvals decided"), now.speed.value, before.speed.value),
        *((name, *rate) for name, rate in zip(names, to, strict=False)),
    ]
    return [TableRow((words(name), share(this), share(last), points(this, last))) for name, this, last in pairs]


def in_time(figures: FigureCell) -> float | None:
    decided = figures.decisions.decided
    return figures.decisions.within_promised / decided if decided else None


def late_of(figures: FigureCell) -> int:
    """The approvals that were yellow or red at the end."""
    return figures.standing.yellow + figures.standing.red


def in_all(levels: Iterable[LevelCounts], name: str) -> int:
    """The count of this name at all levels together."""
    return sum(getattr(level, name) for level in levels)


def comparison(city: FigureLine, lines: Iterable[FigureLine], key: str, title: str, name: str) -> Table:
    """Each department's month beside the one before."""
    columns = _columns(name, "this last change " * 3 + "this last")
    widths = (21, *[7] * 9, 8, 8)
    columns = tuple(replace(column, width=width) for column, width in zip(columns, widths, strict=True))
    spans = (("accepted", 3), ("decided", 3), ("at_end", 3), ("rate", 2))
    groups = (Group("", 1), *(Group(head(name), span) for name, span in spans))
    return Table(key, title, columns, _rows(city, lines, _compared), groups)


def _compared(line: FigureLine) -> list[TableCell]:
    now, before = line.now, line.before
    pairs = [
        (now.moves.accepted, before.moves.accepted),
        (now.decisions.decided, before.decisions.decided),
        (now.standing.open, before.standing.open),
    ]
    cells = [cell for this, last in pairs for cell in (count(this), count(last), changed(this, last))]
    return [*cells, share(in_time(now)), share(in_time(before))]


def beside_note() -> str:
    """What the small figures are."""
    return _("The small line below a figure is that of the month before and the change.")


def moves_table(city: FigureLine, lines: Iterable[FigureLine], key: str, title: str, name: str) -> Table:
    names = "submitted notified accepted deemed not_accepted special extended granted refused delivered"
    columns = _columns(name, names)
    return Table(key, title, columns, _rows(city, lines, _moves, name), note=beside_note())


def _moves(line: FigureLine) -> list[TableCell]:
    names = (
        *("submitted", "notified", "accepted", "deemed", "not_accepted", "paused"),
        *("extended", "granted", "refused", "delivered"),
    )
    return beside_cells(line.now.moves, line.before.moves, *names, part="moves")


def beside_cells(now: object, before: object, *names: str, part: str = "") -> list[TableCell]:
    """The figures of these names; `part` leads from each to its list."""
    figures = {name: f"{part}.{name}" if part else "" for name in names}
    return [beside(getattr(now, name), getattr(before, name), figures[name]) for name in names]


def department_rows(
    now: object, before: object, lines: Iterable[OrderLine | CardsLine], names: Iterable[str], part: str
) -> tuple[TableRow, ...]:
    """The counts of these names for the city (`now`, `before`) and for each department."""
    counts = [(line, beside_cells(line.now, line.before, *names, part=part)) for line in lines]
    rows = [line_row(label(line.label), cells, ("departments", line.key)) for line, cells in counts]
    return (total_row(beside_cells(now, before, *names, part=part)), *rows)


def standing_table(city: FigureLine, lines: Iterable[FigureLine], key: str, title: str, name: str) -> Table:
    columns = _lit_columns(name)
    groups = (Group("", 1), Group(_("With a decision clock, by light"), 6), Group(_("Before acceptance"), 3))
    note = _("“Open” is the sum of the four lights; the paused ones are among them.")
    return Table(key, title, columns, _rows(city, lines, _standing, name), groups, joined(note, beside_note()))


def _lit_columns(name: str) -> tuple[TableColumn, ...]:
    """Open, the four lights by their own words, and what stands before acceptance."""
    first, opened, *rest = _columns(name, "open special received correcting ready")
    lights = [TableColumn(light_label(light), "number", 8) for light in LIGHTS]
    return (replace(first, width=28), *(replace(column, width=8) for column in (opened, *lights, *rest)))


def _standing(line: FigureLine) -> list[TableCell]:
    names = ("open", *LIGHTS, "paused", "received", "correcting", "ready")
    return beside_cells(line.now.standing, line.before.standing, *names, part="standing")


def decisions_table(city: FigureLine, lines: Iterable[FigureLine], key: str, title: str, name: str) -> Table:
    """In time and speed-up."""
    columns = _columns(name, "decided within_promised within_legal late rate used legal_days speed median")
    groups = (Group("", 1), Group(_("In time"), 5), Group(_("Speed-up, in working days"), 4))
    return Table(key, title, columns, _rows(city, lines, _decided, name), groups, beside_note())


def _decided(line: FigureLine) -> list[TableCell]:
    now, before = line.now, line.before
    return [
        *beside_cells(now.decisions, before.decisions, *DECIDED, part="decisions"),
        share_beside(in_time(now), in_time(before)),
        *beside_cells(now.speed, before.speed, "used", "legal"),
        share_beside(now.speed.value, before.speed.value),
        share_beside(now.speed.median_value, before.speed.median_value),
    ]


def levels_table(city: FigureLine) -> Table:
    """Escalations at the four levels."""
    names = "raised answered lifted not_closed open_raised open_answered open_lifted"
    columns = _columns("level", names, name_width=28)
    groups = (Group("", 1), Group(_("In the month"), 3), Group(_("Open at the end"), 4))
    counted = ("raised", "answered", "lifted", "open", "open_raised", "open_answered", "open_lifted")
    rows = [
        line_row(level_name(now.level), beside_cells(now, before, *counted, part=f"levels.{now.level}"), CITY)
        for now, before in zip(city.now.levels, city.before.levels, strict=True)
    ]
    return Table("levels", _("Escalations by level"), columns, tuple(rows), groups, beside_note())


def level_name(level: int) -> str:
    """1 · Window"""
    return f"{level} · {label(Label(*LEVELS[level]))}"


def department_levels_table(city: FigureLine, lines: Iterable[FigureLine]) -> Table:
    """Escalations raised and open by department."""
    levels = tuple(TableColumn(_("Level %(number)s", number=level), "number", 9) for level in LEVELS)
    columns = (TableColumn(head("department"), "text", 28), *levels, *levels)
    groups = (Group("", 1), Group(_("Raised in the month"), 4), Group(_("Open at the end"), 4))
    rows = _rows(city, lines, _department_levels)
    return Table("department-levels", _("Escalations by department"), columns, rows, groups, beside_note())


def _department_levels(line: FigureLine) -> list[TableCell]:
    pairs = list(zip(line.now.levels, line.before.levels, strict=True))
    return [
        beside(getattr(now, name), getattr(before, name), f"levels.{now.level}.{name}")
        for name in ("raised", "open")
        for now, before in pairs
    ]


def projects_table(total: ProjectLine, lines: Iterable[ProjectLine], key: str, title: str, name: str) -> Table:
    names = "filed returned declined classified diverted registered suspended completed project_withdrawn at_end"
    columns = _columns(name, names, name_width=23)
    rows = [line_row(label(line.label), _projects(line), (SPLITS[name], line.key)) for line in lines]
    return Table(key, title, columns, (total_row(_projects(total)), *rows), note=beside_note())


def _projects(line: ProjectLine) -> list[TableCell]:
    names = (
        *("filed", "returned", "declined", "classified", "diverted"),
        *("registered", "suspended", "completed", "withdrawn", "open"),
    )
    return beside_cells(line.now, line.before, *names, part="projects")
