"""Whatever is wrong with settings, database or input: one sentence on standard error, exit status 1, no trace."""

import subprocess
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from approvals.base.database import Database
from approvals.base.migrations import downgrade
from tests.support.cli_runner import run
from tests.support.servers import PYTHON, ROOT, Postgres

DATA = ROOT / "workflows" / "data"
READING = (
    ("calendar", "preview", DATA / "calendar.yaml"),
    ("clock", "--all"),
    ("policy", "trial", DATA / "policy.yaml"),
    ("report", "monthly", "2026-03"),
    ("verify",),
)
WRITING = (
    ("calendar", "load", DATA / "calendar.yaml"),
    ("calendar", "take-back", "2026"),
    ("demo", "--people"),
    ("feed", "/dev/null"),
    ("sweep",),
    ("token", "create", "owner1"),
    ("worker",),
)
SETTINGS = {
    "an unknown environment": ({"GUAHAO_ENV": "prod"}, "GUAHAO_ENV is one of demo, production, test, not 'prod'"),
    "no secret": ({"GUAHAO_ENV": "production"}, "GUAHAO_SECRET_KEY is required in production"),
    "a database of another kind": ({"GUAHAO_DATABASE_URL": "mysql://city/guahao"}, "GUAHAO_DATABASE_URL is"),
    "no address": ({"GUAHAO_DATABASE_URL": "guahao"}, "GUAHAO_DATABASE_URL is"),
    "a database in memory": ({"GUAHAO_DATABASE_URL": "sqlite://"}, "GUAHAO_DATABASE_URL is"),
    "no folder to write into": ({"GUAHAO_DATA_DIR": "/proc/nowhere"}, "/proc/nowhere: No such file or directory"),
}


def is_one_sentence(result: Result, sentence: str) -> None:
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {sentence}"), result.stderr
    assert result.stderr.count("\n") == 1, result.stderr


def test_a_database_without_tables(bare_database_url: str) -> None:
    for words in (*READING, *WRITING):
        result = run({"GUAHAO_DATABASE_URL": bare_database_url}, *words)
        is_one_sentence(result, "the database has no tables yet; run `guahao migrate`")


def test_a_database_that_is_older_than_the_program(database_url: str) -> None:
    downgrade(database_url, "0001")
    for words in (("sweep",), ("report", "monthly", "2026-03")):
        result = run({"GUAHAO_DATABASE_URL": database_url}, *words)
        is_one_sentence(result, "the database is older than this program; run `guahao migrate`")


def test_a_database_that_is_newer_than_the_program(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    result = run({"GUAHAO_DATABASE_URL": database_url}, "migrate")
    is_one_sentence(result, "the database cannot be used: Can't locate revision identified by '9999'")


def test_a_database_that_does_not_answer(postgres: Postgres, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_text("no database\n" * 100)
    for url in ("postgresql://nobody@127.0.0.1:1/none", postgres.url("none"), f"sqlite:///{garbage}"):
        for words in (("clock", "--all"), ("sweep",), ("migrate",)):
            is_one_sentence(run({"GUAHAO_DATABASE_URL": url}, *words), "the database cannot be used: ")


@pytest.mark.parametrize(("env", "sentence"), SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_setting(env: dict[str, str], sentence: str) -> None:
    for words in (("clock", "--all"), ("doctor",), ("migrate",), ("openapi",)):
        is_one_sentence(run(env, *words), sentence)


def test_a_wrong_input(database_url: str, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for words, sentence in {
        ("clock", "510400-2026-00001/A01"): "there is no approval 510400-2026-00001/A01",
        ("calendar", "load", binary): "The text is not encoded in UTF-8; it seems to be UTF-16.",
        ("catalogue", "load", binary): "The text is not encoded in UTF-8; it seems to be UTF-16.",
        ("openapi", "--output", tmp_path / "none" / "openapi.json"): f"{tmp_path}/none/openapi.json: No such file",
        ("policy", "trial", DATA / "city.yaml"): "",
        ("report", "monthly", "2026-13"): "No such month",
        ("sweep", "--at", "yesterday"): "--at is an ISO time with its zone",
        ("sweep", "--at", "2026-03-02T09:15:00"): "--at is an ISO time with its zone",
        ("token", "create", "nobody"): "there is no user nobody",
    }.items():
        is_one_sentence(run({"GUAHAO_DATABASE_URL": database_url}, *words), sentence)


def test_an_unusable_key(database_url: str) -> None:
    result = run({"GUAHAO_DATABASE_URL": database_url, "GUAHAO_SIGNING_KEY": "/none.p12"}, "report", "signer")
    is_one_sentence(result, "GUAHAO_SIGNING_KEY: the file cannot be read")


@pytest.mark.parametrize("program", [("flask", "--app", "wsgi"), ("approvals",)], ids=["flask", "guahao"])
def test_both_programs_say_which_setting_is_wrong(program: tuple[str, ...]) -> None:
    command = [PYTHON, "-m", *program, "clock", "--all"]
    done = subprocess.run(command, cwd=ROOT, env={"GUAHAO_ENV": "prod"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: GUAHAO_ENV is one of demo, production, test, not 'prod'\n"
