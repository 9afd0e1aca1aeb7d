"""A catalogue that loses an item, a stage, a department's name and questions in mid-year: every page of every role."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import insert

from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.registration.editions import load_edition
from approvals.supervision.sweep import sweep
from tests.support.browser.crawler import DOWNLOADS, Frontier
from tests.support.builders import EVERY_ITEM, NOW, a_database, a_project, an_approval, faults, walk, when
from tests.support.catalogues import NEW_NAME, OLD_NAME, mid_year
from tests.support.extent import ENGINES, effort
from tests.support.pages import an_app, give_password, somebody

PEOPLE = (
    *("owner1", "office1", "centre1", "liaison1", "leader1", "window-b04", "head-b04", "window-b05"),
    *("integration1", "sysadmin1", "secadmin1", "auditor1"),
)
LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"')
ADDRESS = "http://localhost"
ROUNDS = effort(2, 9)  # one more page of each type in each


def a_year(database: Database) -> None:
    """Projects at every window, B06 and B04 in hand and late, drafts and filings; then the catalogue changes."""
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"), answers=EVERY_ITEM)
        for code in ("A01", "A02", "A04", "A06", "A07", "A08", "B01"):
            walk(tx, ref, code, ("submit", "accept", "grant"))
        for code in ("B04", "B06"):
            walk(tx, ref, code, ("submit", "accept"))
        an_approval(tx, "correcting")
        for state in ("drafted", "filed", "classified", "suspended", "withdrawn"):
            a_project(tx, state, answers=EVERY_ITEM)
    sweep(database, NOW, lambda: NOW)
    with database.write() as tx:
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="Defence mobilisation", kind="department"))
        load_edition(tx, mid_year(), by="sysadmin1", now=NOW)
        a_project(tx, "registered", at=when("2026-11-20", "11:00"), answers={"occupies_road": True})
        a_project(tx, "drafted", answers={})


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, make_database: object) -> Iterator[OpenAPI]:
    url = make_database(request.param)  # type: ignore[operator]
    database = a_database(url)
    give_password(database)
    a_year(database)
    assert faults(database) == []
    database.close()
    with an_app(url, now=NOW) as app:
        yield app


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_opens(app: OpenAPI, username: str) -> None:
    person, frontier = somebody(app, username), Frontier(app, ADDRESS, 0)
    frontier.add(ADDRESS, ["/"])
    for _round in range(ROUNDS):
        for address, endpoint in frontier:
            page = person.get(address.removeprefix(ADDRESS), follow_redirects=True)
            assert page.status_code == 200, f"{page.status_code} {address}"
            if endpoint not in DOWNLOADS:
                frontier.add(page.request.url, [unescape(link) for link in LINK.findall(page.text)])
        frontier.look_further()


def test_numbers_of_a_renamed_department_lead_to_their_list(app: OpenAPI) -> None:
    leader, centre = somebody(app, "leader1"), somebody(app, "centre1")
    board = leader.get("/board").text
    links = [unescape(link) for link in LINK.findall(board) if OLD_NAME in unescape(link) or "%E4%BA%BA" in link]
    assert links
    for link in links:
        assert leader.get(link).status_code == 200, link
    queue = centre.get(f"/approvals?department={OLD_NAME}")
    assert queue.status_code == 200
    assert "修建防空地下室审批" in queue.text
    assert NEW_NAME in queue.text
