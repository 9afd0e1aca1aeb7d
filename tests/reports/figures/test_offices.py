"""The offices' own steps in a month: in time, late, waiting, each figure with its list."""

from datetime import date

from approvals.base.database import Database
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.oversight_model import OfficeCounts
from approvals.reports.lifecycle.drill_down import drill_down
from approvals.reports.periods import read_month
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, do, when
from tests.support.figures.checks import offices_are_counted
from tests.support.figures.recount import Recount


def a_spring(database: Database) -> tuple[str, str]:
    """A filing sorted late, one in time, one taken back by its owner, and one that waits over the end of March."""
    with database.write() as tx:
        late, waiting = a_project(tx, "filed", at=when("2026-03-02")), a_project(tx, "filed", at=when("2026-03-24"))
        in_time, taken_back = (a_project(tx, "filed", at=when("2026-03-03")) for _ in range(2))
        do(tx, "office1", "decline", in_time, at=when("2026-03-06", "15:00"))
    sweep(database, when("2026-03-11"), lambda: NOW)
    with database.write() as tx:
        do(tx, "office1", "classify", late, at=when("2026-03-11", "15:00"))
        do(tx, "owner1", "withdraw", taken_back, at=when("2026-03-12"))
        do(tx, "centre1", "register", late, at=when("2026-03-12", "10:00"))
    sweep(database, when("2026-04-02"), lambda: NOW)
    with database.write() as tx:
        do(tx, "office1", "classify", waiting, at=when("2026-04-02", "10:00"))
    return late, waiting


def test_steps_count_in_their_month_as_the_office_kept_their_limits(database: Database) -> None:
    a_spring(database)

    with database.read() as tx:
        march, april = compile_month(tx, "2026-03"), compile_month(tx, "2026-04")
        for month, figures in (("2026-03", march), ("2026-04", april)):
            offices_are_counted(figures, Recount(tx), month)

    lines = {line.key: line for line in march.offices.lines}
    assert [*lines] == [
        *("sort-3", "register-2", "appeal-3", "correction-1", "correction-2"),
        *("order_answer-2", "order_answer-3"),
    ]
    assert lines["sort-3"].now == OfficeCounts(done=2, in_time=1, late=1, open=1, open_late=1, longest=7)
    assert lines["register-2"].now == OfficeCounts(done=1, in_time=1, longest=1)
    assert (lines["sort-3"].limit, lines["sort-3"].office.zh) == (3, "督查办")
    assert april.offices.city_before == march.offices.city == OfficeCounts(3, 2, 1, 1, 1, 7)
    assert {line.key: line.now.late for line in april.offices.lines}["sort-3"] == 1


def test_each_figure_leads_to_the_projects_behind_it(database: Database) -> None:
    late, waiting = a_spring(database)

    with database.read() as tx:
        lists = {
            name: drill_down(tx, read_month("2026-03"), "offices", "sort-3", f"offices.{name}", today=date(2026, 5, 1))
            for name in ("done", "late", "open_late")
        }
    assert [(row.on, row.used) for row in lists["late"].page.rows] == [(date(2026, 3, 11), 7)]
    assert {name: found.count for name, found in lists.items()} == {"done": 2, "late": 1, "open_late": 1}
    assert late != waiting
