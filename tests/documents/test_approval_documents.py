"""The one-time notice as page and paper: its number, its words, who reads it, and what nothing in it can do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, select
from weasyprint.document import Document

from approvals.accounts.queries import UnitName
from approvals.base.database import Database
from approvals.base.i18n import in_language
from approvals.documents.approval_documents import full_name, notice_document, notice_of
from approvals.history.record import ENTRY
from approvals.http.application import KEY
from approvals.pdf import process
from approvals.pdf.qr import qr_of
from approvals.pdf.rendering import lay_out
from approvals.web.approvals.documents import notice_html
from approvals.windows.form_options import NOTICES
from tests.support.builders import (
    a_project,
    an_actor,
    an_approval,
    do,
    entries,
    head,
    project_row,
    walk,
    when,
)
from tests.support.concurrency import race
from tests.support.documents import (
    HOSTILE,
    LONG,
    OUR_FONTS,
    RARE,
    UNBROKEN,
    Watched,
    bears_code,
    catalog_of,
    fonts_of,
    outside,
    pages,
    sizes,
    title_of,
    words,
)
from tests.support.pages import PASSWORD, Visitor, a_site, somebody
from tests.support.racers import Undone, decide

NOW = when("2026-03-20", "10:30")
ITEMS = [
    {"material": "项目建议书", "problem": "未加盖公章", "remedy": "加盖公章后重新提交"},
    {"material": "资金来源说明", "problem": "缺少附表", "remedy": "补齐附表"},
]
AGAIN = {"items": ITEMS[:1], "justification": "补正后又发现页码缺失"}


@dataclass(frozen=True, slots=True)
class Notices:
    """An approval with a one-time notice and, after a correction, a second one."""

    app: OpenAPI
    path: str
    first: int
    second: int

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[KEY].database
        return database

    def address(self, seq: int) -> str:
        return f"/approvals/{self.path}/notices/{seq}"


def seqs(tx: Connection, ref: str, move: str) -> list[int]:
    return [entry.seq for entry in entries(tx, ref) if entry.move == move]


@pytest.fixture(scope="module")
def notices(make_database: Any) -> Iterator[Notices]:
    with a_site(make_database("sqlite"), now=NOW) as app:
        with app.extensions[KEY].database.write() as tx:
            ref = a_project(tx, "registered", at=when("2026-03-02"))
            walk(tx, ref, "A01", ("submit", "notify_once"), at=when("2026-03-04"), given={"items": ITEMS})
            walk(tx, ref, "A01", ("resubmit", "notify_again"), at=when("2026-03-09"), given=AGAIN)
            path = f"{project_row(tx, ref).number}/A01"
            first, second = seqs(tx, ref, "notify_once")[0], seqs(tx, ref, "notify_again")[0]
        yield Notices(app, path, first, second)


@pytest.fixture(scope="module")
def owner(notices: Notices) -> Visitor:
    return somebody(notices.app, "owner1")


@pytest.fixture(scope="module")
def pdf(notices: Notices, owner: Visitor) -> bytes:
    return owner.get(f"{notices.address(notices.first)}.pdf").data


def numbers(database: Database, year: int) -> list[int]:
    """The numbers of the notices of a year, in the order in which they were given."""
    with database.read() as tx:
        rows = tx.execute(select(ENTRY.c.facts).where(ENTRY.c.move.in_(NOTICES)).order_by(ENTRY.c.id))
        facts = [orjson.loads(row.facts) for row in rows]
    return [fact["notice_no"] for fact in facts if fact["notice_year"] == year]


def test_two_writers_at_once_give_every_number_once_and_leave_no_gap(database: Database, database_url: str) -> None:
    with database.write() as tx:
        refs = [[an_approval(tx, "received") for _ in range(8)] for _ in range(2)]
    race(database_url, [(decide, ("window-a01", "notify_once", those)) for those in refs])
    assert sorted(numbers(database, 2026)) == list(range(1, 17))


def test_a_notice_that_is_taken_back_takes_no_number_and_a_new_year_begins_at_one(database: Database) -> None:
    with database.write() as tx:
        old = an_approval(tx, "received", at=when("2025-12-29"))
        new = an_approval(tx, "received", at=when("2026-01-05"))
        do(tx, "window-a01", "notify_once", old, at=when("2025-12-30"))
    with pytest.raises(Undone), database.write() as tx:
        do(tx, "window-a01", "notify_once", new)
        raise Undone
    with database.write() as tx:
        do(tx, "window-a01", "notify_once", new)
        do(tx, "owner1", "resubmit", new)
        do(tx, head("A01"), "notify_again", new)
    assert (numbers(database, 2025), numbers(database, 2026)) == ([1], [1, 2])


def test_the_page_tells_what_is_missing_and_what_comes_next(notices: Notices, owner: Visitor) -> None:
    page = owner.get(notices.address(notices.second)).text
    for text in (
        "再次告知书 攀挂告〔2026〕2号",
        "项目建议书",
        "未加盖公章",
        "加盖公章后重新提交",
        AGAIN["justification"],
    ):
        assert text in page
    assert "5个工作日内答复" in page and "第三十二条" in page
    assert f'href="{notices.address(notices.second)}.pdf"' in page
    assert "本次告知已有后续办理" in owner.get(notices.address(notices.first)).text


def test_notices_are_linked_from_the_approval_and_from_its_history(notices: Notices, owner: Visitor) -> None:
    for path in (f"/approvals/{notices.path}", f"/casefiles/{notices.path.partition('/')[0]}"):
        reader = owner if path.startswith("/approvals") else somebody(notices.app, "office1")
        page = reader.get(path).text
        assert (
            f'href="{notices.address(notices.first)}"' in page and f'href="{notices.address(notices.second)}"' in page
        )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner1", 200),
        ("owner2", 404),
        ("window-a01", 200),
        ("head-a01", 200),
        ("window-a02", 404),
        ("liaison2", 200),
        ("centre1", 200),
        ("office1", 200),
        ("leader1", 200),
        ("sysadmin1", 403),
        ("auditor1", 403),
    ],
)
def test_a_notice_is_read_by_those_whom_the_approval_concerns(notices: Notices, who: str, status: int) -> None:
    reader = somebody(notices.app, who)
    statuses = {reader.get(notices.address(notices.first) + more).status_code for more in ("", ".pdf")}
    assert statuses == {status}


@pytest.mark.parametrize("seq", ["1", "0", "999999", "999999999999999999999", "-1", "x"])
def test_what_is_no_notice_is_not_found(notices: Notices, owner: Visitor, seq: str) -> None:
    for more in ("", ".pdf"):
        assert owner.get(f"/approvals/{notices.path}/notices/{seq}{more}").status_code == 404


def test_who_scans_the_code_signs_in_and_stands_before_the_notice(notices: Notices) -> None:
    visitor = Visitor(notices.app)
    redirected = visitor.get(notices.address(notices.first))
    assert redirected.status_code == 303 and redirected.location.startswith("/sign-in?next=")
    form = visitor.get(redirected.location).text
    address = re.findall(r'name="next" value="([^"]+)"', form)[-1]  # the first is that of the language
    signed_in = visitor.post("/sign-in", {"username": "owner1", "password": PASSWORD, "next": unescape(address)})
    assert (signed_in.status_code, signed_in.location) == (303, notices.address(notices.first))
    assert "攀挂告〔2026〕1号" in visitor.get(signed_in.location).text


def test_the_paper_says_what_was_told(pdf: bytes) -> None:
    content = words(pdf)
    for text in (
        *(
            "一次性告知书",
            "攀挂告〔2026〕1号",
            "攀枝花市发展改革委",
            "攀枝花市教育局：",
            "新建小学教学楼",
            "项目建议书审批",
        ),
        *(
            "你单位于2026年3月4日",
            "第三十二条第一款第四项",
            "5个工作日",
            "送达回执",
            "（办理窗口印章）",
            "2026年3月4日",
        ),
        *(value for item in ITEMS for value in item.values()),
    ):
        assert text in content, text
    assert "再次告知" not in content


def test_a_second_notice_gives_its_reason(notices: Notices, owner: Visitor) -> None:
    content = words(owner.get(f"{notices.address(notices.second)}.pdf").data)
    assert "再次告知书" in content and AGAIN["justification"] in content and "经本窗口负责人同意" in content


def test_it_is_a4_in_our_fonts_with_title_and_language(pdf: bytes) -> None:
    assert sizes(pdf) == {(210, 297)}
    assert fonts_of(pdf) <= OUR_FONTS
    assert title_of(pdf) == "一次性告知书 攀挂告〔2026〕1号"
    assert catalog_of(pdf)["/Lang"] == "zh-CN"
    assert len(pages(pdf)) == 1


def test_the_same_notice_is_printed_in_the_same_bytes(notices: Notices, pdf: bytes) -> None:
    assert somebody(notices.app, "window-a01").get(f"{notices.address(notices.first)}.pdf").data == pdf


def test_in_english_it_is_called_a_translation(notices: Notices, owner: Visitor) -> None:
    response = owner.get(f"{notices.address(notices.first)}.pdf?lang=en")
    content = " ".join("".join(pages(response.data)).split())  # a long name stands on two lines
    assert "One-time notice of corrections" in content and "Translation" in content
    assert "Panzhihua Development and Reform Commission" in content and "Project proposal" in content
    assert "未加盖公章" in content
    assert catalog_of(response.data)["/Lang"] == "en"
    assert "One-time%20notice" in response.headers["Content-Disposition"]
    assert owner.get(f"{notices.address(notices.first)}.pdf?lang=fr").status_code == 422


def test_units_of_the_city_bear_its_name_and_others_their_own(notices: Notices) -> None:
    with notices.app.app_context(), in_language("zh_Hans"):
        assert full_name(UnitName("市水利局", "Water Resources Bureau")) == "攀枝花市水利局"
        assert full_name(UnitName("宏达建设公司", "")) == "宏达建设公司"
    with notices.app.app_context(), in_language("en"):
        assert full_name(UnitName("市水利局", "Water Resources Bureau")) == "Panzhihua Water Resources Bureau"
        assert full_name(UnitName("市水利局", "")) == "攀枝花市水利局"


def test_the_printed_code_leads_to_the_page(notices: Notices, pdf: bytes, tmp_path: Path) -> None:
    assert bears_code(pdf, f"http://localhost{notices.address(notices.first)}", tmp_path)


@pytest.fixture(scope="module")
def strange(notices: Notices) -> tuple[Document, bytes, Watched]:
    """A second notice full of strange texts, laid out in this process, with its bytes and what it fetched."""
    texts = [*HOSTILE, UNBROKEN, RARE, LONG[:200]]
    items = [{"material": text[:200], "problem": text, "remedy": text} for text in texts]
    items.append({"material": "长", "problem": "长篇说明\n" * 700, "remedy": UNBROKEN * 15})
    with notices.database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"), name=HOSTILE[0] + UNBROKEN[:100])
        walk(tx, ref, "A01", ("submit", "notify_once", "resubmit"))
        do(tx, head("A01"), "notify_again", f"{ref}/A01", {"items": items, "justification": "".join(HOSTILE)})
        path, seq = f"{project_row(tx, ref).number}/A01", seqs(tx, ref, "notify_again")[0]
    watched = Watched()
    with notices.app.app_context(), in_language("zh_Hans"):
        with notices.database.read() as tx:
            view = notice_of(tx, *path.split("/"), seq, an_actor(tx, "office1"), NOW.date())
        notice = notice_document(view, "http://localhost/", qr_of("http://localhost/"))
        document, _ = lay_out(notice_html(notice), watched)
    return document, document.write_pdf(pdf_tags=True), watched


def test_what_people_write_fetches_nothing(strange: tuple[Document, bytes, Watched]) -> None:
    _document, printed, watched = strange
    assert watched.asked == []  # the style sheets are read once, before any document
    assert "/EmbeddedFiles" not in catalog_of(printed).get("/Names", {})
    assert b"/etc/passwd" not in printed and b"root:x:" not in printed


def test_what_people_write_is_printed_letter_by_letter(strange: tuple[Document, bytes, Watched]) -> None:
    content = words(strange[1])
    for text in (*HOSTILE[:8], UNBROKEN, RARE):
        assert "".join(text.split()) in content, text
    assert content.count("长篇说明") == 700


def test_no_text_leaves_the_page_however_long_it_is(strange: tuple[Document, bytes, Watched]) -> None:
    assert outside(strange[0]) == []
    assert [font.missing for font in strange[0].fonts.values() if font.missing] == []


def test_a_renderer_that_fails_loses_nothing_and_says_so(notices: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = somebody(notices.app, "owner1")
    monkeypatch.setattr(process, "_idle", [])  # no renderer is warm
    monkeypatch.setenv("PATH", "/nonexistent")  # no fontconfig
    failed = reader.get(f"{notices.address(notices.first)}.pdf")
    assert failed.status_code == 503 and failed.headers["Retry-After"]
    assert "文书暂时无法打印，数据没有丢失" in failed.text
    assert reader.get(notices.address(notices.first)).status_code == 200
