"""The casefiles: every project that was filed, for the offices, the liaisons and the city's government."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import label
from approvals.casefile.project_detail import HALTING
from approvals.casefile.project_detail import casefile as casefile_of
from approvals.casefile.project_list import FLAGS, casefiles
from approvals.casefile.views import Casefile, CasefileFilter
from approvals.history.commands import Reference
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now, today
from approvals.liaisons.project_summary import care_of
from approvals.registration.graph import Graph, Node, draw
from approvals.registration.views import rank_of
from approvals.web.approvals.routes import notice_pages
from approvals.web.forms import EMPTY, Form, keep, kept, known_move, sent, sent_version
from approvals.web.moves import new_command, perform
from approvals.web.query_parameters import asked_choice, asked_cursor, asked_flag, asked_text
from workflows.charts.project import PROJECT
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

casefile = Blueprint("casefile", __name__, url_prefix="/casefiles")


@casefile.get("")
@access(roles=permissions.SEE_PROJECTS)
def index() -> str:
    wanted = CasefileFilter(
        search=asked_text("search"),
        state=asked_choice("state", PROJECT.state_names),
        category=asked_choice("category", load_city().categories),
        liaison=asked_text("liaison"),
        **{name: asked_flag(name.removeprefix("is_")) for name in FLAGS},
    )
    cursor = asked_cursor()
    with database().read() as tx:
        view = casefiles(tx, actor(), wanted, today=today(), cursor=cursor)
    states = [(state.name, label(state)) for state in PROJECT.states]
    return render_template("projects/index.html", view=view, states=states, cursor=cursor)


@casefile.get("/<ref>")
@access(roles=permissions.SEE_PROJECTS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        version = form.version if form.message else None
        view = casefile_of(tx, ref, actor(), today=today(), code=asked_text("item"), version=version)
        care = care_of(tx, view.project, actor(), now())
    is_lost = bool(form.message) and form.name not in {move.name for move in view.moves}
    lost = PROJECT.move(form.name) if is_lost else None
    papers = notice_pages(view.days, view.project.ref)
    return render_template(
        "projects/show.html",
        view=view,
        graph=_graph(view),
        form=form,
        lost=lost,
        papers=papers,
        care=care,
        opens_cards=may_open(actor(), "cards.show"),
    )


@casefile.post("/<ref>/moves/<move>")
@access(roles=permissions.SEE_PROJECTS)
@kept(show)
def make(ref: str, move: str) -> Response:
    values = keep(sent(known_move(PROJECT, move).needs))
    if move not in HALTING:
        raise NotFound
    command = new_command(move, Reference("project", ref), values, sent_version())
    return perform(command, url_for("casefile.show", ref=ref), PROJECT.move(move))


def _graph(view: Casefile) -> Graph:
    """The project's approvals with their states, each leading to its page."""
    catalogue = load_catalogue()
    return draw(
        [
            Node(
                code=one.approval.code,
                title=label(one.approval.item),
                requires=one.approval.requires,
                rank=rank_of(one.approval.item, catalogue),
                state=one.state,
                light=one.light,
                href=url_for("windows.show", project=view.project.ref, code=one.approval.code),
            )
            for stage in view.stages
            for one in stage.approvals
        ]
    )
