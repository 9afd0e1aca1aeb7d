"""The prerequisites of a plan as a drawing: columns by the longest way from the start, lines that seldom cross.

Lines that follow from others are left out. Lines to one approval that leap over columns share a lane towards it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.charts.model import State

WIDTH = 1150  # pixels within which all columns are to fit, where the titles then fit into their boxes
NARROWEST, WIDEST, GAP = 76, 150, 12
LINE, FONT, MOST_LINES = 15, 12, 3  # height of a line of text, size of its letters, lines of a title
HEAD, PADDING, MARGIN = 21, 4, 10
BETWEEN, LANE = 14, 16  # space between boxes, height of a lane
SWEEPS = 12
WIDE = 0x2E80  # from here on characters are as wide as they are high
LATIN = 0.56  # width of the others, as a part of the size


@dataclass(frozen=True, slots=True)
class Node:
    """One approval to draw: `title` in the reader's language, `href` empty when there is nothing to open.

    `day` is told in words below the title.
    """

    code: str
    title: str
    requires: tuple[str, ...]
    rank: tuple[int, int]  # stage, and the department's place in the catalogue
    state: State | None = None
    light: str | None = None
    href: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place: its right edge, where its texts begin and end, their base lines; `foot` is its day's."""

    node: Node
    x: float
    y: float
    left: float
    right: float
    edge: float
    head: float
    lines: tuple[tuple[str, float], ...]
    foot: float


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A line from box to box or lane; `is_end` when it arrives."""

    path: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class Graph:
    width: float
    height: float
    box_width: float
    box_height: float
    boxes: tuple[Box, ...]
    lines: tuple[GraphEdge, ...]


Lane = tuple[str, int]  # the way to this node at this depth; a node's own place is the lane where it ends


def draw(nodes: Sequence[Node]) -> Graph:
    """Lay the nodes out; their prerequisites must be among them and free of cycles."""
    by_code = {node.code: node for node in nodes}
    needs = reduced({node.code: node.requires for node in nodes})
    depth = depths(needs)
    links = _links(needs, depth)
    layers = _ordered(_layers(by_code, depth, links), links)
    columns = max(depth.values(), default=0) + 1
    width = _box_width(nodes, columns)
    titles = {node.code: shortened(wrapped(node.title, width - 2 * PADDING)) for node in nodes}
    has_days = any(node.day for node in nodes)
    height = HEAD + LINE * (max(map(len, titles.values()), default=1) + has_days) + PADDING
    middles = _middles(layers, links, by_code, depth, height)
    boxes = tuple(_box(by_code[code], at, middles[code, at], width, height, titles[code]) for code, at in depth.items())
    lowest = max((box.y for box in boxes), default=0) + height
    lanes = max(middles.values(), default=0) + LANE / 2
    return Graph(
        width=round(MARGIN * 2 + columns * (width + GAP) - GAP, 1),
        height=round(max(lowest, lanes) + MARGIN, 1),
        box_width=round(width, 1),
        box_height=height,
        boxes=boxes,
        lines=tuple(_line(link, middles, depth, width) for link in links),
    )


def _box_width(nodes: Sequence[Node], columns: int) -> float:
    """So narrow that all columns fit, but not so narrow that a title or a day is cut off."""
    longest = max((_width(node.day) for node in nodes), default=0) + 2 * PADDING
    width = max(NARROWEST, longest, min(WIDEST, (WIDTH + GAP) / columns - GAP))
    while width < WIDEST and any(len(wrapped(node.title, width - 2 * PADDING)) > MOST_LINES for node in nodes):
        width = min(WIDEST, width + PADDING)
    return width


def reduced(requires: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The same prerequisites without those that follow from others."""
    ancestors: dict[str, frozenset[str]] = {}

    def before(code: str) -> frozenset[str]:
        if code not in ancestors:
            direct = frozenset(requires[code])
            ancestors[code] = direct.union(*(before(required) for required in direct))
        return ancestors[code]

    return {
        code: tuple(required for required in direct if not any(required in before(between) for between in direct))
        for code, direct in requires.items()
    }


