"""Requests over JSON: what owners ask about a project, and what is answered."""

from typing import Any

from flask import Response, url_for
from pydantic import Field
from sqlalchemy import Connection

from approvals.api.v1.answers import json_answer, names
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import Cursor, Limit, OfProject, Query, draft_model, move_model, needs_input
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.reading import Done, Envelope, once, sent_move, sent_object
from approvals.api.v1.schemas import RequestList, RequestWhole
from approvals.base.pagination import PAGE
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

request_api = new_api("api_owner_requests", "Requests: what owners ask, and who answers until when.", "requests")
ALL = "/projects/<ref>/requests"
MOVE = f"{ALL}/<no>/moves/<move>"
_WHOLE = json_response(request_api, RequestWhole)
_ASK = json_body(request_api, input_model(REQUEST, "ask"), draft_model(REQUEST, "ask"), is_required=True)
_SAME = ("no", "version", "text", "asked_at", "due_at", "climbed_at", "answered_at", "responsible", "responsible_name")


class OfRequest(OfProject):
    no: str = Field(description="Its number within the project.", json_schema_extra={"pattern": "^[0-9]{1,8}$"})


class RequestMove(OfRequest):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": sorted(MOVES["request"])})


class RequestQuery(Query):
    cursor: Cursor = ""
    limit: Limit = PAGE


@reads(request_api, ALL, json_response(request_api, RequestList))
def list_requests(path: OfProject, query: RequestQuery) -> Response:
    """The requests of a project, the newest first."""
    with database().read() as tx:
        found = project(tx, path.ref, actor())
        page = requests_of_project(tx, found, now(), cursor=query.cursor, limit=query.limit)
    return json_answer({"items": [_request_json(one) for one in page.rows], "next_cursor": page.next_cursor})


@writes(request_api, ALL, json_response(request_api, RequestWhole, status=201), body=_ASK, status=201)
def ask_about_project(path: OfProject) -> Response:
    """Ask the liaison something about a project of your unit. 提出诉求
    The fields may stand alone or under `with`. Outside office hours the officer on duty answers.
    """
    sent = sent_object()
    given = sent_move().given if "with" in sent else sent

    def effect(tx: Connection) -> Done:
        result = execute(tx, Command("ask", Reference("requests", path.ref), given, actor(), now()))
        ref, _, no = result.ref.partition("/requests/")
        where = {"Location": url_for("api_owner_requests.show_request", ref=ref, no=no)}
        return Done(_whole(tx, ref, no), 201, where)

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


for _each in (move for move in REQUEST.moves if move.name in MOVES["request"]):
    _body = json_body(request_api, move_model(REQUEST, _each.name), is_required=needs_input(REQUEST, _each.name))
    describe_move(request_api, MOVE, REQUEST, _each, body=_body, answer=_WHOLE)


def _request_json(one: RequestRow) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _SAME} | {
        "ref": f"{one.ref}/requests/{one.no}",
        "project": one.ref,
        "state": one.state.name,
    }


def _whole(tx: Connection, ref: str, no: str) -> dict[str, Any]:
    view = request_view(tx, project(tx, ref, actor()), address_number(no, LONGEST_NO), actor(), now())
    said = [{"move": one.move.name, "at": one.at, "who": one.who, "text": _text(one)} for one in view.told]
    return _request_json(view.row) | {"said": said, "moves": names(view.moves)}


def _text(told: EntryDescription) -> str | None:
    return next((fact.value for fact in told.facts if fact.word.name == "text"), None)
