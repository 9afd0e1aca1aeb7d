"""The database at its newest edition is what the program expects; the way there and back loses and doubles nothing."""

import re
import shutil

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from approvals.base.columns import METADATA
from approvals.base.database import Database
from approvals.base.migrations import MIGRATIONS, config, current, downgrade, head, upgrade
from approvals.history.record import ENTRY, FURTHER
from approvals.supervision.queries import ESCALATIONS
from approvals.supervision.sweep import sweep
from approvals.tables import ALL_TABLES
from tests.support.builders import NOW, a_database, a_project, an_approval, faults, walk
from tests.support.concurrency import race
from tests.support.extent import effort
from tests.support.former_editions import hash_as_before

FIRST = "0002"  # the edition that was deployed first
LATEST = 12  # editions that a usual run takes down and puts up one by one
QUOTED = re.compile(r"'([^']*)'")


def editions():
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def test_migrations_stand_in_one_line():
    scripts = [*ScriptDirectory(str(MIGRATIONS)).walk_revisions()]

    assert [script.down_revision for script in scripts] == [*editions()[1:], None]
    assert set(editions()) == {path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def test_the_newest_edition_is_what_the_program_expects(database_url):
    database = Database(database_url)
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), METADATA) == []
    database.close()


def test_the_checks_in_the_database_are_those_of_the_tables(database_url):
    """Their words too: the states of the charts, roles, kinds. The engines write the same condition differently."""
    database = Database(database_url)
    with database.read() as tx:
        found = {
            check["name"]: set(QUOTED.findall(check["sqltext"]))
            for table in ALL_TABLES
            for check in inspect(tx).get_check_constraints(table.name)
        }
    wanted = {
        str(check.name): set(QUOTED.findall(str(check.sqltext)))
        for table in ALL_TABLES
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert found == wanted
    assert any("correcting" in words for words in found.values())
    database.close()


@pytest.fixture
def city(database_url):
    """A small city with a bit of everything but the programme, which the editions of before cannot hold."""
    database = a_database(database_url)
    with database.write() as tx:
        for state in ("received", "correcting", "accepted", "paused", "granted", "refused"):
            an_approval(tx, state)
        for state in ("filed", "suspended"):
            a_project(tx, state)
        walk(tx, a_project(tx, "registered"), "A01", ("submit",))  # accepted by silence, and late
    sweep(database, NOW, lambda: NOW)
    hash_as_before(database)
    assert faults(database) == []
    yield database
    database.close()


def record_of(database):
    with database.read() as tx:
        columns = (column for column in ENTRY.c if column.name not in FURTHER)
        return [tuple(row) for row in tx.execute(select(*columns).order_by(ENTRY.c.id))]


def test_a_city_goes_down_to_the_first_edition_and_up_again(city, database_url):
    before = record_of(city)

    downgrade(database_url, FIRST)
    assert current(city) == FIRST
    assert record_of(city) == before
    upgrade(database_url)

    assert current(city) == head()
    assert record_of(city) == before
    assert faults(city) == []
    for act in ("UPDATE history_entries SET move = 'grant'", "DELETE FROM history_entries"):
        with pytest.raises(DBAPIError, match="written once"), city.write() as tx:
            tx.execute(text(act))
    assert record_of(city) == before


def test_one_edition_down_and_up_again_keeps_everything_that_it_does_not_bring_itself(city, database_url):
    for edition in editions()[1:-1][: effort(LATEST, None)]:
        downgrade(database_url, edition)
        upgrade(database_url)
        assert faults(city) == [], edition


def test_everything_can_be_taken_down_and_put_up_on_an_empty_database(bare_database_url):
    upgrade(bare_database_url)
    downgrade(bare_database_url, "base")
    database = Database(bare_database_url)
    with database.read() as tx:
        assert inspect(tx).get_table_names() == ["alembic_version"]
    upgrade(bare_database_url)
    assert current(database) == head()
    database.close()


FAILING = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    op.execute("CREATE TABLE half_done (id INTEGER)")
    op.execute("DELETE FROM escalations")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""


def test_a_migration_that_fails_in_the_middle_leaves_the_database_as_it_was(city, database_url, tmp_path):
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (folder / "versions" / "9999_failing.py").write_text(FAILING.format(head=head()))
    settings = config(database_url)
    settings.set_main_option("script_location", str(folder))

    with pytest.raises(DBAPIError, match="no_such_table"):
        command.upgrade(settings, "head")

    assert current(city) == head()
    with city.read() as tx:
        assert not inspect(tx).has_table("half_done")
        assert tx.execute(select(func.count()).select_from(ESCALATIONS)).scalar_one() > 0
    assert faults(city) == []


def migrate(database, wait):
    wait()
    upgrade(database.url.render_as_string(hide_password=False))
    return current(database)


def test_several_that_start_at_once_migrate_once(bare_database_url):
    assert race(bare_database_url, [(migrate, ())] * 4) == [head()] * 4


def open_new_databases(_database, wait, folder):
    """The modes of 30 new databases, each opened by all racers at once."""
    modes = []
    for n in range(30):
        database = Database(f"sqlite:///{folder / f'{n}.db'}")
        wait()
        with database.read() as tx:
            modes.append(tx.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        database.close()
    return modes


def test_several_that_open_a_new_database_at_once_all_come_in(sqlite_url, tmp_path):
    assert race(sqlite_url, [(open_new_databases, (tmp_path,))] * 4) == [["wal"] * 30] * 4


def test_a_state_that_no_chart_knows_is_refused_by_the_database(city):
    for table in (table for table in ALL_TABLES if "state" in table.c and "edition" in table.c):
        with city.read() as tx:
            row = tx.execute(select(table).order_by(table.c.id)).first()
        if row is not None:
            values = {name: value for name, value in row._mapping.items() if name != "id"} | {"state": "lost"}
            with pytest.raises(DBAPIError, match=r"(?i)check"), city.write() as tx:
                tx.execute(insert(table), values)
