"""A liaison's worklist."""

from datetime import date

from approvals.base.database import Database
from approvals.liaisons.worklist import worklist_view
from tests.support.builders import NOW, a_project, an_actor, an_approval, when


def test_the_next_due_date_of_a_project_is_that_of_a_clock_that_runs(database: Database) -> None:
    with database.write() as tx:
        paused, running = (
            a_project(tx, "registered", at=when("2026-11-12")),
            a_project(tx, "registered", at=when("2026-11-12")),
        )
        an_approval(tx, "paused", ref=paused)
        an_approval(tx, "accepted", ref=running)
        liaison = an_actor(tx, "liaison1")
        rows = worklist_view(tx, liaison, liaison, NOW).projects.rows
    assert sorted((row.due_on for row in rows), key=str) == [date(2026, 11, 19), None]
