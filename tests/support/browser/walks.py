"""Walks: somebody follows the links from their home page on, in English, and what is wrong with a page is noted.

Each is made once a run, for all tests that look at what was found.
"""

import json
import re
import shutil
from dataclasses import asdict, dataclass, field
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from filelock import FileLock
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.browser.crawler import DOWNLOADS, Frontier
from tests.support.example_city import OPENING
from tests.support.extent import SOAK
from tests.support.pages import Visitor, an_app, somebody
from tests.support.read_html import TextNode, read_html

PEOPLE = {
    "owner1": "owner",
    "county-510402": "owner",
    "window-a02": "window",
    "head-a01": "window_head",
    "head-a02": "window_head",
    "liaison1": "liaison",
    "centre1": "service_centre",
    "office1": "supervision_office",
    "leader1": "city_government",
    "finance1": "finance",
    "integration1": "integration",
    "sysadmin1": "sysadmin",
    "secadmin1": "secadmin",
    "auditor1": "auditor",
}
# Who has less to see than another of their role: a county, and a head whose joint projects are over.
SEE_LESS = frozenset({"county-510402", "head-a01"})
# Who sees a part of the city: links of one type may open here and not there.
OF_A_PART = frozenset({"owner", "window", "window_head", "finance"})
# Pages that no link leads to: those of a form on its way, of machines, of mails, and what the example city does not
# have: documents, a loaded calendar or catalogue, a leave of those who are asked here, a correction that waits, an item
# of the programme that is not adopted yet; a report that was corrected; the code of a paper is on the paper; papers
# that were printed, and the parts of a page that tell of them.
NOT_LINKED = frozenset(
    {
        *(
            "accounts.sign_in",
            "accounts.choose",
            "triage.together",
            "triage.sorted_together",
            "filing.document",
            "filing.preview",
        ),
        *("outbox.confirm", "calendar_feed.show", "calendars.take_back", "calendars.redated", "absences.deputy"),
        *("corrections.show", "verifying.by_code", "filing.show_review_new", "filing.show_review_edit"),
        "bulk.results",
        "deductions.show",  # the worker proposes them at night; the example city of the tests has lived without it
        *("catalogues.take_back", "programme.plan", "programme.evidence"),
        *("reports.pdf", "report_making.paper", "report_making.brief", "report_making.papers", "report_making.issuing"),
        *("report_parts.paper", "report_parts.papers", "issued_papers.pdf"),
        "bulletin_orders.show",  # linked from an issued bulletin; of reports one is opened
        *("health.healthz", "health.readyz", "docs.description", "docs.file", "static"),
        "handbook.picture",
        "list_files.download",
        "sessions.confirm",
        "accounts.code",
    }
)
FOR_PROGRAMMERS = frozenset({"docs.page"})  # linked from the home page of those who work through programs alone
AT_LARGE = frozenset({"orders.show", "orders.pdf"})  # the city's orders are about no project of a liaison
HANDED_IN = frozenset({"materials.guide"})  # linked where owners and liaisons hand in what it is a template of
NO_LISTS = frozenset({"saved_views.index"})  # linked from lists, of which some roles have none
NO_PROBLEMS = frozenset({"programme.problem"})  # of the items of the owner who is asked here
SHOW_THE_SAME = frozenset({"sort", "cursor", "back"})  # choices that make no other page, but other rows of it
WITHOUT_PLACE = frozenset({"home.index", "docs.page"})  # the first page, and one of a program of others
ADDRESS = "http://localhost"
LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"')
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Walk:
    """The address of the first page of each type, which is its endpoint and the names of its choices; what is wrong."""

    pages: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    without_place: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # endpoints, those of files too


