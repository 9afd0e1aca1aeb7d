"""A stock of cases that each wait for one move: what every measurement of moves works off."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlmodel import SQLModel

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.commands import Command, Reference
from approvals.moves import MoveResult, execute
from approvals.registration.queries import APPROVALS
from tests.support.builders import GIVEN, NOW, a_database, a_project, an_actor, walk, when, window
from tests.support.project_copies import copy_projects, put

CODE = "A01"
ROWS_AT_ONCE = 5000
RECEIVED_AT = when("2026-11-19", "09:00")  # the day before NOW, so that nothing is deemed accepted meanwhile


@dataclass(frozen=True, slots=True)
class Waiting:
    """A move that can be made: of which approval, and by whom."""

    ref: str
    move: str
    by: str

    @property
    def given(self) -> dict[str, Any]:
        return GIVEN[self.move]


def a_stock(url: str, number: int) -> list[Waiting]:
    """Fill a migrated, empty database with so many projects, each waiting for a submission or an acceptance in turn."""
    database = a_database(url)
    with database.write() as tx:
        refs = [a_project(tx, "registered", at=when("2026-11-18")) for _ in range(2)]
        walk(tx, refs[1], CODE, ("submit",), at=RECEIVED_AT)
        copy_projects(tx, refs, number // 2)
    states = select(PROJECTS.c.number, APPROVALS.c.state).join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
    makers = {"ready": ("submit", "owner1"), "received": ("accept", window(CODE))}
    with database.read() as tx:
        rows = tx.execute(states.where(APPROVALS.c.code == CODE).order_by(PROJECTS.c.id)).all()
    database.close()
    return [Waiting(number, *makers[state]) for number, state in rows]


def a_sqlite_city(folder: Path) -> str:
    """A migrated, empty SQLite database."""
    url = f"sqlite:///{folder / 'city.db'}"
    upgrade(url)
    return url


def copied(url: str, name: str) -> str:
    """Another SQLite database with the same content; nobody has it open."""
    source = Path(url.removeprefix("sqlite:///"))
    target = source.with_name(f"{name}.db")
    shutil.copy(source, target)
    return f"sqlite:///{target}"


class Mover:
    """Makes the waiting moves in this process, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.read() as tx:
            self.actors: dict[str, Actor] = {name: an_actor(tx, name, NOW.date()) for name in ("owner1", window(CODE))}

    def make(self, waiting: Waiting) -> MoveResult:
        on = Reference("approval", waiting.ref, CODE)
        command = Command(waiting.move, on, waiting.given, self.actors[waiting.by], NOW)
        with self.database.write() as tx:
            return execute(tx, command)


# The same city on the other engine.


def pour(source: str, target: str) -> None:
    """Fill an empty PostgreSQL database with what stands in this SQLite one."""
    upgrade(target)
    old, new = Database(source), Database(target)
    with old.read() as reading, new.write() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))  # neither triggers nor foreign keys meanwhile
        tx.execute(text(f"TRUNCATE {', '.join(SQLModel.metadata.tables)}"))
        for table in SQLModel.metadata.sorted_tables:
            every = reading.execute(select(table).order_by(*table.primary_key))
            for rows in every.partitions(ROWS_AT_ONCE):
                put(tx, table, [dict(row._mapping) for row in rows])
            _go_on_numbering(tx, table)
    old.close()
    new.close()


def _go_on_numbering(tx: Connection, table: Table) -> None:
    key = next(iter(table.primary_key))
    if key.name == "id" and key.type.python_type is int:
        after = select(func.coalesce(func.max(key), 1)).scalar_subquery()
        tx.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), after)))
