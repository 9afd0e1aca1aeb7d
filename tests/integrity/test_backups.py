"""A backup of either engine is restored elsewhere, holds, and knows that it is one."""

import io
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from approvals.accounts.sign_ins import SIGN_IN
from approvals.base.database import Database
from approvals.base.files.store import path_of, put
from approvals.base.jobs import JOB
from approvals.base.stores import SERIES, fact
from approvals.integrity.archives import BadArchive, unpack
from approvals.integrity.backups import DUMPS
from approvals.integrity.restored import CHANNELS, DELIVERIES, registration_series
from tests.support.builders import NOW, a_database, a_project, faults, project_row
from tests.support.cli_runner import run
from tests.support.servers import Postgres

KEY = "0123456789abcdef" * 4


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a city with a registered project, a session, a message that waits, and a document."""
    database = a_database(database_url)
    with database.write() as tx:
        a_project(tx, "registered", ref="kept")
        person = {"person_id": 1}
        times = {"begun_at": NOW, "seen_at": NOW, "ends_at": NOW + timedelta(days=1), "confirmed_at": NOW}
        tx.execute(insert(SIGN_IN).values(digest="d" * 64, address="192.0.2.1", browser="", **person, **times))
        channel = {"channel": "mail", "address": "a@city.example", "on_since": NOW - timedelta(days=900)}
        tx.execute(insert(CHANNELS).values(**person, **channel))
        waiting = {"key": "message", "channel": "mail", "digest_on": NOW.date(), "state": "waiting"}
        tx.execute(insert(DELIVERIES).values(told_at=NOW, made_at=NOW, **person, **waiting))
        job = {"kind": "deliver_mail", "period": "message", "state": "waiting", "most_tries": 9}
        tx.execute(insert(JOB).values(due_at=NOW, made_at=NOW, **job))
    database.close()
    put(tmp_path / "from/files", io.BytesIO(b"%PDF- a document"))
    return {"GUAHAO_ENV": "test", "GUAHAO_DATABASE_URL": database_url, "GUAHAO_DATA_DIR": str(tmp_path / "from")}


@pytest.fixture
def elsewhere(env: dict[str, str], bare_database_url: str, tmp_path: Path) -> dict[str, str]:
    return env | {"GUAHAO_DATABASE_URL": bare_database_url, "GUAHAO_DATA_DIR": str(tmp_path / "to")}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(KEY + "\n", "ascii")
    return path


@pytest.fixture
def restored(elsewhere: dict[str, str]) -> Iterator[Database]:
    database = Database(elsewhere["GUAHAO_DATABASE_URL"])
    yield database
    database.close()


def count(database: Database, *, of: str, where: object = True) -> int:
    table = {"sessions": SIGN_IN, "jobs": JOB, "deliveries": DELIVERIES}[of]
    with database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table).where(where)).scalar_one())  # type: ignore[arg-type]


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_backup_is_restored_elsewhere_and_the_service_knows_it(
    env: dict[str, str], elsewhere: dict[str, str], tmp_path: Path, key_file: Path, restored: Database, is_sealed: bool
) -> None:
    path, options = tmp_path / "city.backup", (["--key-file", key_file] if is_sealed else [])
    made = run(env, "backup", path, *options)
    assert made.exit_code == 0, made.output
    assert "database and 1 documents" in made.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (b"manifest.json" in path.read_bytes()) is not is_sealed
    year = NOW.year

    done = run(elsewhere, "restore", path, *options, "--last-number", f"{year}/4")
    assert done.exit_code == 0, done.output
    assert "the record holds" in done.output
    assert "1 sessions ended, 1 waiting messages are not sent" in done.output
    assert f"{registration_series(year)}: the numbers 2 to 4 were given after the backup and are lost" in done.output

    assert faults(restored, tmp_path / "to/files") == []
    assert count(restored, of="sessions") == 0
    assert count(restored, of="jobs", where=JOB.c.kind == "deliver_mail") == 0
    assert count(restored, of="deliveries", where=DELIVERIES.c.state == "dropped") == 1
    with restored.write() as tx:
        assert fact(tx, "restored")["sends"] is False
        kept, new = project_row(tx, "kept"), project_row(tx, a_project(tx, "registered"))
        assert (kept.serial, new.serial) == (1, 5)
    assert faults(restored) == []
    (document,) = [file for file in (tmp_path / "to/files").rglob("*") if file.is_file()]
    assert document == path_of(tmp_path / "to/files", document.name)
    assert document.read_bytes() == b"%PDF- a document"

    again = run(elsewhere, "restore", path, *options, "--last-number", "none")
    assert again.exit_code == 1
    assert "the database is not empty" in again.output


def test_what_waited_is_sent_when_it_was_not_sent_since(
    env: dict[str, str], elsewhere: dict[str, str], tmp_path: Path, restored: Database
) -> None:
    assert run(env, "backup", tmp_path / "city.backup").exit_code == 0
    done = run(elsewhere, "restore", tmp_path / "city.backup", "--last-number", "none", "--send-waiting")
    assert done.exit_code == 0, done.output
    assert count(restored, of="jobs", where=JOB.c.kind == "deliver_mail") == 1
    assert count(restored, of="deliveries", where=DELIVERIES.c.state == "waiting") == 1
    with restored.read() as tx:
        stands = select(SERIES.c.last).where(SERIES.c.series == registration_series(NOW.year))
        assert tx.execute(stands).scalar_one() == 1


def test_a_number_that_the_backup_has_already_is_refused_and_nothing_is_left_that_looks_restored(
    env: dict[str, str], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    assert run(env, "backup", tmp_path / "city.backup").exit_code == 0
    done = run(elsewhere, "restore", tmp_path / "city.backup", "--last-number", f"{NOW.year}/0")
    assert (done.exit_code, "cannot be 0" in done.output) == (1, True)
    assert not (tmp_path / "to/files").exists()
    assert run(elsewhere, "restore", tmp_path / "city.backup").exit_code == 2  # nobody is spared the question
    assert run(elsewhere, "restore", tmp_path / "city.backup", "--last-number", "41").exit_code == 2
    assert run(elsewhere, "restore", tmp_path / "city.backup", "--last-number", f"{NOW.year}/1").exit_code == 0


def test_a_gap_that_no_restoration_made_is_still_found(database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "registered")
        tx.execute(update(SERIES).where(SERIES.c.series == registration_series(NOW.year)).values(last=3))
    assert any("the series stands at 3" in fault for fault in faults(database))
    with database.write() as tx:
        tx.execute(update(SERIES).where(SERIES.c.series == registration_series(NOW.year)).values(last=1))


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_backup_that_was_touched_is_refused_and_leaves_the_target_empty(
    sqlite_url: str, tmp_path: Path, key_file: Path, is_sealed: bool
) -> None:
    a_database(sqlite_url).close()
    env = {"GUAHAO_ENV": "test", "GUAHAO_DATABASE_URL": sqlite_url, "GUAHAO_DATA_DIR": str(tmp_path / "from")}
    options = ["--key-file", key_file] if is_sealed else []
    path = tmp_path / "city.backup"
    assert run(env, "backup", path, *options).exit_code == 0
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for number, content in enumerate((bytes(changed), whole[: len(whole) // 2], whole[:-20_000], b"", b"no backup")):
        bad, to = tmp_path / f"bad{number}", tmp_path / f"to{number}"
        bad.write_bytes(content)
        target = {"GUAHAO_ENV": "test", "GUAHAO_DATA_DIR": str(to)}
        done = run(target, "restore", bad, *options, "--last-number", "none")
        assert done.exit_code == 1, done.output
        assert "Error: " in done.output
        assert not (to / "files").exists()
        assert run(target, "restore", path, *options, "--last-number", "none").exit_code == 0  # the target is as it was


def test_an_encrypted_backup_needs_its_key(sqlite_url: str, tmp_path: Path, key_file: Path) -> None:
    env = {"GUAHAO_ENV": "test", "GUAHAO_DATABASE_URL": sqlite_url, "GUAHAO_DATA_DIR": str(tmp_path / "from")}
    path = tmp_path / "city-%Y.backup"
    assert run(env, "backup", path, "--key-file", key_file).exit_code == 0
    (path,) = tmp_path.glob("city-2*.backup")
    (tmp_path / "unpacked").mkdir()
    with pytest.raises(BadArchive, match="is encrypted"):
        unpack(path, None, tmp_path / "unpacked")
    with pytest.raises(BadArchive, match="the key is another one"):
        unpack(path, KEY[::-1], tmp_path / "unpacked")
    assert unpack(path, KEY, tmp_path / "unpacked")["sums"].keys() == {DUMPS[True]}
    short = tmp_path / "short"
    short.write_text("secret")
    assert "32 characters" in run(env, "backup", tmp_path / "x", "--key-file", short).output
    assert "exists already" in run(env, "backup", path, "--key-file", key_file).output


def test_a_backup_of_the_other_engine_is_refused_in_words(sqlite_url: str, postgres: Postgres, tmp_path: Path) -> None:
    env = {"GUAHAO_ENV": "test", "GUAHAO_DATABASE_URL": sqlite_url, "GUAHAO_DATA_DIR": str(tmp_path / "from")}
    assert run(env, "backup", tmp_path / "city.backup").exit_code == 0
    url = postgres.create("bare_for_the_other_engine")
    target = env | {"GUAHAO_DATABASE_URL": url, "GUAHAO_DATA_DIR": str(tmp_path / "to")}
    done = run(target, "restore", tmp_path / "city.backup", "--last-number", "none")
    postgres.drop("bare_for_the_other_engine")
    assert (done.exit_code, "of the other engine" in done.output) == (1, True)
