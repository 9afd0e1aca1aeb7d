"""Documents are renamed, used otherwise, replaced and removed until something relies upon them."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Problem, Refused
from approvals.base.files.store import store
from approvals.filing.document_changes import relied_upon, remove, rename, replace, retype
from approvals.filing.documents import add, for_project
from approvals.filing.views import project_by_id
from approvals.integrity.documents import documents_of_the_record_exist
from tests.support.builders import NOW, a_database, a_project, an_actor, do, project_row
from tests.support.files import pdf


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A city whose files lie in the folder of the test."""
    database = a_database(database_url)
    yield database
    database.close()


Change = Callable[[Connection, int, str, str], object]


def document(tx: Connection, folder: Path, ref: str, name: str = "坐标.pdf", by: str = "owner1") -> str:
    stored = store(folder, name, io.BytesIO(pdf(name)))
    return add(tx, project_by_id(tx, project_row(tx, ref).id), stored, "坐标表", by=an_actor(tx, by), now=NOW)


def changes(folder: Path) -> dict[str, Change]:
    other = store(folder, "新.pdf", io.BytesIO(pdf("新")))
    return {
        "rename": lambda tx, project_id, uid, by: rename(tx, project_id, uid, "界址.pdf", by=an_actor(tx, by), now=NOW),
        "retype": lambda tx, project_id, uid, by: retype(tx, project_id, uid, "规划图", by=an_actor(tx, by), now=NOW),
        "replace": lambda tx, project_id, uid, by: replace(tx, project_id, uid, other, by=an_actor(tx, by), now=NOW),
        "remove": lambda tx, project_id, uid, by: remove(tx, project_id, uid, by=an_actor(tx, by), now=NOW),
    }


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ("rename", [("界址.pdf", "坐标表")]),
        ("retype", [("坐标.pdf", "规划图")]),
        ("replace", [("新.pdf", "坐标表")]),
        ("remove", []),
    ],
)
def test_a_document_changes_until_it_is_handed_in_and_never_after(
    database: Database, tmp_path: Path, change: str, after: list[tuple[str, str]]
) -> None:
    make = changes(tmp_path)[change]
    with database.write() as tx:
        ref = a_project(tx, "registered")
        project_id = project_row(tx, ref).id
        make(tx, project_id, document(tx, tmp_path, ref), "owner1")
        assert [(view.name, view.material) for view in for_project(tx, project_id)] == after
        fixed = document(tx, tmp_path, ref, "定稿.pdf")
        do(tx, "owner1", "submit", f"{ref}/A01", {"materials": [{"name": "坐标表", "document": fixed}]})
        assert relied_upon(tx, project_id) == {fixed}

    with pytest.raises(Refused, match="handed in"), database.write() as tx:
        make(tx, project_id, fixed, "owner1")
    with database.read() as tx:
        assert list(documents_of_the_record_exist(tx)) == []


@pytest.mark.parametrize(
    ("by", "uploaded_by", "refusal"),
    [
        ("liaison1", "liaison1", None),
        ("owner1", "liaison1", None),
        ("liaison1", "owner1", Refused),  # what the owner brought is the owner's
        ("liaison2", "liaison2", Forbidden),  # accompanies another project
        ("owner2", "owner1", Forbidden),
        ("office1", "owner1", Forbidden),
        ("window-a01", "owner1", Forbidden),
    ],
)
def test_owners_change_all_documents_and_their_liaison_those_they_uploaded(
    database: Database, tmp_path: Path, by: str, uploaded_by: str, refusal: type[Problem] | None
) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        project_id, uid = project_row(tx, ref).id, document(tx, tmp_path, ref, by=uploaded_by)

    try:
        with database.write() as tx:
            remove(tx, project_id, uid, by=an_actor(tx, by), now=NOW)
        result = None
    except Problem as problem:
        result = type(problem)
    assert result is refusal


def test_a_document_keeps_its_ending_and_serves_only_as_what_somebody_asks_for(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as tx:
        ref = a_project(tx)
        project_id, uid, owner = project_row(tx, ref).id, document(tx, tmp_path, ref), an_actor(tx, "owner1")

    for name, reason in (("坐标.docx", "keep the ending .pdf"), ("", "Choose a file|is required"), ("a\0.pdf", "")):
        with pytest.raises(Invalid, match=reason), database.write() as tx:
            rename(tx, project_id, uid, name, by=owner, now=NOW)
    with pytest.raises(Invalid, match="material"), database.write() as tx:
        retype(tx, project_id, uid, "别的东西", by=owner, now=NOW)
    with pytest.raises(NotFound), database.write() as tx:
        remove(tx, project_id, "d-0000000000000000", by=owner, now=NOW)


def test_a_closed_project_keeps_its_documents(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        ref = a_project(tx)
        project_id, uid = project_row(tx, ref).id, document(tx, tmp_path, ref)
        do(tx, "owner1", "withdraw", ref)

    with pytest.raises(Refused, match="closed"), database.write() as tx:
        remove(tx, project_id, uid, by=an_actor(tx, "owner1"), now=NOW)


def test_a_document_that_the_record_names_and_somebody_took_away_is_named(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        uid = document(tx, tmp_path, ref)
        do(tx, "owner1", "submit", f"{ref}/A01", {"materials": [{"name": "坐标表", "document": uid}]})
        tx.exec_driver_sql("DELETE FROM documents")
        [violation] = documents_of_the_record_exist(tx)
        assert uid in violation.found and violation.where == f"{project_row(tx, ref).number}, entry 6"
