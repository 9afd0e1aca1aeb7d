"""`guahao token`: made with bounds, listed with their last use, revoked."""

import pytest
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from approvals.accounts.queries import TOKEN
from approvals.accounts.token_calls import see_token
from tests.support.builders import NOW, a_database
from tests.support.cli_runner import run


@pytest.fixture
def database(sqlite_url):
    database = a_database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def cli(database, sqlite_url):
    def call(*words, fails=False):
        result = run({"GUAHAO_DATABASE_URL": sqlite_url}, *words)
        assert result.exit_code == (1 if fails else 0), result.output
        return result

    return call


def test_a_token_is_made_with_its_bounds_and_stands_in_the_list(cli, database):
    bounds = ("--unit", "市水利局", "--unit", "市教育局", "--move", "submit", "--days", "30")
    made = cli("token", "create", "integration1", "--label", "land registry", *bounds)
    assert made.stdout.startswith("gh_") and made.stdout.count("\n") == 1 and made.stderr == ""
    listed = cli("token", "list").stdout
    assert "integration1  land registry  in force  市教育局, 市水利局; submit; until 2" in listed
    assert "unbound" not in listed and listed.endswith("never used\n")


def test_a_token_without_bounds_is_made_as_ever_with_a_warning(cli):
    made = cli("token", "create", "integration1")
    assert made.stdout.startswith("gh_") and made.stdout.count("\n") == 1
    assert made.stderr.startswith("not bound")
    assert cli("token", "create", "owner1").stderr == ""
    assert "unbound" in cli("token", "list", "integration1").stdout


def test_doctor_warns_of_programs_whose_tokens_are_unbound(cli):
    assert "ok    tokens" in run_doctor(cli)
    cli("token", "create", "integration1")
    assert "WARN  tokens: not bound to units, moves and a term: 1 of integration1" in run_doctor(cli)


def run_doctor(cli):
    """What doctor says; on this machine something else may be amiss."""
    try:
        return cli("doctor").stdout
    except AssertionError as failed:
        return str(failed)


def test_the_list_shows_last_use_and_address(cli, database):
    cli("token", "create", "integration1")
    with database.write() as tx:
        see_token(tx, tx.execute(select(TOKEN.c.id)).scalar_one(), "192.0.2.9", NOW)
    assert "from 192.0.2.9" in cli("token", "list").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("integration1", "--unit", "没有"), "there is no unit 没有"),
        (("integration1", "--move", "fly"), "there is no move fly"),
        (("integration1", "--until", "2020-01-01"), "must be in the future"),
        (("nobody",), "there is no user nobody"),
        (("integration1", "--as", "owner1"), "owner1 is not a sysadmin"),
    ],
)
def test_a_wrong_token_is_refused_in_one_sentence(cli, database, words, said):
    failed = cli("token", "create", *words, fails=True)
    assert said in failed.output and len(failed.output.splitlines()) == 1
    with database.read() as tx:
        assert tx.execute(select(TOKEN.c.id)).first() is None


def test_a_token_is_revoked_by_its_number_in_somebodys_name(cli, database):
    cli("token", "create", "integration1", "--as", "sysadmin1")
    cli("token", "revoke", "integration1", "1")
    assert "revoked" in cli("token", "list").stdout
    assert "no running token 1" in cli("token", "revoke", "integration1", "1", fails=True).output
    with database.read() as tx:
        rows = tx.execute(select(EVENT.c.event, EVENT.c.actor).order_by(EVENT.c.id)).all()
    assert rows[-2:] == [("token_created", "sysadmin1"), ("token_revoked", "@console")]
