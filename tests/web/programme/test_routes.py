"""The ledger: totals that tie out with what was published and with the items, each item leading to its project."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import delete, insert

from approvals.base.database import Database
from approvals.demo.load import _items
from approvals.programme.queries import ITEMS, LedgerFilter, items, sums_by_category, sums_of, together
from tests.support.builders import a_project, an_actor
from tests.support.desk import asked
from tests.support.pages import Visitor, somebody

END = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def programme(database: Database) -> None:
    with database.write() as tx:
        tx.execute(insert(ITEMS), list(_items(END)))


def test_the_totals_are_those_that_were_published(database: Database) -> None:
    with database.read() as tx:
        total = together(category.sums for category in sums_by_category(tx, an_actor(tx, "leader1"), 2026))

    assert (total.items, total.completed, total.under_way, total.suspended) == (103, 65, 37, 1)
    assert (total.planned_10k_yuan, total.executed_10k_yuan) == (Decimal("392000.00"), Decimal("360000.00"))
    assert (total.practical_matters, total.practical_matters_completed) == (29, 26)


@pytest.mark.parametrize(
    "filters", [LedgerFilter(2026), LedgerFilter(2026, category="医疗卫生"), LedgerFilter(2026, is_key=True)]
)
def test_the_sums_of_what_is_listed_are_those_of_its_items(database: Database, filters: LedgerFilter) -> None:
    with database.read() as tx:
        leader = an_actor(tx, "leader1")
        sums, rows = sums_of(tx, leader, filters), items(tx, leader, filters)

    assert sums.items == len(rows)
    assert sums.planned_10k_yuan == sum(row.planned_10k_yuan for row in rows)
    assert sums.executed_10k_yuan == sum(row.executed_10k_yuan for row in rows)
    assert sums.completed == sum(row.status == "completed" for row in rows)


def test_the_categories_come_to_the_total(database: Database) -> None:
    with database.read() as tx:
        leader = an_actor(tx, "leader1")
        parts, whole = sums_by_category(tx, leader, 2026), sums_of(tx, leader, LedgerFilter(2026))

    assert len(parts) == 10
    assert together(category.sums for category in parts) == whole


def test_the_page_shows_totals_categories_and_every_item(leader: Visitor) -> None:
    page = leader.get("/ledger").text

    for figure in ("392,000.00", "360,000.00", "已完成 65 项，在建 37 项，中止 1 项", "91.8 %", "截至2026年11月20日"):
        assert figure in page
    assert len(re.findall(r'class="nowrap">\d{3}</td>', page)) == 103
    assert 'class="num">121.60</td>' in page  # two decimals, to the right


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=suspended", 1),
        ("category=就业促进", 9),
        ("kind=construction", 62),
        ("practical_matter=yes", 29),
        ("key=yes", 22),
        ("search=001", 1),
        ("search=高校毕业生", 4),
        ("year=2026&status=completed&practical_matter=yes", 26),
    ],
)
def test_the_list_is_narrowed_and_the_totals_stay(leader: Visitor, query: str, count: int) -> None:
    page = leader.get(f"/ledger?{query}").text

    assert len(re.findall(r'class="nowrap">\d{3}</td>', page)) == count
    assert f"所列 {count} 项合计" in page
    assert "392,000.00" in page


@pytest.mark.parametrize("query", ["year=1999", "category=x", "status=x", "kind=x"])
def test_what_the_ledger_does_not_have_is_refused(leader: Visitor, query: str) -> None:
    assert leader.get(f"/ledger?{query}").status_code == 422


def test_an_item_leads_to_its_project_as_far_as_the_reader_may_see_it(
    app: OpenAPI, database: Database, leader: Visitor
) -> None:
    with database.write() as tx:
        a_project(tx, "registered", item_no="030")
        a_project(tx, "drafted", item_no="031")
        a_project(tx, "filed", item_no="032", item_reason="两家合建", owner="owner2", ref="of-another")

    page, own = leader.get("/ledger").text, somebody(app, "owner1").get("/ledger").text

    assert page.count('href="/casefiles/') == 2
    assert 'href="/casefiles/510400-2026-00001"' in page and 'href="/casefiles/of-another"' in page
    assert 'href="/projects/510400-2026-00001"' in own and "of-another" not in own


def test_an_owner_sees_the_items_of_their_own_unit_with_their_own_totals(app: OpenAPI) -> None:
    page = somebody(app, "owner1").get("/ledger").text

    assert "市教育局负责的分项" in page
    assert len(re.findall(r'class="nowrap">\d{3}</td>', page)) == 12
    assert "市卫生局" not in page and "392,000.00" not in page


def test_a_year_without_items_says_so(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        tx.execute(delete(ITEMS))

    page = leader.get("/ledger")

    assert page.status_code == 200
    assert "台账中还没有分项" in page.text


def test_an_earlier_year_stays_readable(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        first = next(iter(_items(END)))
        tx.execute(insert(ITEMS), [first | {"year": 2025, "name": "去年的分项", "as_of_on": date(2025, 12, 31)}])

    page = leader.get("/ledger?year=2025").text

    assert "去年的分项" in page and "2025年民生工程台账" in page and 'href="/ledger?year=2026"' in page


def test_the_ledger_asks_the_database_as_often_for_all_items_as_for_one(leader: Visitor) -> None:
    items, sums = 1, 1  # each looks for the searched items once
    assert asked(leader, "/ledger?search=001") == asked(leader, "/ledger") + items + sums < 15
