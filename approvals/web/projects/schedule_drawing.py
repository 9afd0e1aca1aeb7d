"""A project's schedule as a Gantt chart: plain shapes for an SVG. What it says stands in a table beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.base.moments import month_of
from approvals.casefile.schedule import Held, Schedule, ScheduleRow, Span, WorksRow
from approvals.registration.graph import wrapped

WIDTH, LABELS, RIGHT = 1120, 236, 14  # pixels: the whole, the names on the left, the margin on the right
AXIS, HEAD, ROW = 26, 24, 28  # heights of the axis, of a stage's heading, of a row
PLAN_AT, PLAN_HIGH, BAR_AT, BAR_HIGH = 4, 5, 11, 11  # within a row: the plan above, what happened below
THINNEST = 2.5  # a day is seen, however long the project lasts
LEAST_BETWEEN = 58  # pixels from one label of the axis to the next
STEPS = (1, 2, 3, 6, 12)  # months from label to label


@dataclass(frozen=True, slots=True)
class ScheduleBar:
    """A bar: `kind` is plan, department, owner, special, works or expected; `words` say what it is."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A row: its name cut to fit, its full name, its bars, and the promised day of what is in hand (None: no mark)."""

    code: str
    name: str
    full_name: str
    y: float
    bars: tuple[ScheduleBar, ...]
    due_x: float | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class ScheduleHeading:
    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month: a line, and its label where there is room."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class ScheduleDrawing:
    width: float
    height: float
    top: float
    headings: tuple[ScheduleHeading, ...]
    lines: tuple[ScheduleLine, ...]
    ticks: tuple[Tick, ...]
    today_x: float


class _Scale:
    """Days to pixels."""

    def __init__(self, first_on: date, last_on: date) -> None:
        self.first = first_on.toordinal()
        self.per_day = (WIDTH - LABELS - RIGHT) / (last_on.toordinal() - self.first + 1)

    def x(self, day: date) -> float:
        return round(LABELS + (day.toordinal() - self.first) * self.per_day, 2)

    def bar(self, kind: str, days: Span, y: float, words: str) -> ScheduleBar:
        height = PLAN_HIGH if kind == "plan" else BAR_HIGH
        width = max(THINNEST, self.x(days.last_on + timedelta(days=1)) - self.x(days.first_on))
        return ScheduleBar(kind, self.x(days.first_on), y, round(width, 2), height, words)


def draw_schedule(schedule: Schedule) -> ScheduleDrawing:
    """The chart of this schedule, the stages below each other and the works before the stage that waits for them."""
    scale = _Scale(schedule.first_on, schedule.last_on)
    headings, lines, y = [], [], float(AXIS)
    for stage in schedule.stages:
        if schedule.works and stage.stage.no == schedule.works.before:
            lines.append(_works_line(schedule.works, y, scale))
            y += ROW
        headings.append(ScheduleHeading(label(stage.stage), y + HEAD - 8))
        y += HEAD
        for row in stage.rows:
            lines.append(_line(row, y, scale))
            y += ROW
    height = y + 6
    ticks = tuple(_ticks(schedule.first_on, schedule.last_on, scale))
    return ScheduleDrawing(
        WIDTH, height, AXIS, tuple(headings), tuple(lines), ticks, scale.x(schedule.today + timedelta(days=1))
    )


def holder_words() -> dict[str, str]:
    """Whose turn it was, in words."""
    return {"department": _("Department"), "owner": _("Owner"), "special": _("Clock paused")}


def _line(row: ScheduleRow, y: float, scale: _Scale) -> ScheduleLine:
    full_name = label(row.item)
    bars = [scale.bar("plan", row.planned, y + PLAN_AT, _words(_("Planned"), row.planned))] if row.planned else []
    bars += [scale.bar(held.holder, held.days, y + BAR_AT, _held_words(held)) for held in row.held]
    bars += [_expected(row.expected, y, scale)] if row.expected else []
    due_x = scale.x(row.due_on + timedelta(days=1)) if row.due_on else None
    return ScheduleLine(row.item.code, _cut(full_name), full_name, y, tuple(bars), due_x, row.is_late)


def _works_line(works: WorksRow, y: float, scale: _Scale) -> ScheduleLine:
    name = _("Construction works")
    bars = [scale.bar("plan", works.planned, y + PLAN_AT, _words(_("Planned"), works.planned))] if works.planned else []
    bars += [scale.bar("works", works.actual, y + BAR_AT, _words(name, works.actual))] if works.actual else []
    bars += [_expected(works.expected, y, scale)] if works.expected else []
    return ScheduleLine("", _cut(name), name, y, tuple(bars), None, False)


def _expected(days: Span, y: float, scale: _Scale) -> ScheduleBar:
    return scale.bar("expected", days, y + BAR_AT, _words(_("Expected"), days))


def _held_words(held: Held) -> str:
    return _words(holder_words()[held.holder], held.days)


def _words(what: str, days: Span) -> str:
    return _("%(what)s: %(first)s to %(last)s", what=what, first=days.first_on, last=days.last_on)


def _cut(name: str) -> str:
    """What of a name fits beside its bars in one line."""
    line, *rest = wrapped(name, LABELS - 46)
    return f"{line}…" if rest else line


def _ticks(first_on: date, last_on: date, scale: _Scale) -> Iterator[Tick]:
    step = next((step for step in STEPS if step * 30 * scale.per_day >= LEAST_BETWEEN), STEPS[-1])
    month = month_of(first_on)
    while month.first_on <= last_on:
        if month.first_on >= first_on:
            yield Tick(scale.x(month.first_on), str(month) if (month.number - 1) % step == 0 else "")
        month = month.following
