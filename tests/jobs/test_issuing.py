"""A report is issued, and a paper printed, once: wherever its worker is killed, and however late one wakes up."""

import hashlib
import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.jobs import JOB, LEASE, enqueue, progress
from approvals.history.record import ENTRY
from approvals.reports.lifecycle.job_requests import ISSUE, PRINT
from approvals.reports.lifecycle.queries import TABLE, report_in_force
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.lifecycle.renditions import PRINT as PRINTS
from approvals.reports.periods import BULLETIN, read_period
from tests.support.builders import NOW, an_approval, when
from tests.support.concurrency import CONTEXT, PATIENCE, started
from tests.support.extent import effort
from tests.support.job_racers import a_worker, print_and_die, print_and_freeze
from tests.support.jobs import due_jobs, run
from tests.support.servers import eventually, marked

MARCH = read_period(BULLETIN, "2026-03")
MANY = 20  # tries: more than it is killed
ISSUING = ("due", "figures", "printing", "press", "commit", "after")
PRINTING = ("press", "commit", "after")
AROUND_THE_COMMIT = ("commit", "after")  # where the engines could differ


@pytest.fixture(autouse=True)
def approvals(database):
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))


def steps_on(database, steps):
    return steps if database.is_sqlite else effort(AROUND_THE_COMMIT, steps)


def asked(database, kind, key, args):
    with database.write() as tx:
        return enqueue(tx, kind, key, args, NOW, tries=MANY)


def killed_at(url, step, job_id, at, folder):
    """Have a worker come to this step and be killed there; nothing is left of it."""
    process = CONTEXT.Process(target=_doomed, args=(url, job_id, at, step, str(folder)))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL, f"it ended with {process.exitcode} instead of being killed at {step}"
    eventually(lambda: not marked(str(folder)), seconds=60, what=f"the end of the press after {step}")
    assert list(folder.iterdir()) == [], f"files are left after {step}"


def _doomed(url, *given):
    print_and_die(Database(url), lambda: None, *given)


def issued(database):
    with database.read() as tx:
        rows = tx.execute(
            select(TABLE.c.number, TABLE.c.pdf, TABLE.c.pdf_sha256).where(TABLE.c.state == "issued")
        ).all()
        told = tx.execute(select(ENTRY.c.actor).where(ENTRY.c.move == "issue").order_by(ENTRY.c.id)).scalars().all()
    assert all(hashlib.sha256(row.pdf).hexdigest() == row.pdf_sha256 for row in rows)
    return [row.number for row in rows], list(told)


def test_killed_at_each_step_of_the_issue_there_is_one_report_under_the_next_number(database, database_url, tmp_path):
    job_id, at = asked(database, ISSUE, "bulletin/2026-03", {"by": "office1"}), NOW
    for step in steps_on(database, ISSUING):
        assert issued(database) == ([], [])
        killed_at(database_url, step, job_id, at, tmp_path)
        at += LEASE + timedelta(seconds=1)
    assert issued(database) == ([1], ["office1"])
    assert run(database, job_id, "the next", lambda: at) == "idle", "with the report the job is over"
    with database.read() as tx:
        assert progress(tx, ISSUE, "bulletin/2026-03").state == "done"


def test_killed_at_each_step_of_the_printing_there_is_one_paper(database, database_url, tmp_path):
    job_id, at = asked(database, PRINT, "bulletin/2026-03/zh_Hans", {}), NOW
    for step in steps_on(database, PRINTING):
        with database.read() as tx:
            assert tx.execute(select(PRINTS.c.id)).all() == []
        killed_at(database_url, step, job_id, at, tmp_path)
        at += LEASE + timedelta(seconds=1)
    with database.read() as tx:
        (paper,) = tx.execute(select(PRINTS)).all()
        assert due_jobs(tx, at) == []
    assert paper.language == ISSUED_IN
    assert paper.pdf.startswith(b"%PDF-")


def test_a_worker_that_wakes_up_after_another_has_issued_freezes_nothing(database, database_url, tmp_path):
    job_id, late = asked(database, ISSUE, "bulletin/2026-03", {"by": "office1"}), NOW + LEASE + timedelta(seconds=1)
    gate = tmp_path / "gate"
    frozen = started(database_url, tmp_path / "told", print_and_freeze, job_id, str(gate))
    os.kill(frozen.process.pid, signal.SIGSTOP)
    try:
        with a_worker(database):
            assert run(database, job_id, "other", lambda: late) == "done"
        with database.read() as tx:
            before = report_in_force(tx, MARCH, BULLETIN)
        gate.touch()
    finally:
        os.kill(frozen.process.pid, signal.SIGCONT)
    eventually(lambda: len(frozen.told()) == 2, seconds=60, what="the end of the frozen one")
    frozen.kill()
    assert frozen.told() == [["printed"], ["lost"]]
    assert issued(database) == ([1], ["office1"])
    with database.read() as tx:
        assert report_in_force(tx, MARCH, BULLETIN) == before
        assert tx.execute(select(JOB.c.worker).where(JOB.c.id == job_id)).scalar_one() == "other"