def pages_for(app: Flask, username: str) -> set[str]:
    """The page types that somebody of this person's role may open and that links lead to."""
    if username in SEE_LESS:
        return set()
    role = PEOPLE[username]
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    mine = {name for name, who in TABLE.items() if who in (PUBLIC, SIGNED_IN) or role in who}
    hidden = NOT_LINKED if role == "integration" else NOT_LINKED | FOR_PROGRAMMERS
    hidden |= AT_LARGE if role == "liaison" else frozenset()
    hidden |= frozenset() if role in ("owner", "liaison") else HANDED_IN
    hidden |= NO_LISTS if role in ("integration", "auditor") else frozenset()
    hidden |= NO_PROBLEMS if role == "owner" else frozenset()
    hidden |= frozenset() if username == "leader1" else DOWNLOADS
    return {name for name in gets & mine - hidden if not name.startswith("api_")}


def walk_in(folder: Path, city: Path, username: str) -> Walk:
    """The walk of this person through this city, which is copied for it; made once for all processes of a run."""
    path = folder / f"walk-of-{username}.json"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            with TemporaryDirectory() as own:
                copied = shutil.copy(city, Path(own) / "city.db")
                with an_app(f"sqlite:///{copied}", now=OPENING) as app:
                    path.write_text(json.dumps(asdict(_walk(app, username))), "utf-8")
    return Walk(**json.loads(path.read_text("utf-8")))


def _walk(app: Flask, username: str) -> Walk:
    """More pages of each type are opened, as long as one of those that there should be was not found."""
    person, walk = somebody(app, username), Walk()
    person.post("/language", {"language": "en", "next": "/"})
    frontier = Frontier(app, ADDRESS, 1 if username == "leader1" else 0, SOAK or PEOPLE[username] in OF_A_PART)
    frontier.add(f"{ADDRESS}/", ["/"])
    wanted = pages_for(app, username)
    _follow(person, frontier, walk)
    while wanted - set(walk.opened) and frontier.look_further():
        _follow(person, frontier, walk)
    return walk


def _follow(person: Visitor, frontier: Frontier, walk: Walk) -> None:
    """Open what waits, and what is found on the way."""
    for address, endpoint in frontier:
        page = person.get(address.removeprefix(ADDRESS), follow_redirects=True)
        if page.status_code != 200:
            walk.broken.append(f"{page.status_code} {address}")
            continue
        walk.opened.append(endpoint)
        if endpoint not in DOWNLOADS and page.mimetype == "text/html":
            _note(page, frontier, walk)
            try:
                frontier.add(page.request.url, [unescape(link) for link in LINK.findall(page.text)])
            except AssertionError as error:
                walk.broken.append(f"{address}: {error}")


def _note(page: TestResponse, frontier: Frontier, walk: Walk) -> None:
    parts = urlsplit(page.request.url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    endpoint, *choices = frontier.kind_of(page.request.url)
    walk.opened.append(endpoint)
    walk.pages.setdefault(" ".join([endpoint, *choices]), address)
    texts, _elements = read_html(page.text)
    walk.unmarked += [f"{address}: {node.text.strip()}" for node in _unmarked(texts)]
    if endpoint not in WITHOUT_PLACE and _place(texts) != _title(texts):
        walk.without_place.append(f"{address}: {_place(texts)!r}, of {_title(texts)!r}")


def _unmarked(texts: list[TextNode]) -> list[TextNode]:
    """The Chinese of an English page that does not say so; all of a page that does not say that it is English."""
    if any(node.around and node.around[0].attributes.get("lang") != "en" for node in texts):
        return [node for node in texts if node.text.strip()]
    chinese = [node for node in texts if CHINESE.search(node.text) and not node.is_in_head]
    return [node for node in chinese if node.language != "zh-Hans"]


def _title(texts: list[TextNode]) -> str:
    return "".join(node.text for node in texts if node.tag == "title" and node.is_in_head).rpartition(" · ")[0]


def _place(texts: list[TextNode]) -> str:
    """The page itself, as the breadcrumbs name it."""
    return "".join(
        node.text
        for node in texts
        if any(element.attributes.get("class") == "crumbs" for element in node.around)
        and any(element.attributes.get("aria-current") == "page" for element in node.around)
    )
