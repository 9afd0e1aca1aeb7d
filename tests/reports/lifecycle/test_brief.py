"""The brief is a paper of its own: printed by the worker beside the report, of a draft and of what is issued."""

import re
from collections.abc import Iterator

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import delete, select

from approvals.base.jobs import JOB
from approvals.reports.lifecycle.renditions import PRINT
from tests.support.builders import NOW, a_project, an_approval, faults
from tests.support.desk import the_database
from tests.support.documents import pages, title_of, words
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody

MONTH = "/reports/monthly/2026-09"


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    with a_site(sqlite_url, now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "accepted", ref=a_project(tx, "registered", name="甲地小学新建"))
        yield app
        assert faults(the_database(app)) == []


def jobs(app: OpenAPI) -> list[str]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(JOB.c.period).where(JOB.c.kind == "print_report").order_by(JOB.c.id)).scalars())


def asked(visitor: Visitor, language: str = "zh", part: str = "brief", page: str = MONTH) -> int:
    visitor.get(page)
    return visitor.post(f"{page}/papers", {"language": language, "part": part}).status_code


def briefs_on(html: str) -> list[str]:
    return re.findall(rf'href="({MONTH}/brief/\d+\.pdf)"', html)


def test_a_preview_is_two_pages_with_room_for_instructions(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    assert asked(leader) == 303
    assert f'hx-get="{MONTH}/papers?seen=' in leader.get(MONTH).text, "its progress is shown"
    work(app)
    [address] = briefs_on(leader.get(MONTH).text)
    answer = leader.get(address)
    assert answer.mimetype == "application/pdf"
    assert "brief-2026-09.pdf" in answer.headers["Content-Disposition"]
    assert len(pages(answer.data)) <= 2
    assert title_of(answer.data) == "2026年9月重点项目审批情况"
    assert all("预览" in page for page in pages(answer.data))
    assert "攀枝花市重点项目审批挂号督查专报" in words(answer.data)
    assert "甲地小学新建" in words(answer.data)


def test_compiling_and_issuing_ask_for_it_and_the_issued_one_bears_the_number(app: OpenAPI) -> None:
    office = somebody(app, "office1")
    office.get(MONTH)
    assert office.post(f"{MONTH}/moves/compile").status_code == 303
    assert "monthly/2026-09/zh_Hans/brief" in jobs(app)
    work(app)
    [drafted] = briefs_on(office.get(MONTH).text)
    assert office.post(f"{MONTH}/issue").status_code == 303
    work(app)
    [issued] = briefs_on(office.get(MONTH).text)
    assert issued != drafted
    paper = office.get(issued).data
    assert "摘自攀挂报〔2026〕1号" in words(paper) and "预览" not in words(paper)
    with the_database(app).write() as tx:
        tx.execute(delete(PRINT))
    assert asked(office) == 303
    work(app)
    [again] = briefs_on(office.get(MONTH).text)
    assert office.get(again).data == paper, "made of the frozen figures it is the same, byte for byte"


def test_it_is_had_in_english_too(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    assert asked(leader, "en") == 303
    work(app)
    [address] = briefs_on(leader.get(MONTH).text)
    assert "Instruction:" in " ".join(pages(leader.get(address).data)) or "Nothing reached" in " ".join(
        pages(leader.get(address).data)
    )


def test_only_managers_have_it_and_nobody_what_there_is_not(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    assert asked(leader) == 303
    work(app)
    [address] = briefs_on(leader.get(MONTH).text)
    for username in ("owner1", "window-a01", "auditor1"):
        visitor = somebody(app, username)
        visitor.get("/")
        assert visitor.get(address).status_code == 403
    assert leader.get(address.replace("2026-09", "2026-08")).status_code == 404
    assert leader.get(address.replace("/brief/", "/papers/")).status_code == 404, "it is no paper of the whole report"
    assert asked(leader, part="7") == 422
    assert asked(leader, part="brief", page="/reports/bulletins/2026-09") == 422
    assert len(jobs(app)) == 1
