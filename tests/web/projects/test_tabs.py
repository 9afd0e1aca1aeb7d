"""The tabs of a project's pages: each an address, nothing lost, anchors of other pages on one of them."""

import re

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import a_project, walk
from tests.support.desk import the_database
from tests.support.pages import Visitor, somebody

TABS = ["todo", "items", "documents", "record"]
PLACES = {  # where the anchors that other pages link to lie
    "office1": {"works": "todo", "record": "record"},
    "owner1": {"works": "todo", "outlook": "todo", "plan": "items", "whose-time": "items", "documents": "documents"},
}
_PANEL = re.compile(r'<section class="tab-panel( is-here)?" data-panel="(\w+)"')


@pytest.fixture
def ref(app: OpenAPI) -> str:
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept"))
    return "510400-2026-00001"


def address(username: str, ref: str) -> str:
    return f"/projects/{ref}" if username == "owner1" else f"/casefiles/{ref}"


def panels(page: str) -> dict[str, str]:
    """What stands on each tab."""
    parts = _PANEL.split(page)
    return dict(zip(parts[2::3], parts[3::3], strict=True))


def here(page: str) -> list[str]:
    return [name for is_here, name in _PANEL.findall(page) if is_here]


@pytest.mark.parametrize("username", PLACES)
def test_each_tab_is_a_link_to_an_address_that_shows_it(app: OpenAPI, ref: str, username: str) -> None:
    visitor, home = somebody(app, username), address(username, ref)
    links = re.findall(r'<li><a href="([^"]+)" data-tab="(\w+)"', visitor.get(home).text)
    assert [(link, name) for link, name in links] == [
        (home if name == "todo" else f"{home}?tab={name}", name) for name in TABS
    ]
    for link, name in links:
        page = visitor.get(link).text
        assert here(page) == [name]
        assert re.findall(r'data-tab="(\w+)" aria-current="page"', page) == [name]


@pytest.mark.parametrize("username", PLACES)
def test_all_tabs_and_their_anchors_are_on_each_page(app: OpenAPI, ref: str, username: str) -> None:
    tabs = panels(somebody(app, username).get(f"{address(username, ref)}?tab=record").text)
    assert list(tabs) == TABS
    for anchor, name in PLACES[username].items():
        assert [tab for tab, text in tabs.items() if f'id="{anchor}"' in text] == [name], anchor


@pytest.mark.parametrize("username", PLACES)
def test_what_the_reader_can_do_stands_on_the_first_tab(app: OpenAPI, ref: str, username: str) -> None:
    tabs = panels(somebody(app, username).get(address(username, ref)).text)
    assert "/moves/" in tabs["todo"]
    assert not any("/moves/" in tabs[name] for name in TABS[1:])


@pytest.mark.parametrize("username", PLACES)
def test_an_unknown_tab_is_refused(app: OpenAPI, ref: str, username: str) -> None:
    assert somebody(app, username).get(f"{address(username, ref)}?tab=x").status_code == 422


def test_a_refused_document_is_told_on_its_tab(app: OpenAPI, ref: str) -> None:
    owner = somebody(app, "owner1")
    owner.get(f"/projects/{ref}")
    refused = owner.post(f"/projects/{ref}/documents", {}, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert here(refused.text) == ["documents"]


def test_a_draft_has_no_tabs(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        draft = a_project(tx, "drafted")
    page = somebody(app, "owner1").get(f"/projects/{draft}").text
    assert panels(page) == {} and 'id="documents"' in page


def test_codes_stand_with_names(app: OpenAPI, ref: str) -> None:
    """Wherever a code of an item is read on these pages its name follows."""
    for username in PLACES:
        text = re.sub(r"<svg.*?</svg>", "", somebody(app, username).get(address(username, ref)).text, flags=re.DOTALL)
        text = re.sub(r"<[^>]+>", " ", text.partition("<main")[2])
        alone = [found for found in re.finditer(r"(?<![\w-])[A-D]\d\d(?![\w-])", text) if not _is_named(text, found)]
        assert [text[found.start() - 40 : found.end() + 20] for found in alone] == []


def _is_named(text: str, found: re.Match[str]) -> bool:
    return bool(re.match(r"\s*[\u4e00-\u9fff]{2}", text[found.end() :]))


def test_the_graph_tells_due_and_decision_days(app: OpenAPI, ref: str) -> None:
    office: Visitor = somebody(app, "office1")
    due = re.findall(r'class="graph-day"[^>]*>([^<]+)<', office.get(f"/casefiles/{ref}?tab=items").text)
    page = office.get(f"/casefiles/{ref}").text
    promised = re.search(r'data-label="承诺时限"><span><span class="nowrap">2026-(\d\d-\d\d)', page)
    assert promised is not None and due == [f"到期{promised[1]}"]
    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("grant",))
        decided_on = tx.exec_driver_sql("SELECT decided_on FROM approvals WHERE code = 'A01'").scalar_one()
    days = re.findall(r'class="graph-day"[^>]*>([^<]+)<', office.get(f"/casefiles/{ref}?tab=items").text)
    assert days == [f"办结{str(decided_on)[5:10]}"]
