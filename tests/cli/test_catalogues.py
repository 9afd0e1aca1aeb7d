"""`guahao catalogue`: preview, load and take back an edition; `doctor` says what is open without its item."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration import edition_views
from approvals.registration.editions import load_edition
from tests.support.builders import EVERY_ITEM, NOW, a_database, a_project, project_row
from tests.support.catalogues import NEW_NAME, mid_year
from tests.support.cli_runner import run
from workflows.config.catalogue import read_catalogue


@pytest.fixture
def city(sqlite_url: str) -> Iterator[Database]:
    database = a_database(sqlite_url)
    with database.write() as tx:
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="", kind="department"))
        a_project(tx, "registered", answers=EVERY_ITEM, ref="ext-catalogue")
    yield database
    database.close()


@pytest.fixture
def env(sqlite_url: str) -> dict[str, str]:
    return {"GUAHAO_DATABASE_URL": sqlite_url, "GUAHAO_NOW": NOW.isoformat()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.yaml"
    path.write_text(mid_year(), encoding="utf-8-sig")
    return path


def catalogue_check(env: dict[str, str]) -> dict[str, object]:
    check: dict[str, object] = json.loads(run(env, "doctor", "--json").stdout)["checks"]["catalogue"]
    return check


def test_an_edition_is_previewed_loaded_and_taken_back(city: Database, env: dict[str, str], file: Path) -> None:
    with city.read() as tx:
        number = project_row(tx, "ext-catalogue").number
    preview = run(env, "catalogue", "preview", file)
    assert (preview.exit_code, f"{number}/B06  waiting  keeps 2026-01: no longer listed" in preview.stdout) == (0, True)
    assert "2026-02" in run(env, "catalogue", "load", file).stdout
    again = run(env, "catalogue", "load", file)
    assert (again.exit_code, again.stderr) == (1, "Error: This catalogue is already in force.\n")
    assert "2026-01 is in force" in run(env, "catalogue", "take-back", "2026-02").stdout
    assert run(env, "catalogue", "take-back", "2026-01").exit_code == 1


def test_doctor_fails_with_the_codes_of_what_is_open_without_its_item(city: Database, env: dict[str, str]) -> None:
    assert catalogue_check(env)["ok"] is True
    with city.write() as tx:
        load_edition(tx, mid_year(), by="sysadmin1", now=NOW)
        tx.execute(update(PROJECTS).values(catalogue_sha256=None))
    check = catalogue_check(env)
    assert (check["ok"], check["warning"]) == (False, False)
    assert "B06, C04, D05" in str(check["told"])


def test_doctor_warns_of_a_file_that_has_no_effect(
    city: Database, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edition_views, "load_catalogue", lambda: read_catalogue(mid_year()))
    check = catalogue_check(env)
    assert (check["ok"], check["warning"]) == (False, True)
    assert "edition 2026-01 is in force" in str(check["told"])
    assert "guahao catalogue load" in str(check["told"])
