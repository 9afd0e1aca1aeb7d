"""What a move asks of the database, and what it must not wait for: counted, never timed."""

from datetime import UTC, datetime
from threading import Thread

import psycopg
import pytest
from sqlalchemy import Connection

from approvals.accounts.actions import create_token
from approvals.base.database import Database
from approvals.history.commands import Command, Reference
from approvals.http.application import KEY
from approvals.moves import execute
from approvals.registration.queries import _BY_CODE_LOCKED
from tests.support.builders import GIVEN, NOW, a_database, a_project, an_actor, an_approval, walk, when, window
from tests.support.pages import a_site
from tests.support.sql_recorder import Statement, recorded

CODE = "A01"
OF_A_MOVE = 9  # statements, those that begin and end it among them


def statements_of(database: Database, ref: str, move: str, by: str) -> list[Statement]:
    """What this move sends to its database."""
    with database.read() as tx:
        actor = an_actor(tx, by, NOW.date())
    noted = recorded(database.engine)
    with database.write() as tx:
        execute(tx, Command(move, Reference("approval", ref, CODE), GIVEN[move], actor, NOW))
    return [(sql, values) for sql, values in noted if not sql.startswith("PRAGMA")]


@pytest.mark.parametrize(("before", "move", "by"), [((), "submit", "owner1"), (("submit",), "accept", window(CODE))])
def test_a_move_takes_few_statements_on_either_engine(
    database: Database, before: tuple[str, ...], move: str, by: str
) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-11-18"))
        walk(tx, ref, CODE, before, at=when("2026-11-19"))

    noted = statements_of(database, ref, move, by)

    assert len(noted) <= OF_A_MOVE, [sql for sql, _ in noted]
    assert [sql for sql, _ in noted].count("COMMIT") == 1


def test_all_notices_of_a_move_go_out_together(database: Database) -> None:
    with database.write() as tx:
        ref = an_approval(tx, "accepted").partition("/")[0]

    noted = statements_of(database, ref, "grant", window(CODE))

    entries, notices = (
        [sql for sql, _ in noted if f"INTO {table} " in sql] for table in ("history_entries", "notices")
    )
    assert 0 < len(notices) <= len(entries)


def test_a_move_looks_at_its_own_project_however_many_others_wait(sqlite_url: str) -> None:
    database = a_database(sqlite_url)
    with database.read() as tx:
        plans = [_plan(tx, prepared.statement) for prepared in _BY_CODE_LOCKED.statements.values()]
    database.close()

    for plan in plans:
        assert not [step for step in plan if "state=?" in step or step.startswith("SCAN")], plan


def _plan(tx: Connection, statement: object) -> list[str]:
    compiled = statement.compile(dialect=tx.dialect)  # type: ignore[attr-defined]
    values = tuple("" for _ in compiled.positiontup)
    return [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]


def test_who_reads_does_not_wait_for_who_writes(database_url: str) -> None:
    with a_site(database_url) as app:
        database, now, answers = app.extensions[KEY].database, datetime.now(UTC), list[int]()
        with database.write() as tx:
            headers = {"Authorization": f"Bearer {create_token(tx, 'owner1', 'a program', now=now)}"}

        def read() -> None:
            answers.append(app.test_client().get("/api/v1/approvals", headers=headers).status_code)

        with database.write():
            reader = Thread(target=read)
            reader.start()
            reader.join(20)
            answered = list(answers)

    assert answered == [200]


def test_a_connection_whose_server_went_away_while_it_rested_is_made_anew(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.base.database.IDLE", 0.0)
    database = a_database(postgres_url)
    with database.write() as tx:
        pid = tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))

    with database.write() as tx:
        assert tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != pid
    database.close()
