"""The figures equal an independent count of the raw entries, add up, and never change afterwards."""

from collections import Counter, defaultdict
from dataclasses import astuple, fields

import pytest

from approvals.reports.tally import Bag
from approvals.reports.tally import cell as cell_of
from approvals.reports.values import ApprovalCounts, Cell, Decisions, Figures, Line, ProjectCounts, Standing
from tests.reports.conftest import MONTHS, LivedYear
from tests.reports.recount import Recount, bounds, speed

SPLITS = {
    "departments": 0,
    "stages": 1,
    "categories": 2,
    "liaisons": 3,
}  # a list of lines, and which part of a place names its lines
MOVES = {
    "submitted": ("submit",),
    "notified": ("notify_once", "notify_again"),
    "notified_again": ("notify_again",),
    "accepted": ("accept", "deem_accepted"),
    "deemed": ("deem_accepted",),
    "not_accepted": ("reject_intake",),
    "paused": ("start_special",),
    "extended": ("extend",),
    "granted": ("grant",),
    "refused": ("refuse",),
    "withdrawn": ("withdraw_approval",),
    "delivered": ("deliver",),
}
PROJECT_MOVES = {
    "filed": "file",
    "returned": "return_filing",
    "declined": "decline",
    "classified": "classify",
    "diverted": "divert",
    "registered": "register",
    "suspended": "suspend",
    "resumed": "resume",
    "completed": "complete",
    "withdrawn": "withdraw",
}


NOTHING = cell_of(Bag())  # who had no open case in both months has no line


def lines_with_places(figures: Figures) -> list[tuple[Line, int | None]]:
    """Every line of the report, and which part of a place decides whether something counts there."""
    return [(figures.city, None), *((line, part) for name, part in SPLITS.items() for line in getattr(figures, name))]


def is_here(line: Line, part: int | None, place: tuple[int, int, str, str]) -> bool:
    return part is None or str(place[part]) == line.key


@pytest.mark.parametrize("month", MONTHS)
def test_moves_of_approvals_equal_a_count_of_the_entries(year: LivedYear, recount: Recount, month: str) -> None:
    moves = recount.moves(month)
    for line, part in lines_with_places(year.figures(month)):
        for name, counted in MOVES.items():
            here = [
                times
                for (subject, move, _, place), times in moves.items()
                if subject == "approval" and move in counted and is_here(line, part, place)
            ]
            assert getattr(line.now.moves, name) == sum(here), (line.label, name)


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
def test_projects_equal_a_count_of_the_entries(year: LivedYear, recount: Recount, month: str) -> None:
    figures = year.figures(month)
    states = Counter(recount.states("project", month).values())
    assert figures.projects.now.open == states["registered"] + states["suspended"]
    assert figures.projects.now.open_suspended == states["suspended"]
    assert figures.projects.now.awaiting_triage == states["filed"]
    assert figures.projects.now.awaiting_owner == states["returned"]
    assert figures.projects.now.awaiting_registration == states["classified"]
    lines = [(figures.projects, None), *((line, "category") for line in figures.project_categories)]
    for line, split in (*lines, *((line, "liaison") for line in figures.project_liaisons)):
        made = recount.project_moves(month, split, line.key)
        for name, move in PROJECT_MOVES.items():
            assert getattr(line.now, name) == made[move], (line.label, name)


@pytest.mark.parametrize("month", MONTHS)
def test_what_is_open_by_light_equals_a_day_by_day_replay(year: LivedYear, recount: Recount, month: str) -> None:
    expected: dict[tuple[int, int, str, str], Counter[str]] = defaultdict(Counter)
    for approval_id, state, case, last in recount.standing(month):
        counts = expected[recount.place(approval_id, bounds(month)[1])]
        counts["open"] += state in ("accepted", "paused")
        counts["paused"] += state == "paused"
        counts[state] += state in ("ready", "received", "correcting")
        if state in ("accepted", "paused"):
            counts[case.light(last)] += 1
    for line, part in lines_with_places(year.figures(month)):
        for one in fields(Standing):
            here = sum(counts[one.name] for place, counts in expected.items() if is_here(line, part, place))
            assert getattr(line.now.standing, one.name) == here, (line.label, one.name)


