"""One page of HTML as an archive file: what a reader of PDF/A-3a looks for, and that nothing is lost or fetched."""

import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pytest
from weasyprint import HTML

from approvals.pdf import rendering
from approvals.pdf.process import render_apart
from approvals.pdf.rendering import render
from approvals.reports.document.report import Chapter, Imprint, report_document
from approvals.reports.document.table_views import Table, TableCell, TableColumn, TableRow
from approvals.reports.lifecycle.issuing import document_html
from tests.support.documents import a_document, figures_of_nothing, pages, placed, words

COLUMNS = (TableColumn("序号", "number", 10), TableColumn("项目", "text", 60), TableColumn("联系人", "text", 30))
ROWS = 700  # enough for many pages


def a_long_table(rows: int = ROWS) -> Table:
    lines = tuple(
        TableRow((TableCell(f"{number:,}"), TableCell(f"第{number}小学教学楼新建工程" * 3), TableCell("堃喆")))
        for number in range(1, rows + 1)
    )
    return Table("long", "长表", COLUMNS, lines, note="表末注")


@pytest.fixture(scope="module")
def html(make_database: Any) -> Iterator[str]:
    with figures_of_nothing(make_database("sqlite")) as figures:
        paper = report_document(figures, Imprint("攀挂报〔2026〕7号", date(2026, 10, 9)))
        long = Chapter("long", "长表", (), tables=(a_long_table(),))
        yield document_html(replace(paper, chapters=(*paper.chapters, long)))


@pytest.fixture(scope="module")
def printed(html: str) -> bytes:
    return render(html).pdf


@pytest.fixture
def pdf(printed: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(printed)) as document:
        yield document


def elements(of: Any) -> Iterator[Any]:
    """All elements of the structure, in their order."""
    kids = of.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def drawn(page: pikepdf.Page) -> bytes:
    contents = page.obj.Contents
    return b"\n".join(
        stream.read_bytes() for stream in (contents if isinstance(contents, pikepdf.Array) else [contents])
    )


def test_a_process_of_its_own_renders_the_same_bytes(html: str, printed: bytes) -> None:
    assert render_apart(html).pdf == printed


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
    all_elements = list(elements(pdf.Root.StructTreeRoot))
    heads = Counter(str(element.ID) for element in all_elements if "/ID" in element)
    named = {str(head) for element in all_elements if element.S == "/TD" for head in element.A.get("/Headers", [])}
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
            assert {"/FontFile2", "/FontFile3"} & font.DescendantFonts[0].FontDescriptor.keys()


def test_headings_lead_to_their_pages(pdf: pikepdf.Pdf, printed: bytes) -> None:
    texts = ["".join(text.split()) for text in pages(printed)]
    place = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    with pdf.open_outline() as outline:
        (title,) = outline.root
        headings = list(title.children)
    assert headings[-1].title == "长表"
    assert [heading.title for heading in headings[-1].children] == ["长表"]
    for heading in headings:
        assert "".join(heading.title.split()) in texts[place[heading.destination[0].objgen]]


def test_numbers_of_pages_are_no_text(pdf: pikepdf.Pdf, printed: bytes) -> None:
    for number, page in enumerate(pages(printed), start=1):
        assert f"— {number} —" in page
    assert all(b"/Artifact <</Type /Pagination>> BDC" in b" ".join(drawn(page).split(b"\n")) for page in pdf.pages)


def test_a_long_table_goes_on_under_its_head_without_a_gap(printed: bytes) -> None:
    text = words(printed)
    for number in range(1, ROWS + 1):
        assert f"第{number}小学" in text
    assert text.count("表末注") == 1
    of_table = [page for page in placed(printed) if "小学" in str(page)]
    assert all({"序号", "项目", "联系人"} <= {text for text, _x, _y in page} for page in of_table)
    lowest = [max(y for text, _x, y in page if "小学" in text) for page in of_table]
    assert all(low > 37 + 225 * 0.5 for low in lowest[:-1])  # each page of it, but the last, is filled


def test_a_paper_comes_out_the_same_when_it_is_read_as_html(
    html: str, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "_XmlDocument", lambda text, fetcher: HTML(string=text, url_fetcher=fetcher))
    assert render(html).pdf == printed


@pytest.mark.parametrize(
    "element",
    [
        '<img src="file:///etc/passwd"/>',
        '<img src="http://127.0.0.1:9/x.png"/>',
        '<link rel="attachment" href="file:///etc/passwd"/>',
        '<link rel="stylesheet" href="asset:../../../etc/passwd"/>',
        "<style>@import url(asset:other.css)</style>",
        '<img src="data:image/png;base64,AAAA"/>',
        '<p style="background:url(file:///etc/passwd)">x</p>',
    ],
)
def test_a_document_that_asks_for_more_than_our_assets_is_not_rendered(element: str) -> None:
    with pytest.raises(RuntimeError):
        render(a_document(element))


def test_the_web_never_loads_the_renderer() -> None:
    code = "import sys, approvals.app; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
