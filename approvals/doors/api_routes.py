"""How a route of the JSON API is declared: who may call it, what it takes, and all that it may answer."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask_openapi3 import APIBlueprint, Parameter, Tag
from flask_openapi3.utils import parse_body, parse_rule
from pydantic import BaseModel

from approvals.accounts.access import access
from approvals.doors.api_requests import ONCE
from workflows.roles import ADMINISTRATORS, ROLES

V = TypeVar("V", bound=Callable[..., Any])
PREFIX = "/api/v1"
OFFICERS_AND_OWNERS = frozenset(ROLES) - ADMINISTRATORS
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
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_SECONDS = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def new_api(name: str, about: str, tag: str) -> APIBlueprint:
    """The routes about one thing."""
    return APIBlueprint(
        name, __name__, url_prefix=PREFIX, abp_tags=[Tag(name=tag, description=about)], abp_security=[{"bearer": []}]
    )


def reads(
    api: APIBlueprint,
    rule: str,
    answer: type[BaseModel] | dict[str, Any],
    *,
    roles: Iterable[str] = OFFICERS_AND_OWNERS,
) -> Callable[[V], V]:
    """Declare a route that reads."""
    statuses = (*ON_READING, 404) if "<" in rule else ON_READING

    def declare(view: V) -> V:
        described = api.get(rule, operation_id=view.__name__, responses={200: answer, **_problems(statuses)})
        described(access(roles=roles)(view))
        return view

    return declare


def writes(
    api: APIBlueprint,
    rule: str,
    answer: type[BaseModel],
    *,
    body: dict[str, Any],
    status: int = 200,
    is_keyed: bool = True,
    summary: str | None = None,
    description: str | None = None,
) -> Callable[[V], V]:
    """Declare a route that writes; `body` is its described content, `is_keyed` that it takes an Idempotency-Key."""
    statuses = (*ON_WRITING, 404) if "<" in rule else ON_WRITING

    def declare(view: V) -> V:
        described = api.post(
            rule,
            operation_id=view.__name__,
            summary=summary,
            description=description,
            responses={status: answer, **_problems(statuses)},
            openapi_extensions={"requestBody": body},
        )
        described(access(roles=OFFICERS_AND_OWNERS)(view))
        if is_keyed:
            operation = api.paths[parse_rule(rule, url_prefix=PREFIX)].post
            operation.parameters = [*(operation.parameters or ()), _once_parameter()]
        return view

    return declare


def json_body(api: APIBlueprint, *models: type[BaseModel], is_required: bool) -> dict[str, Any]:
    """The description of a body that is one of these models."""
    shapes = []
    for model in models:
        content, parts = parse_body(model)
        api.components_schemas.update(parts)
        shapes.append(content["application/json"].media_type_schema)
    schema = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    return {"content": {"application/json": {"schema": schema}}, "required": is_required}


def _problems(statuses: Iterable[int]) -> dict[int, dict[str, Any]]:
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
