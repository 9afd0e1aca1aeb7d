"""The example city's year: the same every time, believable, and nothing in it that the service would refuse."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from approvals.base.moments import CITY_ZONE
from approvals.demo.people import DemoPerson, demo_people, demo_units
from approvals.demo.rows import programme
from approvals.demo.year import Line, city_year
from tests.demo.replay import Approval, Replay
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.charts.request import REQUEST
from workflows.charts.roles import LEVELS, ROLES
from workflows.charts.word import WORD
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar, load_calendar
from workflows.config.catalogue import Catalogue, load_catalogue
from workflows.config.city import load_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "workflows" / "data"
ENDS = datetime(2026, 11, 23, 20, 3, tzinfo=CITY_ZONE)
OTHER_ENDS = (
    datetime(2026, 11, 23, 9, 10, tzinfo=CITY_ZONE),
    datetime(2026, 7, 5, 23, 59, 59, tzinfo=CITY_ZONE),  # a Sunday
    datetime(2026, 2, 23, 12, 0, tzinfo=CITY_ZONE),  # the last day of the Spring Festival
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=CITY_ZONE),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=CITY_ZONE),
)
NAMED = {
    *("owner1", "owner2", "office1", "centre1", "liaison1", "liaison2", "leader1"),
    *("sysadmin1", "secadmin1", "auditor1", "integration1"),
}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar((DATA / "calendar.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def people(catalogue: Catalogue) -> dict[str, DemoPerson]:
    return {person.username: person for person in demo_people(catalogue)}


@pytest.fixture(scope="module")
def lines(calendar: Calendar, catalogue: Catalogue) -> list[Line]:
    return city_year(ENDS, calendar, catalogue)


@pytest.fixture(scope="module")
def played(lines: list[Line], calendar: Calendar, catalogue: Catalogue, people: dict[str, DemoPerson]) -> Replay:
    return Replay(calendar, catalogue, people).play(lines, ENDS.date())


def digest(lines: list[Line]) -> str:
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


PRINT_YEAR = """
from tests.demo import test_year as t
from workflows.clock.calendar import load_calendar
text = (t.DATA / "calendar.yaml").read_text(encoding="utf-8")
print(t.digest(t.city_year(t.ENDS, load_calendar(text), t.load_catalogue())))
"""


def approvals_of(played: Replay) -> Iterator[tuple[str, Approval]]:
    for ref, project in played.projects.items():
        yield from ((f"{ref}/{code}", approval) for code, approval in project.approvals.items())


def test_the_same_arguments_give_the_same_lines(lines: list[Line], calendar: Calendar, catalogue: Catalogue) -> None:
    assert city_year(ENDS, calendar, catalogue) == lines
    assert city_year(ENDS, calendar, catalogue, seed="another") != lines


def test_another_process_gives_the_same_lines(lines: list[Line]) -> None:
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        told = subprocess.run([sys.executable, "-c", PRINT_YEAR], cwd=ROOT, env=environment, capture_output=True)
        assert told.stdout.decode().strip() == digest(lines), told.stderr.decode()


def test_no_line_is_out_of_order_by_chart_clock_and_ladder(played: Replay) -> None:
    assert played.faults == []


@pytest.mark.parametrize("ends_at", OTHER_ENDS, ids=str)
def test_a_year_may_end_on_any_day(
    ends_at: datetime, calendar: Calendar, catalogue: Catalogue, people: dict[str, DemoPerson]
) -> None:
    lines = city_year(ends_at, calendar, catalogue)
    played = Replay(calendar, catalogue, people).play(lines, ends_at.date())
    assert played.faults == []
    assert datetime.fromisoformat(lines[-1]["at"]) <= ends_at
    assert Counter(project.state for project in played.projects.values())["completed"] == 25
    assert {project.state for project in played.projects.values()} == set(PROJECT.state_names)
    assert {approval.state for _, approval in approvals_of(played)} == set(APPROVAL.state_names)


def test_lines_are_in_order_of_time_and_lie_within_the_year(lines: list[Line]) -> None:
    times = [datetime.fromisoformat(line["at"]) for line in lines]
    assert times == sorted(times)
    assert ENDS - timedelta(days=365) <= times[0] < ENDS - timedelta(days=330)
    assert ENDS - timedelta(days=4) < times[-1] <= ENDS
    assert all(time.utcoffset() == timedelta(hours=8) for time in times)


def test_two_lines_of_a_project_are_a_minute_apart_and_none_is_at_midnight(lines: list[Line]) -> None:
    times = defaultdict(list)
    for line in lines:
        times[line["on"].partition("/")[0]].append(datetime.fromisoformat(line["at"]))
    for moments in times.values():
        assert all(after - before >= timedelta(minutes=1) for before, after in pairwise(moments))
        assert all((moment.hour, moment.minute) != (0, 0) for moment in moments)


def test_most_lines_happen_in_office_hours_on_working_days(lines: list[Line], calendar: Calendar) -> None:
    times = [datetime.fromisoformat(line["at"]) for line in lines]
    assert all(calendar.is_working_day(time.date()) for time in times)
    assert mean(9 <= time.hour < 18 for time in times) > 0.95


def test_ids_are_unique_and_every_line_has_the_fields_of_the_feed(lines: list[Line]) -> None:
    assert len({line["id"] for line in lines}) == len(lines)
    assert all(list(line) == ["id", "at", "by", "move", "on", "with"] for line in lines)


PARTS = (("/requests", REQUEST), ("/cards/", CARD), ("/words/", WORD))


def _chart_of(on: str, move: str) -> Chart:
    if move in {correcting.name for correcting in CORRECTION.moves}:
        return CORRECTION
    if on.startswith("orders"):
        return ORDER
    found = next((chart for part, chart in PARTS if part in on), None)
    return found or (APPROVAL if "/" in on else PROJECT)


def test_lines_bring_what_their_moves_need_and_nothing_else(lines: list[Line]) -> None:
    for line in lines:
        if line["move"] != "answer" or "/requests/" in line["on"]:
            chart = ESCALATION if line["move"] == "raise_jointly" else _chart_of(line["on"], line["move"])
            needs = chart.move(line["move"]).needs
            assert set(line["with"]) <= {need.name for need in needs}, line
            assert set(line["with"]) >= {need.name for need in needs if need.required}, line


def test_the_construction_items_of_the_programme_stand_as_was_published(played: Replay) -> None:
    for row in programme():
        if row.kind == "construction":
            assert played.projects[row.ref].state == row.ending, row
    constructions = [row for row in programme() if row.kind == "construction"]
    assert Counter(row.ending for row in constructions) == {"completed": 25, "registered": 37}


def test_filed_service_items_are_diverted_to_the_ledger(played: Replay) -> None:
    services = [row.ref for row in programme() if row.kind == "service"]
    filed = [ref for ref in services if ref in played.projects]
    assert len(services) == 41
    assert len(filed) == 36
    assert {played.projects[ref].state for ref in filed} == {"diverted"}


def test_amounts_end_as_in_the_programme(lines: list[Line]) -> None:
    amounts: dict[str, str] = {}
    for line in lines:
        if "planned_10k_yuan" in line["with"]:
            amounts[line["on"]] = line["with"]["planned_10k_yuan"]
    assert all(amounts[row.ref] == row.planned_10k_yuan for row in programme() if row.ref in amounts)


def test_completed_projects_took_half_a_year_to_eleven_months(lines: list[Line], played: Replay) -> None:
    drafted = {line["on"]: datetime.fromisoformat(line["at"]).date() for line in lines if line["move"] == "draft"}
    took = [(p.completed_on - drafted[ref]).days for ref, p in played.projects.items() if p.completed_on]
    assert len(took) == 25
    assert min(took) >= 180
    assert max(took) <= 335


def test_the_year_has_about_nine_thousand_moves_and_most_of_them_in_spring(lines: list[Line], played: Replay) -> None:
    assert 8_500 <= played.moves <= 9_600
    months = Counter(line["at"][:7] for line in lines)
    spring = sum(months[month] for month in ("2026-03", "2026-04", "2026-05"))
    assert spring > max(
        sum(months[month] for month in ("2025-12", "2026-01", "2026-02")),
        sum(months[month] for month in ("2026-06", "2026-07", "2026-08")),
        sum(months[month] for month in ("2026-09", "2026-10", "2026-11")),
    )


def test_every_state_is_occupied_at_the_end(played: Replay) -> None:
    assert {project.state for project in played.projects.values()} == set(PROJECT.state_names)
    assert {approval.state for _, approval in approvals_of(played)} == set(APPROVAL.state_names)
    assert Counter(project.state for project in played.projects.values())["filed"] >= 5


def test_every_move_is_made(lines: list[Line], played: Replay) -> None:
    made = {line["move"] for line in lines}
    charts = (PROJECT, APPROVAL, REQUEST, WORD, CORRECTION)
    by_people = {move.name for chart in charts for move in chart.moves if not move.is_systems}
    by_people |= {"raise_jointly"} | {move.name for move in CARD.moves if not move.is_systems}
    assert by_people <= made
    assert any(step.move == "deem_accepted" for _, approval in approvals_of(played) for step in approval.steps)


def test_every_department_has_open_approvals_at_the_end(played: Replay, catalogue: Catalogue) -> None:
    desks = Counter(a.item.department for _, a in approvals_of(played) if a.state in ("received", "accepted", "paused"))
    assert set(desks) == set(catalogue.departments)


def test_every_light_is_lit_and_something_is_due_today(played: Replay, calendar: Calendar) -> None:
    lit = played.lights(ENDS.date())
    lights = Counter(light for _, light in lit)
    assert set(lights) == {"green", "reminder", "yellow", "red"}
    assert lights["green"] > lights["yellow"] > lights["red"] > 2
    due = [read(a.steps, a.limits, calendar, ENDS.date()).promised.due_on for a, _ in lit]
    assert ENDS.date() in due


def test_escalations_wait_and_are_answered_at_the_levels(played: Replay) -> None:
    rungs = Counter(
        (rung.level, rung.state) for _, approval in approvals_of(played) for rung in approval.rungs.values()
    )
    assert all(rungs[level, "raised"] for level in LEVELS)
    assert all(rungs[level, "answered"] for level in (1, 2, 3))


def test_each_level_has_answered_during_the_year(lines: list[Line]) -> None:
    answered = Counter(line["with"]["level"] for line in lines if "level" in line["with"])
    assert set(answered) == set(LEVELS)
    assert answered[1] > answered[2] > answered[3] > answered[4]


def test_few_decisions_are_late_and_the_speed_up_is_believable(played: Replay, calendar: Calendar) -> None:
    readings = [reading for _, reading in played.decided]
    late = mean(reading.promised.left < 0 for reading in readings)
    late_by_law = mean(reading.legal.left < 0 for reading in readings)
    limits = [
        calendar.working_days_between(reading.accepted_on, reading.accepted_on + timedelta(days=item.legal))
        if item.legal_unit == "calendar_days"
        else item.legal
        for item, reading in played.decided
    ]
    assert 0.04 <= late <= 0.07
    assert 0.005 <= late_by_law <= 0.02
    assert 0.6 <= 1 - sum(reading.used for reading in readings) / sum(limits) <= 0.75


def test_documents_are_numbered_without_gaps(lines: list[Line]) -> None:
    numbers = [line["with"]["document_no"] for line in lines if line["move"] == "grant"]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"[\w〔〕（）]+", number) for number in numbers)
    proposals = [number for number in numbers if number.startswith("攀发改审〔2026〕")]
    assert proposals == [f"攀发改审〔2026〕{n}号" for n in range(1, len(proposals) + 1)]


def test_people_are_those_of_the_design(people: dict[str, DemoPerson], catalogue: Catalogue) -> None:
    windows = {
        f"{post}-{catalogue.first_code(d).lower()}" for d in catalogue.departments for post in ("window", "head")
    }
    assert set(people) == windows | NAMED | {f"owner{n}" for n in range(3, 11)}
    assert {person.role for person in people.values()} == set(ROLES)
    assert people["owner1"].unit == "市教育局"
    assert people["owner2"].unit == "市住房城乡建设局"


def test_people_belong_to_units_and_cannot_be_called(people: dict[str, DemoPerson], catalogue: Catalogue) -> None:
    units = {unit.name: unit for unit in demo_units(catalogue)}
    assert all(person.unit in units for person in people.values())
    assert all(unit.name_en for unit in units.values())
    assert len({person.name for person in people.values()}) == len(people)
    assert all(re.fullmatch(r"0812-0\d{6}", person.phone) for person in people.values())
    assert all(person.email.endswith("@example.com") for person in people.values())


def test_names_of_the_programme_are_those_of_the_city(lines: list[Line]) -> None:
    drafted = [line["with"] for line in lines if line["move"] == "draft"]
    assert {draft["category"] for draft in drafted} == set(load_city().categories)
    assert {draft["county"] for draft in drafted} == set(load_city().counties)
    assert len(programme()) == 103


def test_owners_need_days_to_hand_in_what_is_ready(played: Replay, calendar: Calendar) -> None:
    waits: list[int] = []
    for _, approval in approvals_of(played):
        days: dict[str, date] = {step.move: step.on for step in approval.steps[:2]}
        if set(days) == {"open", "submit"}:
            waits.append(calendar.working_days_between(days["open"], days["submit"]))
    assert min(waits) >= 1
    assert mean(waits) > 2
