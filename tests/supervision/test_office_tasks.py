"""The offices' own steps that wait, each with its deadline."""

from datetime import date

from approvals.supervision.office_tasks import waiting_steps
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_approval, do, when

LATE = when("2026-11-03")  # a Tuesday; 13 working days before NOW
CORRECTION = {"entry": "accept", "right_on": "2026-03-03", "reason": "录入有误"}
ORDER = {"subject": "清理积压件", "demands": "逐件说明原因。", "due_on": "2026-11-10", "department": "市发展改革委"}


def waiting(tx):
    steps = waiting_steps(tx, NOW.date())
    return [(step.task, step.level, str(step.deadline.due_on), step.deadline.light) for step in steps]


def test_what_waits_for_an_office_is_listed_with_its_deadline_until_it_is_done(database):
    with database.write() as tx:
        filed, fresh = a_project(tx, "filed", at=LATE), a_project(tx, "filed", at=when("2026-11-19"))
        classified = a_project(tx, "classified", at=LATE)
        assert waiting(tx) == [
            ("register", 2, "2026-11-05", "red"),
            ("sort", 3, "2026-11-06", "red"),
            ("sort", 3, "2026-11-24", "green"),
        ]
        for who, move, ref in (("office1", "classify", filed), ("office1", "decline", fresh)):
            do(tx, who, move, ref, at=NOW)
        do(tx, "centre1", "register", classified, at=NOW)
        assert waiting(tx) == [("register", 2, "2026-11-24", "green")]


def test_appeals_corrections_and_answers_to_orders_wait_too(database):
    with database.write() as tx:
        approval = an_approval(tx)
    sweep(database, when("2026-03-10"), lambda: NOW)
    with database.write() as tx:
        do(tx, "head-a01", "appeal", f"{approval}/cards/promised", at=when("2026-03-11"))
        do(tx, "window-a01", "propose_correction", approval, CORRECTION, at=when("2026-11-18"))
        order = do(tx, "centre1", "issue", "orders", ORDER, at=when("2026-11-04")).ref
        do(tx, "window-a01", "answer", f"orders/{order}", {"done": "已核实。"}, at=when("2026-11-17"))
        assert waiting(tx) == [
            ("appeal", 3, "2026-03-18", "red"),
            ("order_answer", 2, "2026-11-20", "reminder"),
            ("correction", 1, "2026-11-23", "reminder"),
        ]
        appeal = waiting_steps(tx, date(2026, 11, 20))[0]
        assert (appeal.code, appeal.key) == ("A01", "promised-1")
