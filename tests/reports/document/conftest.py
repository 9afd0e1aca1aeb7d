"""September of the lived year, and an application to print it in."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from approvals.reports.figures.model import Figures
from tests.reports.conftest import LivedYear
from tests.support.pages import an_app


@pytest.fixture(scope="session")
def september(sqlite_year: LivedYear) -> Figures:
    return sqlite_year.figures("2026-09")


@pytest.fixture(scope="module")
def app(make_database: Any) -> Iterator[OpenAPI]:
    with an_app(make_database("sqlite")) as app, app.app_context():
        yield app
