"""The page of an item: what it shows, its moves by role, a new item and its plan."""

import re

import pytest
from flask_openapi3 import OpenAPI

from approvals.accounts.identity import actor_by_username
from approvals.base.database import Database
from tests.support.builders import NOW
from tests.support.pages import Visitor, somebody
from tests.support.programme import ITEM, PLAN, REPORTER, ROAD, an_entry, an_item, program, programme_people

PAGE = "/programme/2026/items/901"
BUTTONS = re.compile(rf'action="{PAGE}/moves/(\w+)"')


def test_an_item_shows_plan_and_actual(database: Database, item: str, leader: Visitor) -> None:
    with database.write() as tx:
        an_entry(tx, item, state="confirmed")
    page = leader.get(PAGE).text
    for words in ("新建农村公路", "落后计划", "2026-04-30", "2026-05-04", "逾期达到", "12.5", "3.5", "300.00", "50.50"):
        assert words in page


@pytest.mark.parametrize(
    ("username", "moves"),
    [
        ("owner1", ["begin", "replan", "divide_days", "hand_over"]),
        ("office1", ["suspend", "drop"]),
        ("leader1", []),
        (REPORTER, []),
    ],
)
def test_each_role_has_the_moves_that_are_theirs(
    app: OpenAPI, reporter: Visitor, username: str, moves: list[str]
) -> None:
    visitor = reporter if username == REPORTER else somebody(app, username)
    assert BUTTONS.findall(visitor.get(PAGE).text) == moves


