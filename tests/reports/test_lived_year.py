"""The lived year against naive counts of its record: the pace of the windows, and the current policy tried over it."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from approvals.base.moments import read_month
from approvals.casefile.forecast import decision_speeds
from approvals.history.record import ENTRY
from approvals.supervision.simulation import simulate
from approvals.windows.clocks import all_readings
from tests.reports.conftest import ENDS, LivedYear
from tests.supervision.test_simulation import recorded
from workflows.config.catalogue import load_catalogue
from workflows.config.policy import load_policy
from workflows.rules.speed import year_before

TODAY = ENDS.date()


def naive(year: LivedYear, today):  # type: ignore[no-untyped-def]
    """What the clock of each decided approval says that it used."""
    items, used = load_catalogue().items, defaultdict(list)
    with year.database.read() as tx:
        for reading in all_readings(tx, TODAY):
            code, decided_on = reading["approval"].rpartition("/")[2], reading["decided_on"]
            if reading["state"] in ("granted", "refused") and str(year_before(today)) <= decided_on < str(today):
                used[items[code].department, code].append(reading["used"])
    return {key: sorted(days) for key, days in used.items()}


def test_the_pace_is_that_of_a_naive_count(year: LivedYear) -> None:
    for today in (TODAY, TODAY - timedelta(days=100)):
        with year.database.read() as tx:
            speeds = decision_speeds(tx, today)
        assert speeds.used == naive(year, today)
        assert sum(map(len, speeds.used.values())) > 100


def test_before_anything_was_decided_there_is_no_pace(year: LivedYear) -> None:
    with year.database.read() as tx:
        assert decision_speeds(tx, TODAY - timedelta(days=1000)).used == {}


@pytest.mark.parametrize("month", ["2026-06", "2026-10", "2026-11"])
def test_a_trial_of_the_current_policy_is_the_record_and_writes_nothing(year: LivedYear, month: str) -> None:
    record = select(func.count(), func.max(ENTRY.c.hash)).select_from(ENTRY)
    real = recorded(year.database, month)
    with year.database.read() as tx:
        before = tx.execute(record).one()
        simulation = simulate(tx, load_policy(), read_month(month), TODAY)
        after = tx.execute(record).one()
    assert (simulation.more, simulation.fewer) == ((), ())
    assert {(line.move, line.name): line.tried for line in simulation.lines if line.tried} == dict(real)
    assert simulation.same == real.total() > 10
    assert before == after
