"""A city whose notices are carried outward, and the mail server that takes them."""

from collections.abc import Iterator

import pytest

from tests.outbox.post import Carried, Post, a_carried_city, a_post_office


@pytest.fixture
def post() -> Iterator[Post]:
    with a_post_office() as post:
        yield post


@pytest.fixture
def city(database_url: str, post: Post) -> Iterator[Carried]:
    with a_carried_city(database_url, post) as city:
        yield city
