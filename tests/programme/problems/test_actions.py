"""Problems are records: raised, asked of somebody, spoken of, settled; and what a report says of them."""

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.notifications.inbox import notices
from approvals.notifications.links import path_of, title_of
from approvals.programme.problems.queries import OF_TASKS, PROBLEMS, WORDS
from tests.support.builders import a_project, an_actor, do, when
from tests.support.programme_moves import EAST, LEAD, MIYI, OFFICE, ON, REPORTER, an_item, cells, report

ASKED, WINDOW = "市发展改革委", "window-a01"  # the department of item A01, and somebody at its window
ONE = f"{ON}/problems/1"
LAND = {"text": "红线内两户未签约", "kind": "land"}


def at(day, time="09:00"):
    return {"at": when(day, time)}


def rows(tx, table=PROBLEMS):
    return tx.execute(select(table).order_by(table.c.id)).all()


def heard(tx, username):
    reader = an_actor(tx, username)
    return [(title_of(notice), path_of(notice, reader)) for notice in notices(tx, reader).rows]


def test_a_problem_is_raised_asked_answered_and_settled(database):
    page = "/programme/2026/items/901/problems/1"
    with database.write() as tx:
        an_item(tx)
        raised = do(tx, REPORTER, "raise_problem", f"{ON}/problems", LAND | {"since": "2026-04-20"}, **at("2026-05-04"))
        assert (raised.ref, raised.state) == (ONE, "open")
        assert heard(tx, LEAD)[0] == ("提出问题：901 第1号", page)
        asking = {"asked_unit": ASKED, "asked": "协调补偿标准", "expected_on": "2026-06-30"}
        do(tx, LEAD, "ask_unit", ONE, asking, **at("2026-05-06"))
        assert heard(tx, WINDOW)[0] == ("提请协调：901 第1号", page)
        do(tx, WINDOW, "answer_problem", ONE, {"text": "已约谈，下周签约"}, **at("2026-05-08"))
        do(tx, REPORTER, "add_word", ONE, {}, **at("2026-05-20"))
        do(tx, LEAD, "close_problem", ONE, {"result": "两户已签约"}, **at("2026-05-25"))
        [problem] = rows(tx)
        assert (problem.state, problem.asked, problem.since_on.isoformat()) == ("closed", "协调补偿标准", "2026-04-20")
        assert problem.answered_at == when("2026-05-08") and problem.said_at == when("2026-05-25")
        words = [(word.move, word.text, word.asked_of, word.said_by) for word in rows(tx, WORDS)]
        assert words == [
            ("raise_problem", LAND["text"], "", REPORTER),
            ("ask_unit", "协调补偿标准", ASKED, LEAD),
            ("answer_problem", "已约谈，下周签约", "", WINDOW),
            ("add_word", "", "", REPORTER),
            ("close_problem", "两户已签约", "", LEAD),
        ]
        do(tx, OFFICE, "reopen_problem", ONE, {"reason": "一户反悔"}, **at("2026-06-01"))
        assert rows(tx)[0].state == "open"


def test_a_problem_may_hold_tasks_of_other_items_and_projects(database):
    with database.write() as tx:
        an_item(tx)
        an_item(tx, item_no="902")
        project = a_project(tx, "filed")
        held = LAND | {"tasks": [EAST, f"902/{MIYI}"], "projects": [project]}
        do(tx, OFFICE, "raise_problem", f"{ON}/problems", held, **at("2026-05-04"))
        assert len(rows(tx, OF_TASKS)) == 2
        do(tx, f"county-{MIYI}", "add_word", ONE, {"text": "米易县段同样受阻"}, **at("2026-05-05"))
        do(tx, LEAD, "edit_problem", ONE, {"kind": "demolition", "tasks": [EAST]}, **at("2026-05-06"))
        with pytest.raises(NotFound):
            do(tx, f"county-{MIYI}", "add_word", ONE, {}, **at("2026-05-07"))
        for wrong in ({"tasks": ["903/510402"]}, {"projects": ["no-such"]}):
            with pytest.raises(Invalid):
                do(tx, OFFICE, "raise_problem", f"{ON}/problems", LAND | wrong, **at("2026-05-08"))


