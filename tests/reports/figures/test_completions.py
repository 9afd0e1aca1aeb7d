"""The way to the completion beside the way to the permit: the works are counted apart, and are nobody's delay."""

from approvals.base.database import Database
from approvals.reports.figures.serialization import from_json, frozen, to_json
from tests.reports.conftest import compiled
from tests.support.builders import a_project, do, finish, permit_works, project_row, when


def completed(database: Database, *, is_reported: bool) -> str:
    """A project registered on 2 March whose approvals take no time, with works from 3 to 27 March."""
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        permit_works(tx, ref)
        if is_reported:
            do(tx, "owner1", "start_works", ref, {"day": "2026-03-03"}, at=when("2026-03-04"))
        do(tx, "owner1", "finish_works", ref, {"day": "2026-03-27"}, at=when("2026-03-30"))
        finish(tx, ref)
        assert project_row(tx, ref).state == "completed"
    return ref


def test_the_works_are_counted_apart_from_the_days_of_a_completed_project(database: Database) -> None:
    completed(database, is_reported=True)
    figures = compiled(database, "2026-03")
    (project,) = figures.completed_projects
    assert (project.items, project.days, project.works) == (24, 20, 18)  # 2 to 30 March, 3 to 27 March
    assert project.value == round(1 - (20 - 18) / project.legal, 4)
    assert (figures.completions.count, figures.completions.used) == (1, 2)
    assert figures.permits.count == 1
    assert from_json(to_json(figures)) == figures


def test_a_project_whose_start_nobody_reported_is_listed_and_gives_no_speed_up(database: Database) -> None:
    completed(database, is_reported=False)
    figures = compiled(database, "2026-03")
    assert [(row.works, row.value) for row in figures.completed_projects] == [(None, None)]
    assert figures.completions.count == 0


def test_figures_of_the_edition_before_know_no_completions(database: Database) -> None:
    completed(database, is_reported=True)
    values = to_json(compiled(database, "2026-03"))
    assert "completed_projects" in frozen(from_json(values))
    assert "complet" not in frozen(from_json(values | {"edition": "2026-03"})).replace('"completed":', "")
