"""The page of a year: planned against actual on any day, and which items are behind, why and who."""

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.desk import asked
from tests.support.pages import Visitor, somebody
from tests.support.programme import PLAN, ROAD, an_entry, an_item, program


@pytest.fixture(autouse=True)
def programme(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        an_entry(tx, ROAD, state="confirmed", problems=["红线内两户未签约"])


def test_a_manager_sees_what_is_behind_why_and_who(leader: Visitor) -> None:
    page = leader.get("/programme/2026").text
    for words in ("901 新建农村公路", "100.0 %", "50.0 %", "竣工", "红线内两户未签约", "市级资金", "300.00", "50.50"):
        assert words in page


def test_an_earlier_day_is_told_as_it_was_known(leader: Visitor) -> None:
    before = leader.get("/programme/2026?on=2026-05-10").text
    assert "没有落后计划的分项" not in before and "0.0 %" in before
    assert "50.50" not in before
    assert "50.50" in leader.get("/programme/2026?on=2026-05-10&known=2026-05-28").text


@pytest.mark.parametrize("query", ["on=yesterday", "on=2026-06-01&known=2026-05-01", "on=1999-01-01"])
def test_days_that_cannot_be_are_refused(leader: Visitor, query: str) -> None:
    assert leader.get(f"/programme/2026?{query}").status_code == 422


def test_a_year_without_items_is_not_found(app: OpenAPI, leader: Visitor) -> None:
    assert leader.get("/programme/2025").status_code == 404
    assert somebody(app, "owner3").get("/programme/2026").status_code == 404


def test_the_year_asks_the_database_as_often_for_many_items_as_for_one(database: Database, leader: Visitor) -> None:
    before = asked(leader, "/programme/2026")
    with database.write() as tx:
        for number in range(910, 914):
            an_item(tx, "adopted", f"programme/2026/{number}")
    assert asked(leader, "/programme/2026") == before


def test_the_year_tells_whose_days_forecasts_and_what_its_end_must_carry(database: Database, leader: Visitor) -> None:
    """901: 开工 reached four days late, forecast by nobody; 竣工 open, its plan moved to 30 November. 902 is tight."""
    end = {"name": "竣工", "task": "510402", "planned_on": "2026-11-30"}
    asked = {"nodes": [end], "cause": "weather", "reason": "汛期停工"}
    with database.write() as tx:
        days = [{"task": "510402", "name": "竣工", "party": "county", "days": 30}]
        program(tx, "owner1", "replan", ROAD, asked | {"days": days}, "2026-09-01")
        program(tx, "office1", "confirm_replan", ROAD, {}, "2026-09-02")
        late = {"nodes": [end | {"name": "开工", "planned_on": "2026-10-01"}, end]}
        an_item(tx, "proposed", "programme/2026/902", name="村卫生室改造")
        program(tx, "office1", "assign", "programme/2026/902", PLAN | late, "2026-03-05")
    page = leader.get("/programme/2026?on=2026-11-10").text
    assert "节点2个，共14天；其中2个此前从未预计逾期" in page
    assert '>县（区）</td><td data-label="天数" class="num">10</td>' in page
    assert "节点1个（占全部的50.0 %），资金150.00万元（占全部的50.0 %）" in page
    assert "三分之二以上的计划集中在第四季度" in page and "902 村卫生室改造" in page
    item = leader.get("/programme/2026/items/902").text
    assert "计划与上年对照" in item and "上年没有同类分项" in item


def test_the_office_states_an_outcome_and_everybody_reads_it(office: Visitor, leader: Visitor) -> None:
    outcome = {
        "category": "生态环境",
        "name": "PM10年均浓度",
        "unit": "毫克/立方米",
        "period": "1—11月",
        "change": "-8.8",
    }
    office.get("/programme/2026")
    refused = office.post("/programme/2026/outcomes", outcome | {"source": "市生态环境局"})
    assert refused.status_code == 422 and "PM10年均浓度" in refused.text
    sent = office.post("/programme/2026/outcomes", outcome | {"source": "市生态环境局", "value": "0.083"})
    assert sent.status_code == 303
    page = leader.get("/programme/2026").text
    assert "PM10年均浓度" in page and "0.083" in page and "-8.8 %" in page and "录入成效指标" not in page
