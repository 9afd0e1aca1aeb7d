"""The parts of a paper, bound into one archive file: what a reader of PDF/A-3a looks for, and that nothing is lost."""

import base64
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weasyprint import HTML

from approvals.base.i18n import in_language
from approvals.reports import pdf as pdf_module
from approvals.reports.composing import PART, _shares, parts_of, render
from approvals.reports.document.report import Annex, Imprint, report_paper
from approvals.reports.document.table_views import Cell, Column, Row, Table
from approvals.reports.figures.compilation import compile_month
from approvals.reports.lanes import Part
from approvals.reports.pdf import Setter
from approvals.reports.portions import portions
from approvals.reports.printing import paper_html, press
from tests.builders import a_database
from tests.pages import an_app
from tests.papers import a_document, pages, placed, set_here, words

COLUMNS = (Column("序号", "number", 10), Column("项目", "text", 60), Column("联系人", "text", 30))
ROWS = 700  # enough for several portions


def a_long_table(rows: int = ROWS) -> Table:
    lines = tuple(
        Row((Cell(f"{one:,}"), Cell(f"第{one}小学教学楼新建工程" * 3), Cell("堃喆"))) for one in range(1, rows + 1)
    )
    return Table("long", "长表", COLUMNS, lines, note=f"表末注{PART}")


@pytest.fixture(scope="module")
def html(make_database) -> Iterator[str]:  # type: ignore[no-untyped-def]
    url = make_database("sqlite")
    database = a_database(url)
    with database.read() as tx:
        figures = compile_month(tx, "2026-09")
    database.close()
    with an_app(url, public_url="https://guahao.city.example") as app, app.app_context(), in_language("zh_Hans"):
        paper = report_paper(figures, Imprint("攀挂报〔2026〕7号", date(2026, 10, 9)))
        long = Annex("附件99", "长表", (), (a_long_table(),))
        yield paper_html(replace(paper, annexes=(*paper.annexes, long)))


@pytest.fixture(scope="module")
def printed(html: str) -> bytes:
    return set_here(html).pdf


@pytest.fixture
def pdf(printed: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(printed)) as found:
        yield found


def elements(of: Any) -> Iterator[Any]:
    """All elements of the structure, in their order."""
    kids = of.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def drawn(page: pikepdf.Page) -> bytes:
    contents = page.obj.Contents
    return b"\n".join(one.read_bytes() for one in (contents if isinstance(contents, pikepdf.Array) else [contents]))


def test_one_process_and_two_bind_the_same_bytes(html: str, printed: bytes) -> None:
    heard: list[tuple[str, int, int]] = []
    assert press(html, lambda *step: heard.append(step)).pdf == printed
    parts = len(parts_of(html))
    assert parts > 3
    assert heard == [*(("set", number, parts) for number in range(1, parts + 1)), ("bind", 0, 1)]


