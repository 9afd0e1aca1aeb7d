"""Anybody verifies a paper, without signing in: by its code or its bytes, of which strange ones do no harm."""

import re
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import text

from approvals.cli.reports import COMMAND_LINE
from approvals.http.application import database as running_database
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.file_metadata import SignatureReason, number_in_metadata
from approvals.reports.lifecycle.issuing import AtOnce, issue_report, report_pdf
from approvals.reports.lifecycle.queries import IssuedReport, issued_pdf, issued_reports
from approvals.reports.lifecycle.signing import opened_seal
from approvals.reports.periods import BULLETIN, MONTHLY, read_month
from approvals.web.public import verification as verify_routes
from tests.support.builders import NOW, an_approval, when
from tests.support.certificates import SECRET, a_key
from tests.support.desk import the_database
from tests.support.documents import bears_code, words
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor, a_site

MONTH, TODAY = "2026-03", NOW.date()
REASON = SignatureReason("印发", "攀枝花", "")
pytestmark = pytest.mark.usefixtures("papers")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """This city's key, and another city's."""
    folder = tmp_path_factory.mktemp("keys")
    return a_key(folder), a_key(folder, "攀枝花市督查办")  # of the same name: names prove nothing


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def app(request: pytest.FixtureRequest, make_database: Any, keys: tuple[Path, Path]) -> Iterator[OpenAPI]:
    signing = {"signing_key": keys[0], "signing_password": SECRET}
    with a_site(make_database(request.param), now=NOW, public_url="https://guahao.city.example", **signing) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "granted", at=when("2026-03-02"))
        yield app


@pytest.fixture(scope="module")
def papers(app: OpenAPI) -> list[tuple[IssuedReport, bytes]]:
    """March as it was issued and signed, and its correction."""
    with app.app_context():
        issued: list[tuple[IssuedReport, bytes]] = []
        for _ in range(2):
            if issued:
                words = ReportCorrection(issued[-1][0].ref, "words", "更正说明")
                compile_report(running_database(), MONTHLY, MONTH, COMMAND_LINE, lambda: NOW, words)
            issue_report(AtOnce(running_database()), MONTHLY, MONTH, COMMAND_LINE, lambda: NOW)
            with running_database().read() as tx:
                issued.append((issued_reports(tx, read_month(MONTH))[-1], issued_pdf(tx, MONTH)))
        return issued


@pytest.fixture(scope="module")
def paper(papers: list[tuple[IssuedReport, bytes]]) -> tuple[IssuedReport, bytes]:
    """The one in force."""
    return papers[1]


def answer(visitor: Visitor, content: bytes) -> str:
    response = visitor.post("/verify", {"file": (BytesIO(content), "paper.pdf")})
    assert response.status_code == 200, response.text
    return response.text


def headings(page: str) -> list[str]:
    """What the answer says in large."""
    return re.findall(r'<div class="card verdict.*?<h2>(.*?)</h2>', page, re.DOTALL)


def code_of(report: IssuedReport) -> str:
    return report.figures_sha256[:16]


def test_a_corrected_paper_names_the_one_that_took_its_place(
    anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]
) -> None:
    page = answer(anybody, papers[0][1])
    assert f"真实，已由{papers[1][0].shown_number}更正" in page
    assert "真实有效" not in page


def test_the_code_of_the_paper_leads_to_it(anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]) -> None:
    page = anybody.get(f"/verify/{code_of(papers[0][0])}").text
    assert papers[0][0].shown_number in page
    redirected = anybody.get(f"/verify?code={code_of(papers[0][0])}")
    assert (redirected.status_code, redirected.location) == (303, f"/verify/{code_of(papers[0][0])}")


@pytest.mark.parametrize("code", ["0" * 16, "%25", "_" * 16, "x", "a" * 5000, "'; drop table reports", "攀挂"])
def test_any_other_code_leads_to_none(anybody: Visitor, papers: list[tuple[IssuedReport, bytes]], code: str) -> None:
    page = anybody.get(f"/verify/{code}")
    assert page.status_code == 200
    assert "不是本系统印发的文件" in page.text
    assert not any(report.shown_number in page.text for report, _pdf in papers)


def test_the_page_is_in_english_too(anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]) -> None:
    anybody.post("/language", {"language": "en", "next": "/verify"})
    anybody.get("/verify")
    assert "Genuine and current" in answer(anybody, papers[1][1])
    anybody.get("/verify")
    assert "Not issued here" in answer(anybody, b"no paper")


def test_a_form_without_a_file_is_told_so(anybody: Visitor) -> None:
    response = anybody.post("/verify", {})
    assert response.status_code == 422
    assert "请选择文件的PDF" in response.text


