"""A corrected calendar over ten thousand open approvals: shown, made, killed in the middle and gone on with."""

from datetime import date

import pytest
from sqlalchemy import func, select

from approvals.history.record import ENTRY
from approvals.recalculation.actions import finish, is_pending, last_recalculation
from approvals.recalculation.preview import OPEN, preview
from approvals.registration.queries import APPROVALS
from tests.support.builders import NOW, a_database, a_project, do, faults, project_row, walk, when
from tests.support.concurrency import PATIENCE, started
from tests.support.extent import effort
from tests.support.holiday_notices import TWO_DAYS_OFF
from tests.support.project_copies import copy_projects
from tests.support.racers import redate
from tests.support.servers import eventually

ON = date(2026, 11, 20)
COPIES = {"sqlite": effort(40, 400), "postgresql": effort(10, 40)}  # of each of five projects with five open approvals
OPENED = 5
SPECIAL = {"procedure": "委托评审", "expected_days": 10, "notice": "已书面告知"}


def a_busy_project(tx, day):
    """A project in which A01 is decided and the five items behind it are open: accepted, extended, paused, received."""
    ref = a_project(tx, "registered", at=when(day))
    walk(tx, ref, "A01", ("submit", "accept", "grant"))
    for code in ("A02", "A03"):
        walk(tx, ref, code, ("submit", "accept"))
    walk(tx, ref, "A04", ("submit", "accept", "start_special"), given=SPECIAL)
    walk(tx, ref, "A05", ("submit", "accept", "extend"))
    walk(tx, ref, "A06", ("submit",))
    return project_row(tx, ref).number


@pytest.fixture
def many(database_url, engine_name):
    """The city with its many cases; one project in five is suspended."""
    database = a_database(database_url)
    with database.write() as tx:
        numbers = [a_busy_project(tx, f"2026-11-{day}") for day in (11, 12, 13, 18, 19)]
        do(tx, "office1", "suspend", numbers[0], at=when("2026-11-19", "18:00"))
        copy_projects(tx, numbers, COPIES[engine_name])
    yield database
    database.close()


def decided(tx):
    found = select(APPROVALS).where(APPROVALS.c.state.not_in(OPEN))
    return sorted(map(tuple, tx.execute(found)))


def redated(tx):
    """How many entries of dating anew each approval has."""
    found = select(ENTRY.c.approval_id, func.count()).where(ENTRY.c.move == "redate").group_by(ENTRY.c.approval_id)
    return dict(map(tuple, tx.execute(found)))


def test_many_are_dated_anew_once_each_though_the_process_is_killed(many, database_url, engine_name, tmp_path):
    with many.read() as tx:
        shown = {one.ref: one for one in preview(tx, TWO_DAYS_OFF, ON)}
        untouched = decided(tx)
    assert len(shown) > OPENED * COPIES[engine_name] * 3

    begun = started(database_url, tmp_path / "told", redate, TWO_DAYS_OFF)
    eventually(lambda: len(begun.told()) > len(shown) // 10, seconds=PATIENCE, what="a tenth of them")
    begun.kill()
    told = [ref for (ref,) in begun.told()]
    with many.read() as tx:
        assert is_pending(tx), "it was killed in the middle"
        before = redated(tx)
    assert len(told) <= len(before) < len(shown)

    rest = list(finish(many, lambda: NOW))
    assert len(before) + len(rest) == len(shown)
    assert [one for one in rest if shown[one.ref] != one] == [], "each moves as it was shown"
    assert set(told).isdisjoint(one.ref for one in rest)

    with many.read() as tx:
        assert not is_pending(tx)
        assert last_recalculation(tx).moved == len(shown)
        assert set(redated(tx).values()) == {1} and len(redated(tx)) == len(shown)
        assert list(preview(tx, TWO_DAYS_OFF, ON)) == [], "nothing is left to move"
        assert decided(tx) == untouched
    assert faults(many) == []
