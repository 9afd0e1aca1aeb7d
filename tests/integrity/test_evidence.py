"""Each kind of tampering with evidence is found and named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from approvals.base.database import Database
from approvals.base.files.store import path_of
from approvals.evidence.queries import EVIDENCE
from approvals.integrity.evidence import evidence_files_are_whole, evidence_is_that_of_the_record
from tests.support.builders import a_database
from tests.support.desk import damage
from tests.support.evidence import a_photo
from tests.support.pictures import photo
from tests.support.programme_moves import REPORTER, an_item, cells, report

TAMPERING = {
    "UPDATE evidence SET sha256 = copy_sha256": "is not what the move holds",
    "UPDATE evidence SET name = '别的.jpg'": "is not what the move holds",
    "UPDATE evidence SET taken_on = '2026-06-04'": "is not what the move holds",
    "UPDATE evidence SET uid = 'e-1'": "does not exist",
    "DELETE FROM evidence_uses": "is not that of the record",
    "UPDATE evidence_uses SET subject_id = 7": "is not that of the record",
    "UPDATE evidence_uses SET used_at = (SELECT min(adopted_at) FROM programme_items)": "is not that of the record",
}


class _Undo(Exception):
    """Rolls back what was tampered with."""


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path) -> Iterator[Database]:
    database = a_database(sqlite_url)
    with database.write() as tx:
        an_item(tx)
        report(tx, given=cells(evidence=[a_photo(tx, tmp_path, REPORTER, content=photo(size=(900, 600)))]))
    yield database
    database.close()


@pytest.mark.parametrize("statement", TAMPERING)
def test_a_row_that_is_not_as_the_moves_say_is_named(database: Database, statement: str) -> None:
    with pytest.raises(_Undo), database.write() as tx:
        assert list(evidence_is_that_of_the_record(tx)) == []
        tx.execute(text(statement))
        assert any(TAMPERING[statement] in fault.found for fault in evidence_is_that_of_the_record(tx))
        raise _Undo


@pytest.mark.parametrize("content", ["sha256", "copy_sha256", "thumbnail_sha256"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_content_that_is_gone_or_changed_is_named(database: Database, tmp_path: Path, content: str, how: str) -> None:
    with database.read() as tx:
        assert list(evidence_files_are_whole(tx, tmp_path)) == []
        assert len(list(evidence_files_are_whole(tx, None))) == 3
        damage(path_of(tmp_path, tx.execute(select(EVIDENCE.c[content])).scalar_one()), how)
        assert len(list(evidence_files_are_whole(tx, tmp_path))) == 1