def test_a_file_beyond_the_limit_is_not_read(anybody: Visitor) -> None:
    response = anybody.post("/verify", {"file": (BytesIO(b"x" * (verify_routes.LIMIT + 1)), "big.pdf")})
    assert response.status_code == 413


def test_who_asks_too_often_waits_and_others_do_not(app: OpenAPI, anybody: Visitor) -> None:
    answers = [anybody.get("/verify/" + "0" * 16).status_code for _ in range(verify_routes.PACE.most + 1)]
    assert answers == [200] * verify_routes.PACE.most + [429]
    assert Visitor(app, "192.0.2.8").get("/verify/" + "0" * 16).status_code == 200
    refused = anybody.post("/verify", {"file": (BytesIO(b"x"), "x.pdf")})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    verify_routes.PACE.forget()


def test_verifying_leaves_the_database_as_it_was(
    app: OpenAPI, anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]
) -> None:
    with app.app_context():
        before = counted()
        answer(anybody, papers[0][1])
        answer(anybody, b"something private")
        anybody.get("/verify/" + "0" * 16)
        assert counted() == before


def counted() -> list[int]:
    tables = ("reports", "history_entries", "account_events", "documents", "sign_in_attempts", "once_keys")
    with running_database().read() as tx:
        return [tx.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]  # noqa: S608


def test_the_paper_shows_its_code(app: OpenAPI, papers: list[tuple[IssuedReport, bytes]]) -> None:
    assert re.search(rf"https://guahao.city.example/verify/{code_of(papers[0][0])}", words(papers[0][1]))


def test_the_printed_code_leads_to_the_page_of_the_paper(
    anybody: Visitor, papers: list[tuple[IssuedReport, bytes]], tmp_path: Path
) -> None:
    path = f"/verify/{code_of(papers[1][0])}"
    assert bears_code(papers[1][1], f"https://guahao.city.example{path}", tmp_path)
    assert anybody.get(path).status_code == 200


def test_a_signed_paper_is_genuine_and_says_whose_signature_it_bears(
    anybody: Visitor, paper: tuple[IssuedReport, bytes]
) -> None:
    of_file, of_code = answer(anybody, paper[1]), anybody.get(f"/verify/{code_of(paper[0])}").text
    assert headings(of_file) == ["真实有效"]
    assert headings(of_code) == ["真实有效", f"真实，已由{paper[0].shown_number}更正"]  # the code of both papers
    for page in (of_file, of_code):
        assert paper[0].shown_number in page
        assert "攀枝花市督查办<br>签名完好" in page


def test_what_was_added_to_a_paper_is_not_ours_and_the_paper_is_named(
    anybody: Visitor, paper: tuple[IssuedReport, bytes], keys: tuple[Path, Path]
) -> None:
    for more in (b"\n", b"\0" * 100, b"1 0 obj\n<<>>\nendobj\n%%EOF\n", paper[1]):
        page = answer(anybody, paper[1] + more)
        assert headings(page) == ["印发后被改动", "印发时的原件"]
        assert paper[0].shown_number in page


def test_a_paper_that_was_changed_after_it_was_signed_is_told_from_a_strangers(
    anybody: Visitor, paper: tuple[IssuedReport, bytes], keys: tuple[Path, Path]
) -> None:
    pdf = paper[1]
    middle = len(pdf) // 2
    changed = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
    assert headings(answer(anybody, changed)) == ["签名后被改动"]


def test_another_citys_paper_is_not_ours_whatever_name_its_certificate_bears(
    app: OpenAPI, anybody: Visitor, keys: tuple[Path, Path]
) -> None:
    page = answer(anybody, opened_seal(keys[1], SECRET).sign(preview(app), NOW, REASON))
    assert headings(page) == ["不是本系统印发的文件"]
    assert "不是本市的" in page
    assert "攀枝花市督查办<br>" not in page


def test_what_this_city_signed_and_never_issued_is_not_called_genuine(
    app: OpenAPI, anybody: Visitor, keys: tuple[Path, Path]
) -> None:
    page = answer(anybody, opened_seal(keys[0], SECRET).sign(preview(app), NOW, REASON))
    assert headings(page) == ["有本市签名，但未印发"]


@cache
def preview(app: OpenAPI, kind: str = MONTHLY, text: str = "2026-04", spoken: str = "zh_Hans") -> bytes:
    with app.app_context():
        return report_pdf(running_database(), text, spoken, TODAY, kind)


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_a_preview_says_that_it_is_one(app: OpenAPI, anybody: Visitor, spoken: str) -> None:
    assert headings(answer(anybody, preview(app, spoken=spoken))) == ["不是本系统印发的文件：预览稿"]


