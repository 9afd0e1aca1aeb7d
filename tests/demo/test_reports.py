"""The example city's last reports: made on their days by the people who do so, each once, also after a break."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.moments import CITY_ZONE
from approvals.demo.reports import Reports, ReportStep, steps_until
from approvals.demo.supervision import order_lines
from approvals.integrity.verification import verify
from approvals.reports.lifecycle.queries import issued_reports, remarks_of
from approvals.reports.periods import BULLETIN, MONTHLY, read_period
from approvals.supervision.orders.queries import ORDERS
from tests.support.builders import a_database, an_approval, when
from tests.support.pages import an_app
from workflows.clock.calendar import Calendar, load_calendar
from workflows.config import DATA
from workflows.config.catalogue import load_catalogue

ENDS = datetime(2026, 11, 23, 20, 3, tzinfo=CITY_ZONE)
OTHER_ENDS = (
    datetime(2026, 11, 2, 9, 0, tzinfo=CITY_ZONE),  # the first working day of a month
    datetime(2026, 10, 8, 8, 30, tzinfo=CITY_ZONE),  # after the long holiday
    datetime(2026, 1, 1, 0, 0, tzinfo=CITY_ZONE),
    datetime(2026, 7, 5, 23, 59, 59, tzinfo=CITY_ZONE),
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=CITY_ZONE),
)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar((DATA / "calendar.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = a_database(sqlite_url)
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-08-03"))
    yield database
    database.close()


@pytest.fixture
def app(database: Database, sqlite_url: str) -> Iterator[OpenAPI]:
    with an_app(sqlite_url, now=ENDS) as app:
        yield app


def test_each_step_has_its_working_day_and_the_year_ends_with_an_instruction(calendar: Calendar) -> None:
    schedule = [
        (f"{step.at.astimezone(CITY_ZONE):%m-%d %H:%M}", step.kind, step.period, step.verb)
        for step in steps_until(ENDS, calendar)
    ]
    assert schedule == [
        ("10-01 00:00", MONTHLY, "2026-09", "compile"),  # the holiday ends on the seventh
        ("10-08 15:20", MONTHLY, "2026-09", "comment"),
        ("10-09 14:40", MONTHLY, "2026-09", "comment"),
        ("10-10 16:10", MONTHLY, "2026-09", "issue"),  # a Saturday worked instead
        ("10-12 14:05", MONTHLY, "2026-09", "acknowledge"),
        ("10-12 15:30", MONTHLY, "2026-09", "acknowledge"),
        ("11-01 00:00", MONTHLY, "2026-10", "compile"),
        ("11-01 00:00", BULLETIN, "2026-10", "compile"),
        ("11-02 15:20", MONTHLY, "2026-10", "comment"),
        ("11-03 14:40", MONTHLY, "2026-10", "comment"),
        ("11-04 16:10", MONTHLY, "2026-10", "issue"),
        ("11-05 14:05", MONTHLY, "2026-10", "acknowledge"),
        ("11-05 14:45", BULLETIN, "2026-10", "issue"),
        ("11-05 15:30", MONTHLY, "2026-10", "acknowledge"),
        ("11-06 14:10", BULLETIN, "2026-10", "acknowledge"),
        ("11-06 14:30", MONTHLY, "2026-10", "correct"),
        ("11-09 13:50", MONTHLY, "2026-10", "issue"),
        ("11-09 17:35", MONTHLY, "2026-10", "acknowledge"),
        ("11-23 20:03", BULLETIN, "2026-10", "decline_order"),
        ("11-23 20:03", BULLETIN, "2026-10", "confirm_order"),
        ("11-23 20:03", MONTHLY, "2026-10", "instruct"),
    ]


@pytest.mark.parametrize("ends_at", (ENDS, *OTHER_ENDS), ids=lambda at: f"{at:%Y-%m-%d}")
def test_no_step_lies_after_the_end_nor_before_an_order_of_its_day(calendar: Calendar, ends_at: datetime) -> None:
    steps = steps_until(ends_at, calendar)
    orders = [line["at"] for line in order_lines(calendar, load_catalogue(), ends_at) if line["at"] <= ends_at]
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert steps[-1].at <= ends_at
    by_people = [step.at for step in steps if step.by and step.at != ends_at]
    assert all(calendar.is_working_day(at.date()) for at in by_people)
    assert not any(order.date() == at.date() and order >= at for order in orders for at in by_people)


def made(reports: Reports, moment: datetime) -> list[str]:
    return [step.verb for step in reports.live_until(moment)]


def broken_off(reports: Reports, moment: datetime) -> ReportStep:
    """The step that was about to be made when the load broke off."""
    steps = reports.live_until(moment)
    step_left = next(steps)
    steps.close()
    return step_left


def test_the_reports_are_made_each_once_also_after_a_break(
    app: OpenAPI, database: Database, calendar: Calendar
) -> None:
    reports = Reports(database, steps_until(ENDS, calendar))
    with app.app_context():
        assert made(reports, when("2026-10-01", "00:00")) == ["compile"]
        assert broken_off(reports, ENDS).verb == "comment"
        assert made(reports, when("2026-11-09", "15:00"))[:3] == ["comment", "comment", "issue"]
        last = ["acknowledge", "decline_order", "confirm_order", "instruct"]
        assert made(Reports(database, reports.steps), ENDS) == last
        assert made(reports, ENDS) == []
    with database.read() as tx:
        september, october = (issued_reports(tx, read_period(MONTHLY, month)) for month in ("2026-09", "2026-10"))
        (bulletin,) = issued_reports(tx, read_period(BULLETIN, "2026-10"), BULLETIN)
        assert [row.ref for row in (*september, *october)] == ["2026-1", "2026-2", "2026-3"]
        assert [row.cites for row in october] == ["", "2026-2"]
        assert [row.issued_at.astimezone(CITY_ZONE).date() for row in (*october, bulletin)] == [
            date(2026, 11, 4),
            date(2026, 11, 9),
            date(2026, 11, 5),
        ]
        readers = [[row.actor for row in remarks_of(tx, report.id, ("acknowledge",))] for report in october]
        assert readers == [["leader1", "centre1"], ["leader1"]]
        (instruction,) = remarks_of(tx, october[-1].id, ("instruct",))
        assert tx.execute(select(ORDERS.c.state)).scalars().all() == ["issued"]
        assert instruction.facts["order"] == "2026-1"
        assert [fault for verdict in verify(tx) for fault in verdict.faults] == []
