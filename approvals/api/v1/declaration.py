"""How a route of the JSON API is declared: who may call it, what it takes, and all that it may answer."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from inspect import getdoc
from typing import Any, TypeAlias, TypeVar

from flask_openapi3 import APIBlueprint, Operation, Parameter, PathItem, RequestBody, Schema, Tag
from flask_openapi3 import Response as Answer
from flask_openapi3.types import ResponseDict
from flask_openapi3.utils import parse_rule
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from approvals.accounts import permissions
from approvals.api.v1.exchange import ONCE
from approvals.api.v1.inputs import move_model, needs_input
from approvals.api.v1.schemas import ProblemSchema
from approvals.history.commands import Kind
from approvals.http.access import access
from approvals.moves import MOVES
from workflows.charts.model import SYSTEM, Chart, Move

V = TypeVar("V", bound=Callable[..., Any])
Description: TypeAlias = dict[str, Any]  # a part of the API's description, as JSON
PREFIX = "/api/v1"
PROBLEMS = {
    400: "What was sent cannot be read.",
    401: "There is no valid access token; send `Authorization: Bearer …`.",
    403: "The role may not do this.",
    404: "There is nothing of that name, or nothing that you may see.",
    409: "Not possible in the state that stands, or somebody else was faster; `ref`, `state`, `version` and `moves` "
    "say what stands now.",
    413: "More than is taken at once.",
    415: "The content is of another type than those described.",
    422: "Fields are wrong; `fields` gives the reasons for each.",
    429: "Too many requests; wait as `Retry-After` says.",
    503: "The database does not answer in time; nothing was changed. Wait as `Retry-After` says.",
}
ON_READING = (401, 403, 422, 429, 503)
ON_WRITING = (400, 401, 403, 409, 413, 415, 422, 429, 503)
_NAMED = "#/components/schemas/{model}"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _NAMED.format(model=ProblemSchema.__name__)}}}
_SECONDS = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def new_api(name: str, about: str, tag: str) -> APIBlueprint:
    """The routes about one thing."""
    return APIBlueprint(
        name, __name__, url_prefix=PREFIX, abp_tags=[Tag(name=tag, description=about)], abp_security=[{"bearer": []}]
    )


def schema_of(api: APIBlueprint, *models: type, mode: JsonSchemaMode = "validation") -> Description:
    """The schema of what is one of these models, which are named among the components."""
    named = []
    for model in models:
        schema = TypeAdapter(model).json_schema(mode=mode, ref_template=_NAMED)
        parts = schema.pop("$defs", {}) | {model.__name__: schema}
        api.components_schemas.update({name: Schema(**part) for name, part in parts.items()})
        named.append({"$ref": _NAMED.format(model=model.__name__)})
    return named[0] if len(named) == 1 else {"anyOf": named}


def json_body(api: APIBlueprint, *models: type, is_required: bool) -> Description:
    """The description of a body that is one of these models."""
    return {"content": {"application/json": {"schema": schema_of(api, *models)}}, "required": is_required}


def json_response(api: APIBlueprint, *models: type, status: int = 200) -> Description:
    """The description of an answer that is one of these models."""
    schema = schema_of(api, *models, mode="serialization")
    return {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}


def reads(
    api: APIBlueprint, rule: str, answer: Description, *, roles: Iterable[str] = permissions.CALL_API
) -> Callable[[V], V]:
    """Declare a route that reads; `answer` is the description of its 200."""
    statuses = (*ON_READING, 404) if "<" in rule else ON_READING

    def declare(view: V) -> V:
        summary, text = _about(view)
        describe = api.get(
            rule,
            operation_id=view.__name__,
            summary=summary,
            description=text,
            responses={200: answer, **_problems(statuses)},
        )
        describe(access(roles=roles)(view))
        return view

    return declare


def writes(
    api: APIBlueprint,
    rule: str,
    answer: Description,
    *,
    body: Description,
    status: int = 200,
    statuses: tuple[int, ...] = ON_WRITING,
    is_keyed: bool = True,
) -> Callable[[V], V]:
    """Declare a route that writes; `body` describes what it takes, `is_keyed` says that it takes an Idempotency-Key."""
    refusals = (*statuses, 404) if "<" in rule else statuses

    def declare(view: V) -> V:
        summary, text = _about(view)
        describe = api.post(
            rule,
            operation_id=view.__name__,
            summary=summary,
            description=text,
            responses={status: answer, **_problems(refusals)},
            openapi_extensions={"requestBody": body},
        )
        describe(access(roles=permissions.CALL_API)(view))
        if is_keyed:
            operation = _operation(api, rule)
            operation.parameters = [*(operation.parameters or ()), _once_parameter()]
        return view

    return declare


def describe_moves(api: APIBlueprint, rule: str, chart: Chart, kind: Kind, answer: Description) -> None:
    """Describe each move of the chart that people make of this kind of case, at an address of its own."""
    for move in chart.moves:
        if move.name in MOVES[kind]:
            describe_move(api, rule, chart, move, answer)


def describe_move(
    api: APIBlueprint, rule: str, chart: Chart, move: Move, answer: Description, takes: str | None = None
) -> None:
    """Describe one value of the rule's `<move>`; it takes what the move `takes` of the chart needs, if not its own."""
    takes = takes or move.name
    general = _operation(api, rule)
    own = {
        "operationId": f"{move.name}_{chart.name}",
        "summary": f"{move.en}. {move.zh}",
        "description": f"From {', '.join(move.sources)}{f' to {move.target}' if move.target else ''}; "
        f"by {', '.join(role for role in move.by if role != SYSTEM)}.",
        "parameters": [parameter for parameter in general.parameters or () if parameter.name != "move"],
        "requestBody": RequestBody(**json_body(api, move_model(chart, takes), is_required=needs_input(chart, takes))),
        "responses": (general.responses or {}) | {"200": Answer(**answer)},
    }
    uri = parse_rule(rule.replace("<move>", move.name), url_prefix=PREFIX)
    api.paths[uri] = PathItem(post=general.model_copy(update=own))


def _operation(api: APIBlueprint, rule: str) -> Operation:
    operation: Operation = api.paths[parse_rule(rule, url_prefix=PREFIX)].post
    return operation


def _about(view: Callable[..., object]) -> tuple[str, str]:
    """The first line of the view's docstring, and the text below it or the same line again."""
    summary, _, rest = (getdoc(view) or "").partition("\n")
    return summary, " ".join(rest.split()) or summary


def _problems(statuses: Iterable[int]) -> ResponseDict:
    return {
        status: {"description": PROBLEMS[status], "content": _PROBLEM}
        | ({"headers": _SECONDS} if status in (429, 503) else {})
        for status in sorted(statuses)
    }


def _once_parameter() -> Parameter:
    return Parameter(
        **{
            "name": ONCE,
            "in": "header",
            "description": "A key of your own for this request. Sent again with the same key, it is carried out once "
            "and answered the same way: safe to repeat when the answer was lost.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
        }
    )
