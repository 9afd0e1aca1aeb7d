"""Each kind of tampering with the programme's rows is found and named."""

import pytest
from sqlalchemy import text

from approvals.integrity.programme_items import programme_follows_from_history
from approvals.integrity.programme_problems import problems_follow_from_history
from approvals.integrity.programme_years import programme_years_follow_from_history
from approvals.programme.years.reminders import due_reminders, remind
from tests.support.builders import NOW, a_database, a_project, do, when
from tests.support.programme_moves import (
    EAST,
    LEAD,
    OFFICE,
    ON,
    REPORTER,
    YEAR,
    an_item,
    cells,
    closed,
    days_of,
    report,
)

TAMPERING = {
    "UPDATE programme_items SET item_no = '902'": "item_no is 902",
    "UPDATE programme_items SET name = '别的'": "name is 别的",
    "UPDATE programme_items SET is_practical_matter = false": "is_practical_matter is False",
    "UPDATE programme_items SET planned_10k_yuan = 1": "planned_10k_yuan is 0.01",
    "UPDATE programme_items SET adopted_at = state_since": "adopted_at is",
    "UPDATE programme_items SET lead_unit_id = lead_unit_id + 1": "lead_unit_id is",
    "UPDATE programme_items SET in_use_asked = 1": "in_use_asked is 1",
    "UPDATE programme_tasks SET rhythm = 'monthly'": "programme_tasks holds",
    "UPDATE programme_tasks SET reporter_id = 1": "programme_tasks holds",
    "DELETE FROM programme_task_people": "programme_task_people lacks",
    "UPDATE programme_task_people SET until_at = NULL": "programme_task_people holds",
    "UPDATE programme_indicators SET unit = '米'": "programme_indicators holds",
    "UPDATE programme_targets SET target = 1": "programme_targets holds",
    "UPDATE programme_nodes SET planned_on = '2026-12-31' WHERE name = '竣工'": "programme_nodes lacks",
    "UPDATE programme_fund_lines SET planned_10k_yuan = 1": "programme_fund_lines holds",
    "UPDATE programme_replans SET state = 'refused'": "programme_replans holds",
    "UPDATE programme_replans SET reason = ''": "programme_replans holds",
    "DELETE FROM programme_replanned_nodes": "programme_replanned_nodes lacks",
    "UPDATE programme_day_divisions SET state = 'declined'": "programme_day_divisions holds",
    "UPDATE programme_party_days SET party = 'weather'": "programme_party_days holds",
    "DELETE FROM programme_party_days WHERE replan_id IS NOT NULL": "programme_party_days lacks",
    "UPDATE programme_replanned_funds SET planned_10k_yuan = 1": "programme_replanned_funds holds",
    "UPDATE programme_entries SET reported = '{}' WHERE month = '2026-05'": "reported is {}",
    "UPDATE programme_entries SET month = '2026-07' WHERE month = '2026-05'": "month is 2026-07",
    "UPDATE programme_entries SET confirmed_at = NULL": "confirmed_at is None",
    "UPDATE programme_entries SET money_confirmed_at = NULL": "money_confirmed_at is None",
    "UPDATE programme_entries SET amendment = '{}'": "amendment is {}",
    "DELETE FROM programme_reports": "report lacks",
    "UPDATE programme_reports SET is_complete = NOT is_complete": "report holds",
    "UPDATE programme_quantities SET value = 1": "programme_quantities holds",
    "UPDATE programme_quantities SET month = '2026-01'": "programme_quantities holds",
    "DELETE FROM programme_amounts": "programme_amounts lacks",
    "UPDATE programme_amounts SET paid = 1": "programme_amounts holds",
    "UPDATE programme_amounts SET counts_at = (SELECT min(adopted_at) FROM programme_items)": "programme_amounts holds",
    "UPDATE programme_reached_nodes SET reached_on = '2026-01-01'": "programme_reached_nodes holds",
    "UPDATE programme_expected_nodes SET expected_on = '2026-01-01'": "programme_expected_nodes holds",
    "DELETE FROM programme_closed_months": "lacks closed month",
    "UPDATE programme_exceptions SET until_on = '2027-01-01'": "holds exception",
    "DELETE FROM programme_reminders": "lacks reminder",
    "UPDATE programme_last_years SET planned = 1": "holds last year",
    "UPDATE programme_years SET year = 2031": "holds year",
    "UPDATE programme_outcomes SET value = 1": "holds outcome",
    "UPDATE programme_problems SET kind = 'funds'": "kind is funds",
    "UPDATE programme_problems SET text = ''": "text is ",
    "UPDATE programme_problems SET since_on = '2026-01-01'": "since_on is 2026-01-01",
    "UPDATE programme_problems SET answered_at = NULL": "answered_at is None",
    "UPDATE programme_problems SET said_at = asked_at": "said_at is",
    "UPDATE programme_problems SET order_ref = '2026-9'": "order_ref is 2026-9",
    "DELETE FROM programme_problem_tasks": "tasks is ()",
    "DELETE FROM programme_problem_projects": "projects is ()",
    "UPDATE programme_problem_words SET text = '已解决' WHERE move = 'answer_problem'": "words is",
}


