"""Builders for the tests of the clock: a calendar, limits, and steps written as text."""

from datetime import date
from functools import cache
from pathlib import Path

from workflows.clock.calendar import Calendar, load_calendar
from workflows.clock.timeline import Limits, Step

DATA = Path(__file__).parents[3] / "workflows" / "data" / "calendar.yaml"
TEN_OF_TWENTY = Limits(promised=10, legal=20)
CALENDAR_DAYS = Limits(promised=10, legal=60, legal_unit="calendar_days")


@cache
def the_calendar() -> Calendar:
    return load_calendar(DATA.read_text(encoding="utf-8"))


def on(day: str) -> date:
    """`03-04` of 2026, or a whole date."""
    return date.fromisoformat(day if len(day) > 5 else f"2026-{day}")


def steps(*lines: str) -> list[Step]:
    """Each line is `day move [days or procedure]`."""
    return [a_step(*line.split()) for line in lines]


def a_step(day: str, move: str, fact: str = "") -> Step:
    return Step(move, on(day), days=int(fact) if fact.isdigit() else 0, procedure="" if fact.isdigit() else fact)
