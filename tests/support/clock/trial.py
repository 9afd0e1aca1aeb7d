"""Try the clock against the oracle: `python -m tests.support.clock.trial FIRST COUNT` in any time zone.

Prints the offset of the process from UTC in seconds and a digest of all readings.
"""

import hashlib
import json
import random
import sys
import time
from datetime import date, timedelta

from tests.support.clock.oracle import NaiveCalendar, live, stage_of
from tests.support.clock.timelines import Lot, Walk, random_calendar, random_limits, random_timeline
from workflows.clock.approval_clock import Deadlines, deadlines, next_alarm, read
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice
from workflows.clock.lights import light_of
from workflows.clock.time_accounting import stage_clock
from workflows.clock.timeline import Limits, Step

AHEAD = 60  # days after the last step on which the lights are compared
CALENDARS = 12


def the_same_calendar(naive: NaiveCalendar) -> Calendar:
    """The product's calendar with these days, each day off a holiday of its own."""
    return Calendar(
        tuple(
            HolidayNotice(
                year,
                tuple(Holiday(day, day) for day in sorted(naive.off - naive.makeup) if day.year == year),
                tuple(day for day in sorted(naive.makeup) if day.year == year),
            )
            for year in sorted(naive.years)
        )
    )


def the_same_limits(lot: Lot) -> Limits:
    return Limits(lot.promised, lot.legal, lot.legal_unit, lot.notice, lot.delivery)


class Trial:
    """Random timelines on random calendars, each read on random days; every difference is an AssertionError."""

    def __init__(self, calendars: int = CALENDARS) -> None:
        self.naive = [random_calendar(seed) for seed in range(calendars)]
        self.product = [the_same_calendar(naive) for naive in self.naive]
        self.digest = hashlib.sha256()

    def run(self, first: int, count: int) -> str:
        for seed in range(first, first + count):
            try:
                self.one(seed)
                if seed % 20 == 0:
                    self.stage(seed)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error}") from error
        return self.digest.hexdigest()

    def one(self, seed: int) -> None:
        number, lot, moves = random_timeline(seed, self.naive)
        steps, limits = [Step(*move) for move in moves], the_same_limits(lot)
        naive, product = self.naive[number], self.product[number]
        dice = random.Random(seed + 1)
        last = moves[-1].on
        until = last + timedelta(days=AHEAD)
        days_read = {
            dice.choice(moves).on,
            date.fromordinal(dice.randint(moves[0].on.toordinal(), until.toordinal())),
            last,
        }
        dates = deadlines(steps, limits, product)
        lights, states = [], []
        for day, case in live(moves, lot, naive, until):
            if day in days_read:
                expected = case.reading(day)
                self.compare_reading(read(steps, limits, product, day).to_json(), expected, day)
            if day == last:
                self.compare_dates(dates, expected, case.suspended)
            if day >= last:
                lights.append((day, case.light(day)))
                states.append((day, (case.light(day), case.is_over_promise(day))))
                same(light_of(dates, day), lights[-1][1], f"light on {day}")
        self.compare_alarm(dates, states)

    def compare_reading(self, reading: dict, expected: dict, day: date) -> None:
        label = reading.pop("calendar")
        same(label, str(min(day.year, 2026)) if day.year > 2024 else "", f"calendar on {day}")
        same(reading, expected, f"reading on {day}")
        self.digest.update(json.dumps(reading, sort_keys=True).encode())

    def compare_dates(self, dates: Deadlines, expected: dict, is_still: bool) -> None:
        for name in ("state", "round", "deemed"):
            same(getattr(dates, name), expected[name], name)
        for name in ("received_on", "accepted_on", "decided_on", "delivered_on"):
            same(iso(getattr(dates, name)), expected[name], name)
        for name, stored in (("promised", dates.promised_due_on), ("legal", dates.legal_due_on)):
            same(iso(stored), expected[name] and expected[name]["due_on"], name)
        for name, stored in (("notice", dates.notice_due_on), ("delivery", dates.delivery_due_on)):
            same(iso(stored), expected[name]["due_on"] if expected[name] and not is_still else None, name)

    def compare_alarm(self, dates: Deadlines, lights: list[tuple[date, tuple[str | None, bool]]]) -> None:
        """The next alarm after the last step is the next day of another light, or on which the promise is broken."""
        if dates.state in ("accepted", "paused"):
            today = lights[0]
            expected = next((day for day, light in lights if light != today[1]), None)
            alarm = next_alarm(dates, today[0])
            same(alarm if alarm and alarm <= lights[-1][0] else None, expected, "alarm")

    def stage(self, seed: int) -> None:
        dice = random.Random(seed + 2)
        number, lot = dice.randrange(len(self.naive)), random_limits(dice)
        naive = self.naive[number]
        walks = [Walk(dice, naive, lot, suspensions=False) for _ in range(3)]
        for walk in walks:
            walk.day = walks[0].day + timedelta(days=dice.randint(0, 15))
        moves = [walk.go(dice.randint(2, 14)) for walk in walks]
        on = dice.choice(dice.choice(moves)).on + timedelta(days=dice.choice((0, 0, 1, 9)))
        if on < max(each[0].on for each in moves):
            return
        reading = stage_clock([[Step(*move) for move in each] for each in moves], self.product[number], on)
        values = reading and (reading.started_on, reading.ended_on, reading.used, reading.paused)
        same(values, stage_of(moves, lot, naive, on), f"stage on {on}")


def iso(day: date | None) -> str | None:
    return day and day.isoformat()


def same(value: object, expected: object, what: str) -> None:
    if value != expected:
        raise AssertionError(f"{what}: found {value}, the oracle says {expected}")


if __name__ == "__main__":
    print(-time.timezone, Trial().run(int(sys.argv[1]), int(sys.argv[2])))
