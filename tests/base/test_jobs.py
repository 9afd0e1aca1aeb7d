"""A job is done once: taken by a lease, fenced by its token, tried again when it fails."""

from datetime import timedelta
from functools import partial

import pytest

from approvals.base.database import Database
from approvals.base.jobs import (
    JOB,
    LEASE,
    TRIES,
    JobFailed,
    LeaseLost,
    Running,
    enqueue,
    let_go,
    progress,
    take,
    try_again,
)
from approvals.jobs import running
from tests.support.builders import NOW
from tests.support.jobs import due_jobs, run

SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def ask(database, key="2026-03", kind="trial", **more):
    with database.write() as tx:
        return enqueue(tx, kind, key, {"month": key}, NOW, **more)


def taken(database, job_id, at=NOW, worker="one"):
    with database.write() as tx:
        claim = take(tx, JOB.c.id == job_id, worker, at)
    return claim and Running(database, claim, lambda: at)


def stands(database, key="2026-03", kind="trial"):
    with database.read() as tx:
        return progress(tx, kind, key)


def waiting(database, at=NOW):
    with database.read() as tx:
        return due_jobs(tx, at)


@pytest.fixture
def doing(monkeypatch):
    """Sets what the trial job does."""
    return partial(monkeypatch.setitem, running.KINDS, "trial")


def test_what_is_asked_for_twice_is_one_job(database):
    first = ask(database)
    assert ask(database) == first
    assert ask(database, "2026-04") != first
    assert len(waiting(database)) == 2


def test_a_job_is_not_done_before_it_is_due(database):
    job_id = ask(database, due_at=NOW + timedelta(hours=1))
    assert waiting(database) == []
    assert taken(database, job_id) is None
    assert waiting(database, NOW + timedelta(hours=1)) == [job_id]


def test_while_one_worker_has_it_no_other_gets_it(database):
    job_id = ask(database)
    assert taken(database, job_id)
    assert taken(database, job_id, NOW + LEASE - SECOND, "two") is None
    assert waiting(database, NOW + LEASE - SECOND) == []


def test_whoever_comes_back_after_the_lease_cannot_commit(database):
    job_id = ask(database)
    frozen = taken(database, job_id)
    other = taken(database, job_id, NOW + LEASE, "two")
    for writing in (frozen.write, frozen.finishing):
        with pytest.raises(LeaseLost), writing() as tx:
            enqueue(tx, "effect", "of the frozen one", {}, NOW)
    with other.finishing({"pages": 12}) as tx:
        enqueue(tx, "effect", "of the other", {}, NOW)
    assert stands(database, "of the frozen one", "effect") is None
    assert stands(database, "of the other", "effect")
    assert (stands(database).state, stands(database).result, stands(database).worker) == ("done", {"pages": 12}, "two")


def test_whoever_was_slow_but_was_not_overtaken_may_finish(database):
    job_id = ask(database)
    slow = taken(database, job_id)
    late = Running(database, slow.claim, lambda: NOW + 2 * LEASE)
    with late.finishing():
        pass
    assert stands(database).state == "done"


def test_a_clock_that_is_put_back_leaves_no_job_held_for_ever(database):
    job_id = ask(database)
    assert taken(database, job_id, NOW + timedelta(days=30))
    assert taken(database, job_id, NOW, "two")


def test_how_far_it_is_can_be_read_while_it_goes_on(database):
    job = taken(database, ask(database))
    job.tell("pages", 3, 12)
    found = stands(database)
    assert (found.phase, found.done, found.total, found.is_over) == ("pages", 3, 12, False)


def test_what_failed_is_tried_again_later_and_given_up_at_last(database, doing):
    times = []

    def fail(job):
        times.append(job.claim.token)
        raise RuntimeError("disk full")

    doing(fail)
    job_id, at = ask(database), NOW
    for _ in range(TRIES):
        assert run(database, job_id, "one", lambda at=at: at) == "failed"
        assert run(database, job_id, "one", lambda at=at: at) == "idle", "not at once"
        at += timedelta(hours=1)
    assert times == list(range(1, TRIES + 1))
    found = stands(database)
    assert (found.state, found.error) == ("failed", "a fault of ours: RuntimeError")
    assert run(database, job_id, "one", lambda: at) == "idle"

    doing(lambda job: {})
    with database.write() as tx:
        assert try_again(tx, JOB.c.id == job_id, at) == 1
    assert run(database, job_id, "one", lambda: at) == "done"
    assert stands(database).error == ""


def test_what_cannot_succeed_is_given_up_at_once_and_asked_for_anew(database, doing):
    def refuse(job):
        raise JobFailed("there is no such month", is_final=True)

    doing(refuse)
    job_id = ask(database)
    run(database, job_id, "one", lambda: NOW)
    assert (stands(database).state, stands(database).error) == ("failed", "there is no such month")
    assert ask(database) == job_id
    assert waiting(database) == [job_id]


def test_a_job_whose_workers_all_died_is_given_up(database):
    job_id, at = ask(database), NOW
    for _ in range(TRIES):
        assert taken(database, job_id, at)
        at += LEASE
    assert taken(database, job_id, at) is None
    assert stands(database).error == "The worker that ran it stopped before finishing."


def test_a_worker_that_ends_leaves_its_jobs_to_others_at_once(database):
    job = taken(database, ask(database))
    with database.write() as tx:
        assert let_go(tx, "one", NOW) == 1
    with pytest.raises(LeaseLost), job.write():
        pass
    assert taken(database, job.claim.id, NOW, "two")
