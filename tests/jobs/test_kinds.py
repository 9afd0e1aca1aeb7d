"""On the first of the month one report is compiled, however many workers there are and wherever they are killed."""

import pytest
from sqlalchemy import select, update

from approvals.base.jobs import JOB, LEASE, TRIES, enqueue, progress
from approvals.history.record import ENTRY
from approvals.reports.figures.serialization import checksum
from approvals.reports.lifecycle.job_requests import PRINT
from approvals.reports.lifecycle.queries import TABLE, draft_of
from approvals.reports.lifecycle.renditions import ISSUED_IN, rendition_request, renditions_of
from approvals.reports.periods import BULLETIN, MONTHLY, read_period
from tests.support.builders import an_approval, faults, when
from tests.support.concurrency import killed_before, race
from tests.support.job_racers import compile_once, work_through
from tests.support.jobs import run

FIRST = when("2026-04-01", "00:00")
MANY = 200  # more statements than any report needs


@pytest.fixture(autouse=True)
def approvals(database):
    with database.write() as tx:
        for state in ("received", "accepted", "granted"):
            an_approval(tx, state)


def reports(database):
    with database.read() as tx:
        found = tx.execute(select(TABLE.c.kind, TABLE.c.period, TABLE.c.state).order_by(TABLE.c.id)).all()
        told = tx.execute(select(ENTRY.c.move).where(ENTRY.c.subject == "report").order_by(ENTRY.c.id)).scalars().all()
    return [tuple(row) for row in found], list(told)


def test_eight_workers_at_midnight_of_the_first_compile_and_print_one_report_and_one_bulletin(database, database_url):
    ends = race(database_url, [(work_through, (f"worker-{n}", "2026-04-01")) for n in range(8)])
    assert "failed" not in [end for one in ends for end in one]
    rows, told = reports(database)
    assert sorted(rows) == [("bulletin", "2026-03", "compiled"), ("monthly", "2026-03", "compiled")]
    assert told == ["compile"] * 2
    with database.read() as tx:
        jobs = tx.execute(select(JOB.c.state, JOB.c.token).where(JOB.c.kind == PRINT).order_by(JOB.c.id)).all()
        for kind in (BULLETIN, MONTHLY):
            period = read_period(kind, "2026-03")
            (paper,) = renditions_of(tx, kind, period)
            wanted = rendition_request(tx, kind, period, ISSUED_IN, FIRST.date())
            assert (paper.language, checksum(wanted.figures)) == (ISSUED_IN, draft_of(tx, kind, period).figures_sha256)
    assert [tuple(job) for job in jobs] == [("done", 1)] * 3, "each was printed once, and the brief"


def test_a_job_that_is_done_without_its_report_is_found(database):
    with database.write() as tx:
        job_id = enqueue(tx, "compile_month", "2026-03", {}, FIRST)
    run(database, job_id, "one", lambda: FIRST)
    assert faults(database) == []
    with database.write() as tx:
        tx.execute(update(JOB).where(JOB.c.id == job_id).values(period="2026-02"))
    (fault,) = faults(database)
    assert "compile_month 2026-02: is done, but its report" in fault
    with database.write() as tx:
        tx.execute(update(JOB).where(JOB.c.id == job_id).values(period="2026-03"))


def test_killed_at_each_step_of_its_making_there_is_one_report(database, database_url):
    with database.write() as tx:
        job_id = enqueue(tx, "compile_month", "2026-03", {}, FIRST, tries=MANY)
    at = FIRST
    for statement in range(1, MANY):
        at += 2 * LEASE
        if not killed_before(database_url, statement, compile_once, job_id, at):
            break
        rows, told = reports(database)
        assert len(rows) == len(told) <= 1
    else:
        raise AssertionError("it never came to its end")
    assert statement > TRIES, "too few statements were seen"
    run(database, job_id, "the last", lambda: at + 2 * LEASE)
    assert reports(database) == ([("monthly", "2026-03", "compiled")], ["compile"])
    with database.read() as tx:
        assert progress(tx, "compile_month", "2026-03").state == "done"
