"""The two pictures of the report as plain shapes; a template draws them as SVG, on the page and on paper alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from approvals.base.languages import label, language
from approvals.base.pages import light_label
from approvals.reports.heads import head
from approvals.reports.values import CourseMonth, Line
from workflows.lights import LIGHTS

WIDTH = 480  # of a drawing, in its own units
ROW, THICK = 17, 11  # of a horizontal bar
LEFT, RIGHT = 128, 34  # what names and totals need beside the bars
TOP = 24  # what the legend needs
HEIGHT, FOOT, EDGE = 150, 16, 26  # of the course: its plot, the months below, the axis beside
PAIR = 13  # width of one bar of a pair
LEAST_FOR_TEXT = 12  # a narrower piece has no room for its figure
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a point; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Rule:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`about` says it in words to those who cannot see it."""

    key: str
    title: str
    about: str
    width: int
    height: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    rules: tuple[Rule, ...] = ()


def lights_chart(lines: Iterable[Line]) -> Chart | None:
    """Open approvals by light, a bar for each department that has any; None when nothing is open."""
    shown = [line for line in lines if line.now.standing.open]
    if not shown:
        return None
    scale = (WIDTH - LEFT - RIGHT) / max(line.now.standing.open for line in shown)
    bars, marks = _legend([(light, light_label(light)) for light in LIGHTS], LEFT)
    for number, line in enumerate(shown):
        top = TOP + number * ROW
        more_bars, more_marks = _stack(line, top, scale)
        bars += more_bars
        marks += more_marks
    height = TOP + len(shown) * ROW + 4
    title = _("Open approvals by light at the end of the month")
    return Chart("lights", title, title, WIDTH, height, tuple(bars), tuple(marks))


def _stack(line: Line, top: float, scale: float) -> tuple[list[Bar], list[Mark]]:
    standing, middle = line.now.standing, top + THICK - 2.2
    bars, marks, x = [], [Mark(LEFT - 6, middle, _short(label(line.label)), "end")], float(LEFT)
    for light in LIGHTS:
        number = getattr(standing, light)
        if number:
            width = round(number * scale, 2)
            bars.append(Bar(round(x, 2), top, width, THICK, light))
            if width >= LEAST_FOR_TEXT:
                marks.append(Mark(round(x + width / 2, 2), middle, str(number), "middle", f"on-{light}"))
            x += width
    marks.append(Mark(round(x + 5, 2), middle, str(standing.open), "start", "figure"))
    return bars, marks


def _short(name: str) -> str:
    """A name that fits beside a bar."""
    longest = 22 if language() == "en" else 11
    return name if len(name) <= longest else name[: longest - 1] + "…"


def _legend(entries: Sequence[tuple[str, str]], left: float) -> tuple[list[Bar], list[Mark]]:
    bars, marks, x = [], [], float(left)
    for tone, text in entries:
        bars.append(Bar(x, 4, 9, 9, tone))
        marks.append(Mark(x + 13, 12, text, "start"))
        x += 26 + _text_width(text)
    return bars, marks


def _text_width(text: str) -> float:
    """Roughly, at the drawing's size of 9: a Chinese character is twice as wide as a Latin one."""
    return sum(9 if ord(character) > 0x2E80 else 4.8 for character in text)


def course_chart(course: Sequence[CourseMonth]) -> Chart:
    """Accepted and granted approvals of the last twelve months, in pairs."""
    top = _round_up(max(max(one.accepted, one.granted) for one in course))
    bars, marks = _legend([("accepted", head("accepted")), ("granted", head("granted"))], EDGE)
    step = (WIDTH - EDGE) / len(course)
    for number, one in enumerate(course):
        left = EDGE + number * step + (step - 2 * PAIR - 1) / 2
        bars += [
            _pillar(left, one.accepted, top, "accepted"),
            _pillar(left + PAIR + 1, one.granted, top, "granted"),
        ]
        marks.append(Mark(round(left + PAIR, 2), TOP + HEIGHT + 12, one.month[2:].replace("-", "/"), "middle", "small"))
        for x, value in ((left, one.accepted), (left + PAIR + 1, one.granted)):
            if value:
                height = value / top * HEIGHT
                marks.append(
                    Mark(round(x + PAIR / 2, 2), round(TOP + HEIGHT - height - 2, 2), str(value), "middle", "tiny")
                )
    rules, ticks = _axis(top)
    title = _("Approvals accepted and granted in twelve months")
    height = TOP + HEIGHT + FOOT
    return Chart("course", title, title, WIDTH, height, tuple(bars), (*marks, *ticks), rules)


def _pillar(x: float, value: int, top: int, tone: str) -> Bar:
    height = round(value / top * HEIGHT, 2)
    return Bar(round(x, 2), round(TOP + HEIGHT - height, 2), PAIR, height, tone)


def _axis(top: int) -> tuple[tuple[Rule, ...], tuple[Mark, ...]]:
    heights = [(top * tick // TICKS, TOP + HEIGHT - HEIGHT * tick / TICKS) for tick in range(TICKS + 1)]
    rules = tuple(Rule(EDGE, y, WIDTH, y) for _value, y in heights)
    return rules, tuple(Mark(EDGE - 4, y + 3, str(value), "end", "small") for value, y in heights)


def _round_up(value: int) -> int:
    """The next round number that four ticks divide."""
    for step in (4, 8, 20, 40, 60, 80, 100, 120, 160, 200, 240, 320, 400, 600, 800, 1000):
        if value <= step:
            return step
    return -(-value // 1000) * 1000
