"""What is regular is done once for each period and made up for after an outage; a clock that jumps doubles nothing."""

from datetime import timedelta

import pytest

from approvals.base.database import Database
from approvals.jobs import queries, running, schedule
from approvals.jobs.queries import health
from approvals.jobs.running import look
from approvals.jobs.schedule import Regular, daily, each_minute, each_month
from tests.support.builders import when
from tests.support.jobs import run_all


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def use(monkeypatch, regular):
    for module in (schedule, queries):
        monkeypatch.setattr(module, "SCHEDULE", regular)


@pytest.fixture(autouse=True)
def done(monkeypatch):
    """The periods for which something was done, by kind, of a schedule of each sort."""
    found = {}

    def do(job):
        found.setdefault(job.claim.kind, []).append(job.period)
        return {}

    regular = (
        Regular("minutely", each_minute),
        Regular("daily", daily(when("2026-03-02", "08:00").time())),
        Regular("monthly", each_month, makes_up_all=True),
    )
    use(monkeypatch, regular)
    for one in regular:
        monkeypatch.setitem(running.KINDS, one.kind, do)
    return found


def work(database, at, worker="one"):
    look(database, lambda: at)
    run_all(database, worker, lambda: at)


def test_each_period_is_done_once_and_the_month_by_the_city_s_clock(database, done):
    for at in ("23:59:10", "23:59:50"):
        work(database, when("2026-02-28", at))
    assert done == {"minutely": ["2026-02-28 23:59"], "daily": ["2026-02-28"], "monthly": ["2026-01"]}
    for _ in range(2):
        work(database, when("2026-03-01", "00:00"))
    assert done["monthly"] == ["2026-01", "2026-02"]
    assert done["minutely"][-1] == "2026-03-01 00:00"
    assert done["daily"] == ["2026-02-28"]


def test_an_outage_is_made_up_for_each_month_and_once_for_the_rest(database, done):
    work(database, when("2026-03-01"))
    work(database, when("2026-06-15"))
    assert done["monthly"] == ["2026-02", "2026-03", "2026-04", "2026-05"]
    assert done["minutely"] == ["2026-03-01 09:00", "2026-06-15 09:00"]
    assert done["daily"] == ["2026-03-01", "2026-06-15"]


def test_a_clock_that_jumps_forward_and_back_compiles_no_month_twice_and_goes_on_sweeping(database, done):
    work(database, when("2026-03-01"))
    work(database, when("2026-04-02"))
    for minute in range(3):
        work(database, when("2026-03-01", f"10:0{minute}"))
    work(database, when("2026-04-02"))
    assert done["monthly"] == ["2026-02", "2026-03"]
    assert done["minutely"][2:5] == [f"2026-03-01 10:0{minute}" for minute in range(3)]


def test_missing_jobs_are_told(database, done):
    at = when("2026-03-02", "09:00")
    with database.read() as tx:
        assert not health(tx, at).has_run
    work(database, at)
    with database.read() as tx:
        assert health(tx, at).is_fine
        assert health(tx, at + timedelta(hours=1)).missing == ("minutely",)


def test_a_failed_sweep_counts_until_the_next_one_went_well(database, monkeypatch):
    def fail(job):
        raise RuntimeError("locked")

    use(monkeypatch, (Regular("sweep", each_minute, tries=1),))
    monkeypatch.setitem(running.KINDS, "sweep", fail)
    work(database, when("2026-03-02", "10:00"))
    with database.read() as tx:
        assert health(tx, when("2026-03-02", "10:00")).failed == 1
    monkeypatch.setitem(running.KINDS, "sweep", lambda job: {})
    work(database, when("2026-03-02", "10:01"))
    with database.read() as tx:
        assert health(tx, when("2026-03-02", "10:01")).is_fine
