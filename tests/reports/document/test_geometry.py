"""The document by its measures: GB/T 9704-2012, and the same bytes wherever and whenever it is printed."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import LineBox, TextBox

from approvals.pdf.rendering import AssetFetcher, lay_out, render
from approvals.reports.document.report import Imprint, header_size, report_document
from approvals.reports.lifecycle.issuing import document_html
from tests.support.documents import a_document, figures_of_nothing, placed
from tests.support.extent import effort

MM = 96 / 25.4  # CSS pixels in a millimetre
LINE = 225 / 22  # millimetres
CHARACTERS = 28
RIGHT, LEFT = (163, 273.5), (33, 273.5)  # where a number begins on its line: 7 mm below the text, a character inside
TEXT = "攀枝花市重点项目审批挂号工作按照统一受理分类办理限时办结的要求推进" * 60
HASH = (
    "import sys,hashlib;from approvals.pdf.rendering import render;"
    "print(hashlib.sha256(render(sys.stdin.read()).pdf).hexdigest())"
)
ROOT = Path(__file__).parents[3]
PLACES = (("1", "UTC"), ("77", "Asia/Shanghai"), ("4000", "America/Lima"))  # hash seed and time zone


@pytest.fixture(scope="module")
def html(make_database: Any) -> Iterator[str]:
    """An issued report whose first chapter is long."""
    with figures_of_nothing(make_database("sqlite")) as figures:
        paper = report_document(figures, Imprint("攀挂报〔2026〕7号", date(2026, 10, 9)))
        first, *rest = paper.chapters
        long = replace(first, paragraphs=tuple(replace(paragraph, text=TEXT) for paragraph in first.paragraphs))
        yield document_html(replace(paper, chapters=(long, *rest)))


@pytest.fixture(scope="module")
def document(html: str) -> Document:
    return lay_out(html, AssetFetcher())[0]


def body_lines(document: Document, page: int) -> list[LineBox]:
    frame = document.pages[page]._page_box
    lines = [box for box in frame.descendants() if isinstance(box, LineBox)]
    return [box for box in lines if frame.content_box_y() - 1 <= box.position_y < frame.content_box_y() + frame.height]


def test_margins_are_those_of_the_standard(document: Document) -> None:
    for page in document.pages:
        frame = page._page_box
        margins = (frame.margin_top, frame.margin_right, frame.margin_bottom, frame.margin_left)
        measures = (*margins, frame.width, frame.height)
        assert [round(measure / MM) for measure in measures] == [37, 26, 35, 28, 156, 225]


def test_a_page_of_text_has_22_lines_of_28_characters(document: Document) -> None:
    lines = body_lines(document, 2)  # behind the brief
    tops = sorted({round(line.position_y / MM - 37, 1) for line in lines})
    assert len(tops) == 22
    assert all(abs(top - number * LINE) < 0.3 for number, top in enumerate(tops))
    texts = ["".join(box.text for box in line.descendants() if isinstance(box, TextBox)) for line in lines]
    assert Counter(len(text.strip()) for text in texts).most_common(1)[0][0] == CHARACTERS
    assert max(len(text.strip()) for text in texts) == CHARACTERS


def test_lines_with_figures_and_headings_are_as_high_as_others() -> None:
    style = '<link rel="stylesheet" href="asset:faces.css"/><link rel="stylesheet" href="asset:paper.css"/>'
    text = (
        '<span class="section-name">（一）亮牌 2 张。</span><span class="run">2026年10月，黄牌14张、red 3，龑。</span>'
        * 12
    )
    lines = body_lines(lay_out(a_document(f'<p class="body">{text}</p>', style), AssetFetcher())[0], 0)
    assert len(lines) > 9
    assert {round(line.height / MM, 2) for line in lines} == {round(LINE, 2)}


def test_page_numbers_stand_outside(html: str) -> None:
    printed = placed(render(html).pdf)
    assert len(printed) > 4
    for number, texts in enumerate(printed, start=1):
        (mark,) = [(x, y) for text, x, y in texts if text == f"— {number} —"]
        assert mark == pytest.approx(RIGHT if number % 2 else LEFT, abs=3)


def test_the_head_stands_in_one_line_whatever_its_length(document: Document) -> None:
    texts = [box for box in document.pages[0]._page_box.descendants() if isinstance(box, TextBox)]
    red = [box for box in texts if box.element is not None and "red-title" in (box.element.get("class") or "")]
    assert len(red) == 1
    assert header_size("市") == 40
    assert header_size("市" * 22) < header_size("市" * 14)
    for length in range(1, 24):
        assert header_size("市" * length) * length <= 442


def test_processes_in_other_zones_with_other_seeds_print_the_same_bytes(html: str) -> None:
    printed = set()
    for seed, zone in effort(PLACES[1:], PLACES):
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", HASH], input=html.encode(), env=env, cwd=ROOT, capture_output=True, check=True
        )
        printed.add(done.stdout)
    assert len(printed) == 1
    assert len(printed.pop().strip()) == hashlib.sha256().digest_size * 2
