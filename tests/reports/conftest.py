"""A third of the example city's year, lived through once on each engine."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

import orjson
import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.base.moments import CITY_ZONE, start_of
from approvals.demo.year import Line, city_year
from approvals.imports.feed import Feed
from approvals.pdf import process
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.model import Figures
from approvals.supervision.sweep import sweep
from approvals.web.public import verification as verify_routes
from tests.support.builders import a_database
from tests.support.figures.recount import Recount
from tests.support.pages import Visitor
from workflows.clock.calendar import load_calendar
from workflows.config import DATA
from workflows.config.catalogue import load_catalogue

_watched: list[list[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork"):
        for seen in _watched:
            seen.append(f"{event} {arguments[:2]}")


sys.addaudithook(_watch)

ENDS = datetime(2026, 11, 23, 20, 3, tzinfo=CITY_ZONE)
ON_THE_WAY = date(2026, 7, 1)  # when June is compiled for the first time
MONTHS = ("2026-02", "2026-06", "2026-07", "2026-09", "2026-10")


def compiled(database: Database, month: str) -> Figures:
    with database.read() as tx:
        return compile_month(tx, month)


@dataclass(frozen=True, repr=False)
class LivedYear:
    """A loaded city, the lines it was fed with, and June as it was compiled on the first of July."""

    database: Database
    lines: list[Line]
    june: Figures
    known: dict[str, Figures] = field(default_factory=dict)

    def figures(self, month: str) -> Figures:
        """The figures of this month, compiled when they are first asked for."""
        if month not in self.known:
            self.known[month] = self.compiled(month)
        return self.known[month]

    def compiled(self, month: str) -> Figures:
        """The same, compiled anew."""
        return compiled(self.database, month)


def some_lines() -> list[Line]:
    """The lines of every third project."""
    calendar = load_calendar((DATA / "calendar.yaml").read_text(encoding="utf-8"))
    lines = city_year(ENDS, calendar, load_catalogue())
    projects = [line for line in lines if not line["on"].startswith("orders")]
    return [line for line in projects if int(line["on"].partition("/")[0][-3:]) % 3 == 2]


def live_through(database: Database, lines: list[Line]) -> Figures:
    """Feed the lines day by day after each morning's sweep; the figures of June on the way."""
    june: list[Figures] = []
    feed = Feed(database, lambda: ENDS)
    for day, group in groupby(lines, key=lambda line: line["at"][:10]):
        on = date.fromisoformat(day)
        sweep(database, start_of(on), lambda: ENDS, keep=False)
        if on >= ON_THE_WAY and not june:
            june.append(compiled(database, "2026-06"))
        refused = [outcome for outcome in feed.take(orjson.dumps(line) for line in group) if outcome.problem]
        assert refused == []
    sweep(database, ENDS, lambda: ENDS)
    return june[0]


def a_lived_year(url: str) -> Iterator[LivedYear]:
    database = a_database(url)
    lines = some_lines()
    yield LivedYear(database, lines, live_through(database, lines))
    database.close()


@pytest.fixture(scope="session")
def sqlite_year(make_database: Any) -> Iterator[LivedYear]:
    yield from a_lived_year(make_database("sqlite"))


@pytest.fixture(scope="session")
def postgresql_year(make_database: Any) -> Iterator[LivedYear]:
    yield from a_lived_year(make_database("postgresql"))


@pytest.fixture(scope="session", params=("sqlite", "postgresql"))
def year(request: pytest.FixtureRequest) -> LivedYear:
    lived: LivedYear = request.getfixturevalue(f"{request.param}_year")
    return lived


@pytest.fixture(scope="session")
def recount(year: LivedYear) -> Recount:
    with year.database.read() as tx:
        return Recount(tx)


@pytest.fixture
def anybody(app: OpenAPI) -> Visitor:
    """Somebody who has not signed in, and is about to verify a paper."""
    verify_routes.PACE.forget()
    visitor = Visitor(app)
    visitor.get("/verify")
    return visitor


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[process._Child]]:
    """The renderers of a worker, none of which is warm yet."""
    children: list[process._Child] = []
    monkeypatch.setattr(process, "_idle", children)
    yield children
    for child in children:
        child.end()


@pytest.fixture
def processes(idle: list[process._Child]) -> Iterator[list[str]]:
    """The processes that this one starts."""
    seen: list[str] = []
    _watched.append(seen)
    yield seen
    _watched.remove(seen)
