"""The sweep costs what is due, not what exists; one project that fails takes nothing of the others with it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, text

from approvals.base.errors import Refused
from approvals.filing.queries import TABLE as PROJECTS
from approvals.liaisons.queries import due_requests_statement
from approvals.supervision import sweep as sweeping
from approvals.supervision.orders.queries import due_orders_statement
from approvals.supervision.queries import due_projects, due_statements
from approvals.supervision.sweep_log import sweeps
from tests.support.builders import (
    NOW,
    a_database,
    a_project,
    an_approval,
    escalation_rows,
    faults,
    project_row,
    walk,
    when,
)
from tests.support.project_copies import copy_projects
from tests.support.trying import sweep_to

DAY = date(2026, 3, 6)


def plan_of(tx, statement):
    """How the engine would find the rows, in its own words."""
    explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole where an index would do
    compiled = statement.compile(dialect=tx.dialect, compile_kwargs={"literal_binds": True})
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {compiled}"))


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (due_statements(DAY)[0], "ix_approvals_alarm_on"),
        (due_statements(DAY)[1], "ix_escalations_lift_on"),
        (due_requests_statement(NOW), "ix_requests_climbs_at"),
        (due_orders_statement(DAY), "ix_orders_alarm_on"),
    ],
)
def test_what_is_due_is_found_by_index_alone(database, statement, index):
    with database.read() as tx:
        plan = plan_of(tx, statement)
    assert index in plan, plan
    assert "Index Cond" in plan or "SEARCH" in plan, plan
    assert "SCAN" not in plan, plan
    assert "Seq Scan" not in plan, plan


def an_accepted(tx, on="2026-03-02"):
    ref = a_project(tx, "registered", at=when(on))
    walk(tx, ref, "A01", ("submit", "accept"), at=when(on, "10:00"))
    return project_row(tx, ref).number


def statements_of(database, act, *arguments):
    """How many statements the database was sent meanwhile, however they were sent."""
    count = []

    def seen(connection, *_):
        connection.set_trace_callback(count.append)

    event.listen(database.engine, "checkout", seen)
    act(database, *arguments)
    event.remove(database.engine, "checkout", seen)
    return len(count)


def test_a_sweep_touches_only_what_is_due(make_database):
    """Ten times as many open approvals of which nothing is due: not one statement more."""
    counts = []
    for times in (10, 100):
        database = a_database(make_database("sqlite"))
        with database.write() as tx:
            copy_projects(tx, [an_accepted(tx, "2026-03-04")], times)
            for _ in range(3):
                an_accepted(tx)
        counts.append(statements_of(database, sweep_to, "2026-03-06"))
        database.close()
    assert counts[0] == counts[1]


def test_what_a_withdrawal_leaves_open_is_closed_without_looking_at_all_others(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
    sweep_to(database, "2026-03-10")
    with database.write() as tx:
        walk(tx, *ref.split("/"), ("withdraw_approval",), at=when("2026-03-11"))
    sweep_to(database, "2026-03-11")
    with database.read() as tx:
        assert {row.state for row in escalation_rows(tx, *ref.split("/"))} == {"closed"}
        assert due_projects(tx, date(2026, 5, 29)) == []
    assert faults(database) == []


def test_a_project_that_fails_is_left_out_and_told(database, monkeypatch):
    with database.write() as tx:
        numbers = [an_accepted(tx) for _ in range(5)]
        bad = tx.execute(select(PROJECTS.c.id).where(PROJECTS.c.number == numbers[2])).scalar_one()
    real = sweeping.sweep_project

    def fail_once(tx, project_id, to, now):
        done = real(tx, project_id, to, now)
        if project_id == bad:
            raise RuntimeError("a row that cannot be read")
        return done

    monkeypatch.setattr(sweeping, "sweep_project", fail_once)
    with pytest.raises(RuntimeError, match="a row that cannot be read"):
        sweep_to(database, "2026-03-06")
    with database.read() as tx:
        raised = [len(escalation_rows(tx, number, "A01")) for number in numbers]
        assert sweeps(tx, NOW).runs[0].failed == 1
    assert raised == [1, 1, 0, 1, 1]
    monkeypatch.undo()
    assert sweep_to(database, "2026-03-06")["raise"] == 1
    assert faults(database) == []


def test_a_sweep_of_the_future_is_refused(database):
    with pytest.raises(Refused):
        sweeping.sweep(database, NOW + timedelta(minutes=1), lambda: NOW)
