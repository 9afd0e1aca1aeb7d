"""Problems on pages: raised on the item, spoken of in the month's form, asked, listed, and turned into an order."""

import re

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.pages import Visitor, give_password, somebody
from tests.support.programme import REPORTER, ROAD, program

ITEM, MAY = "/programme/2026/items/901", "/programme/2026/items/901/510402/2026-05"
ONE, LIST = f"{ITEM}/problems/1", "/programme/problems"
LAND = {"text": "红线内两户未签约", "kind": "land"}
ASKED, WINDOW = "市发展改革委", "window-a01"


@pytest.fixture
def problem(database: Database, item: str) -> None:
    with database.write() as tx:
        program(tx, REPORTER, "raise_problem", f"{ROAD}/problems", LAND | {"since": "2026-04-20"}, "2026-05-04")


def test_a_problem_is_raised_on_the_page_of_its_item_and_settled(
    database: Database, reporter: Visitor, lead: Visitor, office: Visitor
) -> None:
    assert f"{ITEM}/problems/new" in reporter.get(ITEM).text
    reporter.get(f"{ITEM}/problems/new")
    refused = reporter.post(f"{ITEM}/problems/new", LAND | {"asked": "协调"})
    assert refused.status_code == 422 and "红线内两户未签约" in refused.text
    sent = reporter.post(f"{ITEM}/problems/new", LAND | {"since": "2026-11-01", "tasks": "510402"})
    assert (sent.status_code, sent.headers["Location"]) == (303, ONE)
    page = lead.get(ITEM).text
    assert "红线内两户未签约" in page and "19 天" in page and "尚未提请" in page
    lead.get(ONE)
    assert lead.post(f"{ONE}/moves/edit_problem", {"kind": "demolition", "since": "2026-11-02"}).status_code == 303
    assert lead.post(f"{ONE}/moves/close_problem", {"result": "已签约"}).status_code == 303
    assert "已销号问题 1 个" in lead.get(ITEM).text
    assert "红线内两户未签约" not in office.get(LIST).text
    assert "红线内两户未签约" in office.get(f"{LIST}?state=closed").text
    assert faults(database) == []


def test_who_is_asked_answers_from_the_notice_and_sees_nothing_else(
    app: OpenAPI, database: Database, problem: None, lead: Visitor
) -> None:
    give_password(database, WINDOW)
    asked = somebody(app, WINDOW)
    assert asked.get(ONE).status_code == 404
    lead.get(ONE)
    assert lead.post(f"{ONE}/moves/ask_unit", {"asked_unit": ASKED, "asked": "协调补偿标准"}).status_code == 303
    assert "红线内两户未签约" in asked.get(LIST).text
    page = asked.get(ONE).text
    assert "协调补偿标准" in page and f'href="{ITEM}"' not in page and "close_problem" not in page
    assert asked.post(f"{ONE}/moves/answer_problem", {"text": "已约谈"}).status_code == 303
    assert "已约谈" in lead.get(ONE).text


def test_open_problems_stand_ready_in_the_months_form(database: Database, problem: None, reporter: Visitor) -> None:
    page = reporter.get(MAY).text
    assert "红线内两户未签约" in page and "无变化" in page
    cells = {"quantities.里程": "", "funds.0.source": "city", "no_figure.city": "未到账"}
    words = {"problem_words.0.problem": "1", "problem_words.0.text": "签了一户", "problems": "资金未到位"}
    refused = reporter.post(f"{MAY}/moves/report", cells | words)
    assert refused.status_code == 422 and "签了一户" in refused.text and "资金未到位" in refused.text
    sent = reporter.post(f"{MAY}/moves/report", cells | words | {"quantities.里程": "3.5"})
    assert sent.status_code == 303
    page = reporter.get(ITEM).text
    assert "签了一户" in page and "资金未到位" in page
    again = {"problem_words.1.problem": "2", "problem_words.1.no_change": "yes", "quantities.里程": "3.5"}
    reporter.get(MAY)
    assert reporter.post(f"{MAY}/moves/report", cells | again).status_code == 303
    assert "无变化" in reporter.get(f"{ITEM}/problems/2").text


def test_the_office_filters_the_list_and_issues_an_order_by_one_press(
    database: Database, problem: None, office: Visitor
) -> None:
    with database.write() as tx:
        program(tx, REPORTER, "ask_unit", f"{ROAD}/problems/1", {"asked_unit": ASKED, "asked": "协调"}, "2026-05-06")
    assert "红线内两户未签约" in office.get(f"{LIST}?kind=land&county=510402&unit={ASKED}&stale=yes").text
    for query in ("kind=funds", "county=510421", "unit=市水利局", "state=closed"):
        assert "红线内两户未签约" not in office.get(f"{LIST}?{query}").text
    assert office.get(f"{LIST}?kind=luck").status_code == 422
    link = re.search(r'href="(/orders/new\?about=[^"]+)"', office.get(LIST).text)
    assert link is not None
    form = office.get(link[1]).text
    assert "901 新建农村公路：红线内两户未签约" in form and f'value="{ASKED}" selected' in form
    order = {"department": ASKED, "subject": "901 两户未签约", "demands": "协调", "due_on": "2026-11-27"}
    assert office.post(link[1], order).status_code == 303
    assert "/orders/new?about" not in office.get(LIST).text
    assert "转为督办单" in office.get(ONE).text
    assert faults(database) == []


def test_settled_problems_are_listed_by_choice_and_the_file_says_which(
    database: Database, problem: None, lead: Visitor, office: Visitor
) -> None:
    lead.get(ONE)
    lead.post(f"{ONE}/moves/close_problem", {"result": "已签约"})
    files = {query: office.get(f"{LIST}?file=csv{query}").text for query in ("", "&state=closed", "&state=all")}
    assert [LAND["text"] in text for text in files.values()] == [False, True, True]
    assert ["仅列未解决" in text for text in files.values()] == [True, False, False]
    assert "状态：全部" in files["&state=all"] and "状态：已销号" in office.get(f"{LIST}?state=closed").text