def test_only_those_concerned_move_a_problem(database):
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(NotFound):
            do(tx, "owner3", "raise_problem", f"{ON}/problems", LAND, **at("2026-05-04"))
        do(tx, REPORTER, "raise_problem", f"{ON}/problems", LAND, **at("2026-05-04"))
        with pytest.raises(Refused):
            do(tx, OFFICE, "answer_problem", ONE, {"text": "已答复"}, **at("2026-05-05"))
        with pytest.raises(NotFound):
            do(tx, WINDOW, "answer_problem", ONE, {"text": "已答复"}, **at("2026-05-05"))
        do(tx, REPORTER, "ask_unit", ONE, {"asked_unit": ASKED, "asked": "协调"}, **at("2026-05-05"))
        with pytest.raises(Forbidden):
            do(tx, WINDOW, "close_problem", ONE, {"result": "已解决"}, **at("2026-05-06"))
        with pytest.raises(Forbidden):
            do(tx, REPORTER, "answer_problem", ONE, {"text": "已答复"}, **at("2026-05-06"))
        do(tx, LEAD, "ask_unit", ONE, {"asked_office": "王副市长", "asked": "请协调"}, **at("2026-05-07"))
        assert "提请协调：901 第1号" in dict(heard(tx, "leader1"))
        do(tx, "leader1", "answer_problem", ONE, {"text": "周五现场办公"}, **at("2026-05-08"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "luck"}, "kind"),
        ({"since": "2026-05-05"}, "since"),
        ({"expected_on": "2026-05-03"}, "expected_on"),
        ({"asked": "协调"}, "asked_unit"),
        ({"asked_unit": ASKED}, "asked"),
        ({"asked_unit": "无此单位", "asked": "协调"}, "asked_unit"),
    ],
)
def test_what_cannot_be_of_a_problem_is_named(database, given, field):
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(Invalid) as refusal:
            do(tx, REPORTER, "raise_problem", f"{ON}/problems", LAND | given, **at("2026-05-04"))
    assert field in refusal.value.fields


def test_a_text_of_a_report_is_a_new_problem_and_said_again_a_word_on_it(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-05", cells(problems=["红线内两户未签约", "资金未到位"]))
        report(tx, "2026-06", cells("4.0", problems=["红线内两户未签约"], problem_words=[{"problem": 2}]))
        assert [(row.number, row.kind, row.text) for row in rows(tx)] == [
            (1, "other", "红线内两户未签约"),
            (2, "other", "资金未到位"),
        ]
        assert [row.said_at for row in rows(tx)] == [when("2026-06-27")] * 2
        with pytest.raises(Invalid) as refusal:
            report(tx, "2026-07", cells("4.5", problem_words=[{"problem": 3, "text": "没有"}]))
        assert list(refusal.value.fields) == ["problem_words.0.problem"]


def test_problems_end_with_their_item(database):
    with database.write() as tx:
        an_item(tx, "claimed", day="2026-03-02")
        an_item(tx, item_no="902")
        do(tx, LEAD, "raise_problem", f"{ON}/problems", LAND, **at("2026-03-03"))
        both = LAND | {"tasks": [EAST, f"902/{EAST}"]}
        do(tx, OFFICE, "raise_problem", f"{ON}/problems", both, **at("2026-03-03", "10:00"))
        do(tx, OFFICE, "verify_done", ON, {"note": "已看"}, **at("2026-03-04"))
        assert [row.state for row in rows(tx)] == ["closed", "open"]


def test_a_problem_that_is_not_answered_becomes_an_order_by_one_press(database):
    with database.write() as tx:
        an_item(tx)
        asked = LAND | {"asked_unit": ASKED, "asked": "协调补偿标准"}
        do(tx, REPORTER, "raise_problem", f"{ON}/problems", asked, **at("2026-05-04"))
        order = {
            "department": ASKED,
            "subject": "901 红线内两户未签约",
            "demands": "协调补偿标准",
            "due_on": "2026-06-01",
        }
        issued = do(tx, OFFICE, "issue", f"{ONE}/orders", order, **at("2026-05-20"))
        [problem] = rows(tx)
        assert (problem.order_ref, problem.said_at) == (issued.ref, when("2026-05-20"))
        with pytest.raises(NotFound):
            do(tx, OFFICE, "issue", f"{ON}/problems/9/orders", order, **at("2026-05-21"))
