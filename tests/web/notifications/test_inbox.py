"""Notices: everybody hears of what concerns them, once, and nobody of anything else."""

import re
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import insert, select

from approvals.history.record import NOTICE
from approvals.notifications.inbox import AUDIENCES, HEARERS, new_count
from tests.support.builders import NOW, a_project, an_actor, walk
from tests.support.desk import the_database
from tests.support.pages import Visitor, somebody
from workflows.charts.registry import CHARTS
from workflows.charts.roles import ADMINISTRATORS, ROLE_NAMES


def a_street(app: OpenAPI) -> str:
    """A project with one approval accepted and one sent back to its owner; its reference."""
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered", name="新建小学")
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        walk(tx, ref, "A02", ("submit", "notify_once"))
    return ref


def titles(page: Any) -> list[str]:
    matches = re.findall(r'<(?:a|span) class="notice-title"[^>]*>([^<]+)<', page.text)
    return [" ".join(title.split()) for title in matches]


def read_all(visitor: Visitor) -> None:
    page = visitor.get("/notices")
    mark = re.search(r'name="up_to" value="(\d+)"', page.text)
    assert mark is not None
    visitor.post("/notices/seen", {"up_to": mark.group(1)})


def bell_of(page: Any) -> str:
    match = re.search(r'class="bell-count">([^<]+)<', page.text)
    return match.group(1) if match else ""


def test_every_audience_of_a_chart_hears_of_it() -> None:
    audiences = {audience for chart in CHARTS.values() for move in chart.moves for audience in move.tells}

    units = {
        "level",
        "holder",
        "joint",
        "lead_unit",
        "task_units",
        "asked",
        "former_handler",
    }  # stands with the case
    assert audiences - units <= AUDIENCES
    assert set(ROLE_NAMES) - HEARERS == ADMINISTRATORS | {"integration"}


def test_an_owner_hears_of_what_others_did_with_their_projects(app: OpenAPI) -> None:
    a_street(app)

    page = somebody(app, "owner1").get("/notices")

    assert titles(page)[:3] == [
        "一次性告知：A02 用地预审与选址意见书",
        "可以申请：A06 社会稳定风险评估备案",
        "可以申请：A05 水土保持方案审批",
    ]
    assert titles(page)[-2:] == ["挂号", "分类"]
    assert "提交申请" not in " ".join(titles(page))
    assert "新建小学" in page.text
    assert "/approvals/510400-2026-00001/A02" in page.text
    assert "市自然资源局" in page.text


@pytest.mark.parametrize(
    ("username", "heard"),
    [
        ("window-a01", ["提交申请：A01 项目建议书审批"]),
        ("head-a01", ["提交申请：A01 项目建议书审批"]),
        ("window-a02", ["提交申请：A02 用地预审与选址意见书"]),
        ("window-a05", []),
        ("office1", ["提交申报"]),
        ("centre1", ["分类"]),
        ("owner2", []),
        ("liaison2", []),
        ("leader1", []),
    ],
)
def test_each_hears_of_their_own_and_of_nothing_else(app: OpenAPI, username: str, heard: list[str]) -> None:
    a_street(app)

    page = somebody(app, username).get("/notices")

    assert titles(page) == heard
    assert ("还没有通知" in page.text) == (not heard)


def test_the_liaison_of_a_project_hears_of_it(app: OpenAPI) -> None:
    a_street(app)

    heard = titles(somebody(app, "liaison1").get("/notices"))

    assert "挂号" in heard
    assert "一次性告知：A02 用地预审与选址意见书" in heard


@pytest.mark.parametrize("username", ["sysadmin1", "secadmin1", "auditor1", "integration1"])
def test_who_has_no_part_in_the_street_has_neither_notices_nor_a_bell(app: OpenAPI, username: str) -> None:
    visitor = somebody(app, username)

    assert visitor.get("/notices").status_code == 403
    assert 'class="tool bell"' not in visitor.get("/").text


def test_the_bell_counts_what_asks_something_until_it_was_read(app: OpenAPI) -> None:
    a_street(app)
    owner = somebody(app, "owner1")
    page = owner.get("/notices")
    asking = {code for code in re.findall(r"(?:一次性告知|可以申请|准予许可)：(A\d\d)", " ".join(titles(page)))}
    assert bell_of(page) == str(len(asking)), "to correct, to apply for, to collect; the rest is told"
    assert page.text.count("notice-new") == len(titles(page)) > len(asking)

    read_all(owner)

    page = owner.get("/notices")
    assert bell_of(page) == ""
    assert "notice-new" not in page.text
    assert "全部标为已读" not in page.text


