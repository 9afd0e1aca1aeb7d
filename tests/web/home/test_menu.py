"""The menu: few groups a role, and every page that the role had is in one of them, or some page leads to it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask_openapi3 import OpenAPI

from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.pages import Visitor, a_site, somebody
from workflows.charts.roles import ROLES

PEOPLE = {
    "owner": "owner1",
    "window": "window-a01",
    "window_head": "head-a01",
    "liaison": "liaison1",
    "service_centre": "centre1",
    "supervision_office": "office1",
    "city_government": "leader1",
    "finance": "finance1",
    "integration": "integration1",
    "sysadmin": "sysadmin1",
    "secadmin": "secadmin1",
    "auditor": "auditor1",
}
# The groups of each role, written down by hand.
GROUPS = {
    "owner": "待办 我的项目 消息 民生工程",
    "window": "待办 办件 督办反馈 统计",
    "window_head": "待办 办件 督办反馈 统计 人员",
    "liaison": "今日工作 我的项目 业主诉求 值班 更多",
    "service_centre": "待办 挂号 办件 联系服务 督办 统计报告",
    "supervision_office": "待办 分类分流 项目 督查督办 台账报告 设置",
    "city_government": "今日要情 督办事项 项目 报告",
    "finance": "待办 民生工程 消息",
    "integration": "接口",
    "sysadmin": "人员 日历规则 运行",
    "secadmin": "待办 人员",
    "auditor": "待办 审计",
}
# What stood in the flat menu, for those whose roles opened it.
FORMER = """
board.index filing.index triage.inbox registration.inbox amendments.index liaisons.day requests.index
liaisons.index vacancies.index roster.index windows.queue supervision.escalations offices.index cards.index
orders.index joint.index trials.show supervision.sweep reports.index report_lines.own casefile.index whose_time.index
programme.month programme.ledger programme.problem_list calendars.index catalogues.index absences.away
administration.units administration.people deliveries.index jobs.index administration.events
"""
# What no longer stands there, and the page that leads to it.
TAKEN_AWAY = {
    ("city_government", "supervision.sweep"): "/escalations",
    ("city_government", "calendars.index"): "/catalogues",
    ("city_government", "absences.away"): "/absence",
    ("service_centre", "supervision.sweep"): "/escalations",
}
NEW = {
    *("home.index", "notices.index", "docs.page", "handlers.index", "due_dates.index", "second.index", "locks.index"),
    "deductions.index",
}
MOST = 6
NAV = re.compile(r'<nav class="site-nav".*?</nav>', re.DOTALL)
TITLE = re.compile(r'<a class="menu-title" href="([^"]+)"([^>]*)>([^<]+)')
LINK = re.compile(r'<a (?:class="menu-title" )?href="([^"]+)"')
CURRENT = re.compile(r'<a (?:class="menu-title" )?href="([^"]+)" aria-current="([^"]+)"')


@pytest.fixture(scope="module")
def app(make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with a_site(make_database("sqlite")) as app:
        yield app


def menu_of(visitor: Visitor, path: str = "/") -> str:
    page = visitor.get(path)
    assert page.status_code == 200, path
    found = NAV.search(page.text)
    assert found
    return unescape(found.group(0))


def address(app: OpenAPI, endpoint: str) -> str:
    return str(app.url_map.bind("localhost").build(endpoint))


def opens(role: str, endpoint: str) -> bool:
    return TABLE[endpoint] in (PUBLIC, SIGNED_IN) or role in TABLE[endpoint]


def test_every_role_is_asked() -> None:
    assert set(PEOPLE) == set(GROUPS) == set(ROLES)
    assert all(len(groups.split()) <= MOST for groups in GROUPS.values())


@pytest.mark.parametrize("role", PEOPLE)
def test_the_groups_of_a_role_are_few_and_named_by_the_table(app: OpenAPI, role: str) -> None:
    menu = menu_of(somebody(app, PEOPLE[role]))

    assert [title.strip() for _, _, title in TITLE.findall(menu)] == GROUPS[role].split()


@pytest.mark.parametrize("role", PEOPLE)
def test_the_groups_hold_every_page_of_before_but_those_taken_away(app: OpenAPI, role: str) -> None:
    visitor = somebody(app, PEOPLE[role])
    before = {address(app, endpoint) for endpoint in FORMER.split() if opens(role, endpoint)}
    taken = {address(app, endpoint) for who, endpoint in TAKEN_AWAY if who == role}
    new = {address(app, endpoint) for endpoint in NEW}

    assert set(LINK.findall(menu_of(visitor))) - new == before - taken


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_of_the_menu_opens_and_is_the_current_one_of_its_group(app: OpenAPI, role: str) -> None:
    visitor = somebody(app, PEOPLE[role])
    for link in set(LINK.findall(menu_of(visitor))):
        current = CURRENT.findall(menu_of(visitor, link)) if link != "/api/v1/docs" else [(link, "page")]
        assert (link, "page") in current
        assert [kind for _, kind in current if kind == "page"] == ["page"], "one page is the current one"
        assert len(current) <= 2, "and its group"


@pytest.mark.parametrize(("role", "endpoint"), TAKEN_AWAY)
def test_what_was_taken_away_is_led_to_by_a_page(app: OpenAPI, role: str, endpoint: str) -> None:
    visitor = somebody(app, PEOPLE[role])
    page = visitor.get(TAKEN_AWAY[role, endpoint])

    assert address(app, endpoint) not in LINK.findall(menu_of(visitor))
    assert f'href="{address(app, endpoint)}"' in page.text
    assert visitor.get(address(app, endpoint)).status_code == 200
