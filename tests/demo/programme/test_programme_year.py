"""The example city's programme lives through entries, and as of 30 November comes out at what was published."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.moments import CITY_ZONE
from approvals.casefile.programme.last_year import change_on_last_year
from approvals.demo.programme.funds import shares
from approvals.demo.programme.year import programme_year
from approvals.demo.source_data import DATA, programme, year_totals
from approvals.demo.year import SEED, Line, city_year
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.imports.feed import Feed
from approvals.programme.queries import ITEMS
from approvals.programme.worklist import missing_entries, months_of_year
from approvals.projects.programme_figures import year_facts, year_figures
from tests.support.builders import an_actor, faults
from tests.support.example_city import OPENING
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY as MONTHLY_ENTRY
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_year import PROGRAMME
from workflows.clock.calendar import Calendar, load_calendar
from workflows.config import DATA as CITY_DATA
from workflows.config.catalogue import load_catalogue
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight
from workflows.rules.programme_figures import aggregate
from workflows.rules.programme_summary import ProgrammeFigures

PUBLISHED = datetime(2026, 11, 30, 23, 0, tzinfo=CITY_ZONE)
AS_PUBLISHED = Sight(PUBLISHED.date(), PUBLISHED.date())
CHARTS = (ITEM, MONTHLY_ENTRY, PROGRAMME, PROBLEM)
# `begin` is the system's, at the first entry; after use is asked in the year that follows.
NOT_LIVED = {"begin", "hand_over", "drop", "decline_amendment", "state_in_use", "remind"}
OTHER_ENDS = ("2025-12-31T20:00", "2026-01-09T12:00", "2026-02-23T12:00", "2026-07-05T23:59", "2026-12-31T20:00")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar((CITY_DATA / "calendar.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def street(calendar: Calendar) -> list[Line]:
    return city_year(OPENING, calendar, load_catalogue())


@pytest.fixture(scope="module")
def lines(street: list[Line], calendar: Calendar) -> list[Line]:
    """The programme's lines up to the day of which figures were published."""
    return programme_year(street, calendar, PUBLISHED, SEED)


