"""An application on a city, at NOW, with a folder for its files; its database; people who have signed in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import NOW
from tests.support.desk import the_database
from tests.support.pages import Visitor, a_site, somebody


@pytest.fixture
def app(page_url: str, tmp_path: Path) -> Iterator[OpenAPI]:
    with a_site(page_url, data_dir=tmp_path, now=NOW) as app:
        yield app


@pytest.fixture
def database(app: OpenAPI) -> Database:
    return the_database(app)


def signed_in(username: str) -> Any:
    """A fixture: somebody who has signed in."""

    @pytest.fixture
    def visitor(app: OpenAPI) -> Visitor:
        return somebody(app, username)

    return visitor


owner, office, centre = signed_in("owner1"), signed_in("office1"), signed_in("centre1")
leader, sysadmin = signed_in("leader1"), signed_in("sysadmin1")
