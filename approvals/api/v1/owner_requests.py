"""Requests over JSON: what owners ask about a project, and what is answered."""

from datetime import datetime
from typing import Annotated

from flask import Response, url_for
from pydantic import Field
from sqlalchemy import Connection

from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import Moves, OneOf, PageSchema, Source, ViewSchema, fill, from_view, path
from approvals.api.v1.exchange import (
    Body,
    Done,
    Envelope,
    json_answer,
    once,
    perform,
    sent_command,
    sent_input,
)
from approvals.api.v1.inputs import (
    OfProject,
    PageQuery,
    draft_model,
    move_name,
)
from approvals.base.text_validation import address_number
from approvals.filing.views import project
from approvals.history.commands import Command, Reference
from approvals.history.inputs import input_model
from approvals.history.timeline import EntryDescription
from approvals.http.access import actor
from approvals.http.application import database, now
from approvals.liaisons.queries import LONGEST_NO
from approvals.liaisons.request_views import RequestRow, request_view, requests_of_project
from approvals.moves import MOVES, execute
from workflows.charts.request import REQUEST

ALL = "/projects/<ref>/requests"
MOVE = f"{ALL}/<no>/moves/<move>"


@from_view(RequestRow, without=("id", "shown_number", "owner", "minutes_left", "stand_in"))
class RequestSchema(ViewSchema):
    """What an owner asked; a first answer is due at `due_at` from the one who is `responsible`."""

    ref: str = path("address", description="`<project>/requests/<no>`.")
    project: str = path("ref")
    state: Annotated[str, OneOf(REQUEST.state_names)] = path("state", "name")
    text: str = Field(description="The last question.")
    climbed_at: datetime | None = Field(description="When it went to the service centre, unanswered.")


class RequestList(PageSchema[RequestSchema]):
    """The requests of one project, the newest first."""


class EntryTextSchema(ViewSchema):
    """One question, answer or step of a request."""

    move: str = path("move", "name")
    at: datetime
    who: str
    text: str | None


class RequestWhole(RequestSchema):
    """A request with all that was said, and what may be tried next."""

    said: list[EntryTextSchema]
    moves: Moves


request_api = new_api("api_owner_requests", "Requests: what owners ask, and who answers until when.", "requests")
_WHOLE = json_response(request_api, RequestWhole)
_ASK = json_body(request_api, input_model(REQUEST, "ask"), draft_model(REQUEST, "ask"), is_required=True)


class OfRequest(OfProject):
    no: str = Field(description="Its number within the project.", json_schema_extra={"pattern": "^[0-9]{1,8}$"})


class RequestMove(OfRequest):
    move: str = move_name(sorted(MOVES["request"]))


@reads(request_api, ALL, json_response(request_api, RequestList))
def list_requests(path: OfProject, query: PageQuery) -> Response:
    """The requests of a project, the newest first."""
    with database().read() as tx:
        owned = project(tx, path.ref, actor())
        page = requests_of_project(tx, owned, now(), cursor=query.cursor, limit=query.limit)
    items = [fill(RequestSchema, row, address=_address(row)) for row in page.rows]
    return json_answer({"items": items, "next_cursor": page.next_cursor})


@writes(request_api, ALL, json_response(request_api, RequestWhole, status=201), body=_ASK, status=201)
def ask_about_project(path: OfProject) -> Response:
    """Ask the liaison something about a project of your unit. 提出诉求
    The fields may stand alone or under `with`. Outside office hours the officer on duty answers.
    """
    question = sent_input()

    def effect(tx: Connection) -> Done:
        result = execute(tx, Command("ask", Reference("requests", path.ref), question, actor(), now()))
        ref, _, no = result.ref.partition("/requests/")
        location = url_for("api_owner_requests.show_request", ref=ref, no=no)
        return Done(_whole(tx, ref, no), 201, {"Location": location})

    return once(effect)


@reads(request_api, f"{ALL}/<no>", _WHOLE)
def show_request(path: OfRequest) -> Response:
    """One request, with all that was said."""
    with database().read() as tx:
        return json_answer(_whole(tx, path.ref, path.no))


@writes(request_api, MOVE, _WHOLE, body=json_body(request_api, Envelope, is_required=False))
def move_request_on(path: RequestMove) -> Response:
    """Answer a request, ask again, or close it; each is described at an address of its own."""
    command = sent_command(Reference("request", path.ref, key=path.no), path.move)
    return perform(command, lambda tx, _result: _whole(tx, path.ref, path.no), lambda tx: _whole(tx, path.ref, path.no))


describe_moves(request_api, MOVE, REQUEST, "request", _WHOLE)


def _address(row: RequestRow) -> str:
    return f"{row.ref}/requests/{row.no}"


def _whole(tx: Connection, ref: str, no: str) -> Body:
    view = request_view(tx, project(tx, ref, actor()), address_number(no, LONGEST_NO), actor(), now())
    texts = [Source(entry, text=_text(entry)) for entry in view.told]
    return fill(RequestWhole, view.row, address=_address(view.row), said=texts, moves=view.moves)


def _text(entry: EntryDescription) -> str | None:
    return next((fact.value for fact in entry.facts if fact.word.name == "text"), None)
