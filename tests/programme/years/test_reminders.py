"""Who has not reported is reminded once ahead of the report day and once after it, at whatever interval is swept."""

import orjson
import pytest
from sqlalchemy import select

from approvals.history.record import ENTRY, NOTICE
from approvals.notifications.inbox import notices
from approvals.notifications.links import path_of, title_of
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, an_actor, do, faults, when
from tests.support.programme_moves import EAST, LEAD, MIYI, OFFICE, ON, REPORTER, SUSPENSION, an_item, entry_of, report


def reminders(database):
    """The month, the move, the day and whose entry was missing, of every reminder that reminded somebody."""
    with database.read() as tx:
        rows = tx.execute(select(ENTRY).where(ENTRY.c.subject == "reminder").order_by(ENTRY.c.seq)).all()
    facts = [(row, orjson.loads(row.facts)) for row in rows]
    return [(f["month"], row.move, f"{row.at:%m-%d}", *f["tasks"]) for row, f in facts if f["tasks"]]


def a_spring(tx):
    an_item(tx)
    report(tx, "2026-03", at=when("2026-03-24"))
    report(tx, "2026-04", at=when("2026-04-27"))


EXPECTED = [
    ("2026-03", "remind_ahead", "03-24", f"901/{MIYI}"),  # the 25th in the city begins on the 24th in UTC
    ("2026-03", "remind_missing", "03-28", f"901/{MIYI}"),
    ("2026-04", "remind_ahead", "04-24", f"901/{EAST}"),
    ("2026-05", "remind_ahead", "05-24", f"901/{EAST}"),
    ("2026-05", "remind_missing", "05-28", f"901/{EAST}"),
]


@pytest.mark.parametrize("days", [["2026-03-25", "2026-03-29", "2026-04-25", "2026-05-30"], ["2026-05-30"]])
def test_reminders_do_not_depend_on_when_is_swept(database, days):
    with database.write() as tx:
        a_spring(tx)
    for day in days:
        sweep(database, when(day), lambda: NOW)
        sweep(database, when(day), lambda: NOW)
    assert reminders(database) == EXPECTED
    assert faults(database) == []


def test_nobody_is_reminded_of_an_item_that_is_suspended(database):
    with database.write() as tx:
        an_item(tx)
        do(tx, OFFICE, "suspend", ON, SUSPENSION, at=when("2026-03-10"))
        do(tx, OFFICE, "resume", ON, {"reason": "政策已明确"}, at=when("2026-04-26"))
    sweep(database, when("2026-04-30"), lambda: NOW)
    assert reminders(database) == [("2026-04", "remind_missing", "04-28", f"901/{EAST}")]


def test_a_unit_gets_one_notice_for_all_its_tasks(database):
    with database.write() as tx:
        an_item(tx)
        an_item(tx, item_no="902")
    sweep(database, when("2026-04-26"), lambda: NOW)
    with database.read() as tx:
        reader = an_actor(tx, REPORTER)
        page = notices(tx, reader)
        titles = [(title_of(notice), path_of(notice, reader)) for notice in page.rows if "remind" in notice.move.name]
    assert titles == [
        ("月报即将到期：2026-04", "/programme/month"),
        ("月报逾期未报：2026-03", "/programme/month"),
        ("月报即将到期：2026-03", "/programme/month"),
    ]


def heard(tx, username):
    reader = an_actor(tx, username)
    return [(notice.move.name, notice.project, path_of(notice, reader)) for notice in notices(tx, reader).rows]


def test_each_hears_of_what_is_theirs_to_do(database):
    page = "/programme/2026/items/901"
    with database.write() as tx:
        an_item(tx)
        report(tx)
        do(tx, LEAD, "send_back", entry_of("2026-05"), {"reasons": "有误"}, at=when("2026-05-27", "10:00"))
        assert heard(tx, REPORTER)[0] == ("send_back", "新建农村公路", f"{page}/{EAST}/2026-05")
        report(tx, at=when("2026-05-27", "11:00"))
        assert heard(tx, LEAD)[0] == ("report", "新建农村公路", f"{page}/{EAST}/2026-05")
        do(tx, LEAD, "confirm", entry_of("2026-05"), {}, at=when("2026-05-27", "12:00"))
        assert heard(tx, "finance1") == [("confirm", "新建农村公路", f"{page}/{EAST}/2026-05")]
        do(tx, LEAD, "claim_done", ON, {"finished_on": "2026-05-28", "note": "已完工"}, at=when("2026-05-29"))
        assert heard(tx, OFFICE)[0] == ("claim_done", "新建农村公路", page)
        assert "confirm" not in {
            row.move.partition(".")[2] for row in tx.execute(select(NOTICE)) if row.audience == "owner"
        }


def test_of_a_problem_without_a_word_is_reminded_once(database):
    with database.write() as tx:
        an_item(tx)
        for month in ("2026-03", "2026-04"):
            report(tx, month, at=when(f"{month}-20"))
        land = {"text": "两户未签约", "kind": "land", "tasks": [EAST]}
        do(tx, REPORTER, "raise_problem", f"{ON}/problems", land, at=when("2026-04-20", "12:00"))
    for day in ("2026-05-24", "2026-05-25", "2026-06-26"):
        sweep(database, when(day), lambda: NOW)
    with database.write() as tx:
        assert [move for move, *_ in heard(tx, REPORTER)].count("remind_stale") == 1
        assert ("remind_stale", "", "/programme/month") in heard(tx, REPORTER)
        do(tx, REPORTER, "add_word", f"{ON}/problems/1", {}, at=when("2026-06-26"))
    sweep(database, when("2026-08-26"), lambda: NOW)
    with database.read() as tx:
        days = [f"{n.at:%m-%d}" for n in notices(tx, an_actor(tx, REPORTER)).rows if n.move.name == "remind_stale"]
    assert days == ["08-24", "05-24"]  # the 25th in the city begins on the 24th in UTC
