"""Sweeps as they come: on one day, or on every day."""

from datetime import date, timedelta

from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, when


def sweep_to(database, day, time="00:30"):
    return sweep(database, when(day, time), lambda: NOW)


def sweep_daily(database, first, last):
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        sweep_to(database, day.isoformat())
        day += timedelta(days=1)
