"""The example city's year: the same every time, believable, and nothing in it that the service would refuse."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import Table, select

from approvals.base.database import Database
from approvals.base.errors import Refused
from approvals.base.moments import CITY_ZONE
from approvals.demo.load import is_empty
from approvals.demo.people import DemoPerson, demo_people, demo_units
from approvals.demo.source_data import programme
from approvals.demo.year import Line, city_year
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.registration.lights import WITH_A_LIGHT
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import ESCALATIONS
from approvals.windows.lists import count
from approvals.windows.queries import ApprovalFilter
from tests.support.builders import an_actor, faults
from tests.support.example_city import OPENING, live_through_the_year
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.project import PROJECT
from workflows.charts.request import REQUEST
from workflows.charts.roles import LEVELS, ROLES
from workflows.charts.word import WORD
from workflows.clock.calendar import Calendar, load_calendar
from workflows.clock.lights import LIGHTS
from workflows.config.catalogue import Catalogue, load_catalogue
from workflows.config.city import load_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "workflows" / "data"
ENDS = datetime(2026, 11, 23, 20, 3, tzinfo=CITY_ZONE)
OTHER_ENDS = (
    datetime(2026, 11, 23, 9, 10, tzinfo=CITY_ZONE),
    datetime(2026, 7, 5, 23, 59, 59, tzinfo=CITY_ZONE),  # a Sunday
    datetime(2026, 2, 23, 12, 0, tzinfo=CITY_ZONE),  # the last day of the Spring Festival
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=CITY_ZONE),
)
NAMED = {
    *("owner1", "owner2", "office1", "centre1", "liaison1", "liaison2", "leader1"),
    *("sysadmin1", "secadmin1", "auditor1", "integration1", "finance1"),
    *("county-510402", "county-510403", "county-510411", "county-510421", "county-510422"),
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


def digest(lines: list[Line]) -> str:
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


PRINT_YEAR = """
from tests.demo import test_year as t
from workflows.clock.calendar import load_calendar
text = (t.DATA / "calendar.yaml").read_text(encoding="utf-8")
print(t.digest(t.city_year(t.ENDS, load_calendar(text), t.load_catalogue())))
"""


def test_the_same_arguments_give_the_same_lines(lines: list[Line], calendar: Calendar, catalogue: Catalogue) -> None:
    assert city_year(ENDS, calendar, catalogue) == lines
    assert city_year(ENDS, calendar, catalogue, seed="another") != lines


def test_another_process_gives_the_same_lines(lines: list[Line]) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.run([sys.executable, "-c", PRINT_YEAR], cwd=ROOT, env=environment, capture_output=True)
    assert process.stdout.decode().strip() == digest(lines), process.stderr.decode()


@pytest.mark.soak
@pytest.mark.parametrize("ends_at", OTHER_ENDS, ids=str)
def test_a_year_may_end_on_any_day(ends_at: datetime, sqlite_url: str) -> None:
    live_through_the_year(sqlite_url, ends_at)
    database = Database(sqlite_url)
    assert faults(database) == []
    assert states(database, PROJECTS)["completed"] == 25
    assert set(states(database, PROJECTS)) == set(PROJECT.state_names)
    assert set(states(database, APPROVALS)) == set(APPROVAL.state_names)
    database.close()


def test_before_the_first_whole_year_of_the_calendar_there_is_no_example_city(sqlite_url: str) -> None:
    with pytest.raises(Refused, match="There is none that ends by"):
        live_through_the_year(sqlite_url, datetime(2025, 12, 31, 23, 59, 59, tzinfo=CITY_ZONE))
    database = Database(sqlite_url)
    with database.read() as tx:
        assert is_empty(tx)
    database.close()


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


def test_amounts_end_as_in_the_programme(lines: list[Line]) -> None:
    amounts: dict[str, str] = {}
    for line in lines:
        if "planned_10k_yuan" in line["with"]:
            amounts[line["on"]] = line["with"]["planned_10k_yuan"]
    assert all(amounts[row.ref] == row.planned_10k_yuan for row in programme() if row.ref in amounts)


def test_each_level_has_answered_during_the_year(lines: list[Line]) -> None:
    answered = Counter(line["with"]["level"] for line in lines if "level" in line["with"])
    assert set(answered) == set(LEVELS)
    assert answered[1] > answered[2] > answered[3] > answered[4]


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


@pytest.fixture(scope="module")
def city(example_city: Path) -> Iterator[Database]:
    """The example city after its year; tests only read it."""
    database = Database(f"sqlite:///{example_city}")
    yield database
    database.close()


def states(database: Database, table: Table) -> Counter[str]:
    with database.read() as tx:
        return Counter(tx.execute(select(table.c.state).order_by(table.c.id)).scalars())


def test_the_example_city_holds_every_invariant(city: Database) -> None:
    assert faults(city) == []


def test_every_state_is_occupied_and_every_move_of_people_is_made(city: Database) -> None:
    assert set(states(city, PROJECTS)) == set(PROJECT.state_names)
    assert set(states(city, APPROVALS)) == set(APPROVAL.state_names)
    with city.read() as tx:
        moves = set(tx.execute(select(ENTRY.c.move).distinct().order_by(ENTRY.c.move)).scalars())
    charts = (PROJECT, APPROVAL, REQUEST, WORD, CORRECTION, CARD)
    assert {move.name for chart in charts for move in chart.moves if not move.is_systems} | {"raise_jointly"} <= moves
    assert "deem_accepted" in moves


def test_every_department_has_open_approvals_and_every_light_is_lit(city: Database, catalogue: Catalogue) -> None:
    with city.read() as tx:
        is_open = APPROVALS.c.state.in_(("received", "accepted", "paused"))
        codes = tx.execute(select(APPROVALS.c.code).where(is_open).order_by(APPROVALS.c.id)).scalars().all()
        office, today = an_actor(tx, "office1"), OPENING.date()
        lit = {name: count(tx, office, ApprovalFilter(states=WITH_A_LIGHT, light=name), today=today) for name in LIGHTS}
    assert {catalogue.items[code].department for code in codes} == set(catalogue.departments)
    assert lit["green"] > lit["yellow"] > lit["red"] > 2 and lit["reminder"]


def test_escalations_wait_and_are_answered_at_the_levels(city: Database) -> None:
    with city.read() as tx:
        rows = tx.execute(select(ESCALATIONS.c.level, ESCALATIONS.c.state).order_by(ESCALATIONS.c.id)).all()
    rungs = Counter(map(tuple, rows))
    assert all(rungs[level, "raised"] for level in LEVELS)
    assert all(rungs[level, "answered"] for level in (1, 2, 3))


def test_projects_of_the_programme_stand_as_was_published(city: Database) -> None:
    with city.read() as tx:
        rows = tx.execute(select(PROJECTS.c.external_ref, PROJECTS.c.state).order_by(PROJECTS.c.id)).all()
    ended = dict(map(tuple, rows))
    constructions = [row for row in programme() if row.kind == "construction"]
    services = [row.ref for row in programme() if row.kind == "service"]
    assert {row.ref: ended[row.ref] for row in constructions} == {row.ref: row.ending for row in constructions}
    assert Counter(row.ending for row in constructions) == {"completed": 25, "registered": 37}
    assert Counter(ended.get(ref) for ref in services) == {"diverted": 36, None: 5}
