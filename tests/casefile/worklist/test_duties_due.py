"""The duties of a calendar: those of the worklist that are due on its days."""

from datetime import date

import pytest

from approvals.base.database import Database
from approvals.casefile.worklist.lists import LISTS
from approvals.casefile.worklist.worklist import Duty, duties_due, worklist
from tests.support.builders import NOW, a_project, an_actor, an_approval, walk, when

PEOPLE = ("owner1", "window-a01", "head-a01", "liaison1", "centre1", "office1", "leader1")
SPANS = [
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2026, 11, 1), date(2026, 11, 30)),
    (date(2026, 1, 1), date(2027, 12, 31)),
    (date(2026, 11, 20), date(2026, 11, 20)),
    (date(2030, 1, 1), date(2030, 1, 31)),
]


@pytest.fixture(scope="module")
def city(town: Database) -> Database:
    """Cases that are due on many days, late ones and such as are due on none."""
    with town.write() as tx:
        for state in ("received", "accepted", "paused", "correcting", "granted"):
            for day in ("2026-03-02", "2026-11-05", "2026-11-19"):
                an_approval(tx, state, at=when(day))
        for day in ("2026-11-16", "2026-11-19"):
            a_project(tx, "filed", at=when(day))
            a_project(tx, "classified", at=when(day))
        ref = a_project(tx, "registered", at=when("2026-11-10"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-11-12"))
    return town


def told(duties: list[Duty]) -> set[tuple[str, int, date | None]]:
    return {(duty.kind.name, duty.id, duty.due_on) for duty in duties}


@pytest.mark.parametrize("username", PEOPLE)
@pytest.mark.parametrize("span", SPANS, ids=str)
def test_they_are_those_of_the_worklist_that_are_due_then(
    city: Database, username: str, span: tuple[date, date]
) -> None:
    with city.read() as tx:
        actor, cursor, every = an_actor(tx, username), "", []
        while True:
            page = worklist(tx, actor, NOW, LISTS, cursor=cursor).page
            every += page.rows
            if not page.next_cursor:
                break
            cursor = page.next_cursor
        due = duties_due(tx, actor, NOW, LISTS, *span)
    assert told(due) == told([duty for duty in every if duty.due_on and span[0] <= duty.due_on <= span[1]])
    assert due == sorted(due, key=lambda duty: duty.urgency)
