"""All filed projects, for the offices, the liaisons and the city government."""

from collections.abc import Iterable

from flask import Blueprint, make_response, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_, in_language, label, language
from approvals.base.i18n import gettext as _
from approvals.casefile.paper import casefile_html, casefile_paper
from approvals.casefile.project_detail import MADE_HERE
from approvals.casefile.project_detail import casefile as casefile_of
from approvals.casefile.project_list import FLAGS, casefile_page, casefiles
from approvals.casefile.schedule import schedule as schedule_of
from approvals.casefile.views import Casefile, CasefileFilter
from approvals.casefile.works import works_title
from approvals.exports.lists.projects import CASEFILES
from approvals.filing.contacts import show_filing_contact
from approvals.history.commands import Reference
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now, today
from approvals.liaisons.project_summary import summary_of
from approvals.projects.works import DAY as WORKS
from approvals.registration.graph import Graph, Node, draw
from approvals.registration.views import rank_of, with_works
from approvals.triage.actions import MARKS
from approvals.web.approvals.routes import notice_pages
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import category_choices
from approvals.web.papers import send_paper
from approvals.web.projects.schedule_drawing import draw_schedule, holder_words
from approvals.web.projects.tabs import asked_tab
from approvals.web.query_parameters import query_choice, query_flag, query_language, query_text
from approvals.web.submissions import lost_move, perform_form
from approvals.windows.clocks import LimitView
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import STRUCK
from workflows.charts.project import PROJECT
from workflows.config.catalogue import Item
from workflows.config.city import load_city

casefile = Blueprint("casefile", __name__, url_prefix="/casefiles")


CASEFILE_LIST = declare(
    ListPage(
        "casefile.index",
        N_("Casefiles"),
        CASEFILES,
        filters={
            "search": N_("Search"),
            "state": N_("State"),
            "category": N_("Category"),
            "county": N_("County"),
            "liaison": N_("Liaison"),
        },
        flags={
            "late": N_("Late"),
            "lapsing": N_("Lapsing or lapsed"),
            "key": N_("Key project"),
            "urgent": N_("Urgent and hard"),
            "followed": N_("Key or urgent projects in progress"),
            "practical_matter": N_("Practical matter"),
        },
    )
)


@casefile.get("")
@access(roles=permissions.SEE_PROJECTS)
def index() -> str | Response:
    filters, asked = _filters(), asked_list(CASEFILE_LIST)
    choices = {"state": [(state.name, label(state)) for state in PROJECT.states], "category": category_choices()}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: casefile_page(tx, actor(), filters, today=today(), part=part), choices)
        view = casefiles(tx, actor(), filters, today=today(), part=asked.part)
        choices["liaison"] = list(view.liaisons)
        listing = asked.listing(tx, view.total, choices)
    may_mark = bool(view.page.rows) and may_open(actor(), "bulk.mark")
    context = {"states": choices["state"], "cursor": asked.cursor, "listing": listing, "may_mark": may_mark}
    return render_template("projects/index.html", view=view, empty_form=EMPTY, **context)


def _filters() -> CasefileFilter:
    return CasefileFilter(
        search=query_text("search"),
        state=query_choice("state", PROJECT.state_names),
        category=query_choice("category", load_city().categories),
        county=query_choice("county", load_city().counties),
        liaison=query_text("liaison"),
        **{name: query_flag(name.removeprefix("is_")) for name in FLAGS},
    )


@casefile.get("/<ref>")
@access(roles=permissions.SEE_PROJECTS)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = casefile_of(tx, ref, actor(), today=today(), code=query_text("item"), version=form.looked_at)
        care = summary_of(tx, view.project, actor(), now())
    reports = [report.move for report in view.works.forms] if view.works else []
    lost = lost_move(PROJECT, form, [*view.moves, *reports])
    papers = notice_pages(view.days, view.project.ref)
    return render_template(
        "projects/show.html",
        view=view,
        graph=_graph(view),
        form=form,
        lost=lost,
        papers=papers,
        care=care,
        document_choices=[(document.uid, document.name) for document in view.documents],
        opens_cards=may_open(actor(), "cards.show"),
        item_choices=_item_choices,
        plan_hints={"ground": _("The rule or document it is based on; visible to owner, liaison and window.")},
        first={"mark": {field: getattr(view.project, column) for column, field in MARKS.items()}},
        tab=asked_tab(),
    )


@casefile.get("/<ref>/casefile.pdf")
@access(roles=permissions.SEE_PROJECTS)
def paper(ref: str) -> Response:
    """The casefile as its page shows it to this reader, on paper."""
    with in_language(query_language("lang", language())):
        with database().read() as tx:
            content = casefile_paper(tx, ref, actor(), today())
        html = casefile_html(content)
        project = content.view.project
        name = _("Casefile %(number)s %(on)s.pdf", number=project.shown_number or project.ref, on=today())
    return send_paper(html, name, "casefile")


@casefile.get("/<ref>/schedule")
@access(roles=permissions.SEE_SCHEDULE)
def schedule(ref: str) -> str:
    with database().read() as tx:
        view = schedule_of(tx, ref, actor(), today())
    home = "casefile.show" if may_open(actor(), "casefile.show") else "filing.show"
    return render_template(
        "projects/schedule.html", view=view, drawing=draw_schedule(view), holders=holder_words(), home=home
    )


@casefile.post("/<ref>/moves/<move>")
@access(roles=permissions.SEE_PROJECTS)
@redisplay(show)
def make(ref: str, move: str) -> Response:
    return perform_form(
        PROJECT, move, Reference("project", ref), url_for("casefile.show", ref=ref), (*MADE_HERE, *WORKS)
    )


def _item_choices(items: Iterable[Item]) -> list[tuple[str, str]]:
    return [(item.code, f"{item.code} {label(item)}") for item in items]


@casefile.post("/<ref>/contact")
@access(roles=permissions.ASK_FOR_FILING_CONTACT)
def contact(ref: str) -> Response:
    """Show the masked number of the contact person; a form, because access is recorded."""
    with database().write() as tx:
        shown = show_filing_contact(tx, ref, by=actor(), now=now())
    response = make_response(render_template("projects/contact.html", contact=shown))
    response.headers["Cache-Control"] = "no-store"
    return response


def _graph(view: Casefile) -> Graph:
    """The project's approvals with their states and days, each leading to its page, and the works among them."""
    limits = {hold.approval.code: hold.promised or hold.notice for hold in (*view.late, *view.holds)}
    nodes = [
        Node(
            code=row.approval.code,
            title=label(row.approval.item),
            requires=row.approval.requires,
            rank=rank_of(row.approval.item, view.catalogue),
            state=row.state,
            light=row.light,
            href=url_for("windows.show", project=view.project.ref, code=row.approval.code),
            day=_day_of(row.approval, limits.get(row.approval.code)),
        )
        for stage in view.stages
        for row in stage.approvals
        if row.state.name != STRUCK
    ]
    works = view.works.view if view.works else None
    return draw(with_works(nodes, works, works_title(works)) if works else nodes)


def _day_of(approval: ApprovalView, limit: LimitView | None) -> str:
    """The day of the decision, or until when it is to be made or answered; of this year without the year."""
    day = approval.decided_on or (limit and limit.due_on)
    if not day:
        return ""
    short = f"{day:%m-%d}" if day.year == today().year else day.isoformat()
    return _("decided %(day)s", day=short) if approval.decided_on else _("due %(day)s", day=short)
