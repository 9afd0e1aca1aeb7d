"""Due dates in SQL: what is filtered and sorted by stored days agrees with the clock reading that is shown."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.calendar.queries import stored_days
from approvals.registration import due_dates
from approvals.registration.due_dates import due_before, is_due_before
from approvals.registration.queries import APPROVALS
from approvals.windows.lists import approvals
from approvals.windows.queries import ApprovalFilter
from tests.support.builders import NOW, a_database, a_project, an_actor, an_approval, do, faults, walk, when
from tests.support.clock.timelines import random_calendar, random_timeline
from tests.support.clock.trial import the_same_calendar, the_same_limits
from tests.support.extent import effort
from workflows.clock.approval_clock import read
from workflows.clock.timeline import Step

TIMELINES = effort(150, 5000)
CALENDARS = [random_calendar(seed) for seed in range(4)]
TODAY = day_of(NOW)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = a_database(database_url)
    yield database
    database.close()


def is_found(tx: Connection, day: date, today: date) -> bool:
    return (
        tx.execute(select(APPROVALS.c.id).where(is_due_before(due_before(tx, day, today), today))).first() is not None
    )


def test_the_filter_by_due_date_agrees_with_the_reading_of_any_timeline(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = 0
    with database.write() as tx:
        project = a_project(tx, "registered")
        tx.execute(APPROVALS.delete().where(APPROVALS.c.code != "A01"))
        assert project
        for seed in range(TIMELINES):
            number, lot, moves = random_timeline(seed, CALENDARS)
            steps, limits, calendar = (
                [Step(*move) for move in moves],
                the_same_limits(lot),
                the_same_calendar(CALENDARS[number]),
            )
            monkeypatch.setattr(due_dates, "calendar_in_force", lambda tx, calendar=calendar: calendar)
            days: dict[str, Any] = stored_days(steps, limits, calendar)
            names = ("due_on", "still_left", "received_on", "accepted_on", "decided_on")
            tx.execute(update(APPROVALS).values(**{name: days[name] for name in names}))
            today = moves[-1].on + timedelta(days=random.Random(seed).choice((0, 0, 1, 4, 30)))
            reading = read(steps, limits, calendar, today)
            still += reading.is_still
            around = reading.due_on or today
            for day in (around - timedelta(days=1), around, around + timedelta(days=1)):
                shown = reading.due_on is not None and reading.due_on < day
                assert is_found(tx, day, today) == shown, (seed, today, day, reading.due_on, days)
    assert still > TIMELINES / 20


def test_lists_come_in_the_order_of_the_dates_that_they_show(database: Database) -> None:
    with database.write() as tx:
        for day in ("2026-11-02", "2026-11-12"):
            an_approval(tx, "paused", at=when(day))
            an_approval(tx, "accepted", at=when(day))
            an_approval(tx, "received", at=when("2026-11-19"))
        suspended = an_approval(tx, "received", at=when("2026-11-17")).partition("/")[0]
        do(tx, "office1", "suspend", suspended, at=when("2026-11-18"))
        office = an_actor(tx, "office1")
        rows, cursor = [], ""
        while not rows or cursor:
            page = approvals(tx, office, ApprovalFilter(), today=TODAY, cursor=cursor, limit=2)
            rows += page.rows
            cursor = page.next_cursor or ""
        shown = [(row.due_on is None, row.is_still, row.due_on or date.max) for row in rows]
    assert shown == sorted(shown)
    assert [row.is_still for row in rows].count(True) == 3
    assert len({row.id for row in rows}) == len(rows)


def test_a_clock_that_stands_still_is_stored_and_verified(database: Database) -> None:
    with database.write() as tx:
        on = an_approval(tx, "granted", at=when("2026-11-02"))
        walk(tx, on.partition("/")[0], "A02", ("submit",), at=when("2026-11-17"))
        do(tx, "office1", "suspend", on.partition("/")[0], at=when("2026-11-18"))
    assert faults(database) == []
    with database.write() as tx:
        tx.execute(update(APPROVALS).where(APPROVALS.c.code == "A02").values(still_left=9))
    assert [fault for fault in faults(database) if "still_left is 9" in fault]
