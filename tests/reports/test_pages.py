"""Managers read the months, download the paper, and the supervision office issues it."""

import re
from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import NOW, an_approval, when
from tests.support.desk import the_database
from tests.support.extent import PAGE_ENGINES, effort
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody

MANAGERS = ("office1", "centre1", "leader1")
NO_MONTHS = ("2026-13", "2026-00", "march", "2026-12", "1999-01", "2100-01", "2026-1", "２０２６-03")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def app(request: pytest.FixtureRequest, make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with a_site(make_database(request.param), now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "granted", at=when("2026-03-02"))
            an_approval(tx, "accepted", at=when("2026-10-12"))
        yield app


@pytest.fixture(params=effort(MANAGERS[:1], MANAGERS))
def manager(request: pytest.FixtureRequest, app: OpenAPI) -> Visitor:
    return somebody(app, request.param)


def cells(page: str, row: str) -> list[str]:
    """The figures of the first row with this name."""
    found = re.search(rf"<tr[^>]*>\s*<td[^>]*>\s*{row}.*?</tr>", page, re.DOTALL)
    assert found, f"no row {row}"
    return [TAGS.sub("", cell).strip() for cell in re.findall(r"<td.*?</td>", found[0], re.DOTALL)][1:]


def test_the_list_shows_the_months_since_the_first_record_the_newest_first(manager: Visitor) -> None:
    page = manager.get("/reports").text
    months = re.findall(r'href="/reports/monthly/(\d{4}-\d{2})"', page)
    assert months == [f"2026-{n:02d}" for n in range(11, 2, -1)]
    assert "本月尚未结束" in page


def test_a_month_shows_its_departments_beside_the_month_before(manager: Visitor) -> None:
    page = manager.get("/reports/monthly/2026-10").text
    assert page.index("各部门与上月对比") < page.index("全市主要指标")
    beside = page[page.index("各部门与上月对比") :]
    assert cells(beside, "市发展改革委") == ["1", "0", "+1", "0", "0", "0", "1", "0", "+1", "–", "–"]
    for title in ("亮灯情况", "升级反馈", "超期事项", "重点项目与急难险重项目", "下月到期提示", "指标口径"):
        assert title in page


def test_a_month_is_read_in_english_too(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    leader.get("/reports/monthly/2026-10")
    leader.post("/language", {"language": "en", "next": "/reports/monthly/2026-10"})
    page = leader.get("/reports/monthly/2026-10?chapter=all").text
    assert "Monthly escalation report of October 2026" in page
    assert "Development and Reform Commission" in page
    leader.post("/language", {"language": "zh_Hans", "next": "/"})


def test_the_running_month_says_up_to_when_it_was_read(manager: Visitor) -> None:
    page = manager.get("/reports/monthly/2026-11").text
    assert "本月尚未结束，办理记录截至2026年11月20日终了" in page
    assert "印发本报告" not in page


@pytest.mark.parametrize("month", NO_MONTHS)
def test_there_is_no_page_of_a_month_that_is_none_or_lies_ahead(manager: Visitor, month: str) -> None:
    for path in (f"/reports/monthly/{month}", f"/reports/monthly/{month}.pdf"):
        assert manager.get(path).status_code == 404


def test_a_preview_is_printed_by_the_worker_and_named_for_its_month(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    asked = leader.get("/reports/monthly/2026-10.pdf")
    assert (asked.status_code, asked.location) == (303, "/reports/monthly/2026-10#papers")
    assert "该文稿尚未按当前数据排印" in leader.get("/reports/monthly/2026-10").text
    assert leader.post("/reports/monthly/2026-10/papers", {"language": "zh"}).status_code == 303
    assert "目前没有后台程序在运行" in leader.get("/reports/monthly/2026-10/papers").text
    assert work(app) == ["done"]
    response = leader.get("/reports/monthly/2026-10.pdf")
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert "2026-10.pdf" in response.headers["Content-Disposition"]


def test_the_workbook_is_handed_out_locked_under_its_name(app: OpenAPI) -> None:
    response = somebody(app, "leader1").get("/reports/monthly/2026-10.xlsx")
    assert response.status_code == 200
    assert "workbook-2026-10.xlsx" in response.headers["Content-Disposition"]
    book = openpyxl.load_workbook(BytesIO(response.data))
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert book.worksheets[0]["A1"].value


def test_a_language_that_is_none_of_ours_is_refused(manager: Visitor) -> None:
    assert manager.get("/reports/monthly/2026-10.pdf?language=fr").status_code == 422


def test_only_the_supervision_office_is_offered_the_draft_and_its_issue(app: OpenAPI) -> None:
    compile_it, issue_it = "/reports/monthly/2026-09/moves/compile", "/reports/monthly/2026-09/issue"
    for form in (compile_it, issue_it):
        for username in MANAGERS:
            page = somebody(app, username).get("/reports/monthly/2026-09").text
            assert (f'action="{form}"' in page) == (username == "office1")
        office = somebody(app, "office1")
        office.get("/reports/monthly/2026-09")
        assert office.post(compile_it).status_code == 303


def test_an_issued_report_has_its_number_and_can_only_be_corrected(app: OpenAPI) -> None:
    office = somebody(app, "office1")
    office.get("/reports/monthly/2026-03")
    issued = office.post("/reports/monthly/2026-03/issue", {"once": office.once_key()})
    assert (issued.status_code, issued.location) == (303, "/reports/monthly/2026-03")
    work(app)
    page = office.get("/reports/monthly/2026-03").text
    number = re.search(r"攀挂报〔2026〕\d+号", page)
    assert number
    assert "印发本报告" not in page
    assert office.post("/reports/monthly/2026-03/issue").status_code == 303  # sent twice: one report
    assert work(app) == []
    pdf = office.get("/reports/monthly/2026-03.pdf").data
    assert somebody(app, "leader1").get("/reports/monthly/2026-03.pdf").data == pdf

    corrected = office.post("/reports/monthly/2026-03/moves/correct", {"grounds": "words", "reason": "署名有误。"})
    assert corrected.status_code == 303
    assert "署名有误。" in office.get("/reports/monthly/2026-03").text
    assert office.post("/reports/monthly/2026-03/issue").status_code == 303
    work(app)
    page = office.get("/reports/monthly/2026-03").text
    assert f"本报告更正2026年11月20日印发的{number[0]}。" in page
    in_force = re.search(r"攀挂报〔2026〕\d+号", page)
    assert in_force
    assert in_force[0] != number[0]
    assert in_force[0] in office.get("/reports").text


def test_what_cannot_be_issued_is_said_on_the_page(app: OpenAPI) -> None:
    office = somebody(app, "office1")
    office.get("/reports/monthly/2026-11")
    refused = office.post("/reports/monthly/2026-11/issue")
    assert refused.status_code == 409
    assert "本月尚未结束，只能预览，不能印发。" in refused.text
    correction = {"grounds": "words", "reason": "从未印发过"}
    refused = office.post("/reports/monthly/2026-10/moves/correct", correction)
    assert refused.status_code == 409


def test_a_department_reads_eight_figures_a_chart_and_the_late_ones_before_all_figures(app: OpenAPI) -> None:
    office = somebody(app, "office1").get("/reports/monthly/2026-10").text
    key = re.search(r'/reports/monthly/2026-10/departments/(\d+)"', office)
    assert key
    page = somebody(app, "office1").get(f"/reports/monthly/2026-10/departments/{key[1]}").text
    assert page.count('"brief-number"') == 8
    parts = [page.index(part) for part in ("brief-number", "drawing", "<h2>超期事项", "every-figure")]
    assert parts == sorted(parts)
    assert page.count('<figure class="drawing">') == 1
