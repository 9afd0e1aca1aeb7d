"""The page of one approval and the page of its clock: what each reader finds, and that the days add up."""

import re
from datetime import date

import pytest

from approvals.accounts.queries import PERSON
from approvals.calendar.actions import load_notices
from approvals.calendar.queries import calendar_in_force, limits_of, steps_of
from tests.support.builders import (
    APPROVAL_PATHS,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    do,
    walk,
    when,
)
from tests.support.desk import a_prepared_desk, asked, counted, text_of
from tests.support.extent import PAGE_ENGINES
from workflows.clock.explanation import explain

PEOPLE = ("window-a01", "window-a02", "centre1", "office1", "owner1")
ANSWER = {"reason": "专家出差", "commitment_on": "2026-03-11"}
ROW = re.compile(r'<tr class="day ([^"]*)">(.*?)</tr>', re.DOTALL)


def page_of(desk, username: str, name: str, more: str = ""):
    return desk.people[username].get(f"/approvals/{desk.refs[name]}{more}")


def prepare(tx) -> dict[str, str]:
    refs = {"correcting": an_approval(tx, "correcting", at=when("2026-03-09"))}
    refs["late"] = an_approval(tx, "accepted", at=when("2026-02-24"))
    # Over Spring Festival (15 to 23 February) and its make-up days, with a pause from 3 to 6 March.
    refs["paused"] = an_approval(tx, "accepted", at=when("2026-02-12"))
    do(tx, "window-a01", "start_special", refs["paused"], at=when("2026-03-03"))
    do(tx, "window-a01", "end_special", refs["paused"], at=when("2026-03-06"))
    refs["still"] = an_approval(tx, "paused", at=when("2026-03-04"))
    refs["received"] = an_approval(tx, "received", at=when("2026-03-09"))
    refs["granted"] = an_approval(tx, "granted", at=when("2026-03-05"))
    ref = a_project(tx, "registered", at=when("2026-02-26"))
    walk(tx, ref, "A01", APPROVAL_PATHS["granted"])
    walk(tx, ref, "A02", APPROVAL_PATHS["accepted"])
    walk(tx, ref, "A03", APPROVAL_PATHS["accepted"])
    refs |= {"first": f"{ref}/A01", "second": f"{ref}/A02", "calendar days": f"{ref}/A03", "later": f"{ref}/A07"}
    return refs


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE, prepare) as desk:
        yield desk


@pytest.mark.parametrize("ref", ["ext-99999", "510400-2026-99999", "p-0123456789abcdef", ""])
def test_what_does_not_exist_is_not_found(desk, ref):
    path = f"{ref}/A01" if ref else desk.refs["first"].replace("A01", "B05")  # an item that was not planned

    assert desk.people["office1"].get(f"/approvals/{path}").status_code == 404


def test_owners_read_roles_and_officers_read_names(desk):
    with desk.database.read() as tx:
        name = tx.execute(PERSON.select().where(PERSON.c.username == "window-a01")).one().name
        own = an_actor(tx, "owner1").name

    assert name not in page_of(desk, "owner1", "late").text and own in page_of(desk, "owner1", "late").text
    assert "窗口 · 市发展改革委" in text_of(page_of(desk, "owner1", "late").text)
    assert name in page_of(desk, "centre1", "late").text


def test_approvals_of_other_departments_are_named_but_do_not_open_to_a_window(desk):
    page = page_of(desk, "window-a02", "second").text

    assert "A01 项目建议书审批" in page and "A07 可行性研究报告审批" in page
    assert re.findall(r'<a href="/approvals/[^"]+/(A0[17])"', page) == []
    links = re.findall(r'<a href="/approvals/[^"]+/(A0[17])"', page_of(desk, "office1", "second").text)
    assert set(links) == {"A01", "A07"}


def test_what_is_still_needed_first_is_named(desk):
    page = text_of(page_of(desk, "owner1", "later").text)

    assert "以下事项办结后即可申报：A02 用地预审与选址意见书、A04 节能审查" in page


def test_the_owner_finds_the_notice_as_a_list_of_things_to_mend(desk):
    page = page_of(desk, "owner1", "correcting").text
    todo = re.search(r'<ol class="to-do">.*?</ol>', page, re.DOTALL)

    assert todo and text_of(todo.group(0)) == "坐标表 没有盖章 盖章后重新提交"
    assert re.search(r"一次性告知 攀挂告〔2026〕\d+号", text_of(page))
    assert 'name="materials.3.name" value="坐标表"' in page  # what the notice asked for can be handed in


def test_escalations_of_the_approval_stand_on_its_page(desk):
    with desk.database.write() as tx:
        do(tx, "window-a01", "answer", desk.refs["late"], ANSWER, at=when("2026-03-03"))

    page = text_of(page_of(desk, "owner1", "late").text)

    assert "第 1 级 · 办理窗口 已反馈" in page and "专家出差" in page and "承诺于 2026-03-11 前办结" in page


