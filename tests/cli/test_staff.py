"""`guahao unit` and `guahao person`: what the pages of the administrators do, on the command line."""

from datetime import UTC, datetime

import pyotp
import pytest

from approvals.accounts.queries import person
from approvals.accounts.resets import choose_password
from approvals.accounts.second_factors import has_factor, new_secret, set_up_factor
from tests.support.builders import a_database, a_project, an_actor, faults, project_row
from tests.support.cli_runner import run
from tests.support.people_sheets import NEW, people_csv

BY = ("--by", "sysadmin1")


@pytest.fixture
def database(sqlite_url):
    database = a_database(sqlite_url)
    yield database
    assert faults(database) == []
    database.close()


@pytest.fixture
def cli(database, sqlite_url):
    def call(*words, fails=False):
        result = run({"GUAHAO_DATABASE_URL": sqlite_url}, *words)
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return call


def test_a_unit_is_made_renamed_and_merged(cli, database):
    cli("unit", "add", "市审计局", "--kind", "department", *BY)
    cli("unit", "rename", "市审计局", "市审计监督局", "--from", "2026-01-01", *BY)
    assert "市审计监督局  department  0" in cli("unit", "list")
    shown = cli("unit", "merge", "市审计局", "市水利局", "--preview", *BY)
    assert shown == "市审计监督局 -> 市水利局: 0 people, 0 approvals, 0 orders, 0 projects\n"
    cli("unit", "merge", "市审计局", "市水利局", *BY)
    assert "市审计监督局  department  0  (merged)" in cli("unit", "list")
    assert "there is no unit" in cli("unit", "merge", "没有", "市水利局", *BY, fails=True)


def test_a_person_is_made_gets_roles_of_a_past_day_moves_and_leaves(cli, database):
    cli("person", "add", "new1", "--name", "钟离", "--unit", "市水利局", *BY)
    cli("person", "roles", "new1", "window", "--from", "2026-01-05", "--by", "secadmin1")
    assert "window  市水利局  2026-01-0" in cli("person", "show", "new1")
    assert "new1  钟离  市水利局  window" in cli("person", "list", "--unit", "市水利局")
    cli("person", "move", "new1", "市教育局", *BY)
    cli("person", "leave", "new1", *BY)
    assert "(deactivated)" in cli("person", "list", "--unit", "市教育局")


def test_leaving_with_open_work_needs_a_successor_and_the_right_administrator(cli, database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
    assert "open: 1 projects" in cli("person", "show", "liaison1")
    assert "successor" in cli("person", "leave", "liaison1", *BY, fails=True)
    assert "is not a sysadmin" in cli("person", "leave", "liaison1", "--by", "owner1", fails=True)
    cli("person", "leave", "liaison1", "--successor", "liaison2", *BY)
    with database.read() as tx:
        assert project_row(tx, ref).liaison_id == an_actor(tx, "liaison2").id


def test_a_person_is_added_with_a_link_and_without_a_password(cli, database):
    link = cli("person", "add", "new1", "--name", "钟离", "--unit", "市水利局", "--link", *BY).strip()
    with database.write() as tx:
        assert not person(tx, "new1").has_password
        choose_password(tx, link.partition("secret=")[2], "a long road 27 homes", now=datetime.now(UTC))
        assert person(tx, "new1").has_password


def test_a_sheet_of_people_is_shown_and_taken_in_two_parts(cli, database, tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_bytes(people_csv(NEW))
    assert "row 2: zhong01 new" in cli("person", "import", sheet, "--preview", *BY)
    assert "zhong01" not in cli("person", "list")
    assert cli("person", "import", sheet, *BY).endswith("1 were made, 0 changed\n")
    assert cli("person", "import", sheet, "--roles").endswith("0 were made, 1 changed\n")
    assert "zhong01  钟离  市教育局  owner" in cli("person", "list")
    assert cli("person", "import", sheet, *BY).endswith("0 were made, 0 changed\n")


def test_a_sheet_with_a_wrong_row_is_refused_as_a_whole(cli, database, tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_bytes(people_csv(NEW, ("zhong02", "钟二", "没有这个局", "", "", "")))
    told = cli("person", "import", sheet, *BY, fails=True)
    assert "row 3: zhong02 refused C3 is not the name of a unit: 没有这个局" in told
    assert "nothing was taken" in told
    sheet.write_bytes(b"\x00\x01 no sheet")
    cli("person", "import", sheet, *BY, fails=True)
    assert "zhong0" not in cli("person", "list")


def test_a_lost_second_factor_is_taken_off_at_once_or_by_two_administrators(cli, database):
    now = datetime.now(UTC)
    for username in ("owner1", "owner2"):
        with database.write() as tx:
            secret = new_secret()
            set_up_factor(tx, secret, pyotp.TOTP(secret).at(now), by=an_actor(tx, username), now=now)
    cli("person", "reset-second-factor", "owner1")
    assert "another administrator confirms" in cli("person", "reset-second-factor", "owner2", "--as", "sysadmin1")
    assert "There is no second factor" in cli("person", "reset-second-factor", "owner1", fails=True)
    assert "there is no user" in cli("person", "reset-second-factor", "nobody", fails=True)
    with database.read() as tx:
        assert [has_factor(tx, an_actor(tx, username).id) for username in ("owner1", "owner2")] == [False, True]
