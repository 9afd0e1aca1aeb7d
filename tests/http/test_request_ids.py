"""The number of a request: another one for each, in its answer, on the page of a problem and in the log."""

import json
import logging
import re

import pytest
from flask_openapi3 import OpenAPI

from approvals.http.request_ids import HEADER
from tests.support.pages import an_app, somebody

SHOWN = re.compile(r"<code>([0-9a-f]{16})</code>")


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/healthz", "/static/site.css", "/api/v1/nothing", "/"])
def test_every_answer_has_a_number_of_its_own_and_takes_none(app: OpenAPI, path: str) -> None:
    client = app.test_client()
    numbers = [client.get(path, headers={HEADER: "mine"}, buffered=True).headers.getlist(HEADER) for _ in range(2)]
    assert all(len(number) == 1 and re.fullmatch(r"[0-9a-f]{16}", number[0]) for number in numbers)
    assert numbers[0] != numbers[1]


def test_the_page_of_a_problem_shows_the_number_of_its_answer(app: OpenAPI) -> None:
    page = somebody(app, "owner1").get("/nothing")
    assert page.status_code == 404
    assert SHOWN.findall(page.text) == [page.headers[HEADER]]


def test_each_line_of_the_log_names_its_request(sqlite_url: str) -> None:
    with an_app(sqlite_url, environment="production") as app:
        handler = logging.getLogger("guahao").handlers[0]
        lines: list[str] = []
        handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
        answer = app.test_client().get("/healthz")
    assert [json.loads(line)["request_id"] for line in lines] == [answer.headers[HEADER]]
