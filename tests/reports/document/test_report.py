"""The report on paper: its form, its words, and that nothing in it can fetch, read or break anything."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO

import openpyxl
import pikepdf
import pytest
from flask_openapi3 import OpenAPI
from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import LineBox

from approvals.base.i18n import in_language
from approvals.pdf.rendering import AssetFetcher, lay_out
from approvals.reports.document.report import Imprint, report_document, report_page
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import frozen
from approvals.reports.lifecycle.issuing import document_html, print_document
from approvals.reports.periods import BULLETIN, MONTHLY
from tests.reports.conftest import MONTHS, LivedYear
from tests.support.documents import (
    OUR_FONTS,
    attached_to,
    catalog_of,
    fonts_of,
    pages,
    placed,
    print_report,
    sizes,
    title_of,
    words,
)

IMPRINT = Imprint("攀挂报〔2026〕7号", date(2026, 10, 9), signer="王建国")


@pytest.fixture(scope="module")
def issued_pdf(app: OpenAPI, september: Figures) -> bytes:
    return print_report(september, "zh_Hans", IMPRINT).pdf


@pytest.mark.parametrize("month", MONTHS)
def test_ten_pages_are_enough_and_none_is_nearly_empty(app: OpenAPI, sqlite_year: LivedYear, month: str) -> None:
    with in_language("zh_Hans"):
        document, _attachments = lay_out(
            document_html(report_document(sqlite_year.figures(month), IMPRINT)), AssetFetcher()
        )
    assert len(document.pages) <= 10
    fills = [round(fill_of(page), 2) for page in document.pages]
    assert min(fills[:-1]) >= 1 / 3, str(fills)  # the last one ends with the imprint at its foot


def fill_of(page: Page) -> float:
    """How much of the height of its text area a page uses."""
    frame = page._page_box
    lines = [box for box in frame.descendants() if isinstance(box, LineBox)]
    ends = [box.position_y + box.height for box in lines if box.position_y < frame.content_box_y() + frame.height]
    return (max(ends) - frame.content_box_y()) / frame.height


def test_fifty_late_approvals_fill_no_more_than_twelve_pages(app: OpenAPI, september: Figures) -> None:
    many = replace(september, late=tuple(september.late * 50)[:50])
    printed = print_report(many, "zh_Hans", IMPRINT).pdf
    assert len(pages(printed)) <= 12
    assert "另有40项见所附工作簿" in words(printed)


def test_each_page_is_a4_and_bears_its_number(issued_pdf: bytes) -> None:
    texts = pages(issued_pdf)
    assert len(texts) > 6
    assert sizes(issued_pdf) == {(210, 297)}
    for number, text in enumerate(texts, start=1):
        assert f"— {number} —" in text


def test_the_file_says_its_title_and_language(issued_pdf: bytes, app: OpenAPI, september: Figures) -> None:
    english = print_report(september, "en").pdf
    assert title_of(issued_pdf) == "2026年9月审批挂号月度升级报告"
    assert title_of(english) == "Monthly escalation report of September 2026"
    assert (catalog_of(issued_pdf)["/Lang"], catalog_of(english)["/Lang"]) == ("zh-CN", "en")
    assert catalog_of(issued_pdf)["/MarkInfo"]["/Marked"]


def test_it_is_an_archive_file_with_its_figures_and_sheet(issued_pdf: bytes, september: Figures) -> None:
    with pikepdf.open(BytesIO(issued_pdf)) as pdf:
        assert pdf.open_metadata().pdfa_status == "3A"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K[0].S == "/Document"
        assert pdf.Root.Lang == "zh-CN"
        assert [file.AFRelationship for file in pdf.Root.AF] == ["/Data", "/Data"]
    files = attached_to(issued_pdf)
    assert files["figures-2026-09.json"].decode() == frozen(september)
    assert sha256(files["figures-2026-09.json"]).hexdigest() in words(issued_pdf)
    book = openpyxl.load_workbook(BytesIO(files["workbook-2026-09.xlsx"]))
    assert len(book.worksheets) > 15
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def test_all_fonts_are_embedded_and_are_those_asked_for(issued_pdf: bytes) -> None:
    assert fonts_of(issued_pdf) <= OUR_FONTS


def test_the_paper_says_what_the_figures_say(issued_pdf: bytes, september: Figures) -> None:
    printed, now = words(issued_pdf), september.city.now
    assert printed.count("审批挂号月度升级报告") == 1, "the red head is the body that issues it, not the title again"
    assert "攀挂报〔2026〕7号" in printed
    assert f"{now.decisions.within_promised / now.decisions.decided:.1%}" in printed
    assert f"月末超期{now.standing.yellow + now.standing.red}件" in printed
    assert september.chain_root in printed
    for project in september.key_projects:
        assert "".join(project.name.split()) in printed
    for line in september.departments:
        assert line.label.zh in printed or not line.now.decisions.decided


def test_only_what_is_no_issued_report_says_so_on_each_page(
    app: OpenAPI, issued_pdf: bytes, september: Figures
) -> None:
    assert all("预览" not in text for text in pages(issued_pdf))
    assert all("预览" in text for text in pages(print_report(september, "zh_Hans").pdf))
    translation = pages(print_report(september, "en", replace(IMPRINT, is_translation=True)).pdf)
    assert all("Translation" in text for text in translation)


def test_a_correction_names_what_it_corrects(app: OpenAPI, september: Figures) -> None:
    with in_language("zh_Hans"):
        html = document_html(report_document(september, replace(IMPRINT, corrects="攀挂报〔2026〕5号")))
    assert "本报告更正并取代攀挂报〔2026〕5号。" in html


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_the_columns_of_each_table_share_its_width(app: OpenAPI, september: Figures, spoken: str) -> None:
    with in_language(spoken):
        tables = [table for section in report_page(september).sections for table in section.tables]
    for table in tables:
        assert sum(column.width for column in table.columns) <= 100, table.key
        assert sum(column.width for column in table.columns) >= 98, table.key
        assert all(len(row.cells) == len(table.columns) for row in table.rows), table.key
        assert not table.groups or sum(group.span for group in table.groups) == len(table.columns), table.key


def test_a_report_goes_up_with_number_and_signer(issued_pdf: bytes) -> None:
    (number,) = [place for place in placed(issued_pdf)[0] if place[0].startswith("攀挂报")]
    (signer,) = [place for place in placed(issued_pdf)[0] if "签发人" in place[0]]
    assert number[2] == pytest.approx(signer[2], abs=1), "on one line"
    assert 28 < number[1] < 40 and signer[1] > 105
    first, last = words_of_page(issued_pdf, 0), words_of_page(issued_pdf, -1)
    assert "攀枝花市政府目标督查办公室文件" in first and "签发人：王建国" in first and "市委、市政府：" in first
    assert "（印章）攀枝花市政府目标督查办公室2026年10月9日" in last and "抄送：市人大常委会办公室" in last


def test_a_bulletin_goes_down_with_its_distribution_and_no_signer(app: OpenAPI, september: Figures) -> None:
    imprint = replace(IMPRINT, number="攀督通〔2026〕1号")
    pdf = print_document(BULLETIN, "2026-09", september, "zh_Hans", imprint).pdf
    first, last = words_of_page(pdf, 0), words_of_page(pdf, -1)
    assert "攀枝花市政府目标督查办公室文件攀督通〔2026〕1号" in first
    assert "签发人" not in words(pdf) and "抄送" not in words(pdf) and "各县（区）人民政府，市级有关部门：" in first
    assert "分送：市委、市政府领导同志" in last


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_the_imprint_ends_the_last_page(app: OpenAPI, september: Figures, spoken: str) -> None:
    for kind in (MONTHLY, BULLETIN):
        last = placed(print_document(kind, "2026-09", september, spoken, IMPRINT).pdf)[-1]
        proofs = max(y for text, _x, y in last if "JSON" in text)
        imprint = [y for text, _x, y in last if y > proofs + 1 and "—" not in text]
        assert 255 < max(imprint) < 262
        assert min(imprint) > proofs + 5, "nothing is printed over it"


def test_a_translation_and_a_preview_name_no_signer(app: OpenAPI, september: Figures) -> None:
    translation = print_report(september, "en", replace(IMPRINT, signer="", is_translation=True)).pdf
    assert "Issuedby" not in words(translation)
    preview = words_of_page(print_report(september, "zh_Hans").pdf, 0)
    assert "签发人：" in preview and "王建国" not in preview


def words_of_page(pdf: bytes, number: int) -> str:
    return "".join(pages(pdf)[number].split())
