"""The whole example year by months: the figures equal an independent count, their lists, and the queues of the day."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby, pairwise

import orjson
import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.moments import start_of
from approvals.demo.absences import enter_leaves, stand_in
from approvals.demo.liaisons import enter_roster
from approvals.demo.liaisons import live_through as keep_logs
from approvals.demo.year import Line, city_year
from approvals.imports.feed import Feed
from approvals.registration.lights import WITH_A_LIGHT
from approvals.reports.document.figure_lines import FIGURES, line_page, lines_by_split
from approvals.reports.figures.aggregate import Aggregate, Bag
from approvals.reports.figures.aggregate import cell as cell_of
from approvals.reports.figures.case_items import CaseItems
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.model import Figures, LightCounts
from approvals.reports.periods import read_month
from approvals.supervision.sweep import sweep
from approvals.windows.lists import approvals, count
from approvals.windows.queries import ApprovalFilter
from tests.reports.conftest import ENDS
from tests.support.board_counts import board_counts
from tests.support.builders import a_database, an_actor
from tests.support.extent import SOAK
from tests.support.figures.checks import CHECKS, after, cases_in, lines_with_places, tallied, with_other_lists
from tests.support.figures.recount import Recount
from workflows.clock.calendar import load_calendar
from workflows.clock.lights import LIGHTS
from workflows.config import DATA
from workflows.config.catalogue import load_catalogue

FIRST, LAST = "2025-12", "2026-11"
YEAR = [f"{2025 + number // 12}-{number % 12 + 1:02d}" for number in range(11, 23)]  # FIRST to LAST
OVER = YEAR[:-1]  # months that ended within the year that was lived through
NOTHING = cell_of(Bag())
BEFORE_ACCEPTANCE = ("received", "correcting", "ready")


@dataclass(frozen=True, repr=False)  # a failed test would write all of it out
class WholeYear:
    """The figures of each month compiled at the end of the year, and the queues as they stood at each month's end."""

    figures: dict[str, Figures]
    tallies: dict[str, Aggregate]
    cases: dict[str, CaseItems]
    queues: dict[str, dict[str, int]]
    pages: dict[str, dict[str, int]]
    boards: dict[str, dict[str, int]]
    recount: Recount


@pytest.fixture(scope="module")
def whole(make_database) -> Iterator[WholeYear]:  # type: ignore[no-untyped-def]
    database = a_database(make_database("sqlite"))
    queues, pages, boards = live_the_year(database)
    with database.read() as tx:
        figures = {month: compile_month(tx, month) for month in YEAR}
        tallies = {month: tallied(tx, month) for month in YEAR}
        cases = {month: cases_in(tx, month) for month in YEAR}
        yield WholeYear(figures, tallies, cases, queues, pages, boards, Recount(tx))
    database.close()


def live_the_year(database: Database) -> tuple[dict[str, dict[str, int]], ...]:
    """As the example city does it; on the way, when a month is over, what the queues count."""
    calendar = load_calendar((DATA / "calendar.yaml").read_text(encoding="utf-8"))
    lines = [line for line in stand_in(city_year(ENDS, calendar, load_catalogue()), ENDS.date()) if takes_part(line)]
    feed, taken = Feed(database, lambda: ENDS), ({}, {}, {})
    with database.write() as tx:
        enter_roster(tx, date(2025, 11, 23), ENDS.date(), ENDS)
    month = FIRST
    for day, group in groupby(lines, key=lambda line: line["at"][:10]):
        while month in OVER and day[:7] > month:
            look_around(database, month, taken)
            month = after(month)
        on = date.fromisoformat(day)
        sweep(database, start_of(on), lambda: ENDS, keep=False)
        with database.write() as tx:
            enter_leaves(tx, on, ENDS.date())
        refused = [outcome for outcome in feed.take(orjson.dumps(line) for line in group) if outcome.problem]
        assert refused == []
        with database.write() as tx:
            keep_logs(tx, on, ENDS)
    sweep(database, ENDS, lambda: ENDS)
    return taken


def takes_part(line: Line) -> bool:
    """Every line in a soak, else those of every fourth project."""
    return SOAK or (not line["on"].startswith("orders") and int(line["on"].partition("/")[0][-3:]) % 4 == 1)


