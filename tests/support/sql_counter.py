"""Counts what a page asks the database, however it asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_openapi3 import OpenAPI
from sqlalchemy import event

from approvals.http.application import KEY

_ASKS = ("SELECT", "WITH")


@contextmanager
def questions(app: OpenAPI) -> Iterator[list[str]]:
    """The questions that are put to the application's SQLite database within the block."""
    engine, asked = app.extensions[KEY].database.engine, []

    def watch(connection: Any, *_: object) -> None:
        connection.set_trace_callback(lambda text: asked.append(text) if text.startswith(_ASKS) else None)

    def forget(connection: Any, *_: object) -> None:
        if connection is not None:
            connection.set_trace_callback(None)

    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", forget)
    try:
        yield asked
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", forget)
