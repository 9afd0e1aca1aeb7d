"""The page of the offices' own steps."""

import re

from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, do, when
from tests.support.pages import somebody


def test_managers_see_what_each_office_owes_and_since_when(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "filed", name="等待分类的项目", at=when("2026-11-03"))

    page = somebody(app, "leader1").get("/supervision/offices").text

    assert "等待分类的项目" in page
    assert "共1项待办，其中1项超期" in page
    assert "红灯" in page
    assert "自2026-11-07起" not in page


def test_a_reported_step_says_to_whom_and_when_and_its_notice_leads_there(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-11-03"))
    sweep(database, NOW, lambda: NOW)

    leader = somebody(app, "leader1")

    page = leader.get("/supervision/offices").text
    assert '市政府<span class="sub">自2026-11-07起</span>' in page
    assert 'href="/supervision/offices"' in leader.get("/notices").text.partition("机关超期上报（汇总分类）")[0][-400:]


def test_the_office_opens_the_filing_from_there(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "filed", at=when("2026-11-03"))

    assert f'href="/triage/{ref}"' in somebody(app, "office1").get("/supervision/offices").text
    assert f'href="/casefiles/{ref}"' in somebody(app, "centre1").get("/supervision/offices").text


def test_without_anything_owed_the_page_says_so(app: OpenAPI) -> None:
    assert "没有机关待办的环节" in somebody(app, "office1").get("/supervision/offices").text


def test_the_board_lists_the_offices_beside_the_departments_and_each_number_leads_to_its_list(
    app: OpenAPI, database: Database
) -> None:
    with database.write() as tx:
        for number in range(2):
            a_project(tx, "filed", name=f"久等的项目{number}", at=when("2026-11-03"))
        a_project(tx, "classified", name="待挂号的项目", at=when("2026-11-19"))
    leader = somebody(app, "leader1")

    board = leader.get("/board?by=office").text.partition("<h2>按机关</h2>")[2].partition("</section>")[0]

    assert 'href="/supervision/offices?level=3&amp;light=red">2</a>' in board
    assert 'href="/supervision/offices?level=2">1</a>' in board
    late = leader.get("/supervision/offices?level=3&light=red").text
    assert "久等的项目1" in late and "待挂号的项目" not in late
    assert leader.get("/supervision/offices?level=9").status_code == 422
    assert "没有符合条件的机关环节" in leader.get("/supervision/offices?level=1").text


def test_time_accounting_counts_the_days_of_the_offices_too(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        late = a_project(tx, "filed", at=when("2026-11-03"))
        do(tx, "office1", "classify", late, at=when("2026-11-12", "10:00"))  # seven working days later
        do(tx, "centre1", "register", late, at=when("2026-11-13", "10:00"))
        a_project(tx, "filed", at=when("2026-10-29"))  # 15 working days in November

    page = somebody(app, "leader1").get("/whose-time?period=2026-11").text.partition("按机关")[2]

    rows = re.findall(r'head-cell">(\w+)</td>' + r"\s*<td[^>]*>(\d+)</td>" * 4, page)
    assert rows == [("督查办", "2", "22", "0", "1"), ("政务服务中心", "1", "1", "1", "0")]
    assert "按机关" not in somebody(app, "window-a01").get("/whose-time?period=2026-11").text
