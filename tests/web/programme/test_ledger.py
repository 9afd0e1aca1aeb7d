"""The ledger: sums of what is adopted, each item leading to its page, filters that narrow the list alone."""

import io
import re
from decimal import Decimal
from html import unescape

import openpyxl
import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project
from tests.support.desk import asked
from tests.support.pages import Visitor, somebody
from tests.support.programme import ROAD, an_entry, an_item

NUMBERS = re.compile(r'class="nowrap">(\d{3})</td>')


@pytest.fixture(autouse=True)
def programme(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        an_entry(tx, ROAD, state="confirmed")
        an_item(tx, "proposed", "programme/2026/902", name="创业补贴", kind="payment", category="就业促进")
        an_item(tx, "adopted", "programme/2026/903", name="村卫生室", category="医疗卫生", lead_unit="市住房城乡建设局")


def test_sums_are_of_adopted_items_and_the_list_has_all(leader: Visitor) -> None:
    page = leader.get("/ledger").text
    assert NUMBERS.findall(page) == ["901", "902", "903"]
    assert "600.00" in page and "50.50" in page
    assert "所列 3 项，其中已列入计划 2 项，合计" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=proposed", ["902"]),
        ("category=医疗卫生", ["903"]),
        ("kind=payment", ["902"]),
        ("county=510402", ["901", "903"]),
        ("county=510403", []),
        ("behind=yes", ["901", "903"]),
        ("practical_matter=yes", ["901", "902", "903"]),
        ("search=卫生室", ["903"]),
        ("search=９０１", ["901"]),
        ("order=planned", ["901", "903", "902"]),
        ("order=gap", ["903", "901", "902"]),
    ],
)
def test_the_list_is_narrowed_and_the_totals_stay(leader: Visitor, query: str, numbers: list[str]) -> None:
    page = leader.get(f"/ledger?{query}").text
    assert NUMBERS.findall(page) == numbers
    assert "600.00" in page


@pytest.mark.parametrize("query", ["year=1999", "category=x", "state=x", "kind=x", "county=x", "order=x", "cursor=x"])
def test_what_the_ledger_does_not_have_is_refused(leader: Visitor, query: str) -> None:
    assert leader.get(f"/ledger?{query}").status_code == 422


def test_an_item_leads_to_its_page_and_its_project(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        a_project(tx, "registered", item_no="901")
    page = leader.get("/ledger").text
    assert 'href="/programme/2026/items/901"' in page
    assert page.count('href="/casefiles/510400-2026-00001"') == 1


def test_owners_see_what_their_unit_leads(app: OpenAPI) -> None:
    assert NUMBERS.findall(somebody(app, "owner1").get("/ledger").text) == ["901", "902"]
    assert NUMBERS.findall(somebody(app, "owner2").get("/ledger").text) == ["903"]


def test_the_ledger_asks_the_database_as_often_for_many_items_as_for_one(database: Database, leader: Visitor) -> None:
    before = asked(leader, "/ledger")
    with database.write() as tx:
        for number in range(910, 915):
            an_item(tx, "adopted", f"programme/2026/{number}")
    assert asked(leader, "/ledger") == before


def test_an_empty_ledger_says_so(app: OpenAPI, database: Database) -> None:
    page = somebody(app, "owner3").get("/ledger").text
    assert "本年度尚无分项：请导入计划或录入分项" in page


def rows_of(visitor: Visitor, query: str) -> list[tuple[object, ...]]:
    """The lines of the workbook that the page with these filters offers."""
    page = visitor.get(f"/ledger?{query}").text
    link = re.search(r'href="(/ledger/sheet[^"]*)"', page)
    assert link is not None
    answer = visitor.get(unescape(link.group(1)))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(min_row=4, values_only=True))


def test_the_ledger_is_downloaded_with_its_sums_and_filters(leader: Visitor) -> None:
    rows = rows_of(leader, "")
    assert [row[0] for row in rows] == ["901", "902", "903", "合计"]
    assert (rows[0][6], rows[0][10], rows[0][14], rows[0][18]) == ("实施中", 300, 50.5, "是")
    assert (rows[3][10], rows[3][14]) == (600, 50.5)
    assert [row[0] for row in rows_of(leader, "category=医疗卫生&behind=yes&search=村")] == ["903", "合计"]


def test_a_unit_downloads_what_it_may_see(app: OpenAPI, owner: Visitor) -> None:
    assert [row[0] for row in rows_of(owner, "")] == ["901", "902", "合计"]


def test_the_sum_below_the_rows_is_of_all_that_is_filtered_on_each_page(database: Database, leader: Visitor) -> None:
    with database.write() as tx:
        for number in range(910, 970):
            an_item(tx, "adopted", f"programme/2026/{number}", category="教育助学" if number % 3 else "社会保障")
    for query in ("", "&category=教育助学", "&category=医疗卫生", "&search=96"):
        rows, sums, address = [], set(), f"/ledger?year=2026{query}"
        while address:
            page = leader.get(address).text
            rows += [_cells(row) for row in page.partition('stack ledger"')[2].split("<tr>")[2:-1]]
            sums.add(tuple(_AMOUNT.findall(page.partition('<tfoot class="foot-in-sight">')[2])[:2]))
            following = re.search(r'rel="next" href="([^"]*)"', page)
            address = unescape(following[1]) if following else ""
        adopted = [row for row in rows if row[0] != "902"]  # which is only proposed
        assert len(rows) == len({row[0] for row in rows}) > 0
        expected = tuple(sum((Decimal(row[part]) for row in adopted), Decimal(0)) for part in (1, 2))
        assert [tuple(map(_money, pair)) for pair in sums] == [expected], query


_AMOUNT = re.compile(r'class="num">([\d,.]+)')


def _money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _cells(row: str) -> tuple[str, Decimal, Decimal]:
    """Number, planned and paid money of a row as the page shows them."""
    planned, paid = map(_money, _AMOUNT.findall(row))
    return NUMBERS.findall(row)[0], planned, paid
