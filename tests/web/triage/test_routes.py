"""The supervision office at its inbox: who waits longest comes first, and each filing is sorted on its own page."""

from datetime import timedelta

import pytest

from approvals.base.pagination import PAGE
from approvals.filing.queries import TABLE
from tests.support.builders import a_project, an_actor, do, when
from tests.support.desk import asked, moves_of, row_of
from tests.support.pages import duties_on

FRIDAY, MONDAY = when("2026-11-20"), when("2026-11-16")  # NOW is Friday noon
CLASSIFICATION = {"category": "医疗卫生", "key": "yes", "practical_matter": "yes"}


def filed(database, name, **more):
    """A filing of this name; its external reference."""
    with database.write() as tx:
        return a_project(tx, "filed", name=name, **more)


def send(office, ref, move, data, version=None):
    return office.post(f"/triage/{ref}/moves/{move}", data | ({"version": version} if version else {}))


def test_the_filing_that_waits_longest_comes_first_with_its_working_days(database, office):
    filed(database, "后申报的小学", at=FRIDAY)
    filed(database, "先申报的小学", at=MONDAY)
    page = office.get("/triage").text
    assert page.index("先申报的小学") < page.index("后申报的小学")
    assert ">4</span>" in page  # from Monday to Friday


def test_only_what_waits_for_the_office_is_in_its_lists(database, office):
    with database.write() as tx:
        for state in ("drafted", "returned", "declined", "diverted", "registered", "withdrawn"):
            a_project(tx, state, name=f"小学{state}")
    for name in ("filed", "classified", "suspended"):
        assert "小学" not in office.get(f"/triage?list={name}").text


def test_a_filing_that_was_returned_before_says_so_and_can_be_asked_for(database, office):
    filed(database, "第一次申报")
    ref = filed(database, "退回后再报")
    with database.write() as tx:
        do(tx, "office1", "return_filing", ref)
        do(tx, "owner1", "refile", ref)
    page = office.get("/triage?returned=yes").text
    assert "退回后再报" in page and "曾退回1次" in page
    assert "第一次申报" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("category=道路通畅", {"公路"}),
        ("county=西区", {"医院"}),
        ("kind=service", {"补贴"}),
        ("search=医院", {"医院"}),
        ("search=市住房城乡建设局", {"公路"}),
        ("search=%25", set()),
        ("search=_", set()),
    ],
)
def test_the_inbox_is_narrowed(database, office, asked, found):
    filed(database, "公路", category="道路通畅", owner="owner2")
    filed(database, "医院", county="西区")
    filed(database, "补贴", kind="service")
    page = office.get(f"/triage?{asked}").text
    assert {name for name in ("公路", "医院", "补贴") if f">{name}</a>" in page} == found


@pytest.mark.parametrize(
    "asked", ["list=drafted", "category=nothing", "county=nowhere", "kind=x", "cursor=x", "cursor=WzEsMl0"]
)
def test_what_no_list_has_is_refused(office, asked):
    assert office.get(f"/triage?{asked}").status_code == 422


def test_a_long_inbox_goes_on_where_the_page_before_ended(database, office):
    for number in range(PAGE + 3):
        filed(database, f"第{number:03}号", at=MONDAY + timedelta(minutes=3 * number))
    first, second = office.pages("/triage")
    assert f"第{PAGE - 1:03}号" in first and f"第{PAGE:03}号" not in first
    assert f"第{PAGE:03}号" in second and f"第{PAGE - 1:03}号" not in second


def test_the_inbox_asks_the_database_as_often_for_ten_filings_as_for_one(database, office):
    filed(database, "第一个")
    few = asked(office, "/triage")
    for number in range(9):
        filed(database, f"又一个{number}")
    assert few == asked(office, "/triage") < 20


def test_suspended_projects_stand_in_the_order_of_their_review_with_what_is_due(database, office):
    with database.write() as tx:
        late, early = a_project(tx, "registered", name="晚复核"), a_project(tx, "registered", name="早复核")
        for ref, day in ((late, "2026-12-30"), (early, "2026-11-19")):
            do(tx, "office1", "suspend", ref, {"cause": "a", "restart_steps": "b", "review_on": day})
    page = office.get("/triage?list=suspended").text
    assert page.index("早复核") < page.index("晚复核")
    assert page.count('mark-strong">复核到期') == 1
    assert "晚复核" not in office.get("/triage?list=suspended&due=yes").text


def test_a_filing_is_shown_with_what_was_filed_and_its_record(database, office):
    ref = filed(database, "新建小学", answers={"occupies_road": True})
    with database.write() as tx:
        do(tx, "office1", "return_filing", ref, {"reasons": ["投资来源没有写明"]})
        do(tx, "owner1", "refile", ref)
    page = office.get(f"/triage/{ref}").text
    for words in ("新建小学", "市教育局", "1,200.50 万元", "东区", "投资来源没有写明", "重新申报"):
        assert words in page
    assert '<option value="教育助学" selected>' in page  # the form of the classification begins with it
    assert ">25<" in page  # approvals by the answers


