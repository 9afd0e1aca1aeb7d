"""The owner's page answers: what must I do, who holds what until when, what decides the end, who helps me."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.casefile.forecast import ProjectForecasts, project_forecasts
from approvals.casefile.queries import PlanView, plan
from approvals.supervision.sweep import sweep
from tests.support.builders import APPROVAL_PATHS, EVERY_ITEM, a_project, an_actor, do, finish, walk, when
from tests.support.clock.cases import the_calendar
from tests.support.desk import text_of
from tests.support.pages import Visitor, a_site, somebody
from workflows.config.catalogue import load_catalogue

NOW = when("2026-03-11", "10:00")  # a Wednesday; the builders' START is Monday, 2 March
TODAY = NOW.date()
CODES = tuple(load_catalogue().items)
AT_ONCE = {"planned_start_on": "2026-03-11", "planned_finish_on": "2026-03-11"}  # works that take no day
LATEST = when("2026-03-10", "16:00")


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    with a_site(sqlite_url, now=NOW) as app:
        yield app


def a_case(database: Database, *moves: str, state: str = "registered", at: Any = None, **fields: Any) -> str:
    """A project, and these moves of its A01."""
    with database.write() as tx:
        ref = a_project(tx, state, **AT_ONCE | fields)
        walk(tx, ref, "A01", moves, at=at)
    return ref


def text_for(visitor: Visitor, ref: str, language: str = "zh_Hans", query: str = "") -> str:
    visitor.post("/language", {"language": language})
    return text_of(visitor.get(f"/projects/{ref}{query}").text)


def after(day: date, days: int) -> date:
    """So many working days later, day by day."""
    while days:
        day += timedelta(days=1)
        days -= the_calendar().is_working_day(day)
    return day


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


ANSWERS: dict[str, tuple[tuple[str, ...], Any, str, str]] = {
    "ready": ((), None, "目前的关键在您：请申请 A01 项目建议书审批。", "The next step is yours: apply for A01"),
    "correcting": (
        APPROVAL_PATHS["correcting"],
        None,
        "目前的关键在您：请补正 A01 项目建议书审批 并重新提交。",
        "The next step is yours: correct A01 Project proposal and resubmit it.",
    ),
    "received": (
        ("submit",),
        LATEST,
        "等待窗口答复是否受理，还剩 4 个工作日。",
        "to respond to the application for A01 Project proposal: 4 working days left.",
    ),
    "accepted": (
        ("submit", "accept"),
        LATEST,
        "目前的关键在市发展改革委办理的 A01 项目建议书审批：还剩 4 个工作日。",
        "Waiting for A01 Project proposal at Development and Reform Commission: 4 working days left.",
    ),
    "paused": (
        APPROVAL_PATHS["paused"],
        LATEST,
        "正在进行特别程序，程序结束后还剩 5 个工作日。",
        "in a special procedure. After it: 5 working days left.",
    ),
    "late": (
        ("submit", "accept"),
        when("2026-03-02", "10:00"),
        "超期 2 个工作日，最早于2026-03-12办结。",
        "Overdue by 2 working days. Expected on 2026-03-12 at the earliest.",
    ),
    "refused": (APPROVAL_PATHS["refused"], None, "请重新申请 A01", "The next step is yours: apply for A01 Project"),
}


@pytest.mark.parametrize("state", ANSWERS)
def test_the_page_says_what_everything_waits_for(database: Database, owner: Visitor, state: str) -> None:
    moves, at, chinese, english = ANSWERS[state]
    ref = a_case(database, *moves, at=at)

    assert chinese in text_for(owner, ref)
    assert english in text_for(owner, ref, "en")


def test_what_must_be_done_stands_first_then_who_holds_what_then_the_end_then_who_helps(
    database: Database, owner: Visitor
) -> None:
    ref = a_case(database, "submit", "accept", at=LATEST)
    for language, questions in (
        ("zh_Hans", ("待办事项", "办理单位及期限", "关键环节", "一对一联系人", "0812-")),
        ("en", ("Actions required", "Responsible units and deadlines", "Critical path", "Your liaison", "0812-")),
    ):
        text = text_for(owner, ref, language)
        assert sorted(questions, key=text.index) == list(questions)
    assert "暂无需您办理" in text_for(owner, ref)
    assert "承诺 2026-03-17 还剩 4 个工作日 法定 2026-04-08 还剩 19 个工作日" in text_for(owner, ref)


def test_a_button_leads_to_what_waits_for_the_owner(database: Database, owner: Visitor) -> None:
    ref = a_case(database, *APPROVAL_PATHS["correcting"])
    page = owner.get(f"/projects/{ref}").text
    assert re.search(r'<a class="btn btn-sm btn-primary" href="/approvals/510400-2026-00001/A01">补正申请', page)


def test_the_notice_that_is_to_be_corrected_is_one_click_away(database: Database, owner: Visitor) -> None:
    ref = a_case(database)
    with database.write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        walk(tx, ref, "A02", ("submit", "notify_once", "resubmit", "notify_again"))
        walk(tx, ref, "A03", ("submit", "notify_once", "resubmit"))
    page = owner.get(f"/projects/{ref}").text
    links = re.findall(r'href="/approvals/[^/]+/(A\d\d)/notices/(\d+)(\.pdf)?"', page)
    assert [(code, print_) for code, _, print_ in links] == [("A02", ""), ("A02", ".pdf")], "A03 is answered"
    assert len({seq for _, seq, _ in links}) == 1
    notice = owner.get(f"/approvals/{ref}/A02/notices/{links[0][1]}").text
    assert "再次" in notice
    assert owner.get(f"/approvals/{ref}/A02/notices/{links[0][1]}.pdf").mimetype == "application/pdf"


def test_a_plan_with_nothing_done_takes_77_working_days_before_and_after_the_registration(
    database: Database, owner: Visitor
) -> None:
    drafted = a_case(database, state="drafted", answers=EVERY_ITEM)
    registered = a_case(database, answers=EVERY_ITEM)
    for ref in (drafted, registered):
        assert f"{chinese(after(TODAY, 77))} 还需 77 个工作日" in text_for(owner, ref)
        assert "其后还有 9 项" in text_for(owner, ref)  # the works among them
    assert "以下日期按今天挂号推算" in text_for(owner, drafted)
    assert "The dates below assume registration today." in text_for(owner, drafted, "en")


def test_a_suspended_project_is_foreseen_as_if_it_were_resumed_today(database: Database, owner: Visitor) -> None:
    ref = a_case(database, "submit", "accept", at=LATEST)
    running = text_for(owner, ref)
    with database.write() as tx:
        do(tx, "office1", "suspend", ref, at=LATEST + timedelta(hours=1))
    assert "以下日期按今天恢复推算" in text_for(owner, ref)
    end = re.compile(r"全部办结 \S+ 还需 (\d+) 个工作日")
    assert end.findall(running) == ["76"]
    assert end.findall(text_for(owner, ref)) == ["76"]  # today counts for who resumes today


def test_a_completed_project_says_so_and_asks_nothing_more(database: Database, owner: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        finish(tx, ref)
    text = text_for(owner, ref)
    assert "全部审批事项已办结，最后一项于2026-03-02办结。" in text
    assert "还需" not in text and "如果某一事项推迟" not in text


def test_what_needs_a_withdrawn_approval_makes_the_end_unforeseeable(database: Database, owner: Visitor) -> None:
    ref = a_case(database, "withdraw_approval")
    assert "无法预计办结时间：A02 用地预审与选址意见书 的前置事项已撤回。" in text_for(owner, ref)
    assert "no estimate" in text_for(owner, ref, "en")


def test_a_project_without_approvals_is_told_so(database: Database, owner: Visitor) -> None:
    for ref in (a_case(database, state="filed", kind="service"), a_case(database, state="diverted")):
        assert "本项目没有需要办理的审批事项" in text_for(owner, ref)


def test_what_if_says_the_new_end_and_who_comes_later_with_it(database: Database, owner: Visitor) -> None:
    ref = a_case(database, "submit", "accept", at=LATEST)
    text = text_for(owner, ref, query="?later=A01&days=2")
    end = chinese(after(TODAY, 78))
    assert f"如 A01 由2026-03-17推迟到2026-03-19办结，全部办结将推迟 2 个工作日，至{end}。" in text
    assert "A02 用地预审与选址意见书 市自然资源局 2026-03-27 → 2026-03-31" in text


def test_what_if_something_off_the_path_comes_later_there_is_time_enough(database: Database, owner: Visitor) -> None:
    ref = a_case(database)
    assert "仍有余量，全部办结时间不变" in text_for(owner, ref, query="?later=A05&days=2")
    assert "completion stays on" in text_for(owner, ref, "en", query="?later=A05&days=2")
    assert "其他事项不受影响" in text_for(owner, ref, query="?later=D07&days=3")


def test_what_is_granted_already_cannot_come_later(database: Database, owner: Visitor) -> None:
    ref = a_case(database, "submit", "accept", "grant")
    page = owner.get(f"/projects/{ref}?later=A01&days=2")
    assert page.status_code == 200
    assert 'class="what-if-answer"' not in page.text
    assert '<option value="A01"' not in page.text


@pytest.mark.parametrize(
    "question", ["A01", *(f"A01&days={days}" for days in ("0", "251", "-1", "２", "9999999", "x")), "Z99&days=1"]
)
def test_a_question_that_makes_no_sense_is_refused_in_words(database: Database, owner: Visitor, question: str) -> None:
    assert owner.get(f"/projects/{a_case(database)}?later={question}").status_code == 422


def test_the_casefile_tells_the_offices_the_same(app: OpenAPI, database: Database) -> None:
    ref = a_case(database)
    text = text_of(somebody(app, "centre1").get(f"/casefiles/{ref}").text)
    assert "目前的关键在业主：可以申报 A01 项目建议书审批。" in text
    assert "还需 77 个工作日" in text


def forecasts_of(database: Database, ref: str) -> tuple[PlanView, ProjectForecasts]:
    with database.read() as tx:
        project_plan = plan(tx, ref, an_actor(tx, "owner1"), TODAY)
        expectation = project_forecasts(tx, project_plan, TODAY)
    assert expectation
    return project_plan, expectation


def progressed(database: Database, rng: random.Random) -> str:
    """A project some of whose approvals went some way, on days of the last week."""
    paths = [path for name, path in APPROVAL_PATHS.items() if name not in ("withdrawn", "paused", "ready")]
    with database.write() as tx:
        ref = a_project(tx, "registered", answers=EVERY_ITEM, **AT_ONCE)
        at = when("2026-03-03")
        for code in CODES:
            matching = [
                planned for planned in plan(tx, ref, an_actor(tx, "owner1"), TODAY).items if planned.item.code == code
            ]
            if matching[0].approval and matching[0].approval.state == "ready":
                path = rng.choice([*paths, APPROVAL_PATHS["granted"], APPROVAL_PATHS["granted"]])
                walk(tx, ref, code, path, at=at)
                at += timedelta(hours=rng.randint(1, 12))
    return ref


@pytest.mark.parametrize("seed", range(8))
def test_after_random_progress_each_day_is_that_of_a_naive_count(database: Database, seed: int) -> None:
    project_plan, expectation = forecasts_of(database, progressed(database, random.Random(seed)))
    by_code = {planned.item.code: planned for planned in project_plan.items}

    def decided(code: str) -> date:
        planned = by_code[code]
        row, days = planned.approval, 0 if planned.item.instant else planned.item.promised
        assert row
        if row.decided_on and row.state == "granted":
            return row.decided_on
        if row.state == "accepted":
            due = after(row.accepted_on or TODAY, planned.item.promised)
            return due if due >= TODAY else after(TODAY, 1)
        if row.state == "received":
            answered = after(row.received_on or TODAY, 5)
            due = after(answered if answered >= TODAY else row.received_on or TODAY, days)  # silence is acceptance
            return due if due >= TODAY else after(TODAY, 1)
        return after(max([TODAY, *(decided(need) for need in planned.requires)]), days)

    assert {code: planned.decide_on for code, planned in expectation.promised.expected.items()} == {
        c: decided(c) for c in by_code
    }
    assert expectation.promised.complete_on == max(map(decided, by_code))
    for planned in (expectation.fast, expectation.slow, expectation.legal):
        assert all(day.decide_on and (day.is_done or day.decide_on >= TODAY) for day in planned.expected.values())
    assert (expectation.fast.complete_on or TODAY) <= (expectation.slow.complete_on or TODAY)


def test_an_owner_is_told_honestly_that_it_is_late_who_has_it_and_what_was_promised(
    database: Database, owner: Visitor
) -> None:
    ref = a_case(database, "submit", "accept")
    sweep(database, NOW, lambda: NOW)
    assert "已超期，已提请政务服务中心督促，将于2026-03-13前答复。" in text_for(owner, ref)
    with database.write() as tx:
        answered = {"level": 2, "reason": "专家意见未回，已当面催办", "commitment_on": "2026-03-16"}
        do(tx, "centre1", "answer", f"{ref}/A01", answered, at=NOW, now=NOW)
    assert "政务服务中心答复：专家意见未回，已当面催办 承诺于 2026-03-16 前办结。" in text_for(owner, ref)
    assert "Committed to decide by 2026-03-16." in text_for(owner, ref, "en")
