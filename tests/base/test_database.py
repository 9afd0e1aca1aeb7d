"""Writers wait in a fair queue, and not for ever."""

import threading
import time
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy.exc import OperationalError

from approvals.base.database import Database, _WriterQueue, patience
from tests.support.concurrency import at_once


def wait_to_write(database: Database, seconds: float) -> float:
    """How long somebody waited who was refused in the end."""
    began = time.monotonic()
    with patience(seconds), pytest.raises(OperationalError, match="database is locked"), database.write():
        pass
    return time.monotonic() - began


def test_nine_writers_each_end_in_time_while_another_process_holds_the_queue(sqlite_url: str) -> None:
    database, queue = Database(sqlite_url), _WriterQueue(f"{sqlite_url.removeprefix('sqlite:///')}.lock")
    assert queue.enter(0)
    waited = at_once(*[lambda: wait_to_write(database, 0.5)] * 9)
    assert max(waited) < 2
    with database.write_unless_busy() as tx:
        assert tx is None
    with database.read() as tx:
        assert tx.exec_driver_sql("SELECT 1").scalar() == 1
    queue.leave()
    for _ in range(3):  # the turn that nobody took was given back
        with patience(2), database.write() as tx:
            tx.exec_driver_sql("CREATE TABLE IF NOT EXISTS trial (id INTEGER)")
    assert queue.enter(1)
    queue.leave()
    queue.close()
    database.close()


def test_queue_and_lock_have_one_deadline_together(sqlite_url: str) -> None:
    database, other = Database(sqlite_url), sqlite.connect(sqlite_url.removeprefix("sqlite:///"))
    other.isolation_level = None
    other.execute("BEGIN IMMEDIATE")  # past the queue, as another program would
    waited = at_once(*[lambda: wait_to_write(database, 1.0)] * 3)
    assert max(waited) < 2.5
    other.execute("ROLLBACK")
    with patience(1), database.write() as tx:
        assert tx.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    other.close()
    database.close()


def test_a_writer_that_waits_gets_its_turn(sqlite_url: str) -> None:
    database, queue = Database(sqlite_url), _WriterQueue(f"{sqlite_url.removeprefix('sqlite:///')}.lock")
    assert queue.enter(0)
    threading.Timer(0.5, queue.leave).start()
    with patience(10), database.write() as tx:
        assert tx.exec_driver_sql("SELECT 1").scalar() == 1
    assert queue.enter(1)
    queue.leave()
    queue.close()
    database.close()


def test_on_postgresql_a_lock_is_waited_for_as_long(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.read() as tx:
        assert tx.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
    database.close()


def test_the_file_of_the_queue_is_beside_the_database(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write():
        assert Path(f"{sqlite_url.removeprefix('sqlite:///')}.lock").exists()
    database.close()
