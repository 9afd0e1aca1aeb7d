"""What is stored is looked after: space, modes, backups, verifications."""

import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest

from approvals.base.service import Service
from approvals.integrity import storage
from approvals.integrity.doctor import examine
from tests.support.builders import a_database
from tests.support.cli_runner import run
from tests.support.pages import the_settings

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def service(sqlite_url: str, tmp_path: Path) -> Service:
    a_database(sqlite_url).close()
    (tmp_path / "data").mkdir(mode=0o700)
    return Service(the_settings(sqlite_url, data_dir=tmp_path / "data"))


@pytest.mark.parametrize(("free", "told"), [(2**31, (True, True)), (2**30, (False, True)), (2**20, (False, False))])
def test_free_space_is_a_warning_and_then_a_failure(
    service: Service, monkeypatch: pytest.MonkeyPatch, free: int, told: tuple[bool, bool]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(2**40, 0, free))
    check = storage.disk(service)
    assert (check.is_fine, check.is_warning) == told


def test_what_others_may_read_is_named(service: Service) -> None:
    database = Path(str(service.database.url.database))
    database.chmod(0o600)
    assert storage.modes(service).is_fine
    database.chmod(0o644)
    assert str(database) in storage.modes(service).told
    database.chmod(0o600)
    service.settings.data_dir.chmod(0o755)
    assert str(service.settings.data_dir) in storage.modes(service).told


def test_the_last_backup_and_the_last_verification_have_an_age(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"GUAHAO_ENV": "test", "GUAHAO_DATABASE_URL": service.settings.database_url}
    env["GUAHAO_DATA_DIR"] = str(service.settings.data_dir)
    assert "there was none" in storage.backup(service).told
    assert "never verified" in storage.verification(service).told
    assert run(env, "backup", tmp_path / "city.backup").exit_code == 0
    assert run(env, "verify").exit_code == 0
    assert storage.backup(service).is_fine
    assert storage.verification(service).is_fine
    later = service.now() + timedelta(days=3)
    monkeypatch.setattr(Service, "now", lambda _self: later)
    assert storage.backup(service).told == "the last one was 72 hours ago"
    assert not storage.backup(service).is_fine
    assert not storage.verification(service).is_fine
    with service.database.write() as tx:
        storage.note_verification(tx, later, 2)
    assert storage.verification(service).told.startswith("2 invariants of the record did not hold")


def test_the_doctor_reads_all_pages_of_sqlite(service: Service) -> None:
    assert {check.name: check for check in examine(service, is_thorough=True)}["pages"].is_fine
    assert "pages" not in {check.name for check in examine(service)}
    path = Path(str(service.database.url.database))
    service.database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"x" * 8192
    path.write_bytes(content)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    check = {check.name: check for check in examine(service, is_thorough=True)}["pages"]
    assert not check.is_fine
    assert not check.is_warning
