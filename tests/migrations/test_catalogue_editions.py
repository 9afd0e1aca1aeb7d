"""What was registered before editions were kept gets the catalogue of the settings, where that has all its items."""

import pytest
from sqlalchemy import select

from approvals.base.migrations import downgrade, upgrade
from approvals.catalogue.queries import EDITION
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.editions import orphaned_codes
from tests.support.builders import a_database, a_project, project_row
from tests.support.catalogues import changed, without
from tests.support.former_editions import hash_as_before
from workflows.config import catalogue
from workflows.config.catalogue import load_catalogue, read_catalogue

BEFORE = "0030"


def test_registered_projects_get_the_catalogue_of_the_settings(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = a_database(database_url)
    with database.write() as tx:
        whole = a_project(tx, "registered")
        green = a_project(tx, "registered", answers={"affects_green_space": True})
        draft = a_project(tx, "drafted")
    hash_as_before(database)
    downgrade(database_url, BEFORE)
    lacking = read_catalogue(without(changed("2026-01", {}), "B06"))
    monkeypatch.setattr(catalogue, "load_catalogue", lambda: lacking)
    upgrade(database_url)

    with database.read() as tx:
        editions = {ref: project_row(tx, ref).catalogue_sha256 for ref in (whole, green, draft)}
        assert editions == {whole: lacking.sha256, green: None, draft: None}
        assert tx.execute(select(EDITION.c.sha256, EDITION.c.from_on)).all() == [(lacking.sha256, None)]
        assert orphaned_codes(tx, lacking) == ["B06"]
        assert orphaned_codes(tx, load_catalogue()) == []
    database.close()


def test_an_empty_city_stores_no_catalogue(database_url: str) -> None:
    downgrade(database_url, BEFORE)
    upgrade(database_url)
    database = a_database(database_url)
    with database.read() as tx:
        assert tx.execute(select(EDITION.c.id)).all() == []
        assert tx.execute(select(PROJECTS.c.id)).all() == []
    database.close()