def test_the_office_classifies(database, office):
    ref = filed(database, "新建医院")
    response = send(office, ref, "classify", CLASSIFICATION)
    filing = row_of(database, ref)
    assert response.status_code == 303
    assert (filing.state, filing.category) == ("classified", "医疗卫生")
    assert (filing.is_key, filing.is_urgent, filing.is_practical_matter) == (True, False, True)
    assert "项目已分类" in office.get(response.location).text


@pytest.mark.parametrize(
    ("move", "data", "state"),
    [
        ("return_filing", {"reasons": ["缺少附件", "", "金额有误"]}, "returned"),
        ("decline", {"reason": "不属于民生工程"}, "declined"),
    ],
)
def test_the_office_returns_and_declines_with_reasons(database, office, move, data, state):
    ref = filed(database, "新建小学")
    assert send(office, ref, move, data).status_code == 303
    assert row_of(database, ref).state == state
    assert moves_of(database, ref)[-1] == move


def test_the_office_diverts_what_it_classified(database, office):
    with database.write() as tx:
        ref = a_project(tx, "classified", name="创业补贴", kind="service")
    response = send(office, ref, "divert", {"reason": "无需审批"})
    assert row_of(database, ref).state == "diverted"
    assert response.location == "/triage?list=classified"


def test_a_return_without_reasons_is_shown_again_and_changes_nothing(database, office):
    ref = filed(database, "新建小学")
    response = send(office, ref, "return_filing", {"reasons": ["", " "]})
    assert response.status_code == 422
    assert "至少" in response.text or "必填" in response.text or "需要" in response.text
    assert moves_of(database, ref) == ["draft", "file"]


def test_who_was_slower_sees_what_changed_and_keeps_what_they_wrote(database, office):
    ref = filed(database, "新建小学")
    version = row_of(database, ref).version
    with database.write() as tx:
        do(tx, "office1", "return_filing", ref, {"reasons": ["另一位已退回"]})
        do(tx, "owner1", "refile", ref)
    response = send(office, ref, "decline", {"reason": "我写的理由"}, version)
    assert response.status_code == 409
    assert "另一位已退回" in response.text.partition("在您办理期间发生的变化")[2]
    assert ">我写的理由</textarea>" in response.text
    assert row_of(database, ref).state == "filed"


def test_what_is_not_possible_any_more_keeps_what_was_written_beside_what_changed(database, office):
    ref = filed(database, "新建小学")
    version = row_of(database, ref).version
    with database.write() as tx:
        do(tx, "office1", "classify", ref)
    response = send(office, ref, "decline", {"reason": "我写的理由"}, version)
    assert response.status_code == 409
    assert "我写的理由" in response.text.partition("您为“不予纳入”填写的内容")[2]
    assert 'action="/triage/' + ref + '/moves/decline"' not in response.text


def test_a_form_sent_twice_sorts_once(database, office):
    ref = filed(database, "新建小学")
    office.get(f"/triage/{ref}")
    once = {"once": office.once_key(), **CLASSIFICATION}
    first, second = (office.post(f"/triage/{ref}/moves/classify", once) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert moves_of(database, ref) == ["draft", "file", "classify"]


def test_there_is_no_page_for_what_is_not_there_and_for_a_draft(database, office):
    with database.write() as tx:
        draft = a_project(tx, "drafted")
    for ref in ("nothing", "p-0000000000000000", "510400-2026-99999", draft):
        assert office.get(f"/triage/{ref}").status_code == 404, ref


@pytest.mark.parametrize("move", ["register", "suspend", "complete", "edit", "nothing"])
def test_the_office_makes_no_other_moves_here(database, office, move):
    ref = filed(database, "新建小学")
    assert send(office, ref, move, {}).status_code == 404


def test_nobody_sorts_a_filing_of_their_own_unit(database, office):
    ref = filed(database, "督查办自己的项目")
    with database.write() as tx:
        office_unit = an_actor(tx, "office1").unit_id
        tx.execute(TABLE.update().where(TABLE.c.external_ref == ref).values(owner_unit_id=office_unit))
    assert "/moves/classify" not in office.get(f"/triage/{ref}").text
    assert office.post(f"/triage/{ref}/moves/classify", CLASSIFICATION).status_code == 403


def test_the_home_page_lists_the_filings_that_wait(database, office):
    filed(database, "一")
    filed(database, "二")
    assert duties_on(office.get("/")) == ["申报分类", "申报分类"]
