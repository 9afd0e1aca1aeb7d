"""One city for the tests of a module, on each engine in turn, in which every invariant holds at the end."""

import pytest

from tests.support.builders import a_database, faults
from tests.support.extent import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def town(request, make_database):
    database = a_database(make_database(request.param))
    yield database
    assert faults(database) == []
    database.close()
