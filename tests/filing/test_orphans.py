"""Files that no row names are found and removed in time, and none that a row names, or is about to."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from approvals.base.database import Database
from approvals.base.files.store import ASIDE, NEW, discard, path_of, put, store, touch
from approvals.filing.document_changes import remove
from approvals.filing.documents import add
from approvals.filing.orphans import orphans, remove_orphans
from approvals.filing.previews import FOLDER
from approvals.filing.views import project_by_id
from tests.support.builders import NOW, a_database, a_project, an_actor, project_row
from tests.support.evidence import a_photo
from tests.support.files import pdf
from workflows.config.policy import load_policy

DAY = timedelta(days=1)
KEPT = timedelta(days=load_policy().uploads.orphan_days)
LONG_AGO = (NOW - KEPT - DAY).timestamp()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A city whose files lie in the folder of the test, or nowhere."""
    database = a_database(database_url)
    yield database
    database.close()


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def grow_old(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def test_what_no_row_names_is_removed_and_all_that_one_names_stays(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        project_id = project_row(tx, a_project(tx, "filed")).id
        stored, owner = store(tmp_path, "坐标.pdf", io.BytesIO(pdf("坐标"))), an_actor(tx, "owner1")
        uid = add(tx, project_by_id(tx, project_id), stored, "坐标表", by=owner, now=NOW)
        a_photo(tx, tmp_path, "owner1")
        named = files_of(tmp_path)
        left = put(tmp_path, io.BytesIO(b"of a form that was refused"))
        (tmp_path / f"{NEW}1").write_bytes(b"half of a file")
        grow_old(tmp_path)
        fresh = put(tmp_path, io.BytesIO(b"of a form that is being sent"))
        assert {path.name for path in orphans(tx, tmp_path, NOW)} == {left, f"{NEW}1"}
        assert remove_orphans(tx, tmp_path, NOW) == 2
        assert files_of(tmp_path) == named | {fresh}
        assert (len(named), remove_orphans(tx, tmp_path, NOW)) == (3, 0)

        remove(tx, project_id, uid, by=owner, now=NOW)
        remove_orphans(tx, tmp_path, NOW)
        assert files_of(tmp_path) == named - {stored.sha256} | {fresh}


def test_previews_go_with_what_they_show(database: Database, tmp_path: Path) -> None:
    digest = put(tmp_path, io.BytesIO(b"a picture"))
    for name in (digest, "0" * 64):
        preview = tmp_path / FOLDER / name[:2] / name
        preview.parent.mkdir(parents=True)
        preview.write_bytes(b"small")
    with database.write() as tx:
        remove_orphans(tx, tmp_path, NOW)
    assert path_of(tmp_path, digest).exists()
    assert [path.name for path in (tmp_path / FOLDER).glob("*/*")] == [digest]


def test_what_is_sent_again_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody touches the content at each moment of its removal."""
    content = b"sent again"
    digest = put(tmp_path, io.BytesIO(content))
    path, rename = path_of(tmp_path, digest), Path.rename

    def touched_before(source: Path, target: Path) -> Path:
        if source == path:
            touch(tmp_path, digest)
        return rename(source, target)

    def put_after(source: Path, target: Path) -> Path:
        moved = rename(source, target)
        if source == path:
            put(tmp_path, io.BytesIO(content))
        return moved

    for meanwhile in (touched_before, put_after):
        os.utime(path, (LONG_AGO, LONG_AGO))
        monkeypatch.setattr(Path, "rename", meanwhile)
        discard(tmp_path, path, LONG_AGO + 1)
        monkeypatch.setattr(Path, "rename", rename)
        assert path.read_bytes() == content
        assert files_of(tmp_path) == {digest}


def test_a_removal_that_was_broken_off_takes_nothing_that_a_row_names(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        stored = store(tmp_path, "坐标.pdf", io.BytesIO(pdf("坐标")))
        project = project_by_id(tx, project_row(tx, a_project(tx, "filed")).id)
        add(tx, project, stored, "", by=an_actor(tx, "owner1"), now=NOW)
        path_of(tmp_path, stored.sha256).rename(tmp_path / f"{ASIDE}{stored.sha256}")
        grow_old(tmp_path)
        assert remove_orphans(tx, tmp_path, NOW) == 0
    assert path_of(tmp_path, stored.sha256).exists()