def look_around(database: Database, month: str, taken: tuple[dict[str, dict[str, int]], ...]) -> None:
    """What the queue, its pages (those of `GET /approvals?light=` too) and the board count at the end of this month."""
    period = read_month(month)
    sweep(database, period.ends_at, lambda: ENDS, keep=False)
    queues, pages, boards = taken
    with database.read() as tx:
        queues[month] = {light: of_queue(tx, light, period.last_on) for light in LIGHTS}
        queues[month] |= {state: of_queue(tx, None, period.last_on, state) for state in (*BEFORE_ACCEPTANCE, "paused")}
        pages[month] = {light: on_pages(tx, light, period.last_on) for light in LIGHTS}
        board = board_counts(tx, period.last_on)
        boards[month] = {name: board[name] for name in (*LIGHTS, *BEFORE_ACCEPTANCE)}


def of_queue(tx: Connection, light: str | None, today: date, *states: str) -> int:
    filters = ApprovalFilter(states=states or WITH_A_LIGHT, light=light)
    return count(tx, an_actor(tx, "office1"), filters, today=today)


def on_pages(tx: Connection, light: str, today: date) -> int:
    total, cursor, office = 0, "", an_actor(tx, "office1")
    filters = ApprovalFilter(states=WITH_A_LIGHT, light=light)
    while True:
        page = approvals(tx, office, filters, today=today, cursor=cursor)
        total, cursor = total + len(page.rows), page.next_cursor or ""
        if not cursor:
            return total


@pytest.mark.parametrize("month", YEAR)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_figures_of_each_month_equal_a_count_of_the_raw_entries(
    whole: WholeYear, month: str, check: Callable[[Figures, Recount, str], None]
) -> None:
    check(whole.figures[month], whole.recount, month)


@pytest.mark.parametrize("month", YEAR)
def test_each_figure_of_each_line_is_the_length_of_its_list(whole: WholeYear, month: str) -> None:
    figures = whole.figures[month]
    assert with_other_lists(figures, whole.tallies[month], whole.cases[month]) == []
    lines = [(split, line.key or "-") for split, lines in lines_by_split(figures).items() for line in lines]
    names = {figure.name for split, key in lines for figure in line_page(figures, split, key).figures}
    assert names == set(FIGURES)


@pytest.mark.parametrize("month", OVER)
def test_what_is_open_at_a_months_end_is_what_the_queues_counted_on_that_day(whole: WholeYear, month: str) -> None:
    counts = whole.figures[month].city.now.standing
    lights = {light: getattr(counts, light) for light in LIGHTS}
    waiting = {name: getattr(counts, name) for name in BEFORE_ACCEPTANCE}
    assert whole.queues[month] == lights | waiting | {"paused": counts.paused}
    assert whole.pages[month] == lights
    assert whole.boards[month] == lights | waiting


@pytest.mark.soak
def test_the_year_has_something_of_everything(whole: WholeYear) -> None:
    """Else a count of nothing would equal nothing."""
    months = whole.figures.values()
    for light in fields(LightCounts):
        assert any(getattr(figures.city.now.standing, light.name) for figures in months), light.name
    totals = Counter[str]()
    for figures in months:
        totals.update({figure.name: figure.now for figure in line_page(figures, "city", "city").figures})
    never = {name for name, number in totals.items() if not number}
    assert never <= NEVER, never - NEVER
    assert any(figures.joint and figures.permit_projects for figures in months)


# What the example year has nothing of: no level is above the fourth, and its orders are issued by the offices alone.
NEVER = {
    "levels.4.lifted",
    "levels.4.open_lifted",
    "levels.4.open_answered",
    "orders.instructed",
    "orders.open_sent_back",
}


def test_the_months_follow_each_other(whole: WholeYear) -> None:
    for earlier, later in pairwise(YEAR):
        before, now = whole.figures[earlier], whole.figures[later]
        assert now.orders.city_before == before.orders.city
        assert now.oversight.cards_before == before.oversight.cards
        assert now.oversight.service_before == before.oversight.service
        assert now.projects.before == before.projects.now
        assert now.permits_before == before.permits
        of_before = {(part, line.key): line.now for line, part in lines_with_places(before)}
        of_now = {(part, line.key): line.before for line, part in lines_with_places(now)}
        for key, cell in of_before.items():  # who had no open case in both months has no line
            assert of_now.get(key, NOTHING) == cell, key


@pytest.mark.parametrize("month", OVER)
def test_the_course_of_a_year_is_what_its_months_say(whole: WholeYear, month: str) -> None:
    trend = next(trend_month for trend_month in whole.figures[LAST].course if trend_month.month == month)
    figures = whole.figures[month]
    assert (trend.granted, trend.accepted) == (figures.city.now.moves.granted, figures.city.now.moves.accepted)
    assert (trend.registered, trend.completed) == (figures.projects.now.registered, figures.projects.now.completed)
