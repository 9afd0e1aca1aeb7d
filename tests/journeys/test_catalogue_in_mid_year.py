"""A catalogue that loses an item, a stage, a department's name and questions in mid-year: every page of every role."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import insert
from werkzeug.routing import Rule

from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.registration.editions import load_edition
from approvals.supervision.sweep import sweep
from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.browser.crawler import DOWNLOADS, PAPERS, Frontier
from tests.support.builders import (
    EVERY_ITEM,
    NOW,
    a_database,
    a_project,
    a_promised,
    an_approval,
    an_owing,
    do,
    faults,
    walk,
    when,
)
from tests.support.catalogues import NEW_NAME, OLD_NAME, mid_year
from tests.support.extent import PAGE_ENGINES, SOAK, effort
from tests.support.pages import an_app, bearer, give_password, somebody

WHO = {
    **{"owner": "owner1", "window": "window-b05", "window_head": "head-b04", "liaison": "liaison1"},
    **{"service_centre": "centre1", "supervision_office": "office1", "city_government": "leader1"},
    **{"integration": "integration1", "sysadmin": "sysadmin1", "secadmin": "secadmin1", "auditor": "auditor1"},
}
OPEN, STRUCK, FILED, NEW = "ext-open", "ext-struck", "ext-filed", "ext-new"
LOST = {"code": "B06", "ground": "不占用绿地"}
CASES = ((OPEN, "B06"), (OPEN, "B04"), (OPEN, "C04"), (STRUCK, "B06"), (FILED, "A01"), (NEW, "A01"))
# Of what there is: the notice of B06, its escalation and card, the first of everything else.
CARE = {
    "item_no": "901",
    "item": "901",
    "task": "510402",
    **{"piece": "none", "kind": "copy"},
    **{"level": 1, "number": 1, "no": 1, "seq": 44, "key": "promised", "order": "2026-1", "filed": 2},
    **{"deduction": "2026-1"},
    **{"month": "2026-03", "year": 2026, "edition": 1, "split": "department", "figure": "open", "paper": "brief"},
    **{
        "username": "liaison1",
        "unit_id": 1,
        "absence_id": 1,
        "file_id": 1,
        "uid": "d-1",
        "move": "classify",
        "once": "1",
    },
    **{
        "file": "none.docx",
        "filename": "none.css",
        "token": "none",
        "secret": "none",
        "name": "none.css",
        "folder": "zh",
    },
}
LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"')
ADDRESS = "http://localhost"
SEE_EVERYTHING = {"service_centre", "supervision_office"}
ROUNDS = effort(2, 9)  # one more page of each type in each


def a_year(database: Database) -> None:
    """Projects at every window, B06 and B04 in hand and late, drafts and filings; then the catalogue changes."""
    with database.write() as tx:
        a_project(tx, "registered", at=when("2026-03-02"), answers=EVERY_ITEM, ref=OPEN)
        for code in ("A01", "A02", "A04", "A06", "A07", "A08", "B01"):
            walk(tx, OPEN, code, ("submit", "accept", "grant"))
        walk(tx, OPEN, "B06", ("submit", "notify_once", "resubmit", "accept"))
        walk(tx, OPEN, "B04", ("submit", "accept"))
        do(tx, "owner1", "ask", f"{OPEN}/requests")
        do(tx, "office1", "issue", f"{OPEN}/orders")
        an_approval(tx, "correcting")
        an_owing(tx)
        a_promised(tx)
        for state in ("drafted", "classified", "suspended", "withdrawn"):
            a_project(tx, state, answers=EVERY_ITEM)
        a_project(tx, "filed", answers=EVERY_ITEM, ref=FILED)
        do(tx, "centre1", "strike_approval", a_project(tx, "registered", answers=EVERY_ITEM, ref=STRUCK), LOST)
    sweep(database, NOW, lambda: NOW)
    with database.write() as tx:
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="Defence mobilisation", kind="department"))
        load_edition(tx, mid_year(), by="sysadmin1", now=NOW)
        a_project(tx, "registered", at=when("2026-11-20", "11:00"), answers={"occupies_road": True}, ref=NEW)
        a_project(tx, "drafted", answers={})


# Routes that an address alone does not open: they say which notice, which list or what is looked for.
ASK_FOR_MORE = {"catalogues.take_back", "saved_views.index", "api_search.search_all"}


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def app(request: pytest.FixtureRequest, make_database: object) -> Iterator[OpenAPI]:
    url = make_database(request.param)  # type: ignore[operator]
    database = a_database(url)
    give_password(database)
    a_year(database)
    assert faults(database) == []
    database.close()
    with an_app(url, now=NOW) as app:
        yield app


@pytest.mark.parametrize("username", [*WHO.values(), "window-b04"])
def test_every_page_opens(app: OpenAPI, username: str) -> None:
    person, frontier = somebody(app, username), Frontier(app, ADDRESS, 0)
    frontier.add(ADDRESS, ["/"])
    for _round in range(ROUNDS):
        for address, endpoint in frontier:
            page = person.get(address.removeprefix(ADDRESS), follow_redirects=True)
            assert page.status_code == 200, f"{page.status_code} {address}"
            if endpoint not in DOWNLOADS and page.mimetype == "text/html":
                frontier.add(page.request.url, [unescape(link) for link in LINK.findall(page.text)])
        frontier.look_further()


def paths_of(app: OpenAPI, rule: Rule, role: str) -> set[str]:
    """The addresses of this route for every case, for some roles for two of them; papers are set for one."""
    every = CASES if SOAK or role in SEE_EVERYTHING else CASES[::3]
    cases = CASES[:1] if rule.endpoint in PAPERS else every
    given = [CARE | (rule.defaults or {}) | {"ref": ref, "project": ref, "code": code} for ref, code in cases]
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        return {urls.build(rule.endpoint, {name: case[name] for name in rule.arguments}) for case in given}


@pytest.mark.parametrize(("role", "username"), WHO.items())
def test_every_route_answers_every_role(app: OpenAPI, role: str, username: str) -> None:
    person, headers, wrong = somebody(app, username), bearer(app, username), []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or (rule.endpoint in PAPERS and role != "service_centre"):
            continue
        opens = not rule.arguments and (TABLE[rule.endpoint] in (PUBLIC, SIGNED_IN) or role in TABLE[rule.endpoint])
        for path in paths_of(app, rule, role):
            given = headers if path.startswith("/api/") else {}
            status = person.client.get(path, headers=given, buffered=True).status_code
            if status >= 500 or (opens and status >= 400 and rule.endpoint not in ASK_FOR_MORE):
                wrong.append((path, status))
    assert wrong == []


def test_numbers_of_a_renamed_department_lead_to_their_list(app: OpenAPI) -> None:
    leader, centre = somebody(app, "leader1"), somebody(app, "centre1")
    board = leader.get("/board").text
    links = [unescape(link) for link in LINK.findall(board) if OLD_NAME in unescape(link) or "%E4%BA%BA" in link]
    assert links
    for link in links:
        assert leader.get(link).status_code == 200, link
    queue = centre.get(f"/windows?department={OLD_NAME}")
    assert queue.status_code == 200
    assert "修建防空地下室审批" in queue.text
    assert NEW_NAME in queue.text


@pytest.mark.parametrize("path", ["/board", "/board?by=stage", "/windows"])
def test_stages_of_an_earlier_catalogue_are_offered_and_narrow(app: OpenAPI, path: str) -> None:
    office = somebody(app, "office1")
    offered = re.search(r'<select[^>]* name="stage".*?</select>', office.get(path).text, re.DOTALL)
    assert offered
    stages = re.findall(r'value="(\d+)"', offered.group())
    assert stages == ["1", "2", "3", "4"], "today's has three"
    join = "&" if "?" in path else "?"
    assert [office.get(f"{path}{join}stage={stage}").status_code for stage in [*stages, "5"]] == [200] * 4 + [422]
