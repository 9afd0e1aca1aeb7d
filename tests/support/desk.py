"""A window's desk as its tests find it: a city by day, people at browsers, and what stands on a page."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, event

from approvals.base.database import Database
from approvals.base.prepared import _Compiled
from approvals.http.application import KEY
from tests.support.builders import a_database, a_project, entries, faults, project_row, when
from tests.support.pages import Visitor, an_app, give_password, somebody
from workflows.charts.office_moves import STATEMENTS

TODAY = when("2026-03-10", "10:00")  # a Tuesday; six working days after the builders' START
_LINK = re.compile(r'class="head-cell">\s*<a href="/approvals/([^"/]+)/([A-Z0-9]+)[?"]')
_TAG = re.compile(r"<[^>]+>")


def the_database(app: OpenAPI) -> Database:
    database: Database = app.extensions[KEY].database
    return database


@contextmanager
def a_desk(url: str, usernames: tuple[str, ...]) -> Iterator[tuple[OpenAPI, dict[str, Visitor]]]:
    """The application on TODAY, and these people signed in."""
    with an_app(url, now=TODAY) as app:
        yield app, {name: somebody(app, name, f"192.0.2.{number}") for number, name in enumerate(usernames, 10)}


@dataclass(frozen=True, slots=True)
class Desk:
    """The application on TODAY, its database, people signed in, and the references of what was prepared."""

    app: OpenAPI
    database: Database
    people: dict[str, Visitor]
    refs: dict[str, str]


@contextmanager
def a_prepared_desk(
    url: str, usernames: tuple[str, ...], prepare: Callable[[Connection], dict[str, str]] = lambda tx: {}
) -> Iterator[Desk]:
    """A new city in which `prepare` has made something, and these people signed in."""
    database = a_database(url)
    give_password(database, *usernames)
    with database.write() as tx:
        refs = prepare(tx)
    with a_desk(url, usernames) as (app, people):
        yield Desk(app, database, people, refs)
    assert faults(database) == []
    database.close()


def listed(page: str) -> list[tuple[str, str]]:
    """The approvals of a queue in their order, as (number, code)."""
    return _LINK.findall(page)


def text_of(page: str) -> str:
    """What somebody reads of a page, in one line."""
    return " ".join(unescape(_TAG.sub(" ", page)).split())


@contextmanager
def counted(app: OpenAPI) -> Iterator[list[str]]:
    """The statements that the application's database is asked in between."""
    with counted_on(the_database(app)) as questions:
        yield questions


@contextmanager
def counted_on(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked in between, the prepared ones among them."""
    questions: list[str] = []
    run_prepared = _Compiled.execute

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        questions.append(statement)

    def note_prepared(self: _Compiled, *arguments: Any) -> Any:
        questions.append(self.sql)
        return run_prepared(self, *arguments)

    engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    _Compiled.execute = note_prepared  # type: ignore[method-assign]
    try:
        yield questions
    finally:
        event.remove(engine, "before_cursor_execute", note)
        _Compiled.execute = run_prepared  # type: ignore[method-assign]


def asked(visitor: Visitor, path: str) -> int:
    """How often the database is asked for this page, once its process has read the catalogue's text."""
    visitor.get(path)
    with counted(visitor.app) as statements:
        visitor.get(path)
    return len(statements)


def path_of(page: str, path: str) -> str:
    """The address that the page's own forms use: by the number."""
    found = re.search(r'action="(/approvals/[^"/]+/[A-Z0-9]+)/moves/', page)
    return found.group(1) if found else path


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}">(.*?)</form>', page, re.DOTALL)
    assert form is not None, f"no form for {action}"
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.group(1))
    }


def a_filing(app: OpenAPI, state: str = "drafted", **fields: Any) -> str:
    """A project in this state; its reference."""
    with the_database(app).write() as tx:
        return a_project(tx, state, **fields)


def row_of(database: Database, ref: str) -> Any:
    with database.read() as tx:
        return project_row(tx, ref)


def moves_of(database: Database, ref: str) -> list[str]:
    """The moves of this project in their order, without what the system says of steps that wait."""
    with database.read() as tx:
        return [entry.move for entry in entries(tx, ref) if entry.move not in STATEMENTS]


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
