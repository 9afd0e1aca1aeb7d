"""The inboxes of the four levels, the answers given there, and the page of the sweep."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from approvals.base.database import Database
from approvals.supervision.escalations.views import inbox
from approvals.supervision.sweep import sweep
from approvals.supervision.sweep_log import WITHIN
from tests.support.builders import (
    APPROVAL_PATHS,
    a_database,
    a_project,
    an_actor,
    an_approval,
    do,
    escalation_rows,
    walk,
    when,
)
from tests.support.desk import TODAY, a_prepared_desk, asked, form_of, text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor, an_app, duties_on, give_password, somebody

PEOPLE = ("window-a01", "head-a01", "window-a02", "window-b04", "centre1", "office1", "leader1", "owner1", "sysadmin1")
OWN = {"window-a01": 1, "head-a01": 1, "centre1": 2, "office1": 3, "leader1": 4}
ANSWER = {"reason": "专家出差，\n周三返回", "commitment_on": "2026-03-12"}
_LINK = re.compile(r'class="head-cell">\s*<a href="/escalations/([^"/]+)/([A-Z0-9]+)/(\d)[?"]')


@dataclass(frozen=True, slots=True)
class Desk:
    database: Database
    people: dict[str, Visitor]

    def late(self, level: int, *, code: str = "A01") -> str:
        """A late approval whose escalation waits at this level on TODAY; its reference."""
        accepted = {1: "2026-03-04", 2: "2026-03-02", 3: "2026-01-30"}[level]
        with self.database.write() as tx:
            ref = f"{a_project(tx, 'registered', at=when(accepted))}/{code}"
            if code != "A01":
                walk(tx, ref.partition("/")[0], "A01", APPROVAL_PATHS["granted"])
            walk(tx, *ref.split("/"), APPROVAL_PATHS["accepted"])
        sweep(self.database, TODAY, lambda: TODAY)
        return ref

    def escalation(self, ref: str, level: int):
        with self.database.read() as tx:
            return next(row for row in escalation_rows(tx, *ref.split("/")) if row.level == level)

    def form(self, username: str, ref: str) -> dict[str, str]:
        """The form in which this person answers at level 1, filled in."""
        page = self.people[username].get(f"/escalations/{ref}/1").text
        action = re.search(r'action="(/escalations/[^"]+/answer)"', page)
        assert action, text_of(page)
        return form_of(page, action[1]) | ANSWER

    def answer(self, username: str, ref: str, form: dict[str, str]):
        return self.people[username].post(f"/escalations/{ref}/1/answer", form)


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE) as prepared:
        desk = Desk(prepared.database, prepared.people)
        for level in (1, 1, 2, 3):
            desk.late(level)
        desk.late(2, code="A02")
        yield desk


def listed(page: str) -> list[tuple[str, str, str]]:
    return _LINK.findall(page)


@pytest.mark.parametrize(("username", "level"), OWN.items())
def test_each_level_opens_its_own_inbox(desk, username, level):
    page = desk.people[username].get("/escalations").text
    assert f"第 {level} 级" in text_of(page)
    assert {found for _, _, found in listed(page)} <= {str(level)}
    assert "本级没有待反馈事项" in text_of(desk.people["window-b04"].get("/escalations").text)


def test_a_window_sees_the_escalations_of_its_department_only(desk):
    mine = listed(desk.people["window-a01"].get("/escalations").text)
    theirs = listed(desk.people["window-a02"].get("/escalations").text)
    assert mine and {code for _, code, _ in mine} == {"A01"}
    assert {code for _, code, _ in theirs} <= {"A02"}
    for number, code, level in mine:
        assert desk.people["window-a02"].get(f"/escalations/{number}/{code}/{level}").status_code == 404


@pytest.mark.parametrize(
    ("username", "levels", "status"),
    [
        ("window-a01", "234", 404),
        ("centre1", "1234", 200),
        ("office1", "1234", 200),
        ("leader1", "1234", 200),
        ("office1", ("0", "5", "x", "1.5"), 404),
    ],
)
def test_the_offices_look_at_every_level_and_a_window_at_none_above(desk, username, levels, status):
    for level in levels:
        assert desk.people[username].get(f"/escalations?level={level}").status_code == status, level


def test_what_waits_comes_first_by_the_day_of_its_answer_then_what_was_answered(desk):
    with desk.database.read() as tx:
        rows = inbox(tx, an_actor(tx, "office1"), 1, today=TODAY.date()).page.rows
    states = [row.rung.state.name for row in rows]
    assert states == sorted(states, key=("raised", "answered", "lifted").index)
    waiting = [row.rung.due.due_on for row in rows if row.rung.state.name == "raised"]
    assert waiting == sorted(waiting) and len(waiting) >= 2


def test_days_late_are_those_of_the_clock(desk):
    ref = desk.late(2)
    page = desk.people["centre1"].get("/escalations").text
    row = next(row for row in page.split("<tr>") if ref_number(desk, ref) in row)
    # Accepted on 2 March, five days promised: due on the 9th, over by one on the 10th.
    assert "2026-03-09 超期 1 个工作日" in text_of(row)


def ref_number(desk, ref: str) -> str:
    return re.search(r"\d{6}-\d{4}-\d{5}", desk.people["office1"].get(f"/escalations/{ref}/1").text).group(0)


def test_an_answer_is_recorded_and_shown_to_the_owner(desk):
    ref = desk.late(1)
    response = desk.answer("window-a01", ref, desk.form("window-a01", ref))
    assert (response.status_code, response.location) == (303, "/escalations?level=1")
    row = desk.escalation(ref, 1)
    assert (row.state, str(row.commitment_on)) == ("answered", "2026-03-12")
    assert "反馈已登记" in text_of(desk.people["window-a01"].get(response.location).text)
    assert "周三返回" in desk.people["owner1"].get(f"/approvals/{ref}").text


def test_the_same_answer_sent_twice_has_one_effect(desk):
    ref = desk.late(1)
    form = desk.form("head-a01", ref)
    assert [desk.answer("head-a01", ref, form).status_code for _ in range(2)] == [303, 303]
    assert desk.escalation(ref, 1).version == 2


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"commitment_on": ""}, "必填"),
        ({"reason": ""}, "必填"),
        ({"commitment_on": "2026-03-09"}, "早于今天"),
        ({"commitment_on": "2026-03-14"}, "工作日"),
        ({"commitment_on": "下周"}, "日期"),
    ],
)
def test_a_fault_in_an_answer_stands_at_its_field_and_the_answer_is_kept(desk, given, fault):
    ref = desk.late(1)
    response = desk.answer("window-a01", ref, desk.form("window-a01", ref) | {"reason": "专家出差"} | given)
    assert response.status_code == 422
    reasons = re.findall(r'<div class="field-faults".*?</div>\s*</div>', response.text, re.DOTALL)
    assert fault in text_of(" ".join(reasons))
    assert given.get("reason", "专家出差") in response.text
    assert desk.escalation(ref, 1).state == "raised"


def test_who_answers_after_somebody_else_sees_that_answer_and_keeps_his_own(desk):
    ref = desk.late(1)
    form = desk.form("window-a01", ref)
    with desk.database.write() as tx:
        answer = {"reason": "负责人已答", "commitment_on": "2026-03-11"}
        do(tx, "head-a01", "answer", ref, answer, at=when("2026-03-10"))
    response = desk.answer("window-a01", ref, form)
    assert response.status_code == 409
    assert "负责人已答" in re.search(r'class="card meanwhile".*?</section>', response.text, re.DOTALL).group(0)
    assert "周三返回" in response.text
    assert desk.escalation(ref, 1).reason == "负责人已答"


def test_who_answers_too_late_finds_it_gone_up_even_before_the_sweep_ran(desk):
    with desk.database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-02-27"))
    sweep(desk.database, when("2026-03-05", "12:00"), lambda: TODAY)
    assert desk.escalation(ref, 1).state == "raised"
    form = desk.form("window-a01", ref)
    response = desk.answer("window-a01", ref, form)
    assert response.status_code == 409
    assert "上升一级" in re.search(r'class="card meanwhile".*?</section>', response.text, re.DOTALL).group(0)
    assert "周三返回" in response.text
    assert desk.escalation(ref, 1).state == "lifted"
    assert desk.escalation(ref, 2).state == "raised"


def test_an_upper_level_reads_what_waits_below_and_cannot_answer_it(desk):
    ref = desk.late(1)
    page = desk.people["centre1"].get(f"/escalations/{ref}/1").text
    assert "/answer" not in page
    assert desk.answer("centre1", ref, ANSWER).status_code == 403
    assert desk.escalation(ref, 1).state == "raised"


def test_an_escalation_that_there_is_not_is_not_found(desk):
    ref = desk.late(1)
    for path in (f"{ref}/3", f"{ref}/9", f"{ref}/x", "ext-99999/A01/1"):
        assert desk.people["office1"].get(f"/escalations/{path}").status_code == 404


def test_the_home_page_lists_what_waits_at_ones_own_level(desk):
    with desk.database.read() as tx:
        view = inbox(tx, an_actor(tx, "window-a01"), None, today=TODAY.date())
    count = view.levels[0][2]
    assert count == sum(row.rung.state.name == "raised" for row in view.page.rows)
    assert duties_on(desk.people["window-a01"].get("/")).count("升级反馈") == count


def test_an_inbox_asks_the_database_a_fixed_number_of_times(desk):
    numbers = [asked(desk.people[username], "/escalations?level=1") for username in ("office1", "window-a01")]
    assert max(numbers) - min(numbers) <= 3 and max(numbers) < 20  # the office's duties have those that nobody holds


@pytest.mark.parametrize("username", ["centre1", "office1", "leader1", "sysadmin1"])
def test_the_sweep_shows_that_it_ran_and_what_it_did(desk, username):
    desk.late(1)
    page = text_of(desk.people[username].get("/sweep").text)
    assert "巡检运行正常" in page and "2026-03-10 10:00" in page
    assert re.search(r"升级 \d+", page)


@pytest.mark.parametrize(("late", "is_fine"), [(None, False), (timedelta(), True), (timedelta(minutes=3), False)])
def test_a_sweep_that_stopped_or_never_ran_is_said_loudly(sqlite_url, late, is_fine):
    database = a_database(sqlite_url)
    give_password(database, "office1")
    if late is not None:
        sweep(database, TODAY, lambda: TODAY)
    database.close()
    with an_app(sqlite_url, now=TODAY + WITHIN - timedelta(minutes=1) + (late or timedelta())) as app:
        page = somebody(app, "office1").get("/sweep").text
    assert ("巡检运行正常" in page) == is_fine
    assert ("alert-danger" in page) != is_fine
    assert ("巡检尚未运行" in page) == (late is None)
