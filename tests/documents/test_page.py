"""The geometry of notices: what is usual fits one page, and no page of a longer one has the receipt alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from weasyprint.document import Document, Page
from weasyprint.formatting_structure.boxes import TableRowBox, TextBox

from approvals.base.i18n import in_language
from approvals.documents.approval_documents import NoticeDocument, notice_document, notice_html, notice_of
from approvals.http.application import KEY
from approvals.pdf.qr import qr_of
from approvals.pdf.rendering import AssetFetcher, lay_out
from tests.support.builders import NOW, a_project, an_actor, entries, walk, when
from tests.support.documents import outside
from tests.support.pages import a_site

ITEM = {
    "material": "用地预审与选址意见书",
    "problem": "“用地预审与选址意见书”所列建设规模与申请表不一致，未注明用地面积。",
    "remedy": "请核实“用地预审与选址意见书”的数据，更正后重新提交，并加盖公章。",
}
ADDRESS = "https://guahao.city.example/approvals/510400-2026-00045/C03/notices/131"
ENDS = {"zh_Hans": ("请按上述要求补正后", "送达回执"), "en": ("Please correct the items above", "Receipt")}
TYPICAL = 3  # corrections


@pytest.fixture(scope="module", params=ENDS)
def notice(request: pytest.FixtureRequest, make_database: Any) -> Iterator[tuple[str, NoticeDocument]]:
    """A notice in this language, with a language for its words."""
    with a_site(make_database("sqlite"), now=NOW) as app, app.app_context(), in_language(request.param):
        yield request.param, notice_document(_view(app), ADDRESS, qr_of(ADDRESS))


def _view(app: OpenAPI) -> Any:
    database = app.extensions[KEY].database
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "notify_once"), at=when("2026-03-04"), given={"items": [ITEM]})
        seq = next(entry.seq for entry in entries(tx, ref) if entry.move == "notify_once")
        return notice_of(tx, ref, "A01", seq, an_actor(tx, "office1"), NOW.date())


def laid_out(notice: NoticeDocument, items: int) -> Document:
    return lay_out(notice_html(replace(notice, notice=replace(notice.notice, items=(ITEM,) * items))), AssetFetcher())[
        0
    ]


def text_of(page: Page) -> str:
    return "".join(box.text for box in page._page_box.descendants() if isinstance(box, TextBox))


def rows_of(page: Page) -> int:
    return sum(isinstance(box, TableRowBox) for box in page._page_box.descendants())


@pytest.mark.parametrize("items", range(1, TYPICAL + 1))
def test_a_usual_notice_stands_on_one_page(notice: tuple[str, NoticeDocument], items: int) -> None:
    document = laid_out(notice[1], items)
    assert len(document.pages) == 1
    assert all(text in text_of(document.pages[0]) for text in ENDS[notice[0]])
    assert outside(document) == []


@pytest.mark.parametrize("items", [4, 5, 6, 7, 8, 9, 14, 22, 31])
def test_a_longer_one_has_no_page_with_a_receipt_or_a_row_alone(notice: tuple[str, NoticeDocument], items: int) -> None:
    document = laid_out(notice[1], items)
    assert all(text in text_of(document.pages[-1]) for text in ENDS[notice[0]]), "text, seal and receipt together"
    rows = [rows_of(page) for page in document.pages]
    assert all(count == 0 or count >= 3 for count in rows), rows  # a head and two rows
