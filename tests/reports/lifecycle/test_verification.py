"""Anybody verifies a paper: by its bytes or by its code, without signing in, and nothing is kept."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import text

from approvals.base.database import Database
from approvals.cli.reports import COMMAND_LINE
from approvals.http.application import database as running_database
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.issuing import AtOnce, issue_report
from approvals.reports.lifecycle.queries import IssuedReport, issued_pdf, issued_reports
from approvals.reports.periods import MONTHLY, read_month
from approvals.web.public import verification as verify_routes
from tests.support.builders import NOW, an_approval, when
from tests.support.documents import bears_code, words
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor, a_site

MONTH = "2026-03"


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def app(request: pytest.FixtureRequest, make_database: Any) -> Iterator[OpenAPI]:
    url = make_database(request.param)
    with a_site(url, now=NOW, public_url="https://guahao.city.example") as app:
        database = Database(url)
        with database.write() as tx:
            an_approval(tx, "granted", at=when("2026-03-02"))
        database.close()
        yield app


@pytest.fixture(scope="module")
def papers(app: OpenAPI) -> list[tuple[IssuedReport, bytes]]:
    """March as it was issued, and its correction."""
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


def upload(visitor: Visitor, content: bytes) -> str:
    response = visitor.post("/verify", {"file": (BytesIO(content), "paper.pdf")})
    assert response.status_code == 200, response.text
    return response.text


def code_of(report: IssuedReport) -> str:
    return report.figures_sha256[:16]


def test_the_paper_in_force_is_genuine_and_current(anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]) -> None:
    page = upload(anybody, papers[1][1])
    assert "真实有效" in page
    assert papers[1][0].shown_number in page


def test_a_corrected_paper_names_the_one_that_took_its_place(
    anybody: Visitor, papers: list[tuple[IssuedReport, bytes]]
) -> None:
    page = upload(anybody, papers[0][1])
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
    assert "Genuine and current" in upload(anybody, papers[1][1])
    anybody.get("/verify")
    assert "Not issued here" in upload(anybody, b"no paper")


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
        upload(anybody, papers[0][1])
        upload(anybody, b"something private")
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
