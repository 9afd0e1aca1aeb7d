"""The tables of liaisons come to a city that has been at work: nothing is lost, nothing loosened."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from approvals.base.database import Database
from approvals.base.migrations import config, downgrade, upgrade
from tests.support.builders import a_city, a_project, entries, faults
from tests.support.former_editions import hash_as_before

BEFORE = "0002"
RECORD = "SELECT seq, subject, move, actor, facts, digest, hash FROM history_entries ORDER BY id"
ENTRY = (
    "INSERT INTO history_entries (project_id, seq, subject, subject_id, round, move, from_state, to_state, actor, role,"
    " unit, at, recorded_at, facts, salt, digest, hash) SELECT project_id, seq + 1000, '{subject}', subject_id, round,"
    " move, from_state, to_state, actor, role, unit, at, recorded_at, facts, salt, digest, hash FROM history_entries"
    " WHERE seq = 1"
)


@pytest.fixture
def database(bare_database_url):
    upgrade(bare_database_url)
    database = Database(bare_database_url)
    yield database
    database.close()


def attempt(database, statement):
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.execute(text(statement))


def test_projects_that_were_registered_before_have_their_liaison_and_their_whole_record(database, bare_database_url):
    with database.write() as tx:
        a_city(tx)
        refs = [a_project(tx, "registered") for _ in range(3)]
        a_project(tx, "filed")
    hash_as_before(database)
    with database.read() as tx:
        before = [entries(tx, ref) for ref in refs]
    downgrade(bare_database_url, BEFORE)
    attempt(database, ENTRY.format(subject="request"))
    upgrade(bare_database_url)
    with database.read() as tx:
        assert [entries(tx, ref) for ref in refs] == before
        assert tx.execute(text("SELECT count(*) FROM liaison_terms WHERE until_at IS NULL")).scalar_one() == 3
    assert faults(database) == []


def test_the_record_stays_closed_to_changes_and_to_subjects_that_no_chart_has(database):
    with database.write() as tx:
        a_city(tx)
        a_project(tx, "filed")
        tx.execute(text(ENTRY.format(subject="request")))
    attempt(database, ENTRY.format(subject="nonsense").replace("1000", "2000"))
    attempt(database, "UPDATE history_entries SET move = 'file'")
    attempt(database, "DELETE FROM history_entries")


def test_going_back_keeps_the_record_of_requests(database, bare_database_url):
    with database.write() as tx:
        a_city(tx)
        a_project(tx, "filed")
        tx.execute(text(ENTRY.format(subject="request")))
    hash_as_before(database)
    with database.read() as tx:
        before = tx.execute(text(RECORD)).all()
    downgrade(bare_database_url, BEFORE)
    with database.read() as tx:
        assert tx.execute(text(RECORD)).all() == before
    attempt(database, "DELETE FROM history_entries")


def test_the_tables_are_those_that_the_program_knows(database, bare_database_url):
    command.check(config(bare_database_url))
