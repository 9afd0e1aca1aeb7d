"""The feed over JSON: many moves at once, each in a transaction of its own."""

from http import HTTPStatus
from typing import Any, Literal

import orjson
from flask import Response, request
from pydantic import BaseModel, Field

from approvals.api.v1.declaration import ON_WRITING, Description, json_body, json_response, new_api, writes
from approvals.api.v1.derived import AnswerSchema, ViewSchema, fill, from_view
from approvals.api.v1.exchange import (
    Body,
    TooLarge,
    WrongType,
    json_answer,
    leniently,
    printable,
    sent_bytes,
    warning_texts,
)
from approvals.api.v1.inputs import STRICT
from approvals.base.encoding import parse_json
from approvals.base.errors import Problem, Unreadable
from approvals.base.i18n import N_
from approvals.http.access import actor
from approvals.http.application import database, now
from approvals.http.errors import field_messages, message_of
from approvals.http.program_calls import tell_lines
from approvals.imports.feed import Feed, Outcome

feed_api = new_api("api_feed", "Many moves at once, as a department's own system has them.", "feed")
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
STATUSES = tuple(status for status in ON_WRITING if status != HTTPStatus.CONFLICT)  # a line's conflict is its own
LONGEST = 16 * 1024 * 1024  # bytes of all lines
MOST = 10_000  # lines: a year of a city


class FeedLineInput(BaseModel):
    """One move, as `flask feed` takes it, too."""

    model_config = STRICT

    id: str = Field(min_length=1, max_length=200, description="Makes the line idempotent.")
    at: str = Field(description="When it happened: an ISO time with its zone.")
    by: str = Field(min_length=1, max_length=200, description="User name of the person whose move it is.")
    move: str = Field(min_length=1, max_length=200)
    on: str = Field(
        min_length=1,
        max_length=200,
        description="`<project>`, `<project>/<code>`, `<project>/<code>/cards/<rule>`, `<project>/requests/<no>`, "
        "`<project>/words/<month>` or `orders/<no>`; for `draft` the new project's reference, for `ask` "
        "`<project>/requests`, for `issue` `orders` or what the order is about with `/orders` behind it.",
    )
    input: dict[str, object] = Field(default={}, alias="with", description="What the move needs.")


class LineProblem(AnswerSchema):
    """Why a line was refused."""

    status: int
    detail: str
    fields: dict[str, list[str]]


@from_view(Outcome)
class LineResult(ViewSchema):
    """What became of one line: `done`, `known` (done when it was sent before) or `refused`."""

    outcome: Literal["done", "known", "refused"]
    warnings: list[str] = Field(description="What looks like a mistake in a line that was done.")
    problem: LineProblem | None


class FeedAnswer(AnswerSchema):
    """One result for each line, in order, blank lines aside."""

    done: int
    known: int
    refused: int
    results: list[LineResult]


def _body() -> Description:
    body = json_body(feed_api, FeedLineInput, is_required=True)
    schema = body["content"]["application/json"]["schema"]
    text = {"schema": {"type": "string", "description": "One JSON object a line."}}
    many = {"anyOf": [schema, {"type": "array", "items": schema, "maxItems": MOST}]}
    return body | {"content": {"application/json": {"schema": many}} | dict.fromkeys(LINES, text)}


@writes(feed_api, "/feed", json_response(feed_api, FeedAnswer), body=_body(), statuses=STATUSES, is_keyed=False)
def feed() -> Response:
    """Do one or many moves, each in a transaction of its own.
    The answer is 200 whenever the lines could be told apart, with a result for each: a refused line says why, changes
    nothing and does not stop the rest. A line that was done before, by its `id`, is known and has no second effect, so
    a feed of which the answer was lost can be sent again as it is. Only the integration role may speak for others.
    """
    run = Feed(database(), now, actor())
    results = [_result(outcome) for outcome in run.take(_sent_lines())]
    counts = {name: run.counts[name] for name in ("done", "known", "refused")}
    tell_lines(len(results), counts["refused"])
    return json_answer(counts | {"results": results})


def _sent_lines() -> list[Any]:
    """The lines of the body: a JSON object, a JSON array, or one JSON object a line."""
    raw = sent_bytes(LONGEST)
    if request.mimetype in LINES:
        lines: list[Any] = [*raw.split(b"\n")]
    elif request.mimetype == "application/json":
        value = _value(raw)
        lines = value if isinstance(value, list) else [value]
    else:
        raise WrongType(N_("Send JSON or JSON Lines, as “application/json” or “application/x-ndjson”."))
    if len(lines) > MOST:
        raise TooLarge(N_("A request may contain at most %(limit)s lines. Send fewer at a time."), limit=MOST)
    return lines


def _value(raw: bytes) -> object:
    try:
        return parse_json(raw)
    except orjson.JSONDecodeError as error:
        value = leniently(raw)  # half a character in one line does not stop the rest
        if value is None:
            raise Unreadable(N_("This is not JSON: %(reason)s"), reason=str(error)) from None
        return value


def _result(outcome: Outcome) -> Body:
    problem = _problem_json(outcome.problem) if outcome.problem else None
    return fill(LineResult, outcome, warnings=warning_texts(outcome.warnings), problem=problem)


def _problem_json(problem: Problem) -> Body:
    """Why a line was refused."""
    fields = {printable(name): list(reasons) for name, reasons in field_messages(problem).items()}
    return {"status": problem.status, "detail": message_of(problem), "fields": fields}
