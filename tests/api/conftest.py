"""The API on a city of its own."""

from collections.abc import Iterator

import pytest

from tests.support.api_clients import Api, an_api


@pytest.fixture
def api(page_url: str) -> Iterator[Api]:
    with an_api(page_url) as api:
        yield api
