"""The schedule of a project: its bars are the ledgers' days, its plan what the promises let expect at the beginning."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import NotFound
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.forecast import project_forecasts
from approvals.casefile.queries import plan
from approvals.casefile.schedule import Schedule, Span, schedule
from approvals.casefile.time_spent import project_time
from approvals.catalogue.queries import catalogue_of
from approvals.filing.views import project
from approvals.windows.queries import approvals_of_project
from tests.support.builders import NOW, a_project, an_actor, do, permit_works, walk, when
from tests.support.lived_project import a_lived_project

TODAY = day_of(NOW)
YEAR = {"planned_start_on": "2027-03-01", "planned_finish_on": "2028-02-29"}


def of(tx: Connection, ref: str, on: date = TODAY, username: str = "liaison1") -> Schedule:
    return schedule(tx, ref, an_actor(tx, username), on)


def test_the_bars_of_each_party_hold_its_working_days_of_the_ledgers(database: Database) -> None:
    with database.write() as tx:
        ref = a_lived_project(tx, **YEAR)
    with database.read() as tx:
        view, calendar = project(tx, ref, an_actor(tx, "liaison1")), calendar_in_force(tx)
        for on in (when("2026-03-20").date(), when("2026-05-28").date(), TODAY):
            approvals = approvals_of_project(tx, view.id, on)
            spent = project_time(tx, approvals, catalogue_of(tx, view, on), on)
            ledgers = {share.item.code: share.days for share in spent.approvals}
            for row in of(tx, ref, on).rows:
                drawn = dict.fromkeys(("department", "owner", "special"), 0)
                for held in row.held:
                    before = held.days.first_on - timedelta(days=1)
                    drawn[held.holder] += calendar.working_days_between(before, held.days.last_on)
                told = ledgers.get(row.item.code)
                assert drawn == {name: getattr(told, name, 0) for name in drawn}, (on, row.item.code)


def test_bars_do_not_overlap_and_end_by_today(database: Database) -> None:
    with database.write() as tx:
        ref = a_lived_project(tx, **YEAR)
    with database.read() as tx:
        for row in of(tx, ref).rows:
            days = [held.days for held in row.held]
            assert all(a.last_on < b.first_on for a, b in pairwise(days)), row.item.code
            assert all(day.first_on <= day.last_on <= TODAY for day in days)
            assert row.expected is None or row.expected.first_on >= TODAY


def test_the_plan_is_what_was_expected_on_the_day_of_the_registration(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        registered_on = day_of(project(tx, ref, an_actor(tx, "liaison1")).registered_at)
        then = project_forecasts(tx, plan(tx, ref, an_actor(tx, "liaison1"), registered_on), registered_on)
    assert then
    with database.write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"), at=when("2026-09-09"))
    with database.read() as tx:
        now = of(tx, ref)
    for row in now.rows:
        expected = then.promised.expected[row.item.code]
        if expected.start_on and expected.decide_on:
            assert row.planned == Span(expected.start_on, expected.decide_on)
        else:
            assert row.planned is None  # it waits for works of unknown length
    later = {row.item.code: row.expected for row in now.rows}
    assert now.planned_end_on == then.promised.complete_on
    assert all(later[row.item.code].last_on > row.planned.last_on for row in now.rows if row.planned and row.expected)


def test_what_came_after_its_promised_day_is_late(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-03-11"))
        do(tx, "window-a01", "grant", f"{ref}/A01", at=when("2026-05-12"))
        walk(tx, ref, "A02", ("submit", "accept"), at=when("2026-05-14"))
    with database.read() as tx:
        rows = {row.item.code: row for row in of(tx, ref).rows}
    assert rows["A01"].is_late  # decided in May, without a day left of a limit from March
    assert rows["A02"].is_late and rows["A02"].due_on and rows["A02"].due_on < TODAY
    assert not rows["B01"].is_late


def test_the_works_stand_before_the_stage_that_waits_for_them(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"), **YEAR)
    with database.read() as tx:
        works = of(tx, ref).works
    assert works and works.planned == Span(date(2027, 3, 1), date(2028, 2, 29)) and works.actual is None
    with database.write() as tx:
        permit_works(tx, ref)
        do(tx, "liaison1", "start_works", ref, {"day": TODAY.isoformat()}, at=NOW)
    with database.read() as tx:
        view = of(tx, ref)
    assert view.works and view.works.actual == Span(TODAY, TODAY)
    assert view.works.before == view.stages[-1].stage.no


@pytest.mark.parametrize(("state", "username"), [("filed", "office1"), ("registered", "owner2")])
def test_there_is_none_before_the_registration_nor_for_others(database: Database, state: str, username: str) -> None:
    with database.write() as tx:
        ref = a_project(tx, state)
    with database.read() as tx, pytest.raises(NotFound):
        of(tx, ref, username=username)
