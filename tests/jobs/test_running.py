"""Workers that race, die, freeze, or go by a wrong clock: one effect each."""

import random
import signal
import time
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from approvals.base.jobs import JOB, enqueue
from approvals.history.record import ENTRY
from approvals.jobs import running
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import CARDS, ESCALATIONS
from approvals.supervision.sweep import sweep
from tests.support.builders import GIVEN, NOW, a_database, a_project, an_approval, do, faults, project_row, walk, when
from tests.support.concurrency import CONTEXT, race
from tests.support.job_racers import after_the_lease, sweep_whole, work_at
from tests.support.jobs import run
from tests.support.project_copies import copy_projects
from tests.support.trying import sweep_daily
from workflows.charts.model import SYSTEM

LATE = 500
SWEEPS = 8
KILLS = 12
RAISED = {1: date(2026, 3, 6), 2: date(2026, 3, 10), 3: date(2026, 3, 14)}  # of what was accepted on 2 March


def test_eight_sweeps_at_once_some_of_them_killed_raise_each_level_once_and_on_its_day(database, database_url):
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept"))
        copy_projects(tx, [project_row(tx, ref).number], LATE - 1)

    assert sweep_under_kills(database_url, "2026-03-14") > KILLS // 3, "most were done before they were killed"

    with database.read() as tx:
        rows = tx.execute(select(ESCALATIONS).order_by(ESCALATIONS.c.id)).all()
        open_ = tx.execute(select(APPROVALS.c.id).where(APPROVALS.c.state == "accepted")).scalars().all()
    assert len(rows) == 3 * LATE
    assert {(row.approval_id, row.level) for row in rows} == {(id_, level) for id_ in open_ for level in RAISED}
    assert all(row.raised_on == RAISED[row.level] for row in rows)
    assert faults(database) == []


def sweep_under_kills(url, day):
    """Eight sweeps, of which one after another is killed and begun anew, until all come to their end; how many were."""
    dice, killed = random.Random(5), 0
    sweeping = [begin_sweep(url, day) for _ in range(SWEEPS)]
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.1, 0.4))
        victim = dice.randrange(SWEEPS)
        sweeping[victim].kill()
        sweeping[victim].join()
        killed += sweeping[victim].exitcode == -signal.SIGKILL
        sweeping[victim] = begin_sweep(url, day)
    for process in sweeping:
        process.join(120)
        assert process.exitcode == 0
    return killed


def begin_sweep(url, day):
    process = CONTEXT.Process(target=sweep_whole, args=(url, day))
    process.start()
    return process


def a_mixed_city(database):
    """Some of everything that a sweep has to do with."""
    with database.write() as tx:
        for state in ("received", "correcting", "accepted", "paused", "granted", "refused"):
            an_approval(tx, state)
        for kind in ("key", "urgent"):
            ref = a_project(tx, "filed")
            do(tx, "office1", "classify", ref, GIVEN["classify"] | {kind: True})
            do(tx, "centre1", "register", ref)
            walk(tx, ref, "A01", ("submit", "accept"))


def what_was_done(database):
    """Every escalation, card and move of the system with its moment; not when it was written down."""
    with database.read() as tx:
        tables = [tx.execute(select(*(c for c in t.c if c.name != "id"))).all() for t in (ESCALATIONS, CARDS)]
        columns = (ENTRY.c[name] for name in ("project_id", "approval_id", "subject", "move", "at", "facts"))
        moves = tx.execute(select(*columns).where(ENTRY.c.role == SYSTEM)).all()
    return [sorted(map(str, rows)) for rows in (*tables, moves)]


def test_seven_days_without_any_sweep_leave_the_same_rows_as_none(make_database, engine_name):
    found = []
    for is_out in (True, False):
        database = a_database(make_database(engine_name))
        a_mixed_city(database)
        sweep_daily(database, "2026-03-03", "2026-03-06")
        if not is_out:
            sweep_daily(database, "2026-03-07", "2026-03-13")
        sweep_daily(database, "2026-03-14", "2026-04-02")
        assert faults(database) == []
        found.append(what_was_done(database))
        database.close()
    assert found[0] == found[1]
    assert len(found[0][0]) > 10


def effects(database):
    with database.read() as tx:
        periods = tx.execute(select(JOB.c.period).where(JOB.c.kind == "effect")).scalars()
        return Counter(period.partition(" by ")[0] for period in periods)


def test_two_schedulers_whose_clocks_jump_do_each_month_once(database, database_url):
    ahead = [("2026-03-01", "00:00"), ("2026-06-01", "00:00"), ("2026-03-01", "00:01"), ("2026-06-01", "00:02")]
    behind = [("2026-05-01", "00:00"), ("2026-03-01", "00:00"), ("2026-07-01", "00:00")]
    race(database_url, [(work_at, ("ahead", ahead)), (work_at, ("behind", behind))] * 2)
    found = effects(database)
    assert set(found.values()) == {1}
    assert {"2026-05", "2026-06"} <= set(found)


def test_a_sweep_that_lost_its_job_stops_in_the_middle(database):
    """The frozen one's remaining lots are not swept by it: each write asks whether the job is still held."""
    with database.write() as tx:
        an_approval(tx, "accepted")
        job_id = enqueue(tx, "sweep", "2026-03-14 01:00", {}, NOW)

    def lose(job):
        assert run(database, job_id, "other", after_the_lease) == "done"
        return dict(sweep(job, when("2026-03-14"), lambda: NOW))

    with pytest.MonkeyPatch.context() as patch:
        kinds = iter((lose, lambda job: {}))
        patch.setitem(running.KINDS, "sweep", lambda job: next(kinds)(job))
        assert run(database, job_id, "frozen", lambda: NOW) == "lost"
    with database.read() as tx:
        assert tx.execute(select(ESCALATIONS.c.id)).all() == []
