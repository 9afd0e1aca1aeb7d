"""A stock of cases that each wait for one move: what every measurement of moves works off."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.commands import Command, Reference
from approvals.moves import MoveResult, execute
from approvals.registration.queries import APPROVALS
from tests.support.builders import GIVEN, NOW, a_database, a_project, an_actor, walk, when, window
from tests.support.project_copies import copy_projects

CODE = "A01"
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
    with database.read() as tx:
        found = list(_waiting(tx))
    database.close()
    return found


def _waiting(tx: Connection) -> Iterator[Waiting]:
    rows = tx.execute(
        select(PROJECTS.c.number, APPROVALS.c.state)
        .join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
        .where(APPROVALS.c.code == CODE)
        .order_by(PROJECTS.c.id)
    )
    for number, state in rows:
        yield Waiting(number, "submit", "owner1") if state == "ready" else Waiting(number, "accept", window(CODE))


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