def test_a_unit_reads_the_record_of_its_own_tasks_alone(app: OpenAPI, database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        an_item(tx, "proposed")
        unit = actor_by_username(tx, "owner3", NOW.date()).unit
        tasks = [*PLAN["tasks"], {"code": "510403", "unit": unit, "person": "owner3"}]
        program(tx, "office1", "assign", ROAD, PLAN | {"tasks": tasks}, "2026-03-03")
        program(tx, "office1", "adopt", ROAD, at="2026-03-04")
        an_entry(tx, ROAD, next="东区路基施工", problems=["东区两户未签约"])
        program(tx, "owner3", "report", f"{ROAD}/510403/2026-05", {"next": "西区勘界"}, "2026-05-27")
    of_all, own = leader.get(PAGE).text, somebody(app, "owner3").get(PAGE).text
    assert all(words in of_all for words in ("东区路基施工", "东区两户未签约", "西区勘界"))
    assert "西区勘界" in own and "东区路基施工" not in own and "东区两户未签约" not in own


def test_strangers_do_not_find_an_item(app: OpenAPI, item: str) -> None:
    assert somebody(app, "owner3").get(PAGE).status_code == 404
    assert somebody(app, "window-a01").get(PAGE).status_code == 403
    assert somebody(app, "office1").get("/programme/2026/items/999").status_code == 404


def test_the_office_suspends_and_a_day_too_far_away_keeps_what_was_typed(item: str, office: Visitor) -> None:
    office.get(PAGE)
    given = {"cause": "policy", "restart_steps": "等待国家政策明确", "version": "3"}
    refused = office.post(f"{PAGE}/moves/suspend", given | {"review_on": "2027-06-01"})
    assert refused.status_code == 422
    assert "须在自今日起一个季度内" in refused.text and "等待国家政策明确" in refused.text
    assert office.post(f"{PAGE}/moves/suspend", given | {"review_on": "2026-12-31"}).status_code == 303
    assert "已中止" in office.get(PAGE).text


def test_a_stale_form_shows_what_stands_now(item: str, office: Visitor) -> None:
    office.get(PAGE)
    refused = office.post(f"{PAGE}/moves/drop", {"reason": "取消", "version": "1"})
    assert refused.status_code == 409 and "取消" in refused.text


def test_an_item_is_proposed_planned_and_adopted_on_pages(app: OpenAPI, database: Database, office: Visitor) -> None:
    with database.write() as tx:
        programme_people(tx)
    office.get("/programme/2026/new")
    flags = {"practical_matter": "yes"}
    answer = office.post("/programme/2026/new", ITEM | flags | {"item_no": "030"})
    assert answer.headers["Location"] == "/programme/2026/items/030/plan"
    plan = {
        **{"tasks.0.code": "510402", "tasks.0.unit": "东区", "tasks.0.person": REPORTER, "tasks.0.rhythm": "monthly"},
        **{"indicators.0.name": "里程", "indicators.0.unit": "公里", "indicators.0.targets.510402": "12"},
        **{"nodes.0.name": "开工", "nodes.0.task": "510402", "nodes.0.planned_on": "2026-04-30"},
        **{
            "funds.0.source": "city",
            "funds.0.task": "510402",
            "funds.0.planned_10k_yuan": "300",
            "funds.0.fiscal": "no",
        },
    }
    office.get("/programme/2026/items/030/plan")
    refused = office.post("/programme/2026/items/030/plan", plan | {"tasks.0.person": "nobody"})
    assert refused.status_code == 422 and "nobody" in refused.text and "12" in refused.text
    assert office.post("/programme/2026/items/030/plan", plan).status_code == 303
    again = office.get("/programme/2026/items/030/plan").text
    assert 'value="300.00"' in again and 'name="indicators.0.targets.510402" value="12"' in again
    assert office.post("/programme/2026/items/030/moves/adopt").status_code == 303
    assert "已列入" in office.get("/programme/2026/items/030").text
    assert office.get("/programme/2026/items/030/plan").status_code == 404


def test_a_number_that_is_taken_is_asked_back(item: str, office: Visitor) -> None:
    office.get("/programme/2026/new")
    refused = office.post("/programme/2026/new", {**ITEM, "practical_matter": "yes", "item_no": "901"})
    assert refused.status_code == 422 and "已被使用" in refused.text and "新建农村公路" in refused.text


def test_a_new_plan_waits_for_the_office(database: Database, item: str, office: Visitor) -> None:
    asked_for = {"nodes": [{"name": "竣工", "task": "510402", "planned_on": "2026-11-30"}], "cause": "weather"}
    with database.write() as tx:
        program(tx, "owner1", "replan", ROAD, asked_for | {"reason": "汛期停工"}, "2026-09-01")
    page = office.get(PAGE).text
    assert "计划调整待督查办确认" in page and "2026-11-30" in page
    assert BUTTONS.findall(page) == ["confirm_replan", "refuse_replan", "suspend", "drop"]
    assert office.post(f"{PAGE}/moves/confirm_replan").status_code == 303
    assert "2026-11-30" in office.get(PAGE).text


def test_lead_units_ask_for_a_new_plan_on_the_page(database: Database, item: str, lead: Visitor) -> None:
    page = lead.get(PAGE).text
    assert '<option value="510402/竣工"' in page and '<option value="510402/city"' in page
    passed = {
        "nodes.0.node": "510402/竣工",
        "nodes.0.planned_on": "2026-12-15",
        "cause": "land",
        "reason": "用地未交付",
    }
    refused = lead.post(f"{PAGE}/moves/replan", passed)
    assert refused.status_code == 422 and "只能更正差错" in refused.text
    assert '<option value="510402/竣工" selected' in refused.text
    late = lead.post(f"{PAGE}/moves/replan", passed | {"cause": "error"})
    assert late.status_code == 409 and "至少提前10个工作日" in late.text and 'name="confirmed"' in late.text
    assert lead.post(f"{PAGE}/moves/replan", passed | {"cause": "error", "confirmed": "yes"}).status_code == 303
    assert "计划调整待督查办确认" in lead.get(PAGE).text


def test_the_record_of_new_plans_keeps_the_refused_ones(database: Database, item: str, office: Visitor) -> None:
    node = {"name": "竣工", "task": "510402", "planned_on": "2026-11-30"}
    asked = {"nodes": [node], "cause": "weather", "reason": "汛期停工"}
    days = [{"task": "510402", "name": "竣工", "party": "weather", "days": 30}]
    with database.write() as tx:
        program(tx, "owner1", "replan", ROAD, asked | {"reason": "想改"}, "2026-08-01")
        program(tx, "office1", "refuse_replan", ROAD, {"reason": "不同意"}, "2026-08-02")
        program(tx, "owner1", "replan", ROAD, asked | {"days": days}, "2026-09-01")
        program(tx, "office1", "confirm_replan", ROAD, {}, "2026-09-02")
    page = office.get(PAGE).text
    for words in ("未同意", "想改", "已同意", "调整1次，共30天", "天气 30 天"):
        assert words in page
    assert "调整1次，共30天" in office.get("/ledger").text


def test_whose_days_are_divided_on_the_page(item: str, lead: Visitor, office: Visitor) -> None:
    """On 20 November both nodes are late: by 204 days the start, by 20 the completion."""
    page = lead.get(PAGE).text
    assert "天数归属" in page and "未划分" in page
    given = {"days.0.node": "510402/竣工", "days.0.party": "weather", "days.0.days": "21", "note": "暴雨"}
    refused = lead.post(f"{PAGE}/moves/divide_days", given)
    assert refused.status_code == 422 and "20" in refused.text
    assert lead.post(f"{PAGE}/moves/divide_days", given | {"days.0.days": "12"}).status_code == 303
    assert "天数划分待督查办确认" in office.get(PAGE).text
    assert office.post(f"{PAGE}/moves/confirm_days").status_code == 303
    assert "天气 12" in office.get(PAGE).text


def test_pages_are_in_english_too(database: Database, item: str, leader: Visitor) -> None:
    with database.write() as tx:
        an_item(tx, "proposed", "programme/2026/902")
    leader.post("/language", {"language": "en"})
    page = leader.get(PAGE).text
    assert "Time nodes" in page and "Behind the plan" in page
