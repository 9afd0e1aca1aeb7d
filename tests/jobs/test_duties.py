"""What the administrator finds at home: jobs that failed or did not run; nobody else finds it there."""

from approvals.base.jobs import JOB, Running, enqueue, take
from approvals.casefile.worklist.worklist import worklist
from approvals.jobs.duties import LISTS
from approvals.jobs.queries import health
from approvals.notifications.queries import dead_count
from approvals.notifications.tables import DELIVERY_KINDS
from tests.support.builders import NOW, an_actor


def fail(database, kind, key):
    with database.write() as tx:
        job_id = enqueue(tx, kind, key, {}, NOW)
        claim = take(tx, JOB.c.id == job_id, "machine-1:17", NOW)
    Running(database, claim, lambda: NOW).fail("无法执行", None)


def test_failed_jobs_are_one_duty_and_each_kind_that_did_not_run_another(database):
    fail(database, "compile_month", "2026-10")
    with database.read() as tx:
        admin, office = an_actor(tx, "sysadmin1"), an_actor(tx, "office1")
        duties = worklist(tx, admin, NOW, LISTS).page.rows
        status = health(tx, NOW)
        others = worklist(tx, office, NOW, LISTS).page.rows

    assert [(duty.kind.name, duty.part, duty.text) for duty in duties] == [
        ("jobs", "1", ""),
        *(("jobs", "", kind) for kind in status.missing),
    ]
    assert status.missing, "no worker runs"
    assert [duty for duty in others if duty.kind.name == "jobs"] == []


def test_deliveries_that_were_given_up_are_one_duty_with_their_number(database):
    for number in range(2):
        fail(database, next(iter(DELIVERY_KINDS.values())), f"delivery-{number}")
    with database.read() as tx:
        admin = an_actor(tx, "sysadmin1")
        assert dead_count(tx, admin, NOW) == 2
        duties = worklist(tx, admin, NOW, LISTS).page.rows

    assert [duty.part for duty in duties if duty.kind.name == "deliveries"] == ["2"]
