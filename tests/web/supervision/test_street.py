"""The page of the city at a glance: charts with the same figures in tables, for a year that can be chosen."""

import re

from flask_openapi3 import OpenAPI

from tests.support.builders import a_project, walk, when
from tests.support.desk import asked, the_database
from tests.support.pages import somebody


def a_case(app: OpenAPI, number: int) -> None:
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered", at=when(f"2026-03-0{number}"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when(f"2026-03-1{number}"))


def test_charts_and_tables_have_the_same_figures(app: OpenAPI) -> None:
    a_case(app, 2)
    page = somebody(app, "leader1").get("/board/street").text
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 2
    assert "全年申报项目办理进度: 申报 1; 分类 1; 挂号 1; 首件受理 1; 首件办结 0; 全部办结 0" in page
    rows = re.findall(r'head-cell">([^<]+)</td>\s*<td[^>]*class="num">(\d+)</td>', page)
    assert ("首件受理", "1") in rows and ("首件办结", "0") in rows


def test_an_unknown_year_is_refused(app: OpenAPI) -> None:
    a_case(app, 2)
    assert somebody(app, "office1").get("/board/street?year=1999").status_code == 422
    assert somebody(app, "office1").get("/board/street?year=2026").status_code == 200


def test_an_empty_city_says_so(app: OpenAPI) -> None:
    assert "本年度没有建设项目申报。" in somebody(app, "office1").get("/board/street").text


def test_the_statements_do_not_grow_with_the_city(app: OpenAPI) -> None:
    a_case(app, 2)
    visitor = somebody(app, "office1")
    few = asked(visitor, "/board/street")
    for number in (3, 4, 5):
        a_case(app, number)
    assert asked(visitor, "/board/street") == few <= 12