class _Undo(Exception):
    """Rolls back what was tampered with."""


@pytest.fixture(scope="module")
def lived(make_database):
    """A programme with something of everything."""
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        a_year_of_everything(tx)
    yield database
    database.close()


def a_year_of_everything(tx):
    an_item(tx)
    nodes = [{"name": "开工", "task": EAST, "planned_on": "2026-05-31"}]
    funds = [{"source": "city", "task": EAST, "planned_10k_yuan": "320"}]
    do(
        tx,
        LEAD,
        "replan",
        ON,
        {"nodes": nodes, "funds": funds, "cause": "land", "reason": "用地", "days": days_of("开工", county=31)},
        at=when("2026-03-03"),
    )
    do(tx, OFFICE, "confirm_replan", ON, {}, at=when("2026-03-04"))
    do(tx, LEAD, "hand_over", ON, {"task": EAST, "person": "owner2", "note": "调岗"}, at=when("2026-03-05"))
    forecast = {"nodes": [{"name": "竣工", "expected_on": "2026-11-15"}]}
    entry = closed(tx, given=cells(nodes=[{"name": "开工", "reached_on": "2026-05-04"}], forecast=forecast))
    do(tx, REPORTER, "amend_entry", entry, cells("4.0") | {"reason": "漏报"}, at=when("2026-06-01"))
    do(tx, LEAD, "confirm_amendment", entry, {}, at=when("2026-06-02"))
    exception = {"task": f"901/{EAST}", "month": "2026-05", "until": "2026-06-10", "reason": "补报"}
    do(tx, OFFICE, "open_exception", YEAR, exception, at=when("2026-06-03"))
    totals = {"planned": "358000", "fiscal": "183908", "source": "市财政局年报"}
    do(tx, OFFICE, "record_last_year", YEAR, totals, at=when("2026-06-04"))
    outcome = {"category": "生态环境", "name": "PM10", "unit": "毫克/立方米", "period": "1—5月", "value": "0.083"}
    outcome |= {"change": "-8.8", "source": "市生态环境局"}
    do(tx, OFFICE, "record_outcome", YEAR, outcome, at=when("2026-06-04", "10:00"))
    a_problem_of_everything(tx)
    report(tx, "2026-06", {"no_figure": {"里程": "尚未测量", "city": "未到账"}})
    do(tx, LEAD, "divide_days", ON, {"days": days_of("开工", owner=3, unit=1), "note": "据实"}, at=when("2026-06-28"))
    do(tx, OFFICE, "confirm_days", ON, {}, at=when("2026-06-29"))
    for reminder in due_reminders(tx, when("2026-06-30").date()):
        remind(tx, reminder, NOW)


def a_problem_of_everything(tx):
    problem = f"{ON}/problems/1"
    held = {"text": "两户未签约", "kind": "other", "tasks": [EAST], "projects": [a_project(tx, "filed")]}
    do(tx, LEAD, "raise_problem", f"{ON}/problems", held | {"since": "2026-05-20"}, at=when("2026-06-05"))
    asked = {"asked_unit": "市发展改革委", "asked_office": "分管副市长", "asked": "协调", "expected_on": "2026-07-31"}
    do(tx, LEAD, "ask_unit", problem, asked, at=when("2026-06-06"))
    do(tx, "window-a01", "answer_problem", problem, {"text": "已约谈"}, at=when("2026-06-07"))
    do(tx, LEAD, "edit_problem", problem, {"kind": "land", "since": "2026-05-18"}, at=when("2026-06-08"))
    do(tx, REPORTER, "add_word", problem, {}, at=when("2026-06-09"))


def found_in(tx):
    checks = programme_follows_from_history, programme_years_follow_from_history, problems_follow_from_history
    faults = [fault for check in checks for fault in check(tx)]
    return [f"{fault.where}: {fault.found}" for fault in faults]


@pytest.mark.parametrize(("statement", "named"), TAMPERING.items())
def test_tampering_is_found(lived, statement, named):
    with lived.read() as tx:
        assert found_in(tx) == []
    with pytest.raises(_Undo), lived.write() as tx:
        tx.execute(text(statement))
        faults = found_in(tx)
        raise _Undo
    assert any(named in fault for fault in faults), faults


def test_a_programme_of_everything_follows_from_its_history(database):
    with database.write() as tx:
        a_year_of_everything(tx)
        assert found_in(tx) == []
