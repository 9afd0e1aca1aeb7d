"""Problems of the year's programme over JSON: the list of a year, one of them, and their moves."""

from datetime import date, datetime
from typing import Annotated

from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import Moves, OneOf, PageSchema, Source, ViewSchema, fill, optional_path, path
from approvals.api.v1.exchange import Body, Done, Envelope, json_answer, once, perform, sent_command, sent_input
from approvals.api.v1.inputs import Cursor, Limit, Query, draft_model, left_out, move_name
from approvals.api.v1.programme import County, OfItem, OfYear
from approvals.base.pagination import PAGE
from approvals.base.sorting import ListPart
from approvals.casefile.programme.problem_detail import problem_detail
from approvals.casefile.programme.problem_list import ProblemFilter, ProblemRow, problems
from approvals.history.commands import Command, Reference
from approvals.history.inputs import input_model
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES, execute
from approvals.programme.problems.actions import SPOKEN
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_terms import PROBLEM_KINDS
from workflows.config.policy import load_policy

ALL = "/programme/<year>/<item>/problems"
ONE = f"{ALL}/<number>"
MOVE = f"{ONE}/moves/<move>"
State = Annotated[str, OneOf(PROBLEM.state_names)]
Kind = Annotated[str, OneOf(tuple(PROBLEM_KINDS))]


class ProgrammeProblemSchema(ViewSchema):
    """A problem as it stands now; `tasks` are those that it holds up, as 030/510402."""

    ref: str = Field(description="`programme/<year>/<item>/problems/<no>`.")
    year: int
    item_no: str
    number: int
    kind: Kind = path("kind_name")
    text: str
    since: date = path("since_on")
    days: int = Field(description="Since then, up to today or the day on which it was settled.")
    expected_on: date | None
    asked_unit: str | None = optional_path("asked_unit", "name")
    asked_office: str
    asked: str
    asked_on: date | None
    answered_on: date | None
    order: str = path("order_ref", description="The supervision order that came of it.")
    last_word_on: date = path("said_on")
    last_word: str = path("last_text")
    stale: bool = path("is_stale", description="Open without a word for as many days as the policy says.")
    state: State = path("state", "name")
    closed_on: date | None
    version: int
    tasks: list[str] = path("held")


class ProgrammeProblemList(PageSchema[ProgrammeProblemSchema]):
    """Those that last the longest first."""


class WordSchema(ViewSchema):
    """One move of a problem, with what was said."""

    move: str
    at: datetime
    by: str = path("actor", description="User name.")
    unit: str
    text: str


class ProgrammeProblemWhole(ProgrammeProblemSchema):
    """A problem with every word on it, and what may be tried next."""

    projects: list[str]
    said: list[WordSchema]
    moves: Moves


problem_api = new_api("api_problems", "Problems of the year's programme, and who is asked.", "programme problems")
_WHOLE = json_response(problem_api, ProgrammeProblemWhole)
_RAISE = json_body(
    problem_api, input_model(PROBLEM, "raise_problem"), draft_model(PROBLEM, "raise_problem"), is_required=True
)


class ProblemQuery(Query):
    item: str = Field(default_factory=left_out, description="Those that hold up this item, by its number.")
    state: State = Field(default_factory=left_out)
    kind: Kind = Field(default_factory=left_out)
    county: County = Field(default_factory=left_out, description="With a task in it, by its division code.")
    asked_unit: str = Field(default_factory=left_out, description="By its name.")
    stale: bool = Field(default=False, description="Only those without a word for long.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class OfProblem(OfItem):
    number: int = Field(ge=1, lt=10**6, description="Its number among the problems of the item.")

    @property
    def key(self) -> str:
        return f"{self.year}/{self.item}/problems/{self.number}"


class ProblemMove(OfProblem):
    move: str = move_name(sorted(MOVES["problem"]))


@reads(problem_api, "/programme/<year>/problems", json_response(problem_api, ProgrammeProblemList))
def list_problems(path: OfYear, query: ProblemQuery) -> Response:
    """The problems of a year that you may see, those that last the longest first."""
    filters = ProblemFilter(
        year=path.year,
        state=query.state or "",
        kind=query.kind or "",
        county=query.county or "",
        unit=query.asked_unit or "",
        item_no=query.item or "",
        is_stale=query.stale,
    )
    part = ListPart(cursor=query.cursor, limit=query.limit)
    with database().read() as tx:
        page = problems(tx, actor(), filters, today(), load_policy().programme, part)
    items = [fill(ProgrammeProblemSchema, row, held=_names(row)) for row in page.rows]
    return json_answer({"items": items, "next_cursor": page.next_cursor})


@writes(problem_api, ALL, json_response(problem_api, ProgrammeProblemWhole, status=201), body=_RAISE, status=201)
def begin_problem(path: OfItem) -> Response:
    """Raise a problem of an item. 登记问题
    The fields may stand alone or under `with`. Without `tasks` it holds up all tasks of the item that you see.
    """
    given = sent_input()

    def effect(tx: Connection) -> Done:
        ref = Reference("problems", key=path.key)
        result = execute(tx, Command("raise_problem", ref, given, actor(), now()))
        key = result.ref.removeprefix("programme/")
        return Done(_whole(tx, key), 201, {"Location": f"/api/v1/{result.ref}"})

    return once(effect)


@reads(problem_api, ONE, _WHOLE)
def show_problem(path: OfProblem) -> Response:
    """One problem with every word on it."""
    with database().read() as tx:
        return json_answer(_whole(tx, path.key))


@writes(problem_api, MOVE, _WHOLE, body=json_body(problem_api, Envelope, is_required=False))
def move_problem_on(path: ProblemMove) -> Response:
    """Say where a problem stands, ask somebody, answer, settle it; each is described at an address of its own."""
    command = sent_command(Reference("problem", key=path.key), path.move)
    return perform(command, lambda tx, _result: _whole(tx, path.key), lambda tx: _whole(tx, path.key))


describe_moves(problem_api, MOVE, PROBLEM, "problem", _WHOLE)


def _names(row: ProblemRow) -> list[str]:
    return [task.name for task in row.tasks]


def _whole(tx: Connection, key: str) -> Body:
    view = problem_detail(tx, key, actor(), today(), load_policy().programme)
    said = [Source(entry, text=str(entry.facts.get(SPOKEN.get(entry.move, "")) or "")) for entry in view.entries]
    projects = [project.ref for project in view.projects]
    return fill(ProgrammeProblemWhole, view.row, held=_names(view.row), projects=projects, said=said, moves=view.moves)
