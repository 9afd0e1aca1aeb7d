"""The pages with lists in a grown city: each asks as often as in a small one, and finds all by an index."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.database import Database
from approvals.filing.queries import TABLE as PROJECTS
from approvals.http.application import KEY
from approvals.registration.queries import APPROVALS
from tests.conftest import MakeDatabase
from tests.support.builders import NOW, faults, window
from tests.support.grown_city import TODAY, grow
from tests.support.pages import Visitor, an_app, give_password, somebody
from tests.support.sql_recorder import Statement, recorded

FEW, MANY = 500, 2400  # approvals; in the smaller city, too, a page is full
BIG = ("approvals", "siblings", "history_entries", "history_chains", "projects", "notices", "escalations")
PAGES = {  # who opens it, and how often it may ask at most; editions of the catalogue are one statement
    "/": ("office1", 12),
    "/windows": (window("A01"), 16),
    "/windows?state=decided": (window("A01"), 15),
    "/windows?search=小学": (window("A01"), 18),
    "/windows?state=accepted": ("office1", 17),
    "/approvals/{ref}/A01": (window("A01"), 15),
    "/approvals/{ref}/A01/clock": (window("A01"), 8),
    "/projects": ("owner1", 10),
    "/projects/{ref}": ("owner1", 32),
    "/casefiles": ("office1", 12),
    "/casefiles?search=小学": ("office1", 15),
    "/casefiles?late=yes": ("office1", 12),
    "/casefiles?lapsing=yes": ("office1", 12),
    "/search?q=小学": ("office1", 24),
    "/search?q=小学&kind=approval": (window("A01"), 12),  # of all kinds it is a matter of chance which it finds
    "/board": ("office1", 12),
    "/board?by=project": ("office1", 11),
    "/board?by=stage&county=东区": ("office1", 11),
    "/board?by=office": ("office1", 29),
    "/board/approvals?light=red": ("office1", 14),
    "/day": ("liaison1", 12),
    "/ledger": ("office1", 20),
    "/reports": ("office1", 13),
    "/reports/monthly/2021-06": ("office1", 86),
    "/casefiles/{ref}": ("office1", 29),
    "/triage": ("office1", 12),
    "/notices": ("owner1", 9),
    "/escalations": ("centre1", 15),
}
# A part of a name is looked for in all names; a report bears a hash over the ends of all chains.
READS_ALL = {page for page in PAGES if "search" in page} | {"/reports/monthly/2021-06"}
BY_INDEX = [page for page in PAGES if page not in READS_ALL]


@dataclass(frozen=True, slots=True)
class City:
    app: OpenAPI
    database: Database
    ref: str  # a project of owner1 whose first approval is accepted
    visitors: dict[str, Visitor]
    noted: list[Statement]

    def statements(self, page: str) -> list[Statement]:
        """What this page asks the database once it is warm."""
        for _ in range(2):
            self.noted.clear()
            assert self.visitors[PAGES[page][0]].get(page.format(ref=self.ref)).status_code == 200
        return [record for record in self.noted if record[0].lstrip().startswith(("SELECT", "WITH"))]


@pytest.fixture(scope="module")
def small(make_database: MakeDatabase) -> Iterator[City]:
    with _a_city(make_database("sqlite"), FEW) as city:
        yield city


@pytest.fixture(scope="module")
def grown(make_database: MakeDatabase) -> Iterator[City]:
    with _a_city(make_database("sqlite"), MANY) as city:
        yield city


@pytest.fixture(scope="module")
def grown_on_postgres(make_database: MakeDatabase) -> Iterator[City]:
    with _a_city(make_database("postgresql"), MANY) as city:
        yield city


@contextmanager
def _a_city(url: str, approvals: int) -> Iterator[City]:
    grow(url, approvals, since=TODAY.year)
    with an_app(url, now=NOW) as app:
        database: Database = app.extensions[KEY].database
        people = {name for name, _ in PAGES.values()}
        give_password(database, *people)
        visitors = {name: somebody(app, name) for name in people}
        with database.read() as tx:
            ref = _a_ref(tx)
        yield City(app, database, ref, visitors, recorded(database.engine))


def _a_ref(tx: Connection) -> str:
    accepted = select(PROJECTS.c.number).join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
    owned = accepted.join(PERSON, PERSON.c.unit_id == PROJECTS.c.owner_unit_id).where(PERSON.c.username == "owner1")
    accepted = owned.where(APPROVALS.c.code == "A01", APPROVALS.c.state == "accepted").order_by(PROJECTS.c.id.desc())
    return str(tx.execute(accepted.limit(1)).scalar_one())


def test_a_grown_city_holds_what_the_product_promises(small: City) -> None:
    assert faults(small.database) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_in_a_grown_city(small: City, grown: City, page: str) -> None:
    few, many = (len(city.statements(page)) for city in (small, grown))
    assert few == many <= PAGES[page][1]


@pytest.mark.parametrize("page", BY_INDEX)
def test_a_page_finds_all_that_it_shows_by_an_index(grown: City, page: str) -> None:
    assert _found_whole(grown, page) == {}


@pytest.mark.parametrize("page", BY_INDEX)
def test_a_page_finds_all_that_it_shows_by_an_index_on_postgresql(grown_on_postgres: City, page: str) -> None:
    assert _found_whole(grown_on_postgres, page) == {}


def _found_whole(city: City, page: str) -> dict[str, list[str]]:
    """The statements of this page that read a big table from end to end."""
    statements = city.statements(page)
    with city.database.read() as tx:
        return {sql: tables for sql, values in statements if (tables := _read_whole(tx, sql, values))}


def _read_whole(tx: Connection, sql: str, values: Any) -> list[str]:
    """The big tables that this statement reads from end to end, as the engine plans it."""
    cursor = tx.connection.cursor()
    if tx.dialect.name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        steps, pattern = [row[3] for row in cursor.fetchall()], r"SCAN (\w+)"
        if _is_a_page_by_key(sql, steps):
            return []
    else:
        cursor.execute("SET LOCAL enable_seqscan = off")  # it may choose to read a small table; it must not have to
        cursor.execute(f"EXPLAIN {sql}", values)
        steps, pattern = [row[0].strip() for row in cursor.fetchall()], r"Seq Scan on (\w+)"
    return [step for step in steps if (match := re.search(pattern, step)) and match[1] in BIG]


def _is_a_page_by_key(sql: str, steps: list[str]) -> bool:
    """Whether it goes down the primary key and stops when the page is full."""
    return "ORDER BY projects.id DESC" in sql and "LIMIT" in sql and not any("TEMP B-TREE" in step for step in steps)