class Counting(Setter):
    """A lane that remembers which parts it set."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers_set: list[int] = []

    def part(self, html: str, number: int) -> Part:
        self.numbers_set.append(number)
        return super().part(html, number)


def test_files_that_go_along_weigh_nothing_when_the_lanes_share_the_parts() -> None:
    attached = f'<div class="attached" data-name="a.json">{base64.b64encode(b"x" * 90_000).decode()}</div>'
    leaf = f"{PART}<h1>页</h1><p>{'字' * 500}</p>"
    lanes = Counting(), Counting()
    whole = a_document(f"{PART}{attached}<p>首页</p>{leaf * 4}")
    assert render(whole, lanes).pages == 5
    assert [lane.numbers_set for lane in lanes] == [[0, 1, 3], [2, 4]]


def test_it_says_all_that_an_archive_file_of_level_a_says(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    assert pdf.open_metadata().pdfa_status == "3A"
    assert not pdf.is_encrypted
    assert pdf.docinfo.Title == pdf.open_metadata()["dc:title"] == "2026年9月审批挂号月度升级报告"
    assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
    assert root.OutputIntents[0].DestOutputProfile.N == 3
    assert root.Lang == "zh-CN"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert len(pdf.trailer.ID) == 2
    assert [str(file.AFRelationship) for file in root.AF] == ["/Data", "/Data"]
    assert len(root.Names.EmbeddedFiles.Names) == 4


def test_each_mark_on_each_page_is_known_to_the_structure(pdf: pikepdf.Pdf) -> None:
    nums = pdf.Root.StructTreeRoot.ParentTree.Nums
    keys = [int(key) for key in nums[::2]]
    assert keys == sorted(set(keys))
    parents = dict(zip(keys, nums[1::2], strict=True))
    for page in pdf.pages:
        elements_of_page = parents[int(page.obj.StructParents)]
        marks = [int(mark) for mark in re.findall(rb"/MCID (\d+)", drawn(page))]
        assert sorted(marks) == list(range(len(elements_of_page)))
        assert all(element.Pg.objgen == page.obj.objgen for element in elements_of_page)


def test_the_structure_is_one_tree_in_the_order_of_the_pages(pdf: pikepdf.Pdf) -> None:
    (document,) = pdf.Root.StructTreeRoot.K
    assert document.S == "/Document"
    place = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    order = [place[element.Pg.objgen] for element in document.K]
    assert order == sorted(order)
    assert set(order) == set(range(len(pdf.pages)))
    assert all(element.P.objgen == document.objgen for element in document.K)


def test_each_cell_names_heads_that_are_there_once(pdf: pikepdf.Pdf) -> None:
    found = list(elements(pdf.Root.StructTreeRoot))
    heads = Counter(str(element.ID) for element in found if "/ID" in element)
    named = {str(head) for element in found if element.S == "/TD" for head in element.A.get("/Headers", [])}
    assert heads.most_common(1)[0][1] == 1
    assert named
    assert named <= heads.keys()


def test_each_face_is_in_the_file_once_with_the_text_of_its_glyphs(pdf: pikepdf.Pdf) -> None:
    fonts = {name: font.objgen for page in pdf.pages for name, font in page.obj.Resources.Font.items()}
    assert len(set(fonts.values())) == len(fonts)
    assert len({font.BaseFont for font in pdf.pages[0].obj.Resources.Font.values()}) == len(fonts)
    for page in pdf.pages:
        for font in page.obj.Resources.Font.values():
            assert "/ToUnicode" in font
            assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor


def test_a_part_bears_no_face() -> None:
    part = Setter().part(a_document("字"), 0)
    assert part.pages == 1
    assert b" Tf" in part.pdf and b"/FontFile" not in part.pdf


def test_headings_of_all_parts_lead_to_their_pages(pdf: pikepdf.Pdf, printed: bytes) -> None:
    texts = ["".join(text.split()) for text in pages(printed)]
    place = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    with pdf.open_outline() as outline:
        (title,) = outline.root
        headings = list(title.children)
    assert headings[-1].title == "长表"
    assert [one.title for one in headings[-1].children] == ["长表"]  # where it goes on is no heading
    for heading in headings:
        assert "".join(heading.title.split()) in texts[place[heading.destination[0].objgen]]


def test_numbers_of_pages_are_no_text(pdf: pikepdf.Pdf, printed: bytes) -> None:
    for number, page in enumerate(pages(printed), start=1):
        assert f"— {number} —" in page
    assert all(b"/Artifact <</Type /Pagination>> BDC" in drawn(page) for page in pdf.pages)


def test_a_long_table_goes_on_under_its_name_without_a_gap(printed: bytes) -> None:
    said = words(printed)
    for one in range(1, ROWS + 1):
        assert f"第{one}小学" in said
    assert said.count("长表（续）") >= 1
    assert said.count("表末注") == 1
    lowest = [max(y for text, _x, y in page if "小学" in text) for page in placed(printed) if "小学" in str(page)]
    assert all(low > 37 + 225 * 0.55 for low in lowest[:-1])  # each page of it, but the last, is filled


def test_a_table_of_a_page_or_two_is_not_cut() -> None:
    (annex,) = portions([Annex("附件", "短表", (), (a_long_table(40),))])
    assert annex.begins
    assert [len(table.rows) for table in annex.tables] == [40]


def test_what_people_write_begins_no_part(html: str, printed: bytes) -> None:
    assert html.count(PART) == len(parts_of(html))
    assert "表末注" + "".join(PART.split()) in words(printed)


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=9))
def test_the_longer_lane_has_a_sixth_more_to_do_than_it_must_at_most(sizes: list[int]) -> None:
    shares = _shares(sizes)
    loads = [sum(size for size, lane in zip(sizes, shares, strict=True) if lane == one) for one in (0, 1)]
    must = min(max(sum(some), sum(sizes) - sum(some)) for n in range(len(sizes) + 1) for some in combinations(sizes, n))
    assert sum(loads) == sum(sizes)
    assert max(loads) * 6 <= must * 7
    assert shares[sizes.index(max(sizes))] == 0  # what has one part needs one lane


def test_a_paper_comes_out_the_same_when_it_is_read_as_html(
    html: str, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_module, "_Source", lambda text, fetcher: HTML(string=text, url_fetcher=fetcher))
    assert set_here(html).pdf == printed
