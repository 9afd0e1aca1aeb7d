"""What the JSON API takes in addresses, queries and bodies, as it is described and checked."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from approvals.api.v1.derived import OneOf
from approvals.api.v1.schemas import ApprovalState, Light, ProjectState
from approvals.base.pagination import MOST, PAGE
from approvals.base.text_validation import NAME_LIMIT
from approvals.history.inputs import KINDS, input_model
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart
from workflows.config.city import load_city

STRICT = ConfigDict(extra="forbid")
MONTH = "^20[0-9]{2}-(0[1-9]|1[0-2])$"


def left_out() -> Any:
    """A parameter that was left out; a function, so that the description shows no default."""
    return None


Department = Annotated[
    str,
    Field(
        min_length=1,
        max_length=NAME_LIMIT,
        description="By name, or by the code of its first item; those of earlier catalogues as well.",
    ),
]
Category = Annotated[str, OneOf(tuple(load_city().categories))]
Handler = Annotated[
    str,
    Field(
        pattern="^(-|[a-z][a-z0-9._-]{1,49})$",
        description="User name of who handles it at the window; `-` for what nobody handles. For officers only.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Rows of a page.")]
Cursor = Annotated[str, Field(description="The `next_cursor` of the page before; the filters must be the same.")]
if TYPE_CHECKING:
    Day = date
else:
    Day = KINDS["day"]


def move_name(names: Iterable[str]) -> Any:
    """The part of an address that names one of these moves."""
    return Field(description="Name of the move.", json_schema_extra={"enum": [*names]})


class OfProject(BaseModel):
    ref: str = Field(description="Its number, external reference or id.")


class OfApproval(BaseModel):
    project: str = Field(description="Number, external reference or id of the project.")
    code: str = Field(description="Code of the item, as in the catalogue.")


class Query(BaseModel):
    """Parameters of an address. flask-openapi3 asks for the schema in every request; it is made once."""

    model_config = STRICT

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        return _query_schema(cls, *args, **options)


@cache
def _query_schema(query: type[Query], *args: Any, **options: Any) -> dict[str, Any]:
    return super(Query, query).model_json_schema(*args, **options)


class PageQuery(Query):
    cursor: Cursor = ""
    limit: Limit = PAGE


class ProjectQuery(Query):
    state: list[ProjectState] = Field(default=[], description="Any of these.")
    category: Category = Field(default_factory=left_out)
    key: bool = Field(default_factory=left_out, description="Key projects only, or all others.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class ApprovalQuery(Query):
    department: Department = Field(default_factory=left_out)
    state: list[ApprovalState] = Field(default=[], description="Any of these.")
    light: Light = Field(
        default_factory=left_out,
        description="The light today, of what is accepted or paused; with a `state`, of these: after the decision it "
        "is that of its day.",
    )
    due_before: Day = Field(default_factory=left_out, description="Due on an earlier day than this.")
    handler: Handler = Field(default_factory=left_out)
    cursor: Cursor = ""
    limit: Limit = PAGE


class ClockQuery(Query):
    on: Day = Field(default_factory=left_out, description="At the close of which day; today if left out.")

    def day(self, today: date) -> date:
        return self.on or today


@cache
def move_model(chart: Chart, move: str) -> type[BaseModel]:
    """The body in which this move is sent."""
    needs = input_model(chart, move)
    if chart is ESCALATION:
        level = (KINDS["level"] | None, Field(default=None, description="Your own level if left out."))
        needs = create_model(f"{chart.name}_{move}_at_level", __base__=needs, level=level)
    content = Field(alias="with") if needs_input(chart, move) else Field(default={}, alias="with")
    version = Field(default=None, ge=1, description="What you looked at; 409 if it has changed since.")
    fields: dict[str, Any] = {"version": (int | None, version), "input": (needs, content)}
    return create_model(f"{chart.name}_{move}_move", __config__=STRICT, **fields)


@cache
def draft_model(chart: Chart, move: str) -> type[BaseModel]:
    """The body that begins a case: what it needs under `with`."""
    content = (input_model(chart, move), Field(alias="with"))
    return create_model(f"{chart.name}_{move}_move", __config__=STRICT, input=content)


def needs_input(chart: Chart, move: str) -> bool:
    """Whether this move cannot be sent without a body."""
    return any(need.required for need in chart.move(move).needs)
