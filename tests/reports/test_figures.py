"""The figures equal an independent count of the raw entries, add up, and never change afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import fields

import pytest

from approvals.reports.figures.aggregate import Bag
from approvals.reports.figures.aggregate import cell as cell_of
from approvals.reports.figures.model import ApprovalCounts, Decisions, FigureCell, Figures, LightCounts, ProjectCounts
from tests.reports.comparing import CHECKS, MOVES, PROJECT_MOVES, SPLITS, lines_with_places
from tests.reports.conftest import MONTHS, LivedYear
from tests.reports.recount import Recount

NOTHING = cell_of(Bag())  # who had no open case in both months has no line


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_figures_equal_a_count_of_the_raw_entries(
    year: LivedYear, recount: Recount, month: str, check: Callable[[Figures, Recount, str], None]
) -> None:
    check(year.figures(month), recount, month)


@pytest.mark.parametrize("month", MONTHS)
def test_moves_of_people_equal_a_count_of_the_fed_lines(year: LivedYear, month: str) -> None:
    of_cases = (line for line in year.lines if "/requests" not in line["on"])
    made = Counter(line["move"] for line in of_cases if line["at"].startswith(month))
    figures = year.figures(month)
    by_people = ("submitted", "notified", "not_accepted", "extended", "granted", "refused", "delivered")
    for name in by_people:
        assert getattr(figures.city.now.moves, name) == sum(made[move] for move in MOVES[name]), name
    for name in set(PROJECT_MOVES) - {"completed"}:
        assert getattr(figures.projects.now, name) == made[PROJECT_MOVES[name]], name
    assert sum(level.answered for level in figures.city.now.levels) == made["answer"]


@pytest.mark.parametrize("month", MONTHS)
def test_totals_are_the_sums_of_departments_of_stages_and_of_categories(year: LivedYear, month: str) -> None:
    figures = year.figures(month)
    for name in SPLITS:
        for side in ("now", "before"):
            cells = [getattr(line, side) for line in getattr(figures, name)]
            assert summed(cells) == summed([getattr(figures.city, side)]), (name, side)
    for lines in (figures.project_categories, figures.project_owners, figures.project_liaisons):
        for one in fields(ProjectCounts):
            total = sum(getattr(line.now, one.name) for line in lines)
            assert total == getattr(figures.projects.now, one.name), one.name


def summed(cells: list[FigureCell]) -> dict[str, int]:
    """All that can be added up."""
    parts = {"moves": ApprovalCounts, "standing": LightCounts, "decisions": Decisions}
    found = {
        f"{part}.{one.name}": sum(getattr(getattr(cell, part), one.name) for cell in cells)
        for part, kind in parts.items()
        for one in fields(kind)
    }
    for cell in cells:
        for level in cell.levels:
            for one in fields(level):
                key = f"level {level.level} {one.name}"
                found[key] = found.get(key, 0) + (getattr(level, one.name) if one.name != "level" else 0)
    return found | {name: sum(getattr(cell.speed, name) for cell in cells) for name in ("count", "used", "legal")}


def test_each_month_stands_beside_the_one_before(year: LivedYear) -> None:
    for earlier, later in (("2026-05", "2026-06"), ("2026-08", "2026-09"), ("2026-09", "2026-10")):
        before, now = year.figures(earlier), year.figures(later)
        of_before = {(part, line.key): line.now for line, part in lines_with_places(before)}
        of_now = {(part, line.key): line.before for line, part in lines_with_places(now)}
        assert {key: of_now[key] for key in of_before if key in of_now} == {
            key: told for key, told in of_before.items() if key in of_now
        }
        assert {told for key, told in of_before.items() if key not in of_now} <= {NOTHING}
        assert now.projects.before == before.projects.now
        assert now.permits_before == before.permits


def test_the_course_of_the_year_is_what_each_month_says(year: LivedYear) -> None:
    course = {one.month: one for one in year.figures("2026-10").course}
    assert len(course) == 12
    assert next(iter(course)) == "2025-11"
    for month in ("2026-03", "2026-10"):
        figures = year.figures(month)
        assert course[month].granted == figures.city.now.moves.granted
        assert course[month].accepted == figures.city.now.moves.accepted
        assert course[month].registered == figures.projects.now.registered
        assert course[month].completed == figures.projects.now.completed
