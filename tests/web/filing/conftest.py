"""A site on SQLite alone, for what the engine has no part in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import NOW
from tests.support.pages import a_site


@pytest.fixture
def app(page_url: str, tmp_path: Path) -> Iterator[OpenAPI]:
    with a_site(page_url, data_dir=tmp_path, now=NOW) as app:
        yield app


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[OpenAPI]:
    with a_site(sqlite_url, data_dir=tmp_path, now=NOW) as app:
        yield app
