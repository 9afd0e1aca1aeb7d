"""Hints of first visits: on the page until read, without script, to people only."""

from html import unescape

import pytest

from approvals.web.handbook.hints import HINTS
from tests.support.desk import the_database
from tests.support.pages import Visitor, give_password, somebody
from tests.support.programme import REPORTER, an_item

HINT, BUTTON = 'class="hint"', "知道了"
VISITS = (("owner1", "/projects/new", "filing.new"), ("window-a01", "/windows", "windows.queue"))
VISITS += (("office1", "/board", "board.index"), ("auditor1", "/", "home.index"))


def read_hint(visitor: Visitor, endpoint: str, path: str) -> None:
    response = visitor.post(f"/hints/{endpoint}/read", {"next": path})
    assert (response.status_code, response.location) == (303, path)


@pytest.mark.parametrize(("username", "path", "endpoint"), VISITS)
def test_a_hint_stands_there_until_it_is_read_and_again_when_asked_for(app, username, path, endpoint) -> None:
    visitor = somebody(app, username)
    for _ in range(2):
        page = visitor.get(path)
        assert page.text.count(HINT) == 1 and BUTTON in page.text
        assert f'action="/hints/{endpoint}/read"' in page.text
    read_hint(visitor, endpoint, path)
    assert HINT not in visitor.get(path).text
    assert HINT in somebody(app, "owner2").get("/").text, "what one has read another has not"
    visitor.get("/handbook/common")
    response = visitor.post("/hints/again", {"once": visitor.once_key(), "next": "/handbook/common"})
    assert (response.status_code, response.location) == (303, "/handbook/common")
    assert HINT in visitor.get(path).text


def test_each_hint_is_read_by_itself(owner) -> None:
    read_hint(owner, "home.index", "/")
    assert HINT not in owner.get("/").text
    assert HINT in owner.get("/projects/new").text


def test_pages_without_a_hint_and_programs_have_none(app, owner) -> None:
    assert HINT not in owner.get("/projects").text
    assert HINT not in somebody(app, "integration1").get("/").text
    assert HINT not in app.test_client().get("/sign-in").text


def test_who_reports_a_month_has_a_hint_there_and_who_looks_at_it_has_none(app, office) -> None:
    with the_database(app).write() as tx:
        an_item(tx)
    give_password(the_database(app), REPORTER)
    entry = "/programme/2026/items/901/510402/2026-05"
    assert HINT in somebody(app, REPORTER).get(entry).text
    page = office.get(entry)
    assert page.status_code == 200 and HINT not in page.text


def test_a_hint_that_there_is_not_is_not_read(owner) -> None:
    owner.get("/")
    assert owner.post("/hints/projects.index/read").status_code == 404


def test_nobody_is_led_to_another_site_by_reading_a_hint(owner) -> None:
    owner.get("/")
    for address in ("https://example.org/", "//example.org", "/\\example.org"):
        response = owner.post("/hints/home.index/read", {"next": address})
        assert (response.status_code, response.location) == (303, "/")


def test_each_hint_is_of_a_page_that_there_is_and_says_it_in_the_language_of_the_reader(app, office) -> None:
    assert set(HINTS) <= set(app.view_functions)
    assert "看板" in office.get("/board").text
    office.post("/language", {"language": "en", "next": "/board"})
    assert HINTS["board.index"].text in unescape(office.get("/board").text)
