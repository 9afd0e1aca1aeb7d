"""A month's sheet and nodes that need evidence: refused at the cell until the entry has some, which then stays."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from approvals.base.database import Database
from approvals.base.i18n import in_language
from tests.imports.test_programme_month import FILLED, MAY, blank, filled, previewed, reasons, taken
from tests.support.builders import a_database, faults, when
from tests.support.evidence import a_photo
from tests.support.programme_moves import PLAN, REPORTER, an_item, cells, entry_row_of, report


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A city whose files lie in the folder of the test."""
    database = a_database(database_url)
    yield database
    assert faults(database, tmp_path) == []
    database.close()


def test_a_node_that_needs_evidence_is_refused_until_its_entry_has_some(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        an_item(tx, nodes=[PLAN["nodes"][0] | {"needs_evidence": True}])
        content = filled(blank(tx), FILLED | {"开工": {"reached_on": date(2026, 5, 4)}})
        with in_language("zh_Hans"):
            told = reasons(previewed(tx, content))
        assert list(told.values()) == ["S8: 报送达到“开工”须附佐证（照片或文件）"]
        report(tx, given=cells("1", evidence=[a_photo(tx, tmp_path, REPORTER)]))
    assert taken(database, content, now=when("2026-05-28")).count == 1
    with database.read() as tx:
        assert '"evidence":[{' in entry_row_of(tx, MAY).reported
