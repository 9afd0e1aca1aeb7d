"""The open work that a deputy takes over."""

from datetime import date

from approvals.accounts.absence.queries import managed
from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.casefile.absences import open_work
from tests.support.builders import NOW, an_actor, an_approval, when
from workflows.rules.absence import AbsenceSpan

TODAY = day_of(NOW)


def test_open_work_is_what_is_due_by_the_date_that_is_shown(database: Database) -> None:
    with database.write() as tx:
        running = an_approval(tx, "accepted", at=when("2026-11-13"))  # due on the 20th
        paused = an_approval(tx, "paused", at=when("2026-11-13"))  # would have been; if it resumed today, on the 26th
        [person] = [person for person in managed(tx, an_actor(tx, "head-a01")) if person.username == "window-a01"]

        def work(last: str) -> list[tuple[str, date | None, bool]]:
            items = open_work(tx, person, AbsenceSpan(TODAY, date.fromisoformat(last)), TODAY).items
            return [(item.ref, item.due_on, item.is_still) for item in items]

        [(first, due_on, is_still)] = work("2026-11-25")
        assert (due_on, is_still) == (date(2026, 11, 20), False)
        assert work("2026-11-26")[1][1:] == (date(2026, 11, 26), True)
        assert running != paused
        assert first == work("2026-11-26")[0][0]
