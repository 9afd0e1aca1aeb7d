"""A small programme at the browsers of those who have to do with it."""

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.pages import Visitor, give_password, somebody
from tests.support.programme import FINANCE, LEADER, REPORTER, an_item


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as tx:
        ref = an_item(tx)
    give_password(database, REPORTER, FINANCE)
    return ref


@pytest.fixture
def reporter(app: OpenAPI, item: str) -> Visitor:
    return somebody(app, REPORTER)


@pytest.fixture
def lead(app: OpenAPI, item: str) -> Visitor:
    return somebody(app, LEADER)


@pytest.fixture
def finance(app: OpenAPI, item: str) -> Visitor:
    return somebody(app, FINANCE)
