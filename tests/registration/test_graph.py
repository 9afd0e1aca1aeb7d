"""The drawing of a plan's prerequisites: nothing overlaps, columns follow the longest way, lines seldom cross."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.registration.graph import FONT, LATIN, MOST_LINES, WIDE, Graph, Node, depths, draw, reduced, wrapped
from tests.support.builders import EVERY_ITEM
from workflows.config.catalogue import load_catalogue

QUESTIONS = tuple(EVERY_ITEM)
ANSWERS = [
    dict(zip(QUESTIONS, given, strict=True)) for given in itertools.product((False, True), repeat=len(QUESTIONS))
]


def drawn(answers: dict[str, bool], language: str = "zh") -> Graph:
    plan = load_catalogue().plan(answers)
    return draw([Node(p.item.code, getattr(p.item, language), p.requires, (p.item.stage, 0)) for p in plan])


def overlaps(graph: Graph) -> list[tuple[str, str]]:
    pairs = itertools.combinations(graph.boxes, 2)
    near = [(a, b) for a, b in pairs if abs(a.x - b.x) < graph.box_width and abs(a.y - b.y) < graph.box_height]
    return [(a.node.code, b.node.code) for a, b in near]


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_box_lies_over_another_or_outside(answers: dict[str, bool], language: str) -> None:
    graph = drawn(answers, language)

    assert overlaps(graph) == []
    for box in graph.boxes:
        assert 0 <= box.x <= graph.width - graph.box_width
        assert 0 <= box.y <= graph.height - graph.box_height


@pytest.mark.parametrize("answers", ANSWERS)
def test_what_must_be_granted_first_stands_further_left(answers: dict[str, bool]) -> None:
    graph = drawn(answers)
    lefts = {box.node.code: box.x for box in graph.boxes}

    for box in graph.boxes:
        assert all(lefts[code] < box.x for code in box.node.requires)


@pytest.mark.parametrize("answers", ANSWERS)
def test_no_line_runs_through_a_box(answers: dict[str, bool]) -> None:
    graph = drawn(answers)

    for line in graph.lines:
        for x, y in straight_part(line.path):
            inside = [b for b in graph.boxes if b.x < x < b.x + graph.box_width and b.y < y < b.y + graph.box_height]
            assert inside == [], line.path


def straight_part(path: str) -> list[tuple[float, float]]:
    """The middle of the part of a line that crosses a column."""
    match = re.search(r" ([\d.]+) ([\d.]+)H([\d.]+)$", path)
    return [((float(match[1]) + float(match[3])) / 2, float(match[2]))] if match else []


def test_every_approval_has_its_box_and_its_whole_title_in_both_languages() -> None:
    for language in ("zh", "en"):
        graph = drawn(dict.fromkeys(QUESTIONS, True), language)
        assert len(graph.boxes) == 29
        for box in graph.boxes:
            title = "".join(text for text, _ in box.lines)
            assert title.replace(" ", "") == box.node.title.replace(" ", "")


def test_the_whole_plan_fits_beside_each_other_on_a_desk() -> None:
    assert drawn(dict.fromkeys(QUESTIONS, True)).width <= 1176  # what the page has at 1280 pixels


def test_lines_that_follow_from_others_are_left_out() -> None:
    assert reduced({"a": (), "b": ("a",), "c": ("a", "b")}) == {"a": (), "b": ("a",), "c": ("b",)}


def test_the_depth_is_the_longest_way() -> None:
    assert depths({"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a",)}) == {"a": 0, "b": 1, "c": 2, "d": 1}


def test_the_same_plan_is_drawn_the_same_way() -> None:
    assert drawn({}) == drawn({})


def test_a_plan_without_items_is_an_empty_drawing() -> None:
    assert draw([]).boxes == ()


@st.composite
def plans(make):  # type: ignore[no-untyped-def]
    """Any plan of up to 25 items without a cycle."""
    codes = [f"X{number:02}" for number in range(make(st.integers(1, 25)))]
    earlier = [
        make(st.lists(st.sampled_from(codes[:at]), unique=True, max_size=4)) if at else () for at in range(len(codes))
    ]
    return [Node(code, code, tuple(requires), (1, 0)) for code, requires in zip(codes, earlier, strict=True)]


@given(plans())
def test_any_plan_is_drawn_without_overlaps(nodes: list[Node]) -> None:
    graph = draw(nodes)

    assert len(graph.boxes) == len(nodes)
    assert overlaps(graph) == []


@given(plans())
def test_what_is_left_of_the_lines_says_the_same(nodes: list[Node]) -> None:
    requires = {node.code: node.requires for node in nodes}

    assert ancestors(reduced(requires)) == ancestors(requires)


def ancestors(requires) -> dict[str, frozenset[str]]:  # type: ignore[no-untyped-def]
    before: dict[str, frozenset[str]] = {}
    for code in requires:  # a prerequisite comes before what needs it
        before[code] = frozenset(requires[code]).union(*(before[required] for required in requires[code]))
    return before


@given(st.text(alphabet="建设工程规划许可证 abcdefg-", min_size=1, max_size=60), st.integers(40, 150))
def test_wrapping_loses_nothing_and_keeps_within_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        is_one_word = not re.search(r"[ -]|[^\x00-\x7f]", line.strip())
        assert is_one_word or sum(FONT if ord(c) >= WIDE else FONT * LATIN for c in line.rstrip()) <= width + FONT


def test_a_title_that_is_too_long_is_cut_with_a_sign() -> None:
    box = draw([Node("A01", "很" * 200, (), (1, 0))]).boxes[0]

    assert len(box.lines) == MOST_LINES
    assert box.lines[-1][0].endswith("…")
