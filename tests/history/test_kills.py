"""A process that is killed with -9 at any moment has done a move wholly or not at all."""

import random
import time

import pytest
from sqlalchemy import select

from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.tables import ALL_TABLES
from tests.support.builders import a_project, an_approval, faults, walk
from tests.support.concurrency import killed_before, started
from tests.support.racers import move_for_ever, move_once
from tests.support.trying import sweep_to

MANY = 200  # more statements than any move needs


def everything(database):
    """All rows of all tables, but what a sweep keeps of its runs."""
    with database.read() as tx:
        tables = [table for table in ALL_TABLES if table.name != "sweep_runs"]
        return {t.name: sorted(map(repr, tx.execute(select(t)).all())) for t in tables}


def kill_before_each_statement(database, url, job, *given):
    """Kill the job before its first, second … writing statement until it comes through; how many it took."""
    before = start = everything(database)
    for statement in range(1, MANY):
        is_done = not killed_before(url, statement, job, *given)
        if (after := everything(database)) != before:  # a whole transaction came through
            assert faults(database) == []
            before = after
        if is_done:
            assert after != start, "it came through and did nothing"
            return statement
    raise AssertionError("it never came to its end")


def a_case(tx, name):
    """The database and the job of each kind of move."""
    if name == "register":
        return move_once, "centre1", "register", a_project(tx, "classified")
    if name == "grant":  # opens five others
        return move_once, "window-a01", "grant", an_approval(tx, "accepted")
    if name == "suspend":  # pauses what is accepted
        return move_once, "office1", "suspend", an_approval(tx, "accepted").partition("/")[0]
    ref = a_project(tx, "registered")  # a sweep that accepts by silence, raises and lifts
    walk(tx, ref, "A01", ("submit",))
    return sweep_to, "2026-03-14", "01:00"


@pytest.mark.parametrize("name", ["register", "grant", "suspend", "sweep"])
def test_a_move_that_is_killed_before_any_of_its_statements_is_done_wholly_or_not_at_all(database, database_url, name):
    with database.write() as tx:
        job, *given = a_case(tx, name)
    statements = kill_before_each_statement(database, database_url, job, *given)
    assert statements > 6, "too few statements were seen"


def test_whoever_is_killed_at_random_loses_no_move_that_was_told_as_done(database, database_url, tmp_path):
    dice, acknowledged = random.Random(7), []
    for number in range(5):
        begun = started(database_url, tmp_path / f"{number}", move_for_ever, f"killed-{number}")
        time.sleep(dice.uniform(0, 0.2))
        begun.kill()
        acknowledged += begun.told()
        with database.write() as tx:  # whoever is killed holds up nobody
            a_project(tx, "registered")
    assert faults(database) == []
    with database.read() as tx:
        moved = select(PROJECTS.c.external_ref, ENTRY.c.move).join(ENTRY, ENTRY.c.project_id == PROJECTS.c.id)
        found = set(map(tuple, tx.execute(moved)))
    assert {tuple(one) for one in acknowledged} <= found
    assert len(acknowledged) > 5
