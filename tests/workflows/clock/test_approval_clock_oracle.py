"""The clock against an independent, naive, day-by-day oracle, in processes of several time zones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clock.trial import Trial
from tests.support.extent import effort

ROOT = Path(__file__).parents[3]
EACH = effort(1_000, 21_000)  # random timelines in each zone, other ones in each
SHARED = effort(50, 500)  # the same timelines in all zones
# POSIX rules, so that they hold on a machine without a time zone database: offset in hours, rule.
ZONES = {
    "UTC": (0, "UTC0"),
    "Asia/Shanghai": (8, "CST-8"),
    "America/New_York": (-5, "EST5EDT,M3.2.0,M11.1.0"),
    "Pacific/Kiritimati": (14, "<+14>-14"),
    "Pacific/Pago_Pago": (-11, "SST11"),
}


def a_trial(zone: str, first: int, count: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.support.clock.trial", str(first), str(count)]
    environment = os.environ | {"TZ": ZONES[zone][1], "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def trials():
    """All zones at once, so that they share the cores."""
    started = {zone: a_trial(zone, 1_000_000 * (n + 1), EACH) for n, zone in enumerate(ZONES)}
    yield started
    for process in started.values():
        process.kill()


@pytest.mark.parametrize("zone", ZONES)
def test_the_clock_agrees_with_the_oracle_on_random_timelines(zone, trials):
    output, errors = trials[zone].communicate(timeout=600)
    assert trials[zone].returncode == 0, errors[-2000:]
    assert output.split()[0] == str(ZONES[zone][0] * 3600), "the process does not run in the zone that it should"


def test_the_time_zone_of_the_process_changes_no_reading():
    here = Trial().run(0, SHARED)
    processes = [a_trial(zone, 0, SHARED) for zone in ZONES]
    assert {process.communicate(timeout=600)[0].split()[1] for process in processes} == {here}
