"""The pace of the windows in the lived year, against a naive count of every decision's own clock."""

from collections import defaultdict
from datetime import timedelta

from approvals.casefile.forecast import decision_speeds
from approvals.windows.clocks import all_readings
from tests.reports.conftest import ENDS, LivedYear
from workflows.config.catalogue import load_catalogue
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