@pytest.mark.parametrize("month", MONTHS)
def test_decisions_in_time_and_their_speed_equal_a_day_by_day_count(
    year: LivedYear, recount: Recount, month: str
) -> None:
    decisions = list(recount.decisions(month))
    for line, part in lines_with_places(year.figures(month)):
        here = [one for one in decisions if is_here(line, part, one[0])]
        assert line.now.decisions == Decisions(
            decided=len(here),
            within_promised=sum(one[1] for one in here),
            within_legal=sum(one[2] for one in here),
            late=sum(not one[2] for one in here),
        )
        told = line.now.speed
        assert (told.count, told.used, told.legal, told.value, told.median_value) == speed(one[3:] for one in here)


@pytest.mark.parametrize("month", MONTHS)
def test_construction_permits_equal_a_count_on_the_fingers(year: LivedYear, recount: Recount, month: str) -> None:
    figures = year.figures(month)
    expected = list(recount.permits(month))
    told = figures.permits
    assert (told.count, told.used, told.legal, told.value, told.median_value) == speed(expected)
    assert sorted((one.days, one.legal) for one in figures.permit_projects) == sorted(expected)


@pytest.mark.parametrize("month", MONTHS)
def test_escalations_by_level_equal_a_replay_of_the_entries(year: LivedYear, recount: Recount, month: str) -> None:
    moves, standing = recount.moves(month), recount.open_escalations(month)
    for line, part in lines_with_places(year.figures(month)):
        for level in line.now.levels:
            for name, move in (("raised", "raise"), ("answered", "answer"), ("lifted", "lift")):
                made = [
                    times
                    for (subject, one, at, place), times in moves.items()
                    if (subject, one, at) == ("escalation", move, level.level) and is_here(line, part, place)
                ]
                assert getattr(level, name) == sum(made), (line.label, level.level, name)
            here = {
                state: sum(
                    times
                    for (at, one, place), times in standing.items()
                    if (at, one) == (level.level, state) and is_here(line, part, place)
                )
                for state in ("raised", "answered", "lifted")
            }
            assert (level.open_raised, level.open_answered, level.open_lifted) == tuple(here.values())
            assert level.open == sum(here.values())


@pytest.mark.parametrize("month", MONTHS)
def test_the_late_list_is_what_is_yellow_or_red_with_its_ledgers(year: LivedYear, recount: Recount, month: str) -> None:
    figures = year.figures(month)
    expected = {}
    for approval_id, state, case, last in recount.standing(month):
        if state in ("accepted", "paused") and case.light(last) in ("yellow", "red"):
            told, days = case.reading(last), recount.ledger(approval_id, month)
            expected[recount.approvals[approval_id]["code"], told["accepted_on"], told["promised"]["due_on"]] = (
                told["legal"]["due_on"],
                told["light"],
                -told["promised"]["left"],
                (days["department"], days["owner"], days["special"]),
            )
    found = {
        (late.code, late.accepted_on.isoformat(), late.promised_due_on.isoformat()): (
            late.legal_due_on.isoformat(),
            late.light,
            late.over_promised,
            astuple(late.days),
        )
        for late in figures.late
    }
    assert found == expected
    assert len(figures.late) == figures.city.now.standing.yellow + figures.city.now.standing.red


@pytest.mark.parametrize("month", MONTHS)
def test_next_months_due_dates_are_all_that_fall_into_it(year: LivedYear, recount: Recount, month: str) -> None:
    figures = year.figures(month)
    coming = after(month)
    expected: Counter[tuple[str, str]] = Counter()
    for approval_id, _, case, last in recount.standing(month):
        told = case.reading(last)
        dates = [part["due_on"] for part in (told["notice"], told["promised"], told["legal"]) if part]
        if any(one.startswith(coming) for one in dates):
            first = min(one for one in dates if one.startswith(coming))
            expected[recount.approvals[approval_id]["code"], first] += 1
    assert Counter((due.code, due.first_due_on.isoformat()) for due in figures.due) == expected
    assert [due.first_due_on for due in figures.due] == sorted(due.first_due_on for due in figures.due)


def after(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


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


def summed(cells: list[Cell]) -> dict[str, int]:
    """All that can be added up."""
    parts = {"moves": ApprovalCounts, "standing": Standing, "decisions": Decisions}
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
