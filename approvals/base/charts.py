"""Charts as plain shapes; a template draws them as SVG, on the page and on paper alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from approvals.base.i18n import language

WIDTH = 480  # of a drawing, in its own units
HALF, WIDE_RIGHT = 300, 42  # of one that stands beside another, with figures such as 100.0%
ROW, THICK = 17, 11  # of a horizontal bar
LEFT, RIGHT = 128, 34  # what names and totals need beside the bars
TOP = 24  # what the legend needs
HEIGHT, FOOT, EDGE = 150, 16, 26  # of a plot, the names below, the axis beside
READABLE = 1.4  # pixels of a screen to a unit, from which the smallest text is readable: 11 of them
LEAST_FOR_TEXT = 12  # a narrower piece has no room for its figure
TICKS = 4
STEP, NOTES = 26, 190  # height of a step's row, room for its figures
TILE = 74  # side of a tile of a map


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class ChartText:
    """A text at a point; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Gridline:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Points joined by a line: `points` as SVG writes them."""

    points: str
    tone: str


@dataclass(frozen=True, slots=True)
class SvgChart:
    """`about` says it in words to those who cannot see it."""

    key: str
    title: str
    about: str
    width: int
    height: float
    bars: tuple[Bar, ...]
    marks: tuple[ChartText, ...]
    rules: tuple[Gridline, ...] = ()
    curves: tuple[Curve, ...] = ()

    @property
    def least_width(self) -> int:
        """Pixels of a screen that it needs to be read."""
        return round(self.width * READABLE)

    @property
    def least_height(self) -> int:
        return round(self.height * READABLE)


def stacked_bars(
    key: str, title: str, rows: Iterable[tuple[str, Mapping[str, int]]], tones: Sequence[tuple[str, str]]
) -> SvgChart | None:
    """Counts by tone, a bar for each name that has any; None when there is nothing. `tones` have their words."""
    stacks = [(name, counts) for name, counts in rows if sum(counts.values())]
    if not stacks:
        return None
    scale = (WIDTH - LEFT - RIGHT) / max(sum(counts.values()) for _, counts in stacks)
    bars, marks = legend(tones, LEFT)
    for number, (name, counts) in enumerate(stacks):
        more_bars, more_marks = _stack(name, counts, TOP + number * ROW, scale, [tone for tone, _ in tones])
        bars += more_bars
        marks += more_marks
    height = TOP + len(stacks) * ROW + 4
    return SvgChart(key, title, title, WIDTH, height, tuple(bars), tuple(marks))


def _stack(
    name: str, counts: Mapping[str, int], top: float, scale: float, tones: Sequence[str]
) -> tuple[list[Bar], list[ChartText]]:
    middle = top + THICK - 2.2
    bars, marks, x = [], [ChartText(LEFT - 6, middle, _short(name), "end")], float(LEFT)
    for tone in tones:
        if counts[tone]:
            width = round(counts[tone] * scale, 2)
            bars.append(Bar(round(x, 2), top, width, THICK, tone))
            if width >= LEAST_FOR_TEXT:
                marks.append(ChartText(round(x + width / 2, 2), middle, str(counts[tone]), "middle", f"on-{tone}"))
            x += width
    marks.append(ChartText(round(x + 5, 2), middle, str(sum(counts.values())), "start", "figure"))
    return bars, marks


def marked_bars(key: str, title: str, rows: Iterable[tuple[str, float, float | None]], mark: str) -> SvgChart | None:
    """Shares as bars, one for each name, with a mark at another share; None when there is nothing.

    A share above one fills its bar, its figure says how much it is. `mark` is what the mark means.
    """
    shares = list(rows)
    if not shares:
        return None
    width = HALF - LEFT - WIDE_RIGHT
    bars, marks = legend([("mark", mark)], LEFT)
    for number, (name, value, other) in enumerate(shares):
        top = TOP + number * ROW
        bars += [Bar(LEFT, top, width, THICK, "track"), Bar(LEFT, top, round(min(value, 1) * width, 2), THICK, "share")]
        if other is not None:
            bars.append(Bar(round(LEFT + min(other, 1) * width - 1, 2), top - 2, 2, THICK + 4, "mark"))
        marks.append(ChartText(LEFT - 6, top + THICK - 2.2, _short(name), "end"))
        marks.append(ChartText(HALF - WIDE_RIGHT + 5, top + THICK - 2.2, f"{value * 100:.1f}%", "start", "figure"))
    height = TOP + len(shares) * ROW + 4
    about = _in_words(title, (f"{name} {value * 100:.1f}%" for name, value, _other in shares))
    return SvgChart(key, title, about, HALF, height, tuple(bars), tuple(marks))


def step_bars(key: str, title: str, rows: Iterable[tuple[str, int, str]]) -> SvgChart | None:
    """How many reached each step, one bar below the other; a step has a note on its right. None without any."""
    steps = list(rows)
    most = max((count for _, count, _ in steps), default=0)
    if not most:
        return None
    width, bars, marks = WIDTH - LEFT - NOTES, [], []
    for number, (name, count, note) in enumerate(steps):
        top = 6 + number * STEP
        reached = round(count / most * width, 2)
        bars += [Bar(LEFT, top, width, STEP - 8, "track"), Bar(LEFT, top, reached, STEP - 8, "share")]
        middle = top + STEP / 2 - 1
        marks.append(ChartText(LEFT - 6, middle, _short(name), "end"))
        marks.append(ChartText(LEFT + width + 8, middle, str(count), "start", "figure"))
        marks.append(ChartText(LEFT + width + 36, middle, note, "start", "small"))
    about = _in_words(title, (f"{name} {count}" for name, count, _ in steps))
    return SvgChart(key, title, about, WIDTH, 6 + len(steps) * STEP, tuple(bars), tuple(marks))


def tiles(key: str, title: str, cells: Iterable[tuple[int, int, str, str, str, int]]) -> SvgChart:
    """A map of equal tiles: column, row, name, figure, note, and how strong its tone is, from 0 to 3."""
    placed = list(cells)
    bars, marks = [], []
    for column, row, name, figure, note, strength in placed:
        x, y = 4 + column * (TILE + 4), 4 + row * (TILE + 4)
        bars.append(Bar(x, y, TILE, TILE, f"tile-{strength}"))
        middle = x + TILE / 2
        marks.append(ChartText(middle, y + 17, name, "middle"))
        marks.append(ChartText(middle, y + 45, figure, "middle", "big"))
        marks.append(ChartText(middle, y + 63, note, "middle", "on-tile"))
    width = max(WIDTH, 8 + (max(cell[0] for cell in placed) + 1) * (TILE + 4))
    height = 8 + (max(cell[1] for cell in placed) + 1) * (TILE + 4)
    about = _in_words(title, (f"{name} {figure} ({note})" for _, _, name, figure, note, _ in placed))
    return SvgChart(key, title, about, width, height, tuple(bars), tuple(marks))


def _in_words(title: str, parts: Iterable[str]) -> str:
    """The chart in words, for those who cannot see it."""
    return title + ": " + "; ".join(parts)


def _short(name: str) -> str:
    """A name that fits beside a bar."""
    longest = 22 if language() == "en" else 11
    return name if len(name) <= longest else name[: longest - 1] + "…"


def legend(entries: Sequence[tuple[str, str]], left: float) -> tuple[list[Bar], list[ChartText]]:
    """Each tone with its word, in a line on top."""
    starts = accumulate((26 + _text_width(text) for _, text in entries), initial=left)
    places = list(zip(starts, entries, strict=False))
    bars = [Bar(x, 4, 9, 9, tone) for x, (tone, _) in places]
    return bars, [ChartText(x + 13, 12, text, "start") for x, (_, text) in places]


def _text_width(text: str) -> float:
    """Roughly, at the drawing's size of 9: a Chinese character is twice as wide as a Latin one."""
    return sum(9 if ord(character) > 0x2E80 else 4.8 for character in text)


