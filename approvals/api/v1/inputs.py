"""What the JSON API takes in addresses, queries and bodies, as it is described and checked."""

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from approvals.api.v1.schemas import ApprovalState, Light, ProjectState
from approvals.base.pagination import MOST, PAGE
from approvals.history.inputs import KINDS, input_model
from approvals.moves import MOVES
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart
from workflows.charts.order import ORDER
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

STRICT = ConfigDict(extra="forbid")


def _left_out() -> Any:
    """A parameter that was left out; said by a function so that the description shows no default."""
    return None


def _departments() -> dict[str, str]:
    """Each department by its name, and by the code of its first item as in its people's user names."""
    catalogue = load_catalogue()
    names = {name: name for name in catalogue.departments}
    return names | {catalogue.first_code(name).lower(): name for name in catalogue.departments}


DEPARTMENTS = _departments()
Department = Annotated[Literal[tuple(DEPARTMENTS)], BeforeValidator(str.lower)]  # type: ignore[valid-type]
Category = Literal[tuple(load_city().categories)]  # type: ignore[valid-type]
OrderState = Literal[ORDER.state_names]  # type: ignore[valid-type]
Day: Any = KINDS["day"]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Rows of a page.")]
Cursor = Annotated[str, Field(description="The `next_cursor` of the page before; the filters must be the same.")]


class OfProject(BaseModel):
    ref: str = Field(description="Its number, external reference or id.")


class OfApproval(BaseModel):
    project: str = Field(description="Number, external reference or id of the project.")
    code: str = Field(description="Code of the item, as in the catalogue.")


class OfMonth(BaseModel):
    month: str = Field(description="As in 2026-03.", json_schema_extra={"pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"})


class OfWord(OfProject):
    month: str = Field(description="The month that it is on, as in 2026-03.", pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")


class ProjectMove(OfProject):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": list(MOVES["project"])})


class ApprovalMove(OfApproval):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": sorted(MOVES["approval"])})


class Query(BaseModel):
    """Parameters of a list. flask-openapi3 asks for the schema in every request; it is made once."""

    model_config = STRICT

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        return super().model_json_schema(*args, **options)


class ProjectQuery(Query):
    state: list[ProjectState] = Field(default=[], description="Any of these.")
    category: Category = Field(default_factory=_left_out)
    key: bool = Field(default_factory=_left_out, description="Key projects only, or all others.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class WordQuery(Query):
    cursor: Cursor = ""
    limit: Limit = PAGE


class ApprovalQuery(Query):
    department: Department = Field(default_factory=_left_out, description="By name, or by the code of its first item.")
    state: list[ApprovalState] = Field(default=[], description="Any of these.")
    light: Light = Field(
        default_factory=_left_out,
        description="The light today, of what is accepted or paused; with a `state`, of these: after the decision it "
        "is that of its day.",
    )
    due_before: Day = Field(default_factory=_left_out, description="Due on an earlier day than this.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class OrderQuery(Query):
    department: Department = Field(default_factory=_left_out, description="By name, or by the code of its first item.")
    state: OrderState = Field(default_factory=_left_out)
    late: bool = Field(default=False, description="Only those that were not answered by their day.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class ClockQuery(Query):
    on: Day = Field(default_factory=_left_out, description="At the close of which day; today if left out.")

    def day(self, today: date) -> date:
        return self.on or today


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
    given: dict[str, Any] = Field(default={}, alias="with", description="What the move needs.")


@cache
def move_model(chart: Chart, move: str) -> type[BaseModel]:
    """The body in which this move is sent."""
    inner = input_model(chart, move)
    if chart is ESCALATION:
        inner = create_model(
            f"{chart.name}_{move}_at_level",
            __base__=inner,
            level=(KINDS["level"] | None, Field(default=None, description="Your own level if left out.")),
        )
    version = (int | None, Field(default=None, ge=1, description="What you looked at; 409 if it has changed since."))
    given: Any = (inner, Field(alias="with")) if needs_input(chart, move) else (inner, Field(default={}, alias="with"))
    return create_model(f"{chart.name}_{move}_move", __config__=STRICT, version=version, given=given)


@cache
def draft_model(chart: Chart, move: str) -> type[BaseModel]:
    """The body that begins a case: what it needs under `with`."""
    return create_model(
        f"{chart.name}_{move}_move", __config__=STRICT, given=(input_model(chart, move), Field(alias="with"))
    )


def needs_input(chart: Chart, move: str) -> bool:
    """Whether this move cannot be sent without a body."""
    return any(need.required for need in chart.move(move).needs)
