"""The works on pages: the owner reports them with evidence, the liaison confirms, all read what to expect."""

import io
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project, approval_row, do, permit_works, project_row
from tests.support.desk import text_of, the_database
from tests.support.files import pdf
from tests.support.pages import Visitor, somebody

NUMBER = "510400-2026-00001"
DAY = {"day": "2026-03-02"}
YEAR = {"planned_start_on": "2027-03-01", "planned_finish_on": "2028-02-29"}


@pytest.fixture
def database(app: OpenAPI) -> Database:
    return the_database(app)


@pytest.fixture
def liaison(app: OpenAPI) -> Visitor:
    return somebody(app, "liaison1")


def a_case(database: Database, **fields: Any) -> str:
    with database.write() as tx:
        return a_project(tx, "registered", **fields)


def permitted(database: Database, **fields: Any) -> str:
    """A project with all approvals granted that come before the acceptance."""
    ref = a_case(database, **fields)
    with database.write() as tx:
        permit_works(tx, ref)
    return ref


def send(visitor: Visitor, move: str, **fields: Any) -> Any:
    visitor.get(f"/projects/{NUMBER}")
    data = DAY | fields
    return visitor.post(f"/projects/{NUMBER}/works/{move}", data, content_type="multipart/form-data")


def test_a_kindergarten_filed_in_november_is_not_complete_in_march(database: Database, owner: Visitor) -> None:
    """Its path is 63 working days to the permit, then the works as long as planned, then 14 days."""
    a_case(database, **YEAR)
    text = text_of(owner.get(f"/projects/{NUMBER}").text)
    assert "施工许可 2027年" in text and "还需 63 个工作日" in text
    assert "按计划工期竣工 2028年2月29日" in text
    assert "全部办结 2028年3月20日" in text


def test_without_planned_days_the_page_says_that_the_end_cannot_be_forecast(database: Database, owner: Visitor) -> None:
    a_case(database)
    text = text_of(owner.get(f"/projects/{NUMBER}").text)
    assert "无法预计：业主未填报计划开工、竣工日期" in text
    assert "还需 63 个工作日" in text and "全部办结 20" not in text
    owner.post("/language", {"language": "en"})
    assert "only the construction permit can be forecast, not the end" in text_of(owner.get(f"/projects/{NUMBER}").text)


def test_the_owner_reports_the_works_with_a_file_and_the_liaison_confirms_them(
    database: Database, owner: Visitor, liaison: Visitor
) -> None:
    ref = permitted(database, **YEAR)
    assert "请在开工、竣工后分别报告" in text_of(owner.get(f"/projects/{NUMBER}").text)
    assert "请在开工、竣工后分别报告" in text_of(owner.get("/projects").text)
    assert send(owner, "start_works", file=(io.BytesIO(pdf()), "开工令.pdf")).status_code == 303
    text = text_of(owner.get(f"/projects/{NUMBER}").text)
    assert "业主已报告，待联系人核实" in text and "开工令.pdf" in text

    assert "待核实的开竣工报告" in liaison.get("/day").text
    page = liaison.get(f"/casefiles/{NUMBER}").text
    assert "核实开工" in page and 'value="2026-03-02"' in page
    assert liaison.post(f"/casefiles/{NUMBER}/moves/start_works", DAY).status_code == 303
    text = text_of(owner.get(f"/projects/{NUMBER}").text)
    assert "联系人已核实" in text and "更正开工日期" not in text
    assert send(owner, "start_works").status_code == 409

    assert send(owner, "finish_works").status_code == 303
    with database.read() as tx:
        assert approval_row(tx, ref, "D01").state == "ready"
    assert "不计入三本账" in text_of(liaison.get(f"/casefiles/{NUMBER}").text)


def test_a_report_that_is_refused_keeps_its_day_and_stores_no_document(database: Database, owner: Visitor) -> None:
    ref = a_case(database)
    answer = send(owner, "start_works", day="2027-01-01", file=(io.BytesIO(pdf()), "开工令.pdf"))
    assert answer.status_code == 422
    assert "不得晚于报告当日" in answer.text and 'value="2027-01-01"' in answer.text
    assert "开工令.pdf" not in owner.get(f"/projects/{NUMBER}").text
    with database.read() as tx:
        assert project_row(tx, ref).works_started_on is None


@pytest.mark.parametrize("move", ["withdraw", "nothing"])
def test_the_form_takes_reports_of_the_works_alone(database: Database, owner: Visitor, move: str) -> None:
    a_case(database)
    assert send(owner, move).status_code == 404


def test_a_start_before_the_permit_is_named(app: OpenAPI, database: Database) -> None:
    ref = a_case(database)
    with database.write() as tx:
        do(tx, "liaison1", "start_works", ref, DAY)
    assert "早于施工许可" in text_of(somebody(app, "office1").get(f"/casefiles/{NUMBER}").text)