def test_a_message_is_read_when_the_page_that_it_leads_to_is_opened(app: OpenAPI) -> None:
    a_street(app)
    owner = somebody(app, "owner1")
    before = owner.get("/notices").text
    case = "/approvals/510400-2026-00001/A02"
    page = owner.get(case).text
    assert re.search(rf'hx-post="/notices/read".*?name="path" value="{case}"', page, re.DOTALL)

    assert owner.post("/notices/read", {"path": case}).status_code == 204

    after = owner.get("/notices").text
    assert before.count("notice-new") - after.count("notice-new") == before.count(f'href="{case}"')
    assert owner.post("/notices/read", {"path": case}).status_code == 204
    assert owner.post("/notices/read", {"path": "/nothing"}).status_code == 204
    assert owner.get("/notices").text.count("notice-new") == after.count("notice-new")


def test_an_event_heard_in_two_capacities_is_told_once_and_read_once(app: OpenAPI) -> None:
    ref = a_street(app)
    before = titles(somebody(app, "owner1").get("/notices"))
    with the_database(app).write() as tx:
        owner = an_actor(tx, "owner1")
        for row in tx.execute(select(NOTICE).where(NOTICE.c.audience == "owner").order_by(NOTICE.c.id)).all():
            again = row._asdict() | {"id": None, "audience": "officer", "unit_id": owner.id}
            tx.execute(insert(NOTICE).values({name: value for name, value in again.items() if name != "id"}))
    visitor = somebody(app, "owner1")

    assert sorted(titles(visitor.get("/notices"))) == sorted(before), ref
    visitor.post("/notices/read", {"path": "/approvals/510400-2026-00001/A02"})
    unread = visitor.get("/notices").text.count("notice-new")
    with the_database(app).read() as tx:
        assert new_count(tx, owner, NOW) == unread < len(before)


def test_the_log_is_narrowed_by_kind(app: OpenAPI) -> None:
    a_street(app)
    owner = somebody(app, "owner1")
    every, of_projects = titles(owner.get("/notices")), titles(owner.get("/notices?kind=project"))

    assert of_projects == ["挂号", "分类"]
    assert titles(owner.get("/notices?kind=approval")) == [title for title in every if title not in of_projects]
    assert "没有此类消息" in owner.get("/notices?kind=report").text
    assert owner.get("/notices?kind=nothing").status_code == 422


def test_looking_alone_changes_nothing(app: OpenAPI) -> None:
    a_street(app)
    owner = somebody(app, "owner1")

    before = bell_of(owner.get("/notices"))
    owner.get("/notices")

    assert bell_of(owner.get("/projects")) == before


def test_what_one_person_has_read_is_still_new_to_a_colleague(app: OpenAPI) -> None:
    a_street(app)

    read_all(somebody(app, "window-a01"))

    assert bell_of(somebody(app, "head-a01").get("/")) == "1"


@pytest.mark.parametrize("up_to", ["", "x", "-1", "1e9", "٣", "9" * 40, "999999999999999999", "0"])
def test_a_made_up_mark_reads_nothing_and_what_was_read_stays_read(app: OpenAPI, up_to: str) -> None:
    a_street(app)
    owner = somebody(app, "owner1")
    before = bell_of(owner.get("/notices"))

    assert owner.post("/notices/seen", {"up_to": up_to}).status_code == 303
    assert bell_of(owner.get("/notices")) == before
    read_all(owner)
    owner.post("/notices/seen", {"up_to": up_to})
    assert bell_of(owner.get("/notices")) == ""


def test_many_notices_are_read_page_by_page_each_once(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        for number in range(60):
            a_project(tx, "filed", name=f"第{number:02}号项目")

    pages = somebody(app, "office1").pages("/notices")

    seen = [number for page in pages for number in re.findall(r"第(\d\d)号项目", page)]
    assert seen == [f"{number:02}" for number in reversed(range(60))]


def test_a_made_up_cursor_is_refused_in_words(app: OpenAPI) -> None:
    assert somebody(app, "owner1").get("/notices?cursor=x").status_code == 422


def test_the_count_agrees_with_the_list_for_everybody(app: OpenAPI) -> None:
    a_street(app)
    with the_database(app).read() as tx:
        audiences = {(row.audience, row.unit_id) for row in tx.execute(select(NOTICE).order_by(NOTICE.c.id))}
        assert len(audiences) >= 6
    for username in ("owner1", "owner2", "window-a01", "window-a02", "office1", "centre1", "liaison1", "leader1"):
        listed = titles(somebody(app, username).get("/notices"))
        with the_database(app).read() as tx:
            assert new_count(tx, an_actor(tx, username), NOW) == len(listed), username
