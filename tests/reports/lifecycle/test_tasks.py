"""Reports are asked for on their page and made by the worker: once, with the asker's rights, never within a request."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import delete, select

from approvals.accounts.appointments import BEGINNING, revoke
from approvals.accounts.queries import PERSON
from approvals.base.jobs import JOB, LEASE, Running, let_go, take
from approvals.history.record import ENTRY
from approvals.reports.lifecycle.queries import TABLE
from approvals.reports.lifecycle.renditions import KEPT_FOR, PRINT, delete_old_renditions
from tests.support.builders import NOW, a_role, an_approval, faults, when
from tests.support.desk import the_database
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody

MONTH = "/reports/bulletins/2026-03"  # shorter than a report, and made alike


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    yield from a_city(sqlite_url)


@pytest.fixture
def app_on_each_engine(page_url: str) -> Iterator[OpenAPI]:
    yield from a_city(page_url)


def a_city(url: str) -> Iterator[OpenAPI]:
    with a_site(url, now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "granted", at=when("2026-03-02"))
        yield app
        assert faults(the_database(app)) == []


def an_office(app: OpenAPI, username: str = "office1") -> Visitor:
    visitor = somebody(app, username)
    visitor.get(MONTH)
    return visitor


def drafted(app: OpenAPI) -> Visitor:
    """The office before its draft, whose paper nobody wants in this test."""
    office = an_office(app)
    office.post(f"{MONTH}/moves/compile")
    with the_database(app).write() as tx:
        tx.execute(delete(JOB).where(JOB.c.kind == "print_report"))
    return office


def jobs(app: OpenAPI, kind: str = "issue_report") -> list[Any]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(JOB).where(JOB.c.kind == kind).order_by(JOB.c.id)))


def issued_by(app: OpenAPI) -> list[str]:
    with the_database(app).read() as tx:
        rows = tx.execute(
            select(TABLE.c.number, TABLE.c.issued_by).where(TABLE.c.state == "issued").order_by(TABLE.c.id)
        )
        actors = tx.execute(select(ENTRY.c.actor).where(ENTRY.c.move == "issue").order_by(ENTRY.c.id)).scalars().all()
        reports = [(row.number, row.issued_by) for row in rows]
    assert [actor for _, actor in reports] == list(actors)
    assert [number for number, _ in reports] == list(range(1, len(reports) + 1))
    return list(actors)


def test_no_address_of_a_report_starts_a_renderer_or_any_process(app: OpenAPI, processes: list[str]) -> None:
    office = an_office(app)
    for path in ("", ".pdf", ".pdf?language=en", ".xlsx", "/papers", "/issuing"):
        assert office.get(MONTH + path).status_code in (200, 303)
        assert office.get(f"/reports/monthly/2026-03{path}").status_code in (200, 303)
    office.post(f"{MONTH}/moves/compile")
    assert office.post(f"{MONTH}/papers", {"language": "zh"}).status_code == 303
    assert office.post(f"{MONTH}/issue").status_code == 303
    for path in ("", ".pdf", "/papers", "/issuing"):
        office.get(MONTH + path)
    assert office.get("/api/v1/reports/monthly/2026-03/pdf").status_code in (401, 404)
    assert processes == []
    work(app)
    assert any("approvals.pdf.rendering" in process for process in processes), "the watch sees what the worker starts"


def test_the_form_sent_twice_and_by_two_people_at_once_is_one_report_of_the_first(app_on_each_engine: OpenAPI) -> None:
    app = app_on_each_engine
    with the_database(app).write() as tx:
        a_role(tx, "auditor1", "supervision_office")
    visitors = [an_office(app, name) for name in ("office1", "auditor1")] * 2
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda visitor: visitor.post(f"{MONTH}/issue").status_code, visitors))
    assert answers == [303] * 4
    (job,) = jobs(app)
    work(app)
    assert issued_by(app) == [re.findall(r"office1|auditor1", job.args)[0]]
    assert visitors[0].post(f"{MONTH}/issue").status_code in (303, 409)
    assert work(app) == []
    with the_database(app).write() as tx:
        tx.execute(JOB.update().where(JOB.c.id == job.id).values(result='{"issued":"2026-7"}'))
    (fault,) = faults(the_database(app))
    assert "is done, but 2026-7 was not issued for it" in fault
    with the_database(app).write() as tx:
        tx.execute(JOB.update().where(JOB.c.id == job.id).values(result='{"issued":"2026-1"}'))


def test_the_page_tells_each_step_and_in_the_end_the_number(app: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    office, seen, tell = drafted(app), [], Running.tell
    assert "印发本报告" in office.get(MONTH).text
    office.post(f"{MONTH}/issue")
    page = office.get(MONTH).text
    assert "正在印发本报告" in page
    assert 'action="/reports/bulletins/2026-03/issue"' not in page
    assert "<noscript>" in page, "without script there is a link"

    def tell_and_look(job: Running, phase: str, done: int = 0, total: int = 0) -> None:
        tell(job, phase, done, total)
        if job.claim.kind == "issue_report":
            now = re.search(r'aria-current="step">([^<]+)', office.get(f"{MONTH}/issuing").text)
            seen.append(now and now[1].strip())

    monkeypatch.setattr(Running, "tell", tell_and_look)
    work(app)
    assert list(dict.fromkeys(seen)) == ["补做本期到期的处理", "汇总数据", "排版并生成文件", "编号并定稿"]
    fragment = office.get(f"{MONTH}/issuing").text
    assert "攀督通〔2026〕1号" in fragment
    assert "hx-trigger" not in fragment, "it asks no more"
    assert issued_by(app) == ["office1"]


def test_whoever_lost_their_role_meanwhile_is_refused_in_words_and_another_may_ask(app: OpenAPI) -> None:
    office = drafted(app)
    office.post(f"{MONTH}/issue")
    with the_database(app).write() as tx:
        person = tx.execute(select(PERSON.c.id).where(PERSON.c.username == "office1")).scalar_one()
        revoke(tx, person, ("supervision_office",), BEGINNING)
        a_role(tx, "auditor1", "supervision_office")
    work(app)
    assert issued_by(app) == []
    colleague = an_office(app, "auditor1")
    page = colleague.get(MONTH).text
    assert "没有办理：提出印发的人员已无权印发报告。" in page
    assert 'action="/reports/bulletins/2026-03/issue"' in page
    assert colleague.post(f"{MONTH}/issue").status_code == 303
    work(app)
    assert issued_by(app) == ["auditor1"]


def test_whoever_loses_their_role_while_it_is_printed_has_not_issued_it(
    app: OpenAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, tell = drafted(app), Running.tell
    office.post(f"{MONTH}/issue")

    def tell_and_lose(job: Running, phase: str, done: int = 0, total: int = 0) -> None:
        tell(job, phase, done, total)
        if phase == "freezing":
            with the_database(app).write() as tx:
                office1 = tx.execute(select(PERSON.c.id).where(PERSON.c.username == "office1")).scalar_one()
                revoke(tx, office1, ("supervision_office",), BEGINNING)

    monkeypatch.setattr(Running, "tell", tell_and_lose)
    work(app)
    assert issued_by(app) == []
    assert "The requester is no longer permitted to issue reports." in jobs(app)[0].result


def test_others_cannot_ask_and_what_cannot_be_issued_is_refused_at_once(app: OpenAPI) -> None:
    for username in ("centre1", "leader1", "owner1"):
        assert an_office(app, username).post(f"{MONTH}/issue").status_code == 403
    assert an_office(app).post("/reports/bulletins/2026-11/issue").status_code == 409
    assert an_office(app, "owner1").post(f"{MONTH}/papers", {"language": "zh"}).status_code == 403
    assert an_office(app).post(f"{MONTH}/papers", {"language": "fr"}).status_code == 422
    assert jobs(app) == jobs(app, "print_report") == []


def test_without_a_worker_the_page_says_so_and_with_one_that_is_silent_too(app: OpenAPI) -> None:
    office = drafted(app)
    office.post(f"{MONTH}/issue")
    assert "目前没有后台程序在运行" in office.get(MONTH).text
    (job,) = jobs(app)
    with the_database(app).write() as tx:
        take(tx, JOB.c.id == job.id, "machine-1:17", NOW)
    assert "后台程序正在办理" in office.get(f"{MONTH}/issuing").text
    with the_database(app).write() as tx:
        silent = {"lease_until": NOW + LEASE - timedelta(minutes=3)}
        tx.execute(JOB.update().where(JOB.c.id == job.id).values(silent))
    assert "没有回应" in office.get(f"{MONTH}/issuing").text
    with the_database(app).write() as tx:
        let_go(tx, "machine-1:17", NOW)
    assert "目前没有后台程序在运行" not in office.get(f"{MONTH}/issuing").text, "one was there just now"


@pytest.mark.usefixtures("idle")
def test_a_fault_is_tried_again_and_the_page_says_when(app: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    office = drafted(app)
    office.post(f"{MONTH}/issue")
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert work(app) == ["failed"]
    page = office.get(MONTH).text
    assert "系统将于12:01自动重试" in page
    assert "/nonexistent" not in page, "the reason is the administrator's"
    assert "renderer did not start" in jobs(app)[0].error
    assert issued_by(app) == []


def test_the_drafts_paper_is_printed_without_asking_and_changes_with_the_record(app: OpenAPI) -> None:
    office, leader = an_office(app), an_office(app, "leader1")
    office.post(f"{MONTH}/moves/compile")
    work(app)
    first = leader.get(f"{MONTH}.pdf")
    assert first.data.startswith(b"%PDF-")
    page = leader.get(MONTH).text
    assert "草稿文稿" in page
    own = re.search(rf'href="({MONTH}/papers/\d+\.pdf)"', page)
    assert own
    assert leader.get(own[1]).data == first.data
    assert leader.get(own[1].replace("2026-03", "2026-04")).status_code == 404
    with the_database(app).write() as tx:
        an_approval(tx, "accepted", at=when("2026-03-30"))
    page = leader.get(MONTH).text
    assert "此后内容已有变化" in page
    assert "重新排印" in page
    assert leader.get(f"{MONTH}.pdf").status_code == 303
    leader.post(f"{MONTH}/papers", {"language": "zh"})
    work(app)
    assert leader.get(f"{MONTH}.pdf").data.startswith(b"%PDF-")
    with the_database(app).write() as tx:
        assert delete_old_renditions(tx, NOW + KEPT_FOR - timedelta(seconds=1)) == 0
        assert delete_old_renditions(tx, NOW + KEPT_FOR + timedelta(hours=1)) == 2
        assert tx.execute(select(PRINT.c.id)).all() == []
    assert leader.get(own[1]).status_code == 404


def test_after_the_issue_there_is_its_translation_and_the_draft_of_its_correction(app: OpenAPI) -> None:
    office = an_office(app)
    office.post(f"{MONTH}/issue")
    work(app)
    issued = office.get(f"{MONTH}.pdf").data
    assert office.post(f"{MONTH}/papers", {"language": "zh"}).status_code == 409
    office.get(MONTH)
    office.post(f"{MONTH}/papers", {"language": "en"})
    office.post(f"{MONTH}/moves/correct", {"grounds": "words", "reason": "署名有误"})
    work(app)
    assert office.get(f"{MONTH}.pdf").data == issued, "while its correction is prepared"
    assert office.get(f"{MONTH}.pdf?language=en").data.startswith(b"%PDF-")
    assert len(re.findall(rf'href="{MONTH}/papers/\d+\.pdf"', office.get(MONTH).text)) == 2
