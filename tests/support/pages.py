"""The pages as somebody at a browser meets them, without the browser."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from flask_openapi3 import OpenAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import update
from werkzeug.test import TestResponse

from approvals.accounts.actions import create_token
from approvals.accounts.queries import PERSON
from approvals.app import create_app
from approvals.base.database import Database
from approvals.base.settings import Settings
from approvals.http.application import KEY
from tests.support.builders import a_database
from tests.support.compiled import compile_once

PASSWORD = "correct horse 8"
KEY_FOR_TESTS = "the key of all test applications"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')


@cache
def _hash() -> str:
    # A hash says what it costs to try a password. The product's own takes 0.14 s.
    return Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def give_password(database: Database, *usernames: str) -> None:
    """Everybody named can sign in with PASSWORD; all people when nobody is named."""
    everybody = update(PERSON).values(password_hash=_hash())
    with database.write() as tx:
        tx.execute(everybody.where(PERSON.c.username.in_(usernames)) if usernames else everybody)


def the_settings(url: str, **changes: Any) -> Settings:
    given = {
        "database_url": url,
        "data_dir": Path("/nonexistent"),
        "environment": "test",
        "secret_key": KEY_FOR_TESTS,
        "now": None,
        "demo_password": None,
    }
    return Settings(**given | changes)


@contextmanager
def an_app(url: str, **changes: Any) -> Iterator[OpenAPI]:
    """An application on this database; `changes` are to its settings."""
    with compile_once() as templates:
        app = create_app(the_settings(url, **changes))
    app.jinja_env.bytecode_cache = templates
    yield app
    app.extensions[KEY].close()


@contextmanager
def a_site(url: str, **changes: Any) -> Iterator[OpenAPI]:
    """An application on the example city, whose people all have PASSWORD."""
    database = a_database(url)
    give_password(database)
    database.close()
    with an_app(url, **changes) as app:
        yield app


@dataclass(slots=True)
class Visitor:
    """Somebody at a browser: keeps cookies, and sends forms as the page that it last saw would."""

    app: OpenAPI
    address: str = "192.0.2.7"
    client: Any = None
    page: TestResponse | None = None

    def __post_init__(self) -> None:
        self.client = self.client or self.app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._kept(self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, buffered=True, **options))

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the tick of what cannot be undone.

        Its token comes from the last page, or where there was none from home or from signing in.
        """
        for start in ("/", "/sign-in"):
            if self.page is None or not _TOKEN.search(self.page.text):
                self.get(start)
        assert self.page is not None
        given = {"csrf_token": _found(_TOKEN, self.page), "understood": "yes", **(data or {})}
        return self._kept(self.client.post(path, data=given, environ_base={"REMOTE_ADDR": self.address}, **options))

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/sign-in")
        response = self.post("/sign-in", {"username": username, "password": password, **more})
        if response.status_code == 303:
            self.page = None  # its token was that of a stranger
        return response

    def pages(self, path: str) -> Iterator[str]:
        """The text of this page of a list, and of each that its link to the next leads to."""
        while path:
            page = self.get(path).text
            yield page
            link = re.search(r'rel="next" href="([^"]+)"', page)
            path = unescape(link.group(1)) if link else ""

    def once_key(self) -> str:
        """The key of the first form of the page that was last seen."""
        assert self.page is not None
        return _found(_ONCE, self.page)

    def _kept(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and response.status_code != 303:
            self.page = response
        return response


def _found(pattern: re.Pattern[str], page: TestResponse) -> str:
    match = pattern.search(page.text)
    assert match is not None, f"{page.status_code} {page.text[:500]}"
    return match.group(1)


def bearer(app: OpenAPI, username: str) -> dict[str, str]:
    """The header with a new access token of this person."""
    with app.extensions[KEY].database.write() as tx:
        return {"Authorization": f"Bearer {create_token(tx, username, 'a program', now=datetime.now(UTC))}"}


def somebody(app: OpenAPI, username: str, address: str = "192.0.2.7") -> Visitor:
    """A visitor who has signed in."""
    visitor = Visitor(app, address)
    response = visitor.sign_in(username)
    assert response.status_code == 303, response.text
    return visitor


def duties_on(page: TestResponse) -> list[str]:
    """The kinds of duty in the table of the home page, in their order."""
    return re.findall(r'class="worklist-kind"[^>]*><span>([^<]+)', page.text)


def send(visitor: Visitor, page: str, values: Mapping[str, Any], to: str = "") -> TestResponse:
    """Open the page and send a form with these values, to the page itself or to the address below it."""
    visitor.get(page)
    return visitor.post(f"{page}{to}", dict(values) | {"once": visitor.once_key()})