@pytest.mark.parametrize(
    ("name", "clock", "on"),
    [
        ("paused", "decision", "2026-03-10"),
        ("paused", "decision", "2026-03-04"),
        ("still", "decision", "2026-03-10"),
        ("calendar days", "decision", "2026-03-10"),
        ("late", "decision", "2026-03-31"),
        ("received", "notice", "2026-03-10"),
        ("granted", "delivery", "2026-03-10"),
        ("granted", "decision", "2026-03-10"),
    ],
)
def test_each_day_stands_on_the_clocks_page_as_it_was_counted(desk, name, clock, on):
    with desk.database.read() as tx:
        row = approval_row(tx, *desk.refs[name].split("/"))
        steps, calendar = steps_of(tx, row.project_id, row.id), calendar_in_force(tx)
    explanation = explain(steps, limits_of(row), calendar, date.fromisoformat(on), clock)

    page = page_of(desk, "owner1", name, f"/clock?on={on}&clock={clock}").text

    rows = [text_of(cells) for _, cells in ROW.findall(page)]
    assert len(rows) == len(explanation.days)
    for day, words in zip(explanation.days, rows, strict=True):
        totals = [(day.used, day.counts), (day.legal_used, day.legal_counts)][: 2 if clock == "decision" else 1]
        assert words.startswith(str(day.on))
        assert words.split()[-len(totals) :] == [str(used) if counts else "–" for used, counts in totals]
    for due in (
        explanation.reading.notice,
        explanation.reading.promised,
        explanation.reading.legal,
        explanation.reading.delivery,
    ):
        assert due is None or str(due.due_on) in page or clock != "decision"


def test_holidays_pauses_and_make_up_days_are_named_with_article_and_source(desk):
    page = text_of(page_of(desk, "window-a01", "paused", "/clock").text)

    assert "2026-02-16 周一 节假日：春节 第82条 – –" in page
    assert "2026-02-28 周六 调休上班日 第82条" in page
    assert "2026-03-04 周三 特别程序：咨询评估 第45条 – –" in page
    assert "2026-03-06 周五 工作日 第82条" in page  # the day of the resumption counts
    assert "国办发明电〔2025〕7号" in page


def test_a_clock_is_read_as_of_an_earlier_day(desk):
    page = text_of(page_of(desk, "window-a01", "paused", "/clock?on=2026-03-03").text)

    assert "特别程序" in page and "截至当日终 2026年3月3日" in page
    assert "该日没有此项计时" in text_of(page_of(desk, "window-a01", "paused", "/clock?on=2026-02-01").text)


def test_dates_in_a_year_without_a_notice_are_provisional(desk):
    page = text_of(page_of(desk, "window-a01", "late", "/clock?on=2027-01-15").text)

    assert "2027-01-15 周五 工作日 暂定" in page
    assert "该年度放假安排尚未公布" in page


def test_a_loaded_notice_is_named_as_the_source(sqlite_url):
    notice = "years:\n  2027:\n    source: 国办发明电〔2026〕9号\n    days_off: [2027-01-01]\n    makeup_workdays: []\n"

    def prepare(tx):
        load_notices(tx, notice, by="sysadmin1", now=when("2026-03-09"))
        return {"accepted": an_approval(tx, "accepted", at=when("2026-03-04"))}

    with a_prepared_desk(sqlite_url, ("window-a01",), prepare) as desk:
        page = text_of(page_of(desk, "window-a01", "accepted", "/clock?on=2027-01-15").text)

    assert "国办发明电〔2026〕9号" in page and "暂定" not in page


@pytest.mark.parametrize("on", ["yesterday", "1999-12-31", "2027-03-12", "2026-02-30", "2101-01-01"])
def test_a_day_or_clock_that_is_none_is_refused(desk, on):
    assert page_of(desk, "window-a01", "late", f"/clock?on={on}").status_code == 422
    assert page_of(desk, "window-a01", "late", "/clock?clock=nonsense").status_code == 404
    assert page_of(desk, "window-a01", "late", "/clock?on=").status_code == 200


def test_a_page_asks_the_database_a_fixed_number_of_times(desk):
    office = desk.people["office1"]
    numbers = [asked(office, f"/approvals/{desk.refs[name]}") for name in ("received", "paused", "late")]

    assert max(numbers) < 30 and max(numbers) - min(numbers) <= 1


def test_a_read_leaves_the_database_as_it_was(desk):
    with counted(desk.app) as statements:
        for more in ("", "/clock"):
            page_of(desk, "office1", "late", more)
        desk.people["office1"].get("/windows")

    assert [sql for sql in statements if re.match(r"\s*(INSERT|UPDATE|DELETE)", sql, re.IGNORECASE)] == []
