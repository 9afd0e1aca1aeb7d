"""Deductions are proposed from the record exactly once, whoever runs and is killed, and fall with their event."""

from datetime import date

import pytest
from sqlalchemy import select, update

from approvals.appraisal.proposals import propose_deductions
from approvals.appraisal.queries import DEDUCTIONS
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.sweep import sweep
from tests.support.builders import GIVEN, NOW, a_project, an_actor, an_approval, do, faults, project_row, walk, when
from tests.support.concurrency import killed_before, race
from tests.support.racers import propose, propose_alone
from workflows.config.point_rules import read_point_rules

SHOWN, STANDS = "2026-03-10", "2026-03-18"  # of a card for the promise of an approval accepted on 2 March


def rows(database):
    with database.read() as tx:
        return tx.execute(select(DEDUCTIONS).order_by(DEDUCTIONS.c.id)).all()


def run(database, day=STANDS, **more):
    return dict(propose_deductions(database, lambda: when(day), **more))


def approval_number(database, ref):
    with database.read() as tx:
        return project_row(tx, ref.partition("/")[0]).number


@pytest.fixture
def late(database):
    """An approval that is late by its promise, with a yellow card of 10 March."""
    with database.write() as tx:
        ref = an_approval(tx)
    sweep(database, when(STANDS, "00:01"), lambda: NOW)
    return database, ref


def test_a_card_costs_once_it_stands(late):
    database, ref = late
    assert "propose_deduction" not in run(database, "2026-03-10"), "nothing has stood, nobody has left it unanswered"
    run(database)
    [row] = rows(database)
    number = approval_number(database, ref)
    assert (row.event, row.happened_on, row.points, row.regime) == ("yellow_card", date(2026, 3, 10), -1, "livelihood")
    assert (row.about, row.state, row.object_by) == (f"{number}/A01/cards/promised-1", "proposed", None)
    assert run(database) == {}, "the second run finds nothing to do"
    assert faults(database) == []


def test_one_delay_costs_one_department_once(late):
    database, _ = late
    run(database, "2026-06-30")
    by_cause = {}
    for row in rows(database):
        by_cause.setdefault((row.cause, row.unit_id, row.regime), []).append(row.points)
    assert by_cause
    for points in by_cause.values():
        assert points == sorted(points, reverse=True) and len(set(points)) == len(points), "only what costs more"


def test_a_voided_card_takes_its_points_back(database):
    with database.write() as tx:
        ref = an_approval(tx)
    sweep(database, when(SHOWN), lambda: NOW)
    run(database)
    before = [row for row in rows(database) if row.event_key.startswith("card/")]
    with database.write() as tx:
        do(tx, "office1", "withdraw_card", f"{ref}/cards/promised", {"reason": "系统故障"}, at=when(STANDS, "10:00"))
    done = run(database, "2026-03-19")
    after = {row.id: row.state for row in rows(database)}
    assert len(before) == 1 and done["void_deduction"] == 1
    assert after[before[0].id] == "revoked"
    assert run(database, "2026-03-20") == {}
    assert faults(database) == []


def test_an_appeal_that_is_not_decided_costs_nothing_yet(database):
    with database.write() as tx:
        ref = an_approval(tx)
    sweep(database, when(SHOWN), lambda: NOW)
    with database.write() as tx:
        do(tx, "head-a01", "appeal", f"{ref}/cards/promised", at=when(SHOWN, "15:00"))
    run(database)
    assert not [row for row in rows(database) if row.event_key.startswith("card/")]
    with database.write() as tx:
        do(tx, "office1", "uphold", f"{ref}/cards/promised", at=when(STANDS, "10:00"))
    run(database, "2026-03-19")
    assert [row.happened_on for row in rows(database) if row.event_key.startswith("card/")] == [date(2026, 3, 10)]


def test_an_urgent_project_costs_in_both_regimes(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "office1", "mark", ref, GIVEN["mark"] | {"urgent": True})
        walk(tx, ref, "A01", ("submit", "accept"))
    sweep(database, when(STANDS), lambda: NOW)
    run(database, "2026-04-01")
    by_event = {}
    for row in rows(database):
        by_event.setdefault((row.event_key, row.points), set()).add(row.regime)
    assert by_event and all(regimes == {"livelihood", "urgent"} for regimes in by_event.values())


def test_an_order_that_nobody_answers_costs_its_department(database):
    with database.write() as tx:
        department_name = an_actor(tx, "window-a01").unit
        content = {"department": department_name, "subject": "督办事项", "demands": "限期办理", "due_on": "2026-03-06"}
        do(tx, "office1", "issue", "orders", content, at=when("2026-03-02"))
        department = tx.execute(select(ORDERS.c.department_id)).scalar_one()
    sweep(database, when(STANDS), lambda: NOW)
    run(database)
    [row] = rows(database)
    assert (row.event, row.points, row.unit_id, row.happened_on) == ("order_overdue", -2, department, date(2026, 3, 7))
    assert row.about == "orders/2026-1"
    assert faults(database) == []


def test_no_rule_book_no_deduction(late):
    database, _ = late
    assert run(database, books=()) == {}
    text = "- {year: 2026, edition: later, adopted_on: 2026-05-01, from_on: 2026-05-01, "
    text += "costs_nothing: [owner, suspension], rules: {yellow_card: {points: -1, whom: department}}}"
    assert run(database, books=read_point_rules(text)) == {}, "a rule never works backwards"


def test_eight_runs_at_once_propose_each_deduction_once(late):
    database, _ = late
    with database.write() as tx:
        for _ in range(3):
            an_approval(tx)
    sweep(database, when(STANDS), lambda: NOW)
    url = database.url.render_as_string(hide_password=False)
    done = race(url, [(propose, (STANDS,))] * 8)
    proposed = rows(database)
    assert sum(done) == len(proposed) > 3
    assert len({(row.event_key, row.unit_id, row.regime) for row in proposed}) == len(proposed)
    assert [row.serial for row in proposed] == list(range(1, len(proposed) + 1))
    assert faults(database) == []


def test_a_run_killed_before_any_statement_leaves_all_or_nothing(late):
    database, _ = late
    url, statement = database.url.render_as_string(hide_password=False), 1
    while killed_before(url, statement, propose_alone, STANDS):
        assert faults(database) == []
        statement += 2
        assert statement < 80
    proposed = rows(database)
    assert proposed and len({(row.event_key, row.unit_id, row.regime) for row in proposed}) == len(proposed)
    assert run(database) == {}
    assert faults(database) == []


def test_verify_finds_a_deduction_that_was_changed_by_hand(late):
    database, _ = late
    run(database)
    with database.write() as tx:
        tx.execute(update(DEDUCTIONS).values(points=-9))
    assert [fault for fault in faults(database) if "costs -9, by its rule -1" in fault]
    with database.write() as tx:
        tx.execute(update(DEDUCTIONS).values(points=-1))