def curves(
    key: str, title: str, series: Sequence[tuple[str, str, Sequence[int]]], names: Sequence[tuple[int, str]]
) -> SvgChart:
    """Several courses over the same days: tone, word and values of each; `names` stand below the days they count."""
    count = len(series[0][2])
    top = round_up(max(max(values) for _, _, values in series))
    bars, marks = legend([(tone, word) for tone, word, _ in series], EDGE)
    rules, ticks = axis(top)
    below = [ChartText(_along(day, count), TOP + HEIGHT + 12, text, "middle", "small") for day, text in names]
    drawn = tuple(Curve(_points(values, top), tone) for tone, _, values in series)
    height = TOP + HEIGHT + FOOT
    return SvgChart(key, title, title, WIDTH, height, tuple(bars), (*marks, *ticks, *below), rules, drawn)


def _points(values: Sequence[int], top: int) -> str:
    return " ".join(
        f"{_along(number, len(values))},{round(TOP + HEIGHT - value / top * HEIGHT, 2)}"
        for number, value in enumerate(values)
    )


def _along(number: int, count: int) -> float:
    """Where the n-th of so many days stands."""
    step = (WIDTH - EDGE - 24) / max(count - 1, 1)
    return round(EDGE + 12 + number * step, 2)


def axis(top: int) -> tuple[tuple[Gridline, ...], tuple[ChartText, ...]]:
    """Lines across a plot from 0 up to `top`, with their figures."""
    heights = [(top * tick // TICKS, TOP + HEIGHT - HEIGHT * tick / TICKS) for tick in range(TICKS + 1)]
    rules = tuple(Gridline(EDGE, y, WIDTH, y) for _value, y in heights)
    return rules, tuple(ChartText(EDGE - 4, y + 3, str(value), "end", "small") for value, y in heights)


def round_up(value: int) -> int:
    """The next round number that four ticks divide."""
    for step in (4, 8, 20, 40, 60, 80, 100, 120, 160, 200, 240, 320, 400, 600, 800, 1000):
        if value <= step:
            return step
    return -(-value // 1000) * 1000
