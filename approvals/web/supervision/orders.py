"""Supervision orders: the list, one order with its moves, and issuing one."""

from flask import Blueprint, render_template, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, in_language, language, own_name
from approvals.base.i18n import gettext as _
from approvals.casefile.programme.problem_detail import ProblemDetail, problem_detail
from approvals.documents.orders import order_document, order_html
from approvals.exports.lists.supervision import ORDERS
from approvals.filing.views import project
from approvals.history.commands import Reference, orders_about
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.supervision.orders.queries import departments
from approvals.supervision.orders.views import AboutView, OrderFilter, order_page
from approvals.supervision.orders.views import order as order_of
from approvals.supervision.orders.views import orders as orders_of
from approvals.web.forms import EMPTY, Form, form_input, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import labels
from approvals.web.papers import send_paper
from approvals.web.query_parameters import query_flag, query_language, query_text
from approvals.web.submissions import flash_move, lost_move, new_command, perform_form, performing
from approvals.windows.queries import approval
from workflows.charts.order import KEEPERS, ORDER
from workflows.config.city import load_city
from workflows.config.policy import load_policy

orders = Blueprint("orders", __name__)

LONGEST_SUBJECT = 100  # characters of a problem's text that a new order takes over
ISSUERS = set(KEEPERS.values())
ISSUE = ORDER.move("issue")
MOVES = {move.name for move in ORDER.moves} - {ISSUE.name}  # of an order that there is
HINTS = {
    "done": N_("What was done about each demand. Sent to the level that issued the order."),
    "commitment_on": N_("Only if work remains: the working day by which it is completed."),
    "reason": N_("What the answer lacks."),
    "due_on": N_("A working day, today or later."),
}


ORDER_LIST = declare(
    ListPage(
        "orders.index",
        N_("Supervision orders"),
        ORDERS,
        filters={"state": N_("State"), "department": N_("Department")},
        flags={"late": N_("Overdue")},
    )
)


@orders.get("/orders")
@access(roles=permissions.SEE_ORDERS)
def index() -> str | Response:
    filters = OrderFilter(query_text("state"), query_text("department"), query_flag("late"))
    asked, states = asked_list(ORDER_LIST), {state.name: state for state in ORDER.states}
    with database().read() as tx:
        if asked.file:
            return asked.send(
                lambda part: order_page(tx, actor(), filters, today=today(), part=part), {"state": labels(states)}
            )
        view = orders_of(tx, actor(), filters, today=today(), part=asked.part)
        units = [(unit.name, own_name(unit)) for unit in view.departments]
        listing = asked.listing(tx, view.total, {"state": labels(states), "department": units})
    context = {"view": view, "filters": filters, "states": states, "departments": units}
    context |= {"cursor": asked.cursor, "listing": listing}
    return render_template("supervision/orders.html", **context, may_issue=actor().has(*ISSUERS))


@orders.get("/orders/new")
@access(roles=permissions.ISSUE_ORDERS)
def new(form: Form = EMPTY) -> str:
    about, problem_view = query_text("about"), None
    with database().read() as tx:
        ref = orders_about(about)
        if ref.key:
            problem_view = problem_detail(tx, ref.key, actor(), today(), load_policy().programme)
        about_view = _about(tx, ref) if about and not ref.key else None
        units = [(row.name, own_name(row)) for row in departments(tx)]
    if problem_view:
        form = form.over(_values_of(problem_view))
    return render_template(
        "supervision/order_new.html",
        about=about_view,
        about_ref=about or None,
        problem_view=problem_view,
        departments=units,
        form=form,
        move=ISSUE,
        hints={name: _(hint) for name, hint in HINTS.items()},
    )


@orders.post("/orders/new")
@access(roles=permissions.ISSUE_ORDERS)
@redisplay(new, ISSUE.name)
def issue() -> Response:
    values = remember_input(form_input(ISSUE.needs))
    command = new_command(ISSUE.name, orders_about(query_text("about")), values)
    with performing(command, url_for("orders.index")) as (once, result):
        if result:
            once.leads_to = url_for("orders.show", order=result.ref)
    flash_move(ISSUE)
    return once.answer()


@orders.get("/orders/<order>")
@access(roles=permissions.SEE_ORDERS)
def show(order: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = order_of(tx, order, actor(), today=today(), looked_at=form.looked_at)
    lost = lost_move(ORDER, form, view.moves)
    hints = {name: _(hint) for name, hint in HINTS.items()}
    return render_template("supervision/order.html", view=view, form=form, lost=lost, hints=hints)


@orders.get("/orders/<order>.pdf")
@access(roles=permissions.SEE_ORDERS)
def pdf(order: str) -> Response:
    spoken = query_language("lang", language())
    with database().read() as tx:
        view = order_of(tx, order, actor(), today=today())
    address = url_for("orders.show", order=view.order.ref, _external=True)
    with in_language(spoken):
        html = order_html(order_document(view, address))
        name = _("Supervision order %(number)s.pdf", number=view.order.number)
    return send_paper(html, name, "order")


@orders.post("/orders/<order>/moves/<move>")
@access(roles=permissions.MOVE_ORDERS)
@redisplay(show)
def make(order: str, move: str) -> Response:
    return perform_form(ORDER, move, Reference("order", key=order), url_for("orders.show", order=order), MOVES)


def _values_of(view: ProblemDetail) -> dict[str, str]:
    """What the form says at first of an order about a problem."""
    row = view.row
    subject = f"{row.item_no} {row.item}：{row.text}"[:LONGEST_SUBJECT]
    return {"department": view.department.name if view.department else "", "subject": subject, "demands": row.asked}


def _about(tx: Connection, ref: Reference) -> AboutView:
    """The subject of a new order; NotFound when the actor may not see it."""
    if ref.code:
        approval_view = approval(tx, ref.project, ref.code, actor(), today())
        return AboutView(
            approval_view.project,
            approval_view.project_name,
            load_city().shown_number(approval_view.project),
            approval_view.code,
            approval_view.item,
        )
    project_view = project(tx, ref.project, actor())
    if project_view.filed_at is None:
        raise NotFound
    return AboutView(project_view.ref, project_view.name, project_view.shown_number or "", "", None)
