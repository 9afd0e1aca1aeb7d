"""The tables of the report that set departments, stages, categories and levels side by side."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from flask_babel import gettext as _

from approvals.base.languages import label
from approvals.base.pages import light_label
from approvals.reports.heads import head, narrow
from approvals.reports.values import Cell as Figures
from approvals.reports.values import LevelCounts, Line, ProjectCounts, ProjectLine
from approvals.reports.views import Cell, Column, Group, Row, Table, changed, count, points, rate, share, words
from workflows.city import Label
from workflows.lights import LIGHTS
from workflows.roles import LEVELS

NAME_WIDTH = 20  # per cent of a table for the name of a department or category


def _columns(first: str, names: str, name_width: int = NAME_WIDTH) -> tuple[Column, ...]:
    """A column of names, and figures that share the rest of the width."""
    texts = [narrow(name) for name in names.split()]
    width = (100 - name_width) // len(texts)
    return (Column(narrow(first), "text", 100 - width * len(texts)), *(Column(text, "number", width) for text in texts))


def _groups(*spans: tuple[str, int]) -> tuple[Group, ...]:
    return tuple(Group(head(name) if name else "", span) for name, span in spans)


def _rows(total: Line | None, lines: Iterable[Line], cells: Callable[[Line], list[Cell]]) -> tuple[Row, ...]:
    rows = [Row((words(label(line.label)), *cells(line))) for line in lines]
    first = [Row((words(head("city")), *cells(total)), is_total=True)] if total else []
    return (*first, *rows)


# This month and the one before.


def main_table(projects: ProjectLine, city: Line, permits: tuple[float | None, float | None]) -> Table:
    """The city's main figures with their change."""
    rows = [
        *_project_indicators(projects.now, projects.before),
        *_approval_indicators(city.now, city.before),
        *_rate_indicators(city, permits),
    ]
    columns = _columns("indicator", "this last change", name_width=52)
    note = _("Rates change in percentage points.")
    return Table("main", _("Main figures of the city"), columns, tuple(rows), note=note)


def _indicator(name: str, now: int, before: int) -> Row:
    return Row((words(name), count(now), count(before), changed(now, before)))


def _project_indicators(now: ProjectCounts, before: ProjectCounts) -> list[Row]:
    return [
        _indicator(_("Projects filed"), now.filed, before.filed),
        _indicator(_("Projects registered"), now.registered, before.registered),
        _indicator(_("Projects completed"), now.completed, before.completed),
        _indicator(_("Projects open at the end of the month"), now.open, before.open),
    ]


def _approval_indicators(now: Figures, before: Figures) -> list[Row]:
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
        (_("Escalations raised"), _raised(now.levels), _raised(before.levels)),
        (_("Escalations open at the end of the month"), _open(now.levels), _open(before.levels)),
    ]
    return [_indicator(*pair) for pair in pairs]


def _rate_indicators(city: Line, permits: tuple[float | None, float | None]) -> list[Row]:
    now, before = city.now, city.before
    pairs = [
        (_("Decided within the promised limit"), _in_time(now), _in_time(before)),
        (_("Speed-up of the approvals decided"), now.speed.value, before.speed.value),
        (_("Speed-up up to the construction permit"), *permits),
    ]
    return [Row((words(name), share(this), share(last), points(this, last))) for name, this, last in pairs]


def _in_time(figures: Figures) -> float | None:
    decided = figures.decisions.decided
    return figures.decisions.within_promised / decided if decided else None


def _raised(levels: Iterable[LevelCounts]) -> int:
    return sum(level.raised for level in levels)


def _open(levels: Iterable[LevelCounts]) -> int:
    return sum(level.open for level in levels)


def comparison(city: Line, lines: Iterable[Line], key: str, title: str, name: str) -> Table:
    """Each department's month beside the one before."""
    columns = _columns(name, "this last change " * 3 + "this last")
    widths = (21, *[7] * 9, 8, 8)
    columns = tuple(replace(column, width=width) for column, width in zip(columns, widths, strict=True))
    groups = _groups(("", 1), ("accepted", 3), ("decided", 3), ("at_end", 3), ("rate", 2))
    return Table(key, title, columns, _rows(city, lines, _compared), groups)


def _compared(line: Line) -> list[Cell]:
    now, before = line.now, line.before
    pairs = [
        (now.moves.accepted, before.moves.accepted),
        (now.decisions.decided, before.decisions.decided),
        (now.standing.open, before.standing.open),
    ]
    cells = [cell for this, last in pairs for cell in (count(this), count(last), changed(this, last))]
    return [*cells, share(_in_time(now)), share(_in_time(before))]


# The month itself.