@pytest.fixture(scope="module")
def city(example_city: Path, lines: list[Line], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The example city, whose programme goes on to 30 November."""
    path = shutil.copy(example_city, tmp_path_factory.mktemp("programme") / "city.db")
    database = Database(f"sqlite:///{path}")
    later = [orjson.dumps(line) for line in lines if datetime.fromisoformat(line["at"]) > OPENING]
    outcomes = list(Feed(database, lambda: PUBLISHED).take(later))
    assert [outcome for outcome in outcomes if outcome.problem] == []
    yield database
    database.close()


@pytest.fixture(scope="module")
def figures(city: Database) -> ProgrammeFigures:
    with city.read() as tx:
        return year_figures(tx, 2026, the_office(tx), AS_PUBLISHED, ProgrammeRules())


def the_office(tx) -> Actor:  # type: ignore[no-untyped-def]
    return an_actor(tx, "office1")


def test_items_and_practical_matters_stand_as_was_published(figures: ProgrammeFigures) -> None:
    totals = year_totals()
    items, matters = totals["items"], totals["practical_matters"]
    counts = figures.items
    assert (counts.all, counts.done) == (items["all"], items["completed"]) == (103, 65)
    assert (counts.under_way, counts.suspended) == (items["under_way"], items["suspended"]) == (37, 1)
    assert figures.practical_matters == (matters["all"], matters["completed"]) == (29, 26)
    assert len(figures.by_category) == items["categories"]


def test_money_comes_out_at_what_was_published(figures: ProgrammeFigures) -> None:
    money = figures.money
    assert (money.planned, money.paid) == (Decimal(392000), Decimal(360000))
    assert money.execution_rate == Decimal("0.9184")
    assert money.paid < money.received < money.allocated < money.planned


def test_changes_on_last_year_are_those_that_were_published(city: Database, figures: ProgrammeFigures) -> None:
    with city.read() as tx:
        change = change_on_last_year(tx, figures)
    assert change is not None and change.source
    assert change.planned.rate == Decimal("0.0950")
    assert (change.fiscal.amount, change.fiscal.rate) == (Decimal(32000), Decimal("0.1739"))


def test_quantities_come_out_at_what_was_published(city: Database) -> None:
    with city.read() as tx:
        items = {item.item_no: item for item in year_facts(tx, 2026, the_office(tx)).values()}
    with (DATA / "indicators.csv").open(encoding="utf-8") as file:
        published = {(r["item_no"], r["indicator"]): r["actual_end_november"] for r in csv.DictReader(file)}
    reached = {}
    for item_no, name in published:
        targets = [t for task in items[item_no].tasks for t in task.targets if t.indicator == name]
        reached[item_no, name] = f"{aggregate(targets, AS_PUBLISHED):f}".rstrip("0").rstrip(".")
    assert {key: value.rstrip("0").rstrip(".") for key, value in published.items()} == reached


def test_money_of_each_item_is_what_was_published(city: Database) -> None:
    with city.read() as tx:
        items = {item.item_no: item for item in year_facts(tx, 2026, the_office(tx)).values()}
    for row in programme():
        latest = [AS_PUBLISHED.latest(line.money) for line in items[row.item_no].lines]
        assert sum(money.paid for money in latest if money) == Decimal(row.executed_10k_yuan), row.item_no
        assert sum(line.planned for line in items[row.item_no].lines) == Decimal(row.planned_10k_yuan)


def test_the_suspended_item_waits_for_a_national_policy(city: Database) -> None:
    with city.read() as tx:
        states = dict(map(tuple, tx.execute(select(ITEMS.c.item_no, ITEMS.c.state).order_by(ITEMS.c.item_no))))
        suspended = select(ENTRY.c.facts).where(ENTRY.c.subject == "item", ENTRY.c.move == "suspend")
        causes = [orjson.loads(facts)["cause"] for facts in tx.execute(suspended.order_by(ENTRY.c.id)).scalars()]
    assert [item_no for item_no, state in states.items() if state == "suspended"] == ["039"]
    assert "policy" in causes


def test_entries_come_late_and_are_missing_but_figures_of_the_month_are_there(figures: ProgrammeFigures) -> None:
    entries, coverage = figures.entries, figures.coverage
    assert entries.missing > 10 and entries.reported - entries.on_time > 10
    assert coverage.current > 0.9 * coverage.expected and coverage.older and not coverage.none
    assert figures.items.behind and figures.items.will_be_late and figures.nodes.late and figures.nodes.met_late


def test_months_of_the_year_miss_what_its_figures_miss(city: Database, figures: ProgrammeFigures) -> None:
    """Also of items that are done since."""
    with city.read() as tx:
        months = months_of_year(tx, 2026, PUBLISHED)
        listed = [len(missing_entries(tx, 2026, f"{month.month:%Y-%m}", PUBLISHED)) for month in months]
    assert sum(month.missing for month in months) == figures.entries.missing
    assert sum(month.due for month in months) >= figures.entries.due
    assert listed == [month.missing + month.sent_back for month in months]


def test_a_past_day_reads_as_it_did_then(city: Database) -> None:
    """What was confirmed or amended later appears in the figures of May only to those who know of it."""
    with city.read() as tx:
        office, on = the_office(tx), date(2026, 5, 31)
        then = year_figures(tx, 2026, office, Sight(on, on), ProgrammeRules())
        now = year_figures(tx, 2026, office, Sight(on, PUBLISHED.date()), ProgrammeRules())
    assert then.items.all == now.items.all
    assert then.money.paid < now.money.paid and then.entries.missing > now.entries.missing


def test_almost_every_move_of_the_programme_is_made(lines: list[Line]) -> None:
    moves = {move.name for chart in CHARTS for move in chart.moves if not move.is_systems}
    assert moves - {line["move"] for line in lines} <= NOT_LIVED | {"close"}
    counts = Counter((line["move"]) for line in lines)
    assert (counts["confirm_replan"], counts["refuse_replan"]) == (2, 1)
    assert counts["confirm_days"] > 10 and counts["decline_days"] >= 1
    assert counts["send_back"] > 10 and counts["amend_entry"] > 5 and counts["open_exception"] == 1


def test_diverted_services_are_linked_with_their_items(city: Database) -> None:
    with city.read() as tx:
        diverted = select(PROJECTS.c.item_no).where(PROJECTS.c.state == "diverted").order_by(PROJECTS.c.id)
        linked = tx.execute(diverted).scalars().all()
        items = dict(map(tuple, tx.execute(select(ITEMS.c.item_no, ITEMS.c.year).order_by(ITEMS.c.item_no))))
    assert sorted(items) == [f"{number:03}" for number in range(1, 104)] and set(items.values()) == {2026}
    assert len(linked) == 36 and set(linked) <= set(items)


def test_the_history_of_the_programme_verifies(city: Database) -> None:
    assert faults(city) == []


def test_the_same_arguments_give_the_same_lines_of_the_programme(
    lines: list[Line], street: list[Line], calendar: Calendar
) -> None:
    assert programme_year(street, calendar, PUBLISHED, SEED) == lines
    assert programme_year(street, calendar, PUBLISHED, "another") != lines
    assert len({line["id"] for line in (*street, *lines)}) == len(street) + len(lines)
    earlier = programme_year(street, calendar, OPENING, SEED)
    assert lines[: len(earlier)] == earlier and len(earlier) < len(lines)


@pytest.mark.parametrize("ends_at", OTHER_ENDS)
def test_a_year_that_ends_on_another_day_has_its_entries_up_to_then(ends_at: str, calendar: Calendar) -> None:
    end = datetime.fromisoformat(ends_at).replace(tzinfo=CITY_ZONE)
    lines = programme_year(city_year(end, calendar, load_catalogue()), calendar, end, SEED)
    times = [datetime.fromisoformat(line["at"]) for line in lines]
    assert times == sorted(times) and times[-1] <= end
    assert all(calendar.is_working_day(time.date()) and 9 <= time.hour < 18 for time in times)
    assert {line["on"].split("/")[1] for line in lines} == {str(end.year)}
    for _on, group in groupby(sorted(lines, key=lambda line: line["on"]), key=lambda line: line["on"]):
        moments = [line["at"] for line in group]
        assert len(set(moments)) == len(moments)


def test_parts_add_up_to_the_whole() -> None:
    assert shares(Decimal("100.00"), [1, 1, 1]) == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert sum(shares(Decimal("5.76"), [7, 3, 5, 11])) == Decimal("5.76")
