"""The page of the offices' own steps."""

from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project, when
from tests.support.pages import somebody


def test_managers_see_what_each_office_owes_and_since_when(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "filed", name="等待分类的项目", at=when("2026-11-03"))

    page = somebody(app, "leader1").get("/supervision/offices").text

    assert "等待分类的项目" in page
    assert "共1项待办，其中1项超期" in page
    assert "红灯" in page


def test_the_office_opens_the_filing_from_there(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "filed", at=when("2026-11-03"))

    assert f'href="/triage/{ref}"' in somebody(app, "office1").get("/supervision/offices").text
    assert f'href="/casefiles/{ref}"' in somebody(app, "centre1").get("/supervision/offices").text


def test_without_anything_owed_the_page_says_so(app: OpenAPI) -> None:
    assert "没有机关待办的环节" in somebody(app, "office1").get("/supervision/offices").text