def moves_table(city: Line, lines: Iterable[Line], key: str, title: str, name: str) -> Table:
    names = "submitted notified accepted deemed not_accepted special extended granted refused delivered"
    columns = _columns(name, names)
    return Table(key, title, columns, _rows(city, lines, _moves))


def _moves(line: Line) -> list[Cell]:
    moves = line.now.moves
    return [
        *(count(moves.submitted), count(moves.notified), count(moves.accepted), count(moves.deemed)),
        *(count(moves.not_accepted), count(moves.paused), count(moves.extended), count(moves.granted)),
        *(count(moves.refused), count(moves.delivered)),
    ]


def standing_table(city: Line, lines: Iterable[Line], key: str, title: str, name: str) -> Table:
    columns = _lit_columns(name)
    groups = (Group("", 1), Group(_("With a decision clock, by light"), 6), Group(_("Before acceptance"), 3))
    note = _("“Open” is the sum of the four lights; the paused ones are among them.")
    return Table(key, title, columns, _rows(city, lines, _standing), groups, note)


def _lit_columns(name: str) -> tuple[Column, ...]:
    """Open, the four lights by their own words, and what stands before acceptance."""
    first, opened, *rest = _columns(name, "open special received correcting ready")
    lights = [Column(light_label(light), "number", 8) for light in LIGHTS]
    return (replace(first, width=28), *(replace(column, width=8) for column in (opened, *lights, *rest)))


def _standing(line: Line) -> list[Cell]:
    now = line.now.standing
    lights = (now.green, now.reminder, now.yellow, now.red)
    return [count(n) for n in (now.open, *lights, now.paused, now.received, now.correcting, now.ready)]


def decisions_table(city: Line, lines: Iterable[Line], key: str, title: str, name: str) -> Table:
    """In time and speed-up."""
    columns = _columns(name, "decided within_promised within_legal late rate used legal_days speed median")
    groups = (Group("", 1), Group(_("In time"), 5), Group(_("Speed-up, in working days"), 4))
    return Table(key, title, columns, _rows(city, lines, _decided), groups)


def _decided(line: Line) -> list[Cell]:
    decided, speed = line.now.decisions, line.now.speed
    return [
        *(count(decided.decided), count(decided.within_promised), count(decided.within_legal), count(decided.late)),
        rate(decided.within_promised, decided.decided),
        *(count(speed.used), count(speed.legal), share(speed.value), share(speed.median_value)),
    ]


def levels_table(city: Line) -> Table:
    """Escalations at the four levels."""
    names = "raised last answered lifted not_closed open_raised open_answered open_lifted"
    columns = _columns("level", names, name_width=28)
    groups = (Group("", 1), Group(_("In the month"), 4), Group(_("Open at the end"), 4))
    rows = [
        Row((words(level_name(now.level)), *_level(now, before)))
        for now, before in zip(city.now.levels, city.before.levels, strict=True)
    ]
    return Table("levels", _("Escalations by level"), columns, tuple(rows), groups)


def level_name(level: int) -> str:
    """1 · Window"""
    return f"{level} · {label(Label(*LEVELS[level]))}"


def _level(now: LevelCounts, before: LevelCounts) -> list[Cell]:
    figures = (now.raised, before.raised, now.answered, now.lifted)
    return [count(n) for n in (*figures, now.open, now.open_raised, now.open_answered, now.open_lifted)]


def department_levels_table(city: Line, lines: Iterable[Line]) -> Table:
    """Escalations raised and open by department."""
    levels = tuple(Column(_("Level %(number)s", number=level), "number", 9) for level in LEVELS)
    columns = (Column(head("department"), "text", 28), *levels, *levels)
    groups = (Group("", 1), Group(_("Raised in the month"), 4), Group(_("Open at the end"), 4))
    rows = _rows(city, lines, _department_levels)
    return Table("department-levels", _("Escalations by department"), columns, rows, groups)


def _department_levels(line: Line) -> list[Cell]:
    levels = line.now.levels
    return [count(n) for n in (*(level.raised for level in levels), *(level.open for level in levels))]


def projects_table(total: ProjectLine, lines: Iterable[ProjectLine], key: str, title: str, name: str) -> Table:
    names = (
        "filed returned declined classified diverted registered suspended completed project_withdrawn at_end last_open"
    )
    columns = _columns(name, names, name_width=23)
    rows = [Row((words(label(line.label)), *_projects(line))) for line in lines]
    first = Row((words(head("city")), *_projects(total)), is_total=True)
    return Table(key, title, columns, (first, *rows))


def _projects(line: ProjectLine) -> list[Cell]:
    now = line.now
    sorting = (now.filed, now.returned, now.declined, now.classified, now.diverted)
    course = (now.registered, now.suspended, now.completed, now.withdrawn, now.open, line.before.open)
    return [count(n) for n in (*sorting, *course)]
