"""A department's page of the report is printed by the worker for whoever may see that page, and for nobody else."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import delete, select

from approvals.accounts.queries import PERSON
from approvals.base.jobs import JOB
from approvals.reports.lifecycle.renditions import PRINT
from tests.support.builders import NOW, a_project, an_approval, faults, walk, when
from tests.support.desk import the_database
from tests.support.documents import attached_to, title_of, words
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody

MONTH = "/reports/monthly/2026-09"
OWN, OTHER = "甲地小学新建", "乙地医院新建"  # a project late in the department of A01, and one in that of A02


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    with a_site(sqlite_url, now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "accepted", ref=a_project(tx, "registered", name=OWN))
            other_project = a_project(tx, "registered", name=OTHER)
            an_approval(tx, "granted", ref=other_project)
            walk(tx, other_project, "A02", ("submit", "accept"), at=when("2026-03-10"))
        yield app
        assert faults(the_database(app)) == []


def page_of(app: OpenAPI, username: str) -> str:
    """The address of the page of this person's department."""
    with the_database(app).read() as tx:
        unit = tx.execute(select(PERSON.c.unit_id).where(PERSON.c.username == username)).scalar_one()
    return f"{MONTH}/departments/{unit}"


def jobs(app: OpenAPI) -> list[str]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(JOB.c.period).where(JOB.c.kind == "print_report").order_by(JOB.c.id)).scalars())


def printed(app: OpenAPI, visitor: Visitor, page: str, language: str = "zh") -> bytes:
    """The paper of this page, as this visitor asks for it and has it from the page."""
    visitor.get(page)
    assert visitor.post(f"{page}/papers", {"language": language}).status_code == 303
    work(app)
    return visitor.get(papers_on(visitor.get(page).text, page)[-1]).data


def papers_on(html: str, page: str) -> list[str]:
    return re.findall(rf'href="({page}/papers/\d+\.pdf)"', html)


def said(pdf: bytes) -> str:
    return words(pdf) + "".join(content.decode("utf-8", "ignore") for content in attached_to(pdf).values())


def test_a_window_has_its_page_printed_with_its_own_figures_and_no_others(app: OpenAPI) -> None:
    window, page = somebody(app, "window-a01"), page_of(app, "window-a01")
    assert "排印本页" in window.get(page).text
    answer = window.post(f"{page}/papers", {"language": "zh"})
    assert (answer.status_code, answer.location) == (303, f"{page}#papers")
    assert f'hx-get="{page}/papers?seen=' in window.get(page).text
    assert "汇总数据" in window.get(f"{page}/papers").text
    work(app)
    fragment = window.get(f"{page}/papers").text
    assert "hx-trigger" not in fragment, "it asks no more"
    (own,) = papers_on(fragment, page)
    file = window.get(own)
    assert file.mimetype == "application/pdf"
    assert title_of(file.data) == "2026年9月审批挂号月度升级报告 · 市发展改革委"
    assert OWN in said(file.data)
    assert OTHER not in said(file.data)
    key = page.rpartition("/")[2]
    figures = json.loads(attached_to(file.data)[f"figures-2026-09-{key}.json"])
    assert [approval["project"] for approval in figures["page"]["late"]] == [OWN]


