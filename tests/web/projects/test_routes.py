"""The casefiles: every project that was filed, in a list that can be searched, and each on one page."""

from datetime import timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.base.pagination import PAGE
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_approval, do, entries, finish, walk, when
from tests.support.desk import asked, row_of
from tests.support.pages import Visitor, somebody

NUMBER = "510400-2026-00001"
SUSPENSION = {"cause": "用地未落实", "restart_steps": "落实用地后恢复", "review_on": "2026-11-19"}


def project(database: Database, state: str = "registered", **more):  # type: ignore[no-untyped-def]
    with database.write() as tx:
        return a_project(tx, state, **more)


def names(page: str, *candidates: str) -> set[str]:
    return {name for name in candidates if f">{name}</a>" in page}


def test_every_filed_project_is_listed_the_newest_first_and_no_draft(database: Database, leader: Visitor) -> None:
    for state in ("drafted", "filed", "returned", "classified", "diverted", "registered", "suspended", "declined"):
        project(database, state, name=f"小学{state}")

    page = leader.get("/casefiles").text

    assert "小学drafted" not in page
    assert page.index("小学declined") < page.index("小学registered") < page.index("小学filed")
    assert "共 7 条" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search=医院", {"医院"}),
        ("search=市住房城乡建设局", {"医院"}),
        ("search=Education", {"小学", "公路"}),
        ("search=510400-2026-00002", {"医院"}),
        ("search=攀挂〔2026〕2号", {"医院"}),
        ("search=ext-roads", {"公路"}),
        ("search=%25", set()),
        ("state=filed", {"公路"}),
        ("category=医疗卫生", {"医院"}),
        ("key=yes", {"医院"}),
        ("urgent=yes", set()),
        ("practical_matter=yes", {"小学"}),
        ("liaison=liaison2", {"医院"}),
        ("late=yes", {"小学"}),
        ("late=yes&category=医疗卫生", set()),
    ],
)
def test_the_list_is_searched_and_narrowed(database: Database, leader: Visitor, query: str, expected: set[str]) -> None:
    with database.write() as tx:
        school = a_project(tx, "registered", name="小学")
        walk(tx, school, "A01", ("submit", "accept"), at=when("2026-03-03"))
        hospital = a_project(tx, "filed", name="医院", owner="owner2")
        marks = {"category": "医疗卫生", "key": True, "urgent": False, "practical_matter": False}
        do(tx, "office1", "classify", hospital, marks)
        do(tx, "centre1", "register", hospital, {"liaison": "liaison2"})
        a_project(tx, "filed", name="公路", ref="ext-roads")

    assert names(leader.get(f"/casefiles?{query}").text, "小学", "医院", "公路") == expected


@pytest.mark.parametrize("query", ["state=x", "category=x", "cursor=x", "cursor=W251bGwsMV0x"])
def test_what_no_list_has_is_refused(leader: Visitor, query: str) -> None:
    assert leader.get(f"/casefiles?{query}").status_code == 422


def test_a_liaison_finds_their_own_projects_on_top(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "registered", name="我联系的")
        a_project(tx, "filed", name="新申报的")

    page = somebody(app, "liaison1").get("/casefiles").text
    assert page.index("我联系的") < page.index("新申报的")
    of_another = somebody(app, "liaison2").get("/casefiles").text
    assert of_another.index("新申报的") < of_another.index("我联系的")


def test_a_long_list_goes_on_where_the_page_before_ended(app: OpenAPI, database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "registered", name="我联系的")
        for number in range(PAGE + 2):
            a_project(tx, "filed", name=f"第{number:03}号")

    first, second = somebody(app, "liaison1").pages("/casefiles")

    assert names(first, "我联系的", "第051号", "第003号", "第002号") == {"我联系的", "第051号", "第003号"}
    assert names(second, "我联系的", "第003号", "第002号", "第000号") == {"第002号", "第000号"}


