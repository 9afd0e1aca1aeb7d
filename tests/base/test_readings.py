"""One reading: one snapshot for all who read in it, a new one after a write or an error, and nothing found twice."""

import pytest
from sqlalchemy import select, update

from approvals.accounts.queries import PERSON
from approvals.base.database import Database
from approvals.base.readings import SharedReading, found_once

NAME = select(PERSON.c.name).where(PERSON.c.username == "owner1")


def rename(database: Database | SharedReading, name: str) -> None:
    with database.write() as tx:
        tx.execute(update(PERSON).where(PERSON.c.username == "owner1").values(name=name))


def name_in(reading: SharedReading) -> str:
    with reading.read() as tx:
        return str(tx.execute(NAME).scalar_one())


@pytest.fixture
def reading(database: Database):
    shared = SharedReading(database)
    yield shared
    shared.close()


def test_what_others_write_meanwhile_is_not_seen(database: Database, reading: SharedReading) -> None:
    before = name_in(reading)
    rename(database, "钟离")
    assert name_in(reading) == before
    reading.close()
    assert name_in(reading) == "钟离"


def test_an_own_write_is_seen_by_the_next_reading(reading: SharedReading) -> None:
    name_in(reading)
    rename(reading, "钟离")
    assert name_in(reading) == "钟离"


def test_who_reads_around_a_write_keeps_the_snapshot(reading: SharedReading) -> None:
    with reading.read() as tx:
        before = tx.execute(NAME).scalar_one()
        rename(reading, "钟离")
        assert name_in(reading) == "钟离"
        assert tx.execute(NAME).scalar_one() == before
    assert name_in(reading) == "钟离"


def test_an_error_ends_the_snapshot_and_nothing_else(database: Database, reading: SharedReading) -> None:
    with pytest.raises(ZeroDivisionError), reading.read():
        1 / 0  # noqa: B018
    rename(database, "钟离")
    assert name_in(reading) == "钟离"
    with reading.read() as outer:
        with pytest.raises(ZeroDivisionError), reading.read():
            1 / 0  # noqa: B018
        assert outer.execute(NAME).scalar_one() == "钟离"


def test_a_thing_is_found_once_in_a_shared_reading(database: Database, reading: SharedReading) -> None:
    asked: list[str] = []

    def find() -> int:
        asked.append("")
        return len(asked)

    with reading.read() as tx:
        assert [found_once(tx, "a", find), found_once(tx, "a", find), found_once(tx, "b", find)] == [1, 1, 2]
    with reading.read() as tx:
        assert found_once(tx, "a", find) == 1
    reading.close()
    with reading.read() as tx:
        assert found_once(tx, "a", find) == 3
    for begin in (database.read, database.write):
        with begin() as tx:
            assert found_once(tx, "a", find) < found_once(tx, "a", find)
