"""Projects over JSON: file them, look at them, move them."""

from flask import Response, url_for
from sqlalchemy import Connection

from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import Source, fill
from approvals.api.v1.exchange import Body, Done, Envelope, json_answer, once, perform, sent_command, sent_input
from approvals.api.v1.inputs import OfProject, ProjectQuery, draft_model, move_name
from approvals.api.v1.schemas import EntrySchema, History, PlanSchema, ProjectList, ProjectSchema, ProjectWhole
from approvals.casefile.forecast import project_forecasts
from approvals.casefile.queries import plan, record
from approvals.casefile.works import works_view
from approvals.filing.views import ProjectView, open_to, project, project_by_id, projects
from approvals.history.commands import Command, Reference
from approvals.history.inputs import input_model
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES, execute
from workflows.charts.project import PROJECT

project_api = new_api("api_projects", "Projects from the filing to the completion.", "projects")
MOVE = "/projects/<ref>/moves/<move>"
_ONE = json_response(project_api, ProjectWhole)
_DRAFT = json_body(project_api, input_model(PROJECT, "draft"), draft_model(PROJECT, "draft"), is_required=True)


class ProjectMove(OfProject):
    move: str = move_name(MOVES["project"])


@writes(project_api, "/projects", json_response(project_api, ProjectWhole, status=201), body=_DRAFT, status=201)
def draft_project() -> Response:
    """Draft a project of your unit. 新建申报
    The fields may stand alone or, as in all other moves, under `with`.
    """
    filing = sent_input()

    def effect(tx: Connection) -> Done:
        begun = execute(tx, Command("draft", Reference("projects"), filing, actor(), now()))
        drafted = project_by_id(tx, begun.id, actor())
        location = url_for("api_projects.show_project", ref=drafted.ref)
        return Done(_project_json(drafted), 201, {"Location": location})

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
    return json_answer(
        {"items": [_project_json(view, ProjectSchema) for view in page.rows], "next_cursor": page.next_cursor}
    )


@reads(project_api, "/projects/<ref>", _ONE)
def show_project(path: OfProject) -> Response:
    """One project."""
    with database().read() as tx:
        return json_answer(_project_json(project(tx, path.ref, actor())))


@reads(project_api, "/projects/<ref>/history", json_response(project_api, History))
def show_history(path: OfProject) -> Response:
    """All that was done with a project and its approvals, in order."""
    with database().read() as tx:
        view, lines = record(tx, path.ref, actor(), today())
    return json_answer({"ref": view.ref, "items": [fill(EntrySchema, row.entry, approval=row.code) for row in lines]})


@reads(project_api, "/projects/<ref>/plan", json_response(project_api, PlanSchema))
def show_plan(path: OfProject) -> Response:
    """What a project needs, what is ready, the critical path, and the days to expect."""
    with database().read() as tx:
        planned = plan(tx, path.ref, actor(), today())
        forecast = project_forecasts(tx, planned, today())
    expected = forecast.promised.expected if forecast else {}
    items = [Source(row, expected=expected.get(row.item.code)) for row in planned.items]
    works = works_view(planned, forecast)
    return json_answer(fill(PlanSchema, planned, approvals=items, works=works, forecast=forecast))


@writes(project_api, MOVE, _ONE, body=json_body(project_api, Envelope, is_required=False))
def move_project_on(path: ProjectMove) -> Response:
    """Make a move; each is described at an address of its own."""
    command = sent_command(Reference("project", path.ref), path.move)
    return perform(
        command,
        lambda tx, result: _project_json(project_by_id(tx, result.id, actor())),
        lambda tx: _project_json(project(tx, path.ref, actor())),
    )


describe_moves(project_api, MOVE, PROJECT, "project", _ONE)


def _project_json(view: ProjectView, schema: type[ProjectSchema] = ProjectWhole) -> Body:
    """A project, with the moves that are open to the actor."""
    return fill(schema, view, moves=open_to(view, actor()))
