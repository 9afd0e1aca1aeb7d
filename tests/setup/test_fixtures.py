"""The tests' own ground: databases are fresh and apart, processes leave nobody behind."""

import signal
import sys

from playwright.sync_api import Page
from sqlalchemy import text

from approvals.base.database import Database
from tests.servers import a_postgres, a_process


def tables(url: str) -> int:
    database = Database(url)
    with database.read() as tx:
        names = "sqlite_master" if database.is_sqlite else "pg_catalog.pg_tables"
        found = tx.execute(text(f"SELECT count(*) FROM {names}")).scalar_one()  # noqa: S608
    database.close()
    return int(found)


def test_each_engine_gives_a_migrated_database(database_url: str, bare_database_url: str) -> None:
    assert tables(database_url) > tables(bare_database_url)


def test_what_one_database_holds_another_does_not(make_database, engine_name: str) -> None:
    one, other = Database(make_database(engine_name)), make_database(engine_name)
    with one.write() as tx:
        tx.execute(text("CREATE TABLE mine (id INTEGER)"))
    one.close()
    assert tables(str(one.url.render_as_string(hide_password=False))) > tables(other)


def test_a_killed_process_takes_its_children_along() -> None:
    script = "import subprocess, sys; print('up', flush=True); subprocess.run(['sleep', '60'])"
    with a_process([sys.executable, "-c", script]) as process:
        process.wait_for("up")
        process.send(signal.SIGKILL)
        assert process.ended() == 137
    assert process.alive() == []


def test_a_server_takes_its_data_along() -> None:
    with a_postgres() as server:
        server.create("one")
        assert server.accepts()
    assert not server.accepts()


def test_the_browser_is_the_machines_own_and_speaks_chinese(page: Page) -> None:
    assert page.evaluate("navigator.language") == "zh-CN"
