"""Figures equal an independent count of the raw entries, add up, and never change afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import date

import pytest

from approvals.base.database import Database
from approvals.calendar.actions import load_notices
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.model import ApprovalCounts, Decisions, FigureCell, Figures, LightCounts, ProjectCounts
from approvals.reports.figures.serialization import checksum, from_json, frozen, to_json
from approvals.supervision.sweep import sweep
from tests.reports.conftest import MONTHS, LivedYear, compiled
from tests.support.builders import NOW, a_database, an_approval, do, when, window
from tests.support.figures.checks import CHECKS, MOVES, PROJECT_MOVES, SPLITS
from tests.support.figures.recount import Recount


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_figures_equal_a_count_of_the_raw_entries(
    year: LivedYear, recount: Recount, month: str, check: Callable[[Figures, Recount, str], None]
) -> None:
    check(year.figures(month), recount, month)


@pytest.mark.parametrize("month", MONTHS)
def test_moves_of_people_equal_a_count_of_the_fed_lines(year: LivedYear, month: str) -> None:
    of_cases = (line for line in year.lines if "/requests" not in line["on"])
    counts = Counter(line["move"] for line in of_cases if line["at"].startswith(month))
    figures = year.figures(month)
    by_people = ("submitted", "notified", "not_accepted", "extended", "granted", "refused", "delivered")
    for name in by_people:
        assert getattr(figures.city.now.moves, name) == sum(counts[move] for move in MOVES[name]), name
    for name in set(PROJECT_MOVES) - {"completed"}:
        assert getattr(figures.projects.now, name) == counts[PROJECT_MOVES[name]], name
    assert sum(level.answered for level in figures.city.now.levels) == counts["answer"]


@pytest.mark.parametrize("month", MONTHS)
def test_totals_are_the_sums_of_departments_of_stages_and_of_categories(year: LivedYear, month: str) -> None:
    figures = year.figures(month)
    for name in SPLITS:
        for side in ("now", "before"):
            cells = [getattr(line, side) for line in getattr(figures, name)]
            assert summed(cells) == summed([getattr(figures.city, side)]), (name, side)
    for lines in (figures.project_categories, figures.project_owners, figures.project_liaisons):
        for count in fields(ProjectCounts):
            total = sum(getattr(line.now, count.name) for line in lines)
            assert total == getattr(figures.projects.now, count.name), count.name


def summed(cells: list[FigureCell]) -> dict[str, int]:
    """All that can be added up."""
    parts = {"moves": ApprovalCounts, "standing": LightCounts, "decisions": Decisions}
    sums = {
        f"{part}.{count.name}": sum(getattr(getattr(cell, part), count.name) for cell in cells)
        for part, kind in parts.items()
        for count in fields(kind)
    }
    for cell in cells:
        for level in cell.levels:
            for count in fields(level):
                key = f"level {level.level} {count.name}"
                sums[key] = sums.get(key, 0) + (getattr(level, count.name) if count.name != "level" else 0)
    return sums | {name: sum(getattr(cell.speed, name) for cell in cells) for name in ("count", "used", "legal")}


# A month is the same whenever it is compiled, whatever happened or was written down since.


def test_a_month_compiled_again_after_five_more_months_is_the_same(year: LivedYear) -> None:
    again = year.figures("2026-06")
    assert frozen(year.compiled("2026-06")) == frozen(again)
    assert again == year.june
    assert checksum(again) == checksum(year.june)


def test_a_month_before_all_history_is_all_zero(year: LivedYear) -> None:
    figures = year.figures("2024-02")
    assert figures.city.now == figures.city.before
    assert not figures.city.now.decisions.decided
    assert not figures.city.now.standing.open
    assert (figures.late, figures.key_projects, figures.due) == ((), (), ())


def test_the_running_month_is_read_as_of_today(year: LivedYear) -> None:
    with year.database.read() as tx:
        from_start, later = (compile_month(tx, "2026-11", today=date(2026, 11, day)) for day in (1, 20))
    assert (later.as_of_on, later.is_whole) == (date(2026, 11, 20), False)
    assert from_start.city.now.moves.granted <= later.city.now.moves.granted
    assert later.city.now.moves.granted > 0


def test_figures_come_back_out_of_their_json(year: LivedYear) -> None:
    figures = year.figures("2026-09")
    assert from_json(to_json(figures)) == figures
    assert checksum(from_json(to_json(figures))) == checksum(figures)


def test_what_the_sweep_writes_down_later_counts_in_the_month_in_which_it_happened(database: Database) -> None:
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-19")).partition("/")[0]
    sweep(database, when("2026-03-31"), lambda: NOW)  # late: escalated
    with database.write() as tx:
        do(tx, window("A01"), "grant", f"{ref}/A01", at=when("2026-03-31", "17:00"))
    before = compiled(database, "2026-03")
    sweep(database, when("2026-04-01"), lambda: NOW)  # closes them, at the time of the decision
    after_the_sweep = compiled(database, "2026-03")
    levels = before.city.now.levels
    assert (levels[0].raised, levels[1].raised) == (1, 1)
    assert sum(level.open for level in levels) == 0
    assert after_the_sweep.city == before.city


def test_a_calendar_loaded_later_moves_no_figure_of_the_month(database_url: str) -> None:
    database = a_database(database_url)  # whose stored days are not recalculated
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-03-02"))
    before = compiled(database, "2026-03")
    with database.write() as tx:
        load_notices(tx, "years: {2026: {days_off: [2026-03-03..2026-03-31]}}", by="sysadmin1", now=NOW)
    after_the_notice = compiled(database, "2026-03")
    november = compiled(database, "2026-11")
    assert before.late
    assert after_the_notice == before
    assert november.late[0].promised_due_on > before.late[0].promised_due_on
    database.close()


def test_the_same_month_a_year_ago_stands_beside_once_the_record_had_begun(database: Database) -> None:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2025-09-15"))
        an_approval(tx, "accepted", at=when("2025-10-13"))
        an_approval(tx, "accepted", at=when("2025-10-14"))
    with database.read() as tx:
        assert compile_month(tx, "2026-09").year_ago is None, "the record began in the middle of that month"
        year_ago = compile_month(tx, "2026-10").year_ago
        assert year_ago == compile_month(tx, "2025-10").course[-1]
    assert year_ago and (year_ago.month, year_ago.accepted) == ("2025-10", 2)
