"""Following all links from the home page: nothing leads nowhere, nothing breaks, no page type is left out.

Each page says where it stands, and an English one what of it is Chinese.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.journeys.conftest import WalkOf
from tests.support.browser.walks import PEOPLE, pages_for
from tests.support.pages import an_app
from workflows.charts.roles import ROLES


@pytest.fixture(scope="module")
def app(make_database) -> Iterator[Flask]:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app:
        yield app


def test_somebody_of_each_role_walks() -> None:
    assert set(PEOPLE.values()) == set(ROLES)


@pytest.mark.parametrize("username", PEOPLE)
def test_every_link_opens_and_every_page_type_is_linked(app: Flask, walk_of: WalkOf, username: str) -> None:
    walk = walk_of(username)

    assert walk.broken == []
    assert pages_for(app, username) - set(walk.opened) == set()


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_but_the_first_says_where_it_stands(walk_of: WalkOf, username: str) -> None:
    assert walk_of(username).without_place == []


@pytest.mark.parametrize("username", PEOPLE)
def test_every_english_page_says_what_of_it_is_chinese(walk_of: WalkOf, username: str) -> None:
    assert walk_of(username).unmarked == []
