"""Home: the table has every duty of the reader and no other, its number stands in the menu, and each button works."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI

from approvals.accounts.identity import actor_by_username
from approvals.casefile.worklist.worklist import worklist
from tests.support.desk import the_database
from tests.support.example_city import OPENING
from tests.support.expected_duties import KINDS, expected_duties
from tests.support.pages import Visitor, an_app, somebody

FEW = {"entry", "joint_word", "uncovered", "vacancy", "calendar", "jobs", "deliveries"}  # tested where they are read
ROW = re.compile(r'<td class="worklist-action"><a [^>]*href="([^"]+)"')
BADGE = re.compile(r'<a class="menu-title"[^>]*>(?:待办|今日工作|今日要情|运行)\s*<span class="nav-badge">(\d+)<')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture(scope="module")
def app(example_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAPI]:
    path = shutil.copy(example_city, tmp_path_factory.mktemp("home") / "city.db")
    with an_app(f"sqlite:///{path}", now=OPENING) as app:
        yield app


def buttons(visitor: Visitor) -> list[str]:
    """The addresses behind the buttons of all pages of the table."""
    return [unescape(link) for page in visitor.pages("/") for link in ROW.findall(page)]


@pytest.mark.parametrize("username", KINDS)
def test_the_worklist_is_the_union_of_what_waits_in_each_table(app: OpenAPI, username: str) -> None:
    with the_database(app).read() as tx:
        actor = actor_by_username(tx, username, OPENING.date())
        assert actor
        duties, cursor = [], ""
        while True:
            view = worklist(tx, actor, OPENING, cursor=cursor)
            duties += view.page.rows
            if not view.page.next_cursor:
                break
            cursor = view.page.next_cursor
        expected = expected_duties(tx, actor, OPENING, OPENING.date())

    assert sorted((duty.kind.name, duty.id) for duty in duties if duty.kind.name not in FEW) == expected
    assert view.total == len(duties)
    assert [duty.urgency for duty in duties] == sorted(duty.urgency for duty in duties)


@pytest.mark.parametrize("username", KINDS)
def test_the_table_has_as_many_rows_as_the_badge_says_and_every_button_works(app: OpenAPI, username: str) -> None:
    visitor = somebody(app, username)
    links = buttons(visitor)
    badge = BADGE.search(visitor.get("/").text)

    assert int(badge.group(1) if badge else 0) == len(links)
    assert [link for link in sorted(set(links)) if visitor.get(link).status_code != 200] == []
