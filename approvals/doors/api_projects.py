"""Projects over JSON: file them, look at them, move them."""

from collections.abc import Callable

from flask import Response, url_for
from sqlalchemy import Connection

from approvals.accounts.access import access, actor
from approvals.base.errors import Refused, invalid
from approvals.base.problems import answer, faults, told
from approvals.base.texts import N_
from approvals.base.web import database, now, today
from approvals.casefile.queries import plan, record
from approvals.doors.api_answers import entry_json, json_answer, names, plan_json, project_json
from approvals.doors.api_inputs import AnyProjectMove, OfProject, ProjectQuery, draft_model, move_model, needs_input
from approvals.doors.api_requests import Done, once, sent_move, sent_object
from approvals.doors.api_routes import OFFICERS_AND_OWNERS, json_body, new_api, reads, writes
from approvals.doors.api_schemas import History, Plan, Project, ProjectList
from approvals.doors.moves import ON_PROJECTS, begin_project, move_project
from approvals.filing.lists import open_to, project, project_by_id, projects
from approvals.history.actions import Asked
from approvals.history.inputs import input_model
from workflows.chart import Move
from workflows.project import PROJECT

project_api = new_api("api_projects", "Projects from the filing to the completion.", "projects")
_DRAFT = json_body(project_api, input_model(PROJECT, "draft"), draft_model(PROJECT, "draft"), is_required=True)


@writes(project_api, "/projects", Project, body=_DRAFT, status=201)
def draft_project() -> Response:
    """Draft a project of your unit. 新建申报
    The fields may stand alone or, as in all other moves, under `with`.
    """
    sent = sent_object()
    given = sent_move().given if "with" in sent else sent

    def effect(tx: Connection) -> Done:
        begun = begin_project(tx, Asked("draft", given, actor(), now()))
        found = project_by_id(tx, begun.id)
        return Done(
            project_json(found, actor()), 201, {"Location": url_for("api_projects.show_project", ref=found.ref)}
        )

    return once(effect)


@reads(project_api, "/projects", ProjectList)
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


@reads(project_api, "/projects/<ref>", Project)
def show_project(path: OfProject) -> Response:
    """One project."""
    with database().read() as tx:
        found = project(tx, path.ref, actor())
    return json_answer(project_json(found, actor()))


@reads(project_api, "/projects/<ref>/history", History)
def show_history(path: OfProject) -> Response:
    """All that was done with a project and its approvals, in order."""
    with database().read() as tx:
        found, lines = record(tx, path.ref, actor(), today())
    return json_answer({"ref": found.ref, "items": [entry_json(line) for line in lines]})


@reads(project_api, "/projects/<ref>/plan", Plan)
def show_plan(path: OfProject) -> Response:
    """What a project needs, what is ready, and the critical path."""
    with database().read() as tx:
        found = plan(tx, path.ref, actor(), today())
    return json_answer(plan_json(found))


def _moving(move: Move) -> Callable[[OfProject], Response]:
    """The route of one move, described from the chart."""

    def view(path: OfProject) -> Response:
        return _move(path.ref, move.name)

    view.__name__ = f"{move.name}_project"
    body = json_body(project_api, move_model(PROJECT, move.name), is_required=needs_input(PROJECT, move.name))
    return writes(
        project_api,
        f"/projects/<ref>/moves/{move.name}",
        Project,
        body=body,
        summary=f"{move.en}. {move.zh}",
        description=f"From {', '.join(move.sources)}{f' to {move.target}' if move.target else ''}; "
        f"by {', '.join(move.by)}.",
    )(view)


MOVES = tuple(_moving(move) for move in PROJECT.moves if move.name in ON_PROJECTS)


@project_api.post("/projects/<ref>/moves/<move>", doc_ui=False)
@access(roles=OFFICERS_AND_OWNERS)
def unknown_project_move(path: AnyProjectMove) -> Response:
    """Any other move."""
    raise invalid("move", N_("is not a move of a project that people make"))


def _move(ref: str, move: str) -> Response:
    sent = sent_move()

    def effect(tx: Connection) -> Done:
        moved = move_project(tx, ref, Asked(move, sent.given, actor(), now(), version=sent.version))
        return Done(project_json(project_by_id(tx, moved.id), actor()))

    try:
        return once(effect)
    except Refused as refusal:
        with database().read() as tx:
            found = project(tx, ref, actor())
        standing = {"ref": found.ref, "state": found.state, "version": found.version}
        standing["moves"] = names(open_to(found, actor()))
        return answer(refusal.status, told(refusal), fields=faults(refusal), more=standing)
