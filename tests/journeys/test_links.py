"""Following all links from the home page: nothing leads nowhere, nothing breaks, no page type is left out."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI

from approvals.demo.people import demo_people
from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.browser.crawler import DOWNLOADS, Frontier
from tests.support.example_city import OPENING
from tests.support.pages import Visitor, an_app, somebody
from workflows.config.catalogue import load_catalogue

PEOPLE = (
    *("owner1", "office1", "centre1", "liaison1", "leader1", "window-a02", "head-a02"),
    *("integration1", "sysadmin1", "secadmin1", "auditor1"),
)
# Pages that no link leads to: those of a form on its way, of machines, of mails, and what the example city does not
# have: documents, a loaded calendar or catalogue, a leave of those who are asked here, a correction that waits, an item
# of the programme that is not adopted yet; a report that was corrected; the code of a paper is on the paper; papers
# that were printed, and the parts of a page that tell of them.
NOT_LINKED = frozenset(
    {
        *("accounts.sign_in", "triage.together", "triage.sorted_together", "filing.document"),
        *("outbox.confirm", "calendar_feed.show", "calendars.take_back", "calendars.redated", "absences.deputy"),
        *("corrections.show", "verifying.by_code", "filing.show_review_new", "filing.show_review_edit"),
        "bulk.results",
        *("catalogues.take_back", "programme.plan", "programme.evidence"),
        *("reports.pdf", "report_making.paper", "report_making.brief", "report_making.papers", "report_making.issuing"),
        *("report_parts.paper", "report_parts.papers", "issued_papers.pdf"),
        "bulletin_orders.show",  # linked from an issued bulletin; of reports one is opened
        *("health.healthz", "health.readyz", "docs.description", "docs.file", "static"),
        "handbook.picture",
        "list_files.download",
    }
)
FOR_PROGRAMMERS = frozenset({"docs.page"})  # linked from the home page of those who work through programs alone
AT_LARGE = frozenset({"orders.show", "orders.pdf"})  # the city's orders are about no project of a liaison
HANDED_IN = frozenset({"materials.guide"})  # linked where owners and liaisons hand in what it is a template of
NO_LISTS = frozenset({"saved_views.index"})  # linked from lists, of which some roles have none
NO_PROBLEMS = frozenset({"programme.problem"})  # of the items of the owner who is asked here
LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"')
ADDRESS = "http://localhost"


@pytest.fixture(scope="module")
def app(example_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAPI]:
    path = shutil.copy(example_city, tmp_path_factory.mktemp("links") / "city.db")
    with an_app(f"sqlite:///{path}", now=OPENING) as app:
        yield app


@pytest.mark.parametrize("username", PEOPLE)
def test_every_link_opens(app: OpenAPI, username: str) -> None:
    person = somebody(app, username)
    files = 1 if username == "leader1" else 0
    mine = pages_for(app, username)
    targets = mine if files else mine - DOWNLOADS
    opened = follow_all(person, Frontier(app, ADDRESS, files), targets)
    assert targets - opened == set()


def pages_for(app: OpenAPI, username: str) -> set[str]:
    """The page types that somebody of this person's role may open and that links lead to."""
    role = next(person.role for person in demo_people(load_catalogue()) if person.username == username)
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    mine = {name for name, who in TABLE.items() if who in (PUBLIC, SIGNED_IN) or role in who}
    hidden = NOT_LINKED if role == "integration" else NOT_LINKED | FOR_PROGRAMMERS
    hidden |= AT_LARGE if role == "liaison" else frozenset()
    hidden |= frozenset() if role in ("owner", "liaison") else HANDED_IN
    hidden |= NO_LISTS if role in ("integration", "auditor") else frozenset()
    hidden |= NO_PROBLEMS if role == "owner" else frozenset()
    return {name for name in gets & mine - hidden if not name.startswith("api_")}


def follow_all(person: Visitor, frontier: Frontier, targets: set[str]) -> set[str]:
    """The endpoints that were opened; more pages of each type are, as long as one that is wanted was not found."""
    frontier.add(ADDRESS, ["/"])
    opened: set[str] = set()
    while not targets <= opened:
        follow(person, frontier, opened)
        if not frontier.look_further():
            break
    return opened


def follow(person: Visitor, frontier: Frontier, opened: set[str]) -> None:
    """Open what waits, and what is found on the way; how pages look is seen elsewhere."""
    for address, endpoint in frontier:
        page = person.get(address.removeprefix(ADDRESS), follow_redirects=True)
        assert page.status_code == 200, f"{page.status_code} {address}"
        opened.add(endpoint)
        if endpoint not in DOWNLOADS and page.mimetype == "text/html":
            frontier.add(page.request.url, [unescape(link) for link in LINK.findall(page.text)])
