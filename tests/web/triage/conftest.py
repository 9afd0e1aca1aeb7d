"""The supervision office before an application on a city, and what became of its filings."""

import pytest

from approvals.http.application import KEY
from tests.support.pages import somebody


@pytest.fixture
def database(app):
    return app.extensions[KEY].database


@pytest.fixture
def office(app):
    return somebody(app, "office1")
