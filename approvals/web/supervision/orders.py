"""The pages of supervision orders: the list, one order with its moves, and the form by which one is issued."""

from io import BytesIO

from flask import Blueprint, render_template, send_file, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, in_language, language, own_name
from approvals.base.i18n import gettext as _
from approvals.documents.orders import order_html, order_paper
from approvals.filing.views import project
from approvals.history.commands import Reference, orders_about
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.pdf.process import render_apart
from approvals.supervision.orders.queries import departments
from approvals.supervision.orders.views import AboutView, OrderFilter
from approvals.supervision.orders.views import order as order_of
from approvals.supervision.orders.views import orders as orders_of
from approvals.web.forms import EMPTY, Form, announce, keep, kept, known_move, sent, sent_version
from approvals.web.moves import new_command, perform, performing
from approvals.web.query_parameters import asked_cursor, asked_flag, asked_language, asked_text
from approvals.windows.queries import approval
from workflows.charts.order import KEEPERS, ORDER
from workflows.config.city import load_city

orders = Blueprint("orders", __name__)

ISSUERS = set(KEEPERS.values())
ISSUE = ORDER.move("issue")
HINTS = {
    "done": N_("What was done about each demand. Sent to the level that issued the order."),
    "commitment_on": N_("Only if work remains: the working day by which it is completed."),
    "reason": N_("What the answer lacks."),
    "due_on": N_("A working day, today or later."),
}


@orders.get("/orders")
@access(roles=permissions.SEE_ORDERS)
def index() -> str:
    wanted, cursor = OrderFilter(asked_text("state"), asked_text("department"), asked_flag("late")), asked_cursor()
    with database().read() as tx:
        view = orders_of(tx, actor(), wanted, today=today(), cursor=cursor)
    states = {state.name: state for state in ORDER.states}
    named = [(unit.name, own_name(unit)) for unit in view.departments]
    given = {"view": view, "wanted": wanted, "states": states, "departments": named, "cursor": cursor}
    return render_template("supervision/orders.html", **given, may_issue=actor().has(*ISSUERS))


@orders.get("/orders/new")
@access(roles=permissions.ISSUE_ORDERS)
def new(form: Form = EMPTY) -> str:
    about = asked_text("about")
    with database().read() as tx:
        found = _about(tx, orders_about(about)) if about else None
        named = [(row.name, own_name(row)) for row in departments(tx)]
    hints = {name: _(hint) for name, hint in HINTS.items()}
    given = {"about": found, "departments": named, "form": form, "move": ISSUE, "hints": hints}
    return render_template("supervision/order_new.html", **given)


@orders.post("/orders/new")
@access(roles=permissions.ISSUE_ORDERS)
@kept(new, ISSUE.name)
def issue() -> Response:
    values = keep(sent(ISSUE.needs))
    command = new_command(ISSUE.name, orders_about(asked_text("about")), values)
    with performing(command, url_for("orders.index")) as (once, result):
        if result:
            once.leads_to = url_for("orders.show", order=result.ref)
    announce(ISSUE)
    return once.answer()


@orders.get("/orders/<order>")
@access(roles=permissions.SEE_ORDERS)
def show(order: str, form: Form = EMPTY) -> str:
    looked_at = form.version if form.message else None
    with database().read() as tx:
        view = order_of(tx, order, actor(), today=today(), looked_at=looked_at)
    is_open = any(move.name == form.name for move in view.moves)
    lost = ORDER.move(form.name) if form.message and not is_open else None
    hints = {name: _(hint) for name, hint in HINTS.items()}
    return render_template("supervision/order.html", view=view, form=form, lost=lost, hints=hints)


@orders.get("/orders/<order>.pdf")
@access(roles=permissions.SEE_ORDERS)
def pdf(order: str) -> Response:
    spoken = asked_language("lang", language())
    with database().read() as tx:
        view = order_of(tx, order, actor(), today=today())
    address = url_for("orders.show", order=view.order.ref, _external=True)
    with in_language(spoken):
        html = order_html(order_paper(view, address))
        name = _("Supervision order %(number)s.pdf", number=view.order.number)
    return send_file(BytesIO(render_apart(html).pdf), "application/pdf", as_attachment=True, download_name=name)


@orders.post("/orders/<order>/moves/<move>")
@access(roles=permissions.MOVE_ORDERS)
@kept(show)
def make(order: str, move: str) -> Response:
    values = keep(sent(known_move(ORDER, move).needs))
    if move == ISSUE.name:
        raise NotFound
    command = new_command(move, Reference("order", key=order), values, sent_version())
    return perform(command, url_for("orders.show", order=order), ORDER.move(move))


def _about(tx: Connection, ref: Reference) -> AboutView:
    """What an order is to be about; NotFound when the reader may not see it."""
    if ref.code:
        one = approval(tx, ref.project, ref.code, actor(), today())
        return AboutView(one.project, one.project_name, load_city().shown_number(one.project), one.code, one.item)
    found = project(tx, ref.project, actor())
    if found.filed_at is None:
        raise NotFound
    return AboutView(found.ref, found.name, found.shown_number or "", "", None)
