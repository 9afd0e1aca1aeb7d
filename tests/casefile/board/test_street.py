"""The city at a glance: the steps of the street and the counties, counted again from the record by hand."""

from statistics import median_low

import pytest
from sqlalchemy import Connection, select

from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.board.street import STEPS, counties, street, street_years
from approvals.filing.queries import TABLE
from approvals.windows.queries import approvals_of_project
from tests.support.builders import NOW, a_project, do, entries, walk, when

TODAY = day_of(NOW)


@pytest.fixture
def city(database: Database) -> Database:
    """Projects that stand at different steps, two that ended on the way, and one of the year before."""
    with database.write() as tx:
        a_project(tx, "filed", at=when("2025-11-03"))
        a_project(tx, "filed", at=when("2026-02-02"))
        a_project(tx, "classified", at=when("2026-02-04"))
        do(tx, "office1", "decline", a_project(tx, "filed", at=when("2026-02-05")), at=when("2026-02-09"))
        for number in range(3):
            ref = a_project(tx, "registered", at=when(f"2026-03-0{2 + number}"), county="米易县" if number else "东区")
            if number:
                walk(tx, ref, "A01", ("submit", "accept"), at=when(f"2026-03-1{number}"))
            if number == 2:
                walk(tx, ref, "A01", ("grant",), at=when("2026-03-20"))
                walk(tx, ref, "A02", ("submit", "accept"), at=when("2026-11-18"))
        do(tx, "owner1", "withdraw", a_project(tx, "registered", at=when("2026-04-02")), at=when("2026-04-09"))
    return database


def ways_by_hand(tx: Connection, year: int) -> list[tuple[list, bool]]:  # type: ignore[type-arg]
    """The days of the steps of each project of the year, read off its whole record, and whether it is over."""
    ways = []
    for project in tx.execute(select(TABLE)).all():
        record = entries(tx, project.uid)
        firsts = [
            next((row.at for row in record if wanted(row)), None)
            for wanted in (
                lambda row: row.subject == "project" and row.to_state == "filed",
                lambda row: row.subject == "project" and row.move == "classify",
                lambda row: row.subject == "project" and row.move == "register",
                lambda row: row.subject == "approval" and row.to_state == "accepted",
                lambda row: row.subject == "approval" and row.to_state in ("granted", "refused"),
                lambda row: row.subject == "project" and row.to_state == "completed",
            )
        ]
        if firsts[0] and day_of(firsts[0]).year == year:
            is_over = project.state in ("declined", "withdrawn", "completed", "diverted")
            ways.append(([day_of(at) if at else None for at in firsts], is_over))
    return ways


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_steps_are_those_of_the_record(city: Database, year: int) -> None:
    with city.read() as tx:
        steps, calendar, ways = street(tx, year), calendar_in_force(tx), ways_by_hand(tx, year)
    assert [step.name for step in steps] == list(STEPS)
    for number, step in enumerate(steps):
        assert step.reached == sum(any(days[number:]) for days, _ in ways), number
        waiting = [days for days, is_over in ways if not is_over and days[number] and not any(days[number + 1 :])]
        assert step.waiting == len(waiting), number
        both = [(days[number - 1], days[number]) for days, _ in ways if number and days[number - 1] and days[number]]
        spent = sorted(calendar.working_days_between(before, on) for before, on in both)
        assert step.days == (median_low(spent) if spent else None), number


def test_the_years_are_those_of_filings(city: Database) -> None:
    with city.read() as tx:
        assert street_years(tx) == (2026, 2025)


def test_a_city_without_filings_has_no_year(database: Database) -> None:
    with database.read() as tx:
        assert street_years(tx) == ()
        assert all((step.reached, step.waiting, step.days) == (0, 0, None) for step in street(tx, 2026))
        assert all((county.open, county.late) == (0, 0) for county in counties(tx, TODAY))


def test_the_counties_are_those_of_the_approvals_in_progress(city: Database) -> None:
    told = {}
    with city.read() as tx:
        for project in tx.execute(select(TABLE)).all():
            for approval in approvals_of_project(tx, project.id, TODAY) if project.number else []:
                if approval.state in ("accepted", "paused"):
                    count, late = told.get(project.county, (0, 0))
                    told[project.county] = count + 1, late + (approval.open_light in ("yellow", "red"))
        rows = {row.name: (row.open, row.late) for row in counties(tx, TODAY)}
    assert {name: both for name, both in rows.items() if both[0]} == told
    assert set(rows) == {"东区", "西区", "仁和区", "米易县", "盐边县"}
