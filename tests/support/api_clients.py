"""Programs that speak to the JSON API with a token; every answer is held against the description."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import schemathesis
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from approvals.accounts.actions import create_token
from approvals.base.database import Database
from approvals.http.application import KEY
from tests.support.builders import NOW, a_database, a_project, an_approval
from tests.support.pages import an_app

PREFIX = "/api/v1"


@cache
def description() -> Any:
    """The description as schemathesis reads it; the same for every application."""
    with an_app("sqlite:////nonexistent/none.db") as app:
        return schemathesis.openapi.from_dict(app.api_doc)


class Api:
    """The API of an application, with the programs that were given a token."""

    def __init__(self, app: OpenAPI) -> None:
        self.app = app
        self.database: Database = app.extensions[KEY].database
        self.tokens: dict[str, str] = {}

    def of(self, username: str, language: str = "en") -> "Program":
        """A program of this person."""
        if username not in self.tokens:
            with self.database.write() as tx:
                self.tokens[username] = create_token(tx, username, "a test", now=NOW)
        return Program(self, {"Authorization": f"Bearer {self.tokens[username]}", "Accept-Language": language})

    def stranger(self) -> "Program":
        """A program without a token."""
        return Program(self, {"Accept-Language": "en"})

    def project(self, state: str, **more: Any) -> str:
        """A project in this state; its reference."""
        with self.writing() as tx:
            return a_project(tx, state, **more)

    def approval(self, state: str, **more: Any) -> str:
        """An approval in this state; its reference."""
        with self.writing() as tx:
            return an_approval(tx, state, **more)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Put cases where a test needs them."""
        with self.database.write() as tx:
            yield tx


@dataclass(frozen=True, slots=True)
class Program:
    api: Api
    headers: Mapping[str, str]

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query or None)

    def pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items, cursor = [], ""
        while cursor is not None:
            page = self.get(path, cursor=cursor, **query).json
            assert len(page["items"]) <= query.get("limit", 50)
            items += page["items"]
            cursor = page["next_cursor"]
        return items

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, headers=named, **({} if body is None else {"json": body}))

    def post_raw(self, path: str, body: bytes, kind: str | None = "application/json") -> TestResponse:
        return self.send("POST", path, data=body, content_type=kind)

    def move(self, on: str, move: str, given: Any = None, version: int | None = None, **headers: str) -> TestResponse:
        """One move of a project, or of an approval as `<project>/<code>`."""
        body = {name: value for name, value in (("with", given), ("version", version)) if value is not None}
        return self.post(f"/{'approvals' if '/' in on else 'projects'}/{on}/moves/{move}", body or None, **headers)

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        headers = {**self.headers, **(headers or {})}
        answer = self.api.app.test_client().open(f"{PREFIX}{path}", method=method, headers=headers, **more)
        operation = description().find_operation_by_path(method, f"{PREFIX}{path}")
        if operation is not None:
            statuses = operation.definition.raw["responses"]
            assert str(answer.status_code) in statuses, f"{method} {path}: {answer.status_code} is not described"
            operation.validate_response(answer)
        return answer


@contextmanager
def an_api(url: str, now: datetime = NOW, **changes: Any) -> Iterator[Api]:
    """The API on the example city's people, its clock at `now`; `changes` are to its settings."""
    a_database(url).close()
    with an_app(url, now=now, **changes) as app:
        yield Api(app)