def test_each_department_and_the_whole_report_have_papers_of_their_own(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    first, second = page_of(app, "window-a01"), page_of(app, "window-a02")
    mine, theirs = printed(app, leader, first), printed(app, leader, second)
    assert OWN in said(mine)
    assert OTHER not in said(mine)
    assert OTHER in said(theirs)
    assert OWN not in said(theirs)
    assert papers_on(leader.get(MONTH).text, MONTH) == [], "none of them is the report's"
    assert len(papers_on(leader.get(first).text, first)) == 1
    assert [job.count("/") for job in jobs(app)] == [3, 3]


def test_for_another_department_there_is_no_page_no_progress_and_no_paper(app: OpenAPI) -> None:
    head, page = somebody(app, "head-a01"), page_of(app, "head-a01")
    printed(app, head, page)
    (own,) = papers_on(head.get(page).text, page)
    for username in ("window-a02", "head-a02"):
        stranger = somebody(app, username)
        theirs = page_of(app, username)
        stranger.get(theirs)
        for path in (page, f"{page}/papers", own, own.replace(page, theirs)):
            assert stranger.get(path).status_code == 404, path
        assert stranger.post(f"{page}/papers", {"language": "zh"}).status_code == 404
        assert stranger.get(own.replace(page, MONTH)).status_code == 403
    leader = somebody(app, "leader1")
    assert leader.get(own).data == head.get(own).data
    assert leader.get(own.replace(page, MONTH)).status_code == 404, "it is no paper of the whole report"
    assert leader.get(own.replace("2026-09", "2026-08")).status_code == 404
    assert len(jobs(app)) == 1


def test_others_than_managers_and_windows_cannot_ask_and_nobody_for_what_there_is_not(app: OpenAPI) -> None:
    page = page_of(app, "window-a01")
    for username in ("owner1", "auditor1", "liaison1"):
        visitor = somebody(app, username)
        assert visitor.post(f"{page}/papers", {"language": "zh"}).status_code == 403
        assert visitor.get(f"{page}/papers").status_code == 403
    leader = somebody(app, "leader1")
    leader.get(MONTH)
    assert leader.post(f"{page}/papers", {"language": "fr"}).status_code == 422
    for key in ("0", "999999", "x", "-"):
        assert leader.post(f"{MONTH}/departments/{key}/papers", {"language": "zh"}).status_code == 404
        assert leader.get(f"{MONTH}/departments/{key}/papers").status_code == 404
    assert leader.post(page.replace("2026-09", "2027-01") + "/papers", {"language": "zh"}).status_code == 404
    assert jobs(app) == []


def test_asked_for_twice_and_by_two_people_at_once_it_is_one_job_and_one_paper(app: OpenAPI) -> None:
    page = page_of(app, "window-a01")
    visitors = [somebody(app, name) for name in ("window-a01", "head-a01")]
    for visitor in visitors:
        visitor.get(page)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda visitor: visitor.post(f"{page}/papers", {"language": "zh"}).status_code, visitors * 2)
        )
    assert answers == [303] * 4
    assert len(jobs(app)) == 1
    work(app)
    visitors[0].post(f"{page}/papers", {"language": "zh"})
    work(app)
    with the_database(app).read() as tx:
        assert len(tx.execute(select(PRINT.c.id)).all()) == 1, "printed like that already"


def test_no_page_of_it_starts_a_press_or_any_process(app: OpenAPI, processes: list[str]) -> None:
    window, page = somebody(app, "window-a01"), page_of(app, "window-a01")
    for path in ("/reports/own", page, f"{page}/papers"):
        assert window.get(path).status_code == 200
    window.post(f"{page}/papers", {"language": "zh"})
    window.get(f"{page}/papers")
    assert processes == []
    work(app)
    assert any("approvals.pdf.rendering" in process for process in processes), "the watch sees what the worker starts"


def test_of_an_issued_report_it_is_an_extract_with_its_number(app: OpenAPI) -> None:
    office, bulletin = somebody(app, "office1"), "/reports/bulletins/2026-09"
    office.get(bulletin)
    page = page_of(app, "window-a01").replace(MONTH, bulletin)
    before = printed(app, office, page)
    assert "预览" in words(before)
    office.get(bulletin)
    assert office.post(f"{bulletin}/moves/compile").status_code == 303
    assert office.post(f"{bulletin}/issue").status_code == 303
    work(app)
    assert "此后内容已有变化" in office.get(page).text
    after = printed(app, office, page)
    assert "攀督通〔2026〕1号" in words(after)
    assert "摘送市发展改革委" in words(after)
    assert "督查通报" in words(after)
    assert OTHER not in said(after)
    english = words(printed(app, office, page, "en"))
    assert "ExtractforDevelopment" in english
    with the_database(app).write() as tx:
        assert tx.execute(delete(PRINT)).rowcount == 4, "with the draft's paper of the whole bulletin"