def test_progress_and_worst_light_stand_beside_each_project(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", name="小学")
        walk(tx, ref, "A01", ("submit", "accept", "grant"), at=when("2026-03-03"))
        walk(tx, ref, "A02", ("submit", "accept"), at=when("2026-03-04"))

    page = leader.get("/casefiles").text

    assert '<progress value="1" max="24"' in page
    assert "红灯" in page


def test_the_list_asks_the_database_as_often_for_ten_projects_as_for_one(database: Database, leader: Visitor) -> None:
    project(database)
    few = asked(leader, "/casefiles")
    for _ in range(9):
        project(database)

    assert few == asked(leader, "/casefiles") < 20


def test_one_page_says_who_holds_what_since_when_and_until_when(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", name="小学", at=when("2026-11-02"))
        walk(tx, ref, "A01", ("submit", "accept", "grant", "deliver"), at=when("2026-11-03"))
        walk(tx, ref, "A02", ("submit", "accept"), at=when("2026-11-17"))
        walk(tx, ref, "A03", ("submit", "accept"))
        do(tx, "window-a03", "start_special", f"{ref}/A03", {"procedure": "公示", "expected_days": 10, "notice": "x"})

    page = leader.get(f"/casefiles/{NUMBER}").text
    holders = page.partition("在办事项与办理单位")[2].partition("审批事项情况")[0]

    land = holders.partition("A02 ")[2].partition("</tr>")[0]
    assert "市自然资源局" in land and "2026-11-17" in land and "3 个工作日" in land and "绿灯" in land
    assert "2026-11-27" in land and "2026-12-15" in land  # 8 and 20 working days after
    assert "公示" in holders.partition("A03 ")[2].partition("</tr>")[0]
    assert "市教育局" in holders.partition("A04 ")[2].partition("</tr>")[0]  # ready: the owner's turn
    assert "A01" not in holders


def test_a_casefile_shows_its_head_and_the_graph_of_approvals(database: Database, leader: Visitor) -> None:
    project(database, name="小学")

    page = leader.get(f"/casefiles/{NUMBER}").text

    for words in ("攀挂〔2026〕1号", NUMBER, "市教育局", "1,200.50 万元", "何晓梅", "民生实事", "已挂号"):
        assert words in page
    assert page.count('class="graph-box') == 24 + 1, "the works are drawn as well"
    assert page.count("graph-waiting") == 23 and page.count("graph-ready") == 1
    assert f'<a href="/approvals/{NUMBER}/A01"><g class="graph-box graph-ready">' in "".join(page.split("\n"))
    leader.post("/language", {"language": "en", "next": "/"})
    page = leader.get(f"/casefiles/{NUMBER}").text
    for words in (
        "Education Bureau",
        "Registered",
        "Open items and responsible units",
        "Project proposal",
        "Practical matter",
    ):
        assert words in page


@pytest.mark.parametrize("ref", [NUMBER, "ext-here"])
def test_a_project_answers_to_number_and_reference(database: Database, leader: Visitor, ref: str) -> None:
    project(database, ref="ext-here")
    uid = row_of(database, "ext-here").uid

    assert leader.get(f"/casefiles/{ref}").status_code == 200
    assert leader.get(f"/casefiles/{uid}").status_code == 200


def test_late_approvals_come_first_with_the_days_over_and_their_escalations(
    database: Database, leader: Visitor
) -> None:
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-11-02"))
    sweep(database, NOW, lambda: NOW)

    page = leader.get(f"/casefiles/{NUMBER}").text

    late = page.partition('id="late"')[2]
    assert "黄灯" in late and "超" in late
    assert "2 <span" in page.partition("升级反馈")[2] or "政务服务中心" in page


def test_the_record_is_told_day_by_day_and_for_one_approval_alone(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "grant"), at=when("2026-03-03"))
        walk(tx, ref, "A02", ("submit",), at=when("2026-03-04"))

    whole = leader.get(f"/casefiles/{NUMBER}").text.partition('id="record"')[2]
    of_a02 = leader.get(f"/casefiles/{NUMBER}?item=A02").text.partition('id="record"')[2].partition("timeline-day")[2]

    assert "2026年3月3日" in whole and "准予许可 · A01" in whole and "攀发改〔2026〕1号" in whole
    assert "提交申请 · A02" in of_a02 and "A01" not in of_a02
    assert leader.get(f"/casefiles/{NUMBER}?item=Z99").status_code == 404


def test_a_long_record_is_folded(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        for number, move in enumerate(("submit", "notify_once", "resubmit", "accept", "grant", "deliver")):
            walk(tx, ref, "A01", (move,), at=when("2026-03-03") + timedelta(days=number))

    assert "更早的记录(2 天)" in leader.get(f"/casefiles/{NUMBER}").text


def test_a_finished_project_holds_nothing_and_waits_for_nobody(database: Database, leader: Visitor) -> None:
    ref = project(database)
    with database.write() as tx:
        finish(tx, ref)
    assert "前送达" in leader.get(f"/casefiles/{NUMBER}").text
    with database.write() as tx:
        for code in tx.exec_driver_sql("SELECT code FROM approvals ORDER BY code").scalars().all():
            walk(tx, ref, code, ("deliver",))

    page = leader.get(f"/casefiles/{NUMBER}").text

    assert "在办事项与办理单位" not in page
    assert '<progress value="24" max="24"' in page


def test_the_office_suspends_with_cause_steps_and_review_and_resumes(database: Database, office: Visitor) -> None:
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-11-17")).partition("/")[0]

    response = office.post(f"/casefiles/{NUMBER}/moves/suspend", SUSPENSION)
    page = office.get(response.location).text

    assert row_of(database, ref).state == "suspended"
    for words in ("用地未落实", "落实用地后恢复", "复核到期", "各事项停止计时"):
        assert words in page
    assert "中止" in page.partition("A01 ")[2].partition("</tr>")[0]  # what the approval is paused for
    assert office.post(f"/casefiles/{NUMBER}/moves/resume", {"reason": "已落实"}).status_code == 303
    assert row_of(database, ref).state == "registered"
    assert "用地未落实" not in office.get(f"/casefiles/{NUMBER}").text.partition("办理记录")[0]


def test_a_suspension_without_its_review_day_is_shown_again(database: Database, office: Visitor) -> None:
    ref = project(database)

    response = office.post(f"/casefiles/{NUMBER}/moves/suspend", SUSPENSION | {"review_on": "2026-02-30"})

    assert response.status_code == 422
    assert ">用地未落实</textarea>" in response.text
    assert row_of(database, ref).state == "registered"


def test_who_was_slower_sees_what_changed_and_keeps_what_they_wrote(database: Database, office: Visitor) -> None:
    ref = project(database)
    version = row_of(database, ref).version
    with database.write() as tx:
        do(tx, "office1", "suspend", ref)

    response = office.post(f"/casefiles/{NUMBER}/moves/suspend", SUSPENSION | {"version": version})

    assert response.status_code == 409
    assert "在您办理期间发生的变化" in response.text
    assert "落实用地后恢复" in response.text.partition("您为“中止”填写的内容")[2]


@pytest.mark.parametrize("username", ["leader1", "centre1", "liaison1"])
def test_others_read_and_may_not_suspend(app: OpenAPI, database: Database, username: str) -> None:
    project(database)
    visitor = somebody(app, username)

    assert "/moves/suspend" not in visitor.get(f"/casefiles/{NUMBER}").text
    assert visitor.post(f"/casefiles/{NUMBER}/moves/suspend", SUSPENSION).status_code == 403


@pytest.mark.parametrize("move", ["classify", "register", "withdraw", "complete", "nothing"])
def test_no_other_move_is_made_here(database: Database, office: Visitor, move: str) -> None:
    project(database)

    assert office.post(f"/casefiles/{NUMBER}/moves/{move}", {"reason": "x"}).status_code == 404


def test_what_is_to_be_done_elsewhere_is_a_link_for_those_who_do_it(
    app: OpenAPI, database: Database, office: Visitor, leader: Visitor
) -> None:
    filed, classified = project(database, "filed"), project(database, "classified")

    assert f'href="/triage/{filed}"' in office.get(f"/casefiles/{filed}").text
    assert f'href="/registrations/{classified}"' in somebody(app, "centre1").get(f"/casefiles/{classified}").text
    assert "/triage/" not in leader.get(f"/casefiles/{filed}").text


def test_drafts_and_what_is_not_there_have_no_page(database: Database, leader: Visitor) -> None:
    draft = project(database, "drafted")

    for ref in (draft, "nothing", "p-0000000000000000", "510400-2026-99999"):
        assert leader.get(f"/casefiles/{ref}").status_code == 404


def test_a_casefile_asks_the_database_as_often_for_a_long_story_as_for_a_short_one(
    database: Database, leader: Visitor
) -> None:
    ref = project(database)
    few = asked(leader, f"/casefiles/{NUMBER}")
    with database.write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"), at=when("2026-03-03"))
        for code in ("A02", "A03", "A04", "A05"):
            walk(tx, ref, code, ("submit", "accept"))

    assert few == asked(leader, f"/casefiles/{NUMBER}") <= 36


def test_what_one_act_did_to_many_approvals_is_a_line_that_opens_to_each(database: Database, leader: Visitor) -> None:
    ref = project(database)
    with database.write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        do(tx, "owner1", "withdraw", ref)
        moves = [row.move for row in entries(tx, ref)]
    count = moves.count("withdraw_approval")

    record = leader.get(f"/casefiles/{ref}").text.partition('id="record"')[2]

    title, _, each = record.partition(f"同时{count}项")[2].partition("</summary>")
    assert count > 2
    assert title
    assert each.partition("</details>")[0].count("timeline-entry") == count
    assert record.count('"timeline-entry') == len(moves) + record.count("given-more") - record.count(">详情<")
