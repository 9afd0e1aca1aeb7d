"""Projects of an application's database, for tests of pages about filings."""

from pathlib import Path
from typing import Any

from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project, entries, project_row
from tests.support.desk import the_database


def a_filing(app: OpenAPI, state: str = "drafted", **fields: Any) -> str:
    """A project in this state; its reference."""
    with the_database(app).write() as tx:
        return a_project(tx, state, **fields)


def row_of(database: Database, ref: str) -> Any:
    with database.read() as tx:
        return project_row(tx, ref)


def moves_of(database: Database, ref: str) -> list[str]:
    """The moves of this project in their order."""
    with database.read() as tx:
        return [entry.move for entry in entries(tx, ref)]


def damage(path: Path, harm: str) -> None:
    content = path.read_bytes()
    if harm == "changed":
        path.write_bytes(content[:-1] + b"!")
    elif harm == "cut":
        path.write_bytes(content[:-1])
    else:
        path.unlink()
        if harm == "a folder":
            path.mkdir()
