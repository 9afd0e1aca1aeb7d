"""Projects over JSON: file them, look at them, move them."""

from flask import Response, url_for
from sqlalchemy import Connection

from approvals.api.v1.answers import entry_json, json_answer, plan_json, project_json
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import OfProject, ProjectMove, ProjectQuery, draft_model, move_model, needs_input
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.reading import Done, Envelope, once, sent_move, sent_object
from approvals.api.v1.schemas import History, PlanSchema, ProjectList, ProjectSchema
from approvals.casefile.forecast import prospects
from approvals.casefile.queries import plan, record
from approvals.filing.views import project, project_by_id, projects
from approvals.history.commands import Command, Reference
from approvals.history.inputs import input_model
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES, execute
from workflows.charts.model import Move
from workflows.charts.project import PROJECT

project_api = new_api("api_projects", "Projects from the filing to the completion.", "projects")
MOVE = "/projects/<ref>/moves/<move>"
_ONE = json_response(project_api, ProjectSchema)
_DRAFT = json_body(project_api, input_model(PROJECT, "draft"), draft_model(PROJECT, "draft"), is_required=True)


@writes(project_api, "/projects", json_response(project_api, ProjectSchema, status=201), body=_DRAFT, status=201)
def draft_project() -> Response:
    """Draft a project of your unit. 新建申报
    The fields may stand alone or, as in all other moves, under `with`.
    """
    sent = sent_object()
    given = sent_move().given if "with" in sent else sent

    def effect(tx: Connection) -> Done:
        begun = execute(tx, Command("draft", Reference("projects"), given, actor(), now()))
        found = project_by_id(tx, begun.id)
        return Done(
            project_json(found, actor()), 201, {"Location": url_for("api_projects.show_project", ref=found.ref)}
        )

    return once(effect)


@reads(project_api, "/projects", json_response(project_api, ProjectList))
def list_projects(query: ProjectQuery) -> Response:
    """The projects that you may see."""
    with database().read() as tx:
        page = projects(
            tx,
            actor(),
            states=query.state,
            category=query.category,
            is_key=query.key,
            cursor=query.cursor,
            limit=query.limit,
        )
    return json_answer({"items": [project_json(one, actor()) for one in page.rows], "next_cursor": page.next_cursor})


@reads(project_api, "/projects/<ref>", _ONE)
def show_project(path: OfProject) -> Response:
    """One project."""
    with database().read() as tx:
        found = project(tx, path.ref, actor())
    return json_answer(project_json(found, actor()))


@reads(project_api, "/projects/<ref>/history", json_response(project_api, History))
def show_history(path: OfProject) -> Response:
    """All that was done with a project and its approvals, in order."""
    with database().read() as tx:
        found, lines = record(tx, path.ref, actor(), today())
    return json_answer({"ref": found.ref, "items": [entry_json(line) for line in lines]})


@reads(project_api, "/projects/<ref>/plan", json_response(project_api, PlanSchema))
def show_plan(path: OfProject) -> Response:
    """What a project needs, what is ready, the critical path, and the days to expect."""
    with database().read() as tx:
        found = plan(tx, path.ref, actor(), today())
        foreseen = prospects(tx, found, today())
    return json_answer(plan_json(found, foreseen))


@writes(project_api, MOVE, _ONE, body=json_body(project_api, Envelope, is_required=False))
def move_project_on(path: ProjectMove) -> Response:
    """Make a move; each is described at an address of its own."""
    command = sent_command(Reference("project", path.ref), path.move)
    return perform(
        command,
        lambda tx, result: project_json(project_by_id(tx, result.id), actor()),
        lambda tx: project_json(project(tx, path.ref, actor()), actor()),
    )


def _describe(move: Move) -> None:
    taken = json_body(project_api, move_model(PROJECT, move.name), is_required=needs_input(PROJECT, move.name))
    describe_move(project_api, MOVE, PROJECT, move, body=taken, answer=_ONE)


for _each in (move for move in PROJECT.moves if move.name in MOVES["project"]):
    _describe(_each)
