"""The files of a project, and those of a unit, take no more space than the policy gives them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import Invalid
from approvals.base.files.store import Stored
from approvals.filing import quotas
from approvals.filing.documents import add
from approvals.filing.quotas import check_room, check_room_for_evidence
from approvals.filing.views import project_by_id
from tests.support.builders import NOW, a_database, a_project, an_actor, project_row
from tests.support.evidence import a_photo
from workflows.config.policy import UploadRules, load_policy

KB, MB = 1024, 1024 * 1024


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A city whose files lie in the folder of the test, or nowhere."""
    database = a_database(database_url)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def one_for_a_project_and_two_for_a_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = replace(load_policy(), uploads=UploadRules(project_mb=1, unit_mb=2))
    monkeypatch.setattr(quotas, "load_policy", lambda: policy)


def a_project_with(tx: Connection, *sizes: int, owner: str = "owner1") -> int:
    project_id = int(project_row(tx, a_project(tx, "filed", owner=owner)).id)
    for size in sizes:
        stored = Stored("坐标.pdf", "application/pdf", size, f"{size:064x}")
        add(tx, project_by_id(tx, project_id), stored, "", by=an_actor(tx, owner), now=NOW)
    return project_id


def fits(tx: Connection, project_id: int, *sizes: int) -> bool:
    try:
        check_room(tx, project_id, sizes)
    except Invalid as refusal:
        assert set(refusal.fields) == {"file"}
        return False
    return True


@pytest.mark.parametrize("taken", [(), (1,), (400 * KB, 400 * KB), (MB,)])
def test_a_project_takes_what_is_left_and_not_a_byte_more(database: Database, taken: tuple[int, ...]) -> None:
    with database.write() as tx:
        project_id = a_project_with(tx, *taken)
        left = MB - sum(taken)
        assert fits(tx, project_id, left)
        assert not fits(tx, project_id, left + 1)
        assert not fits(tx, project_id, left, 1)


def test_all_projects_of_a_unit_share_its_space_and_others_do_not_count(database: Database) -> None:
    with database.write() as tx:
        a_project_with(tx, MB)
        a_project_with(tx, 600 * KB)
        a_project_with(tx, MB, owner="owner2")
        project_id = a_project_with(tx)
        assert fits(tx, project_id, 424 * KB)
        assert not fits(tx, project_id, 424 * KB + 1)


def test_a_refusal_says_how_much_is_left(database: Database) -> None:
    with database.write() as tx:
        project_id = a_project_with(tx, MB)
        with pytest.raises(Invalid, match=r"may take 1 MB, and 0 MB are left\. Nothing was taken"):
            check_room(tx, project_id, [1])


def test_evidence_counts_for_the_unit_that_sent_it_and_programs_have_no_limit(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as tx:
        officer, program = an_actor(tx, "owner1"), an_actor(tx, "integration1")
        check_room_for_evidence(tx, officer, 2 * MB)
        a_photo(tx, tmp_path, "owner1")
        with pytest.raises(Invalid):
            check_room_for_evidence(tx, officer, 2 * MB)
        check_room_for_evidence(tx, program, 100 * MB)
