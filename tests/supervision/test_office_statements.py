"""What the system says of the offices' own steps, by sweeps however often they come."""

from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.database import Database
from approvals.base.moments import day_of, start_of
from approvals.filing.queries import locked_project_by_id, record_of
from approvals.history.record import NOTICE, attest, recording
from approvals.supervision.office_tasks import waiting_in
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, a_project, an_approval, do, entries, faults, project_row, when
from workflows.charts.card import CARD
from workflows.charts.model import SYSTEM
from workflows.charts.office_moves import REMIND, REPORT, STATEMENTS
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.rules.notification_kinds import kind_of

FILED = when("2026-11-03")  # a Tuesday: to be sorted by Friday, reminded on Thursday
SORTED = when("2026-11-13", "10:00")
OF_SORTING = ["remind_office 11-05", "report_late 11-07"]  # the city government hears of it; nobody is above


def said(database: Database, ref: str) -> list[str]:
    """What was said in this project, in the order of its days."""
    with database.read() as tx:
        found = [entry for entry in entries(tx, ref) if entry.move in STATEMENTS]
    return [f"{entry.move} {day_of(entry.at):%m-%d}" for entry in sorted(found, key=lambda entry: entry.at)]


def told(database: Database, ref: str, move: str) -> list[str]:
    """Who got the notices of this move of a project, in their order."""
    with database.read() as tx:
        of_move = NOTICE.c.project_id == project_row(tx, ref).id, NOTICE.c.move == f"project.{move}"
        return list(tx.execute(select(NOTICE.c.audience).where(*of_move).order_by(NOTICE.c.id)).scalars())


@pytest.mark.parametrize("every", [1, 3, 9, 100], ids=lambda days: f"a sweep every {days} days")
def test_an_office_hears_the_same_on_the_same_days_however_seldom_the_sweep_comes(database: Database, every: int):
    with database.write() as tx:
        ref = a_project(tx, "filed", at=FILED)
    for day in range(every, 10, every):
        sweep(database, start_of(FILED.date() + timedelta(days=day)), lambda: NOW)
    with database.write() as tx:
        do(tx, "office1", "classify", ref, at=SORTED)
    sweep(database, SORTED + timedelta(days=4), lambda: NOW)

    assert said(database, ref)[:2] == OF_SORTING
    assert faults(database) == []


def test_a_late_step_is_reported_level_by_level_and_its_office_is_told_each_time(database: Database):
    with database.write() as tx:
        ref = a_project(tx, "classified", at=FILED)  # to be registered by Thursday

    sweep(database, when("2026-11-20"), lambda: NOW)
    sweep(database, when("2026-11-20"), lambda: NOW)

    assert said(database, ref) == ["remind_office 11-04", "report_late 11-06", "report_late 11-10"]
    assert told(database, ref, REMIND) == ["service_centre"]
    assert told(database, ref, REPORT) == [
        *("supervision_office", "service_centre"),
        *("city_government", "service_centre"),
    ]
    assert faults(database) == []


def test_what_is_done_in_time_is_not_spoken_of_and_a_filing_that_comes_again_begins_anew(database: Database):
    with database.write() as tx:
        ref = a_project(tx, "filed", at=FILED)
        do(tx, "office1", "return_filing", ref, at=when("2026-11-04"))
    sweep(database, when("2026-11-12"), lambda: NOW)
    assert said(database, ref) == []
    with database.write() as tx:
        do(tx, "owner1", "refile", ref, at=when("2026-11-12", "10:00"))
    sweep(database, when("2026-11-20"), lambda: NOW)
    assert said(database, ref) == ["remind_office 11-16", "report_late 11-18"]


def test_a_step_that_is_older_than_its_limit_is_spoken_of_when_the_limit_is_there(database: Database):
    sweep(database, when("2026-11-19"), lambda: NOW)  # the city had no limits until then
    with database.write() as tx:
        ref = a_project(tx, "filed", at=FILED)

    sweep(database, NOW, lambda: NOW)

    assert said(database, ref) == ["remind_office 11-19", "report_late 11-19"]
    assert faults(database) == []


def test_a_form_that_was_opened_before_a_reminder_is_taken(database: Database):
    with database.write() as tx:
        ref = a_project(tx, "filed", at=FILED)
        version = project_row(tx, ref).version

    sweep(database, when("2026-11-05", "12:00"), lambda: NOW)

    with database.write() as tx:
        assert do(tx, "office1", "classify", ref, at=SORTED, version=version).state == "classified"
    assert said(database, ref) == OF_SORTING


def test_heads_of_windows_centre_and_office_are_reminded_of_corrections_appeals_and_answers(database: Database):
    with database.write() as tx:
        approval = an_approval(tx)
        ref = approval.partition("/")[0]
        order = {"subject": "清理积压件", "demands": "逐件说明。", "due_on": "2026-03-20", "department": "市发展改革委"}
        number = do(tx, "centre1", "issue", "orders", order, at=when("2026-03-03")).ref
        do(tx, "window-a01", "answer", f"orders/{number}", {"done": "已核实。"}, at=when("2026-03-04"))
    sweep(database, when("2026-03-10"), lambda: NOW)
    with database.write() as tx:
        do(tx, "head-a01", "appeal", f"{approval}/cards/promised", at=when("2026-03-11"))
        correction = {"entry": "accept", "right_on": "2026-03-03", "reason": "录入有误"}
        do(tx, "window-a01", "propose_correction", approval, correction, at=when("2026-03-12"))
        do(tx, "head-a01", "confirm_correction", approval, at=when("2026-03-20", "12:00"))  # no sweep came before

    sweep(database, when("2026-03-20", "12:00"), lambda: NOW)

    assert said(database, ref) == [
        *("remind_office 03-16", "remind_office 03-17"),  # the head of the window, the supervision office
        *("report_late 03-18", "report_late 03-19"),  # the correction to the centre, the appeal to the city government
    ]
    with database.read() as tx:
        reminded = select(NOTICE.c.move, NOTICE.c.audience).where(NOTICE.c.move.like(f"%.{REMIND}"))
        assert set(map(tuple, tx.execute(reminded))) == {
            ("correction.remind_office", "window"),
            ("card.remind_office", "supervision_office"),
            ("order.remind_office", "service_centre"),
        }
    assert faults(database) == []


def test_verify_names_what_was_said_twice(database_url: str):
    database = a_database(database_url)
    with database.write() as tx:
        ref = a_project(tx, "filed", at=FILED)
    sweep(database, when("2026-11-05", "12:00"), lambda: NOW)
    with database.write() as tx:
        project = locked_project_by_id(tx, project_row(tx, ref).id)
        (step,) = waiting_in(tx, project.id, date(2026, 11, 5))
        entry = next(entry for entry in entries(tx, ref) if entry.move == REMIND)
        with recording(tx, *record_of(project), at=None, now=NOW) as record:
            case, facts = replace(step.case, level=3), orjson.loads(entry.facts)
            attest(record, case, REMIND, by=SYSTEM_ACTOR, role=SYSTEM, facts=facts)

    (fault,) = faults(database)
    assert fault.startswith("office_steps_are_spoken_of_in_turn") and fault.endswith("level 3 was told out of turn")
    database.close()


def test_a_reminder_is_something_to_act_on_and_a_report_an_escalation() -> None:
    for chart, office in ((PROJECT, "supervision_office"), (CARD, "supervision_office"), (ORDER, "service_centre")):
        assert kind_of(chart, chart.move(REMIND), office) == "act"
        assert kind_of(chart, chart.move(REPORT), "city_government") == "escalations"