def test_a_translation_leads_to_the_paper_that_it_translates(
    app: OpenAPI, anybody: Visitor, paper: tuple[IssuedReport, bytes]
) -> None:
    page = answer(anybody, preview(app, text=MONTH, spoken="en"))
    assert headings(page) == ["不是印发的原件", "印发时的原件"]
    assert paper[0].shown_number in page


def test_a_paper_that_a_program_saved_again_leads_to_the_issued_one(
    anybody: Visitor, paper: tuple[IssuedReport, bytes]
) -> None:
    saved = BytesIO()
    with pikepdf.open(BytesIO(paper[1])) as file:  # as a reader does, which keeps the signature that fits no more
        file.save(saved)
    without_signature = paper[1][: paper[1].index(b"%%EOF") + 6]
    for content in (saved.getvalue(), without_signature):
        page = answer(anybody, content)
        assert headings(page) == ["不是印发的原件", "印发时的原件"]
        assert paper[0].shown_number in page


def test_a_bulletin_is_verified_like_a_report(app: OpenAPI, anybody: Visitor) -> None:
    with app.app_context():
        bulletin = issue_report(AtOnce(running_database()), BULLETIN, MONTH, COMMAND_LINE, lambda: NOW)
        with running_database().read() as tx:
            pdf = issued_pdf(tx, MONTH, BULLETIN)
    page = answer(anybody, pdf)
    assert headings(page) == ["真实有效"]
    assert bulletin.shown_number in page


def test_each_kind_of_wrong_file_is_told_what_to_do(anybody: Visitor, paper: tuple[IssuedReport, bytes]) -> None:
    printed = b"%PDF-1.4\n1 0 obj\n<</Creator (Chromium)/Producer (Skia/PDF m150)>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    for content, told in (
        (b"", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "文件不是PDF"),
        (b"PK\x03\x04" + b"\0" * 500, "文件不是PDF"),
        (paper[1][:-2000], "文件不完整"),
        (b"%PDF-1.7", "文件不完整"),
        (printed, "没有以这些内容印发过文件"),
    ):
        page = answer(anybody, content)
        assert headings(page) == ["不是本系统印发的文件"]
        assert told in page


def packed(text: bytes) -> bytes:
    return zlib.compress(text, 9)


ABOUT = b"<dc:description><rdf:Alt><rdf:li>%s</rdf:li>"
HOSTILE = (
    b"%PDF-1.7\n/Type /Metadata stream\n" + packed(b"\0" * 200_000_000) + b"%%EOF",  # two hundred megabytes in two
    b"%PDF-1.7\n" + b"/Type /Metadata stream\n" * 400_000 + b"%%EOF",
    b"%PDF-1.7\n/Type /ObjStm /N 999999999 stream\n" + packed(b"<<" * 10_000_000) + b"%%EOF",
    b"%PDF-1.7\n" + b"[" * 5_000_000 + b"%%EOF",
    b"%PDF-1.7\n/ByteRange [0 9 " + b"9" * 1_000_000 + b"] %%EOF",
    b"%PDF-1.7\n" + b"/ByteRange [0 1 1 1" * 500_000 + b"%%EOF",
    b"%PDF-1.7\n/Type /Metadata stream\n" + ABOUT * 1000 % ((b"<script>alert(1)</script>",) * 1000) + b"%%EOF",
    b"%PDF-1.7\n/Type /Metadata stream\n" + ABOUT % ("攀挂报〔2026〕999号".encode()) + b"%%EOF",
    b"%PDF-1.7\n/Type /Metadata stream\n" + ABOUT % b"%s%%(number)s{{ 7*7 }}&lt;script&gt;" + b"%%EOF",
    b"%PDF-1.7\n" + b"\xff" * 15_000_000 + b"%%EOF",
)


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_is_no_more_than_another_file(anybody: Visitor, content: bytes) -> None:
    page = answer(anybody, content)
    assert headings(page) == ["不是本系统印发的文件"]
    assert "alert(1)" not in page
    assert "49" not in headings(page)


def test_metadata_are_unpacked_within_limits() -> None:
    bomb = b"/Type /Metadata stream\n" + packed(ABOUT % b"deep" + b"\0" * 50_000_000)
    assert number_in_metadata(bomb) == "deep"
    late = b"/Type /Metadata stream\n" + packed(b"\0" * 50_000_000 + ABOUT % b"deep")
    assert number_in_metadata(late) == ""


def test_the_answer_tells_nothing_of_a_report_but_number_day_and_checksums(
    anybody: Visitor, paper: tuple[IssuedReport, bytes]
) -> None:
    page = answer(anybody, paper[1])
    terms = re.findall(r"<dt>(.*?)</dt>", page)
    assert terms == ["编号", "标题", "印发日期", "数字签名", "数据校验码（SHA-256）", "PDF校验码（SHA-256）"]