def depths(requires: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """How many approvals stand before each one on its longest way."""
    known_depths: dict[str, int] = {}

    def depth(code: str) -> int:
        if code not in known_depths:
            known_depths[code] = max((depth(required) + 1 for required in requires[code]), default=0)
        return known_depths[code]

    return {code: depth(code) for code in requires}


def _links(needs: Mapping[str, Iterable[str]], depth: Mapping[str, int]) -> list[tuple[Lane, Lane]]:
    """Each line from column to column, once: a long way goes along the lane of the node that it leads to."""
    links: dict[tuple[Lane, Lane], None] = {}
    for code, needed in needs.items():
        for required in needed:
            way = [(required, depth[required]), *((code, at) for at in range(depth[required] + 1, depth[code] + 1))]
            links.update(dict.fromkeys(pairwise(way)))
    return list(links)


def _layers(
    nodes: Mapping[str, Node], depth: Mapping[str, int], links: Iterable[tuple[Lane, Lane]]
) -> list[list[Lane]]:
    """The lanes of each column, at first in the order of stage, department and code."""
    lanes = {(code, at): None for code, at in depth.items()} | {lane: None for link in links for lane in link}
    layers: list[list[Lane]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for lane in sorted(lanes, key=lambda place: (nodes[place[0]].rank, place[0])):
        layers[lane[1]].append(lane)
    return layers


# Order: each column by the middle of its neighbours, to and fro, and the best of all is kept.


def _ordered(layers: list[list[Lane]], links: list[tuple[Lane, Lane]]) -> list[list[Lane]]:
    before, after = _neighbours(links)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, links)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        columns = range(1, len(layers)) if forth else range(len(layers) - 2, -1, -1)
        for at in columns:
            beside = layers[at - 1] if forth else layers[at + 1]
            place = {lane: number for number, lane in enumerate(beside)}
            layers[at] = _by_middle(layers[at], before if forth else after, place)
        crossings = _crossings(layers, links)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _neighbours(links: Iterable[tuple[Lane, Lane]]) -> tuple[dict[Lane, list[Lane]], dict[Lane, list[Lane]]]:
    before: dict[Lane, list[Lane]] = {}
    after: dict[Lane, list[Lane]] = {}
    for start, end in links:
        before.setdefault(end, []).append(start)
        after.setdefault(start, []).append(end)
    return before, after


def _by_middle(layer: list[Lane], beside: Mapping[Lane, list[Lane]], place: Mapping[Lane, int]) -> list[Lane]:
    def middle(numbered: tuple[int, Lane]) -> tuple[float, int]:
        number, lane = numbered
        places = [place[neighbour] for neighbour in beside.get(lane, ())]
        return (sum(places) / len(places) if places else number, number)

    return [lane for _, lane in sorted(enumerate(layer), key=middle)]


def _crossings(layers: list[list[Lane]], links: list[tuple[Lane, Lane]]) -> int:
    place = {lane: number for layer in layers for number, lane in enumerate(layer)}
    columns: dict[int, list[tuple[int, int]]] = {}
    for start, end in links:
        columns.setdefault(start[1], []).append((place[start], place[end]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for lines in columns.values()
        for number, a in enumerate(lines)
        for b in lines[:number]
    )


# Heights: each thing as near as possible to the middle of its neighbours, none over another.


def _middles(
    layers: list[list[Lane]],
    links: list[tuple[Lane, Lane]],
    nodes: Mapping[str, Node],
    depth: Mapping[str, int],
    height: float,
) -> dict[Lane, float]:
    before, after = _neighbours(links)
    tall = {lane: height + BETWEEN if depth[lane[0]] == lane[1] else LANE for layer in layers for lane in layer}
    middles: dict[Lane, float] = {}
    for layer in layers:
        middles |= _spread(layer, [0.0] * len(layer), tall)
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            targets = []
            for lane in layer:
                beside = [middles[neighbour] for neighbour in (*before.get(lane, ()), *after.get(lane, ()))]
                targets.append(sum(beside) / len(beside) if beside else middles[lane])
            middles |= _spread(layer, targets, tall)
    top = min((middles[lane] - tall[lane] / 2 for lane in middles), default=0)
    return {lane: middle - top - BETWEEN / 2 + MARGIN for lane, middle in middles.items()}


def _spread(layer: list[Lane], targets: list[float], tall: Mapping[Lane, float]) -> dict[Lane, float]:
    """The middles nearest to what is wanted (least squares) that keep the order and the heights: pooled neighbours."""
    offsets, so_far = [], 0.0
    for lane in layer:
        offsets.append(so_far + tall[lane] / 2)
        so_far += tall[lane]
    pools: list[tuple[float, int]] = []
    for target, offset in zip(targets, offsets, strict=True):
        mean, size = target - offset, 1
        while pools and pools[-1][0] >= mean:
            pool_mean, count = pools.pop()
            mean, size = (mean * size + pool_mean * count) / (size + count), size + count
        pools.append((mean, size))
    starts = [mean for mean, size in pools for _ in range(size)]
    return {lane: start + offset for lane, start, offset in zip(layer, starts, offsets, strict=True)}


# Drawing.


def _box(node: Node, at: int, middle: float, width: float, height: float, title: list[str]) -> Box:
    x, y = MARGIN + at * (width + GAP), middle - height / 2
    lines = tuple((text, round(y + HEAD + LINE * number + FONT, 1)) for number, text in enumerate(title))
    places = (x, y, x + PADDING, x + width - PADDING, x + width, y + FONT + PADDING / 2 + 1, y + height - 2 * PADDING)
    x, y, left, right, edge, head, foot = (round(place, 1) for place in places)
    return Box(node, x, y, left, right, edge, head, lines, foot)


def _line(link: tuple[Lane, Lane], middles: Mapping[Lane, float], depth: Mapping[str, int], width: float) -> GraphEdge:
    start, end = link
    is_end = depth[end[0]] == end[1]
    x1 = MARGIN + start[1] * (width + GAP) + width
    x2, y1, y2 = x1 + GAP, middles[start], middles[end]
    turn, last = x1 + GAP / 2, x2 if is_end else x2 + width  # a lane goes on under the boxes of its column
    path = f"M{x1:.1f} {y1:.1f}C{turn:.1f} {y1:.1f} {turn:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return GraphEdge(path if is_end else f"{path}H{last:.1f}", is_end)


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines of at most this width; wide characters break anywhere, words at spaces and hyphens."""
    lines, line = [], ""
    for word in _words(text):
        if line and _width(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def shortened(lines: list[str]) -> list[str]:
    """The lines that fit into a box, with a sign where the rest was cut off."""
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"]


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        joins = words and ord(character) < WIDE and ord(words[-1][-1]) < WIDE and words[-1][-1] not in " -"
        if joins:
            words[-1] += character
        else:
            words.append(character)
    return words


def _width(text: str) -> float:
    return sum(FONT if ord(character) >= WIDE else FONT * LATIN for character in text)
