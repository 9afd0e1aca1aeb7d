"""A number for each request: in the header of its answer, on the page of a problem, and in each line of its log."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from structlog.contextvars import bound_contextvars

HEADER = "X-Request-ID"
_KEY = "guahao.request_id"
Application = Callable[..., Iterable[bytes]]


def set_up_request_ids(app: Flask) -> None:
    app.wsgi_app = _numbered(app.wsgi_app)  # type: ignore[method-assign]


def request_id() -> str:
    """The number of this request: 16 hexadecimal digits, which say nothing of who sent it."""
    return str(request.environ.get(_KEY, ""))


def _numbered(answer: Application) -> Application:
    """The application, every request of which has a number of ours: one that was sent along is not taken."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[_KEY] = number = secrets.token_hex(8)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (HEADER, number)], *error)

        with bound_contextvars(request_id=number):
            return answer(environ, start)

    return application
