"""Orders proposed by an issued bulletin: the list, and confirming or declining each."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.reports.lifecycle.proposed_orders import CONFIRM, DECLINE, confirm_order, decline_order, proposed_orders
from approvals.reports.lifecycle.queries import report_in_force
from approvals.reports.periods import BULLETIN, read_period
from approvals.reports.titles import report_title
from approvals.web.forms import EMPTY, Form, form_input, known_move, redisplay, remember_input
from approvals.web.submissions import flash_move, writing_once
from workflows.charts.report import REPORT

bulletin_orders = Blueprint("bulletin_orders", __name__, url_prefix="/reports/bulletins")

ACTIONS = {CONFIRM: confirm_order, DECLINE: decline_order}
HINTS = {"due_on": N_("A working day, today or later."), "reason": N_("For example: decided in the meantime.")}


@bulletin_orders.get("/<month>/orders")
@access(roles=permissions.SEE_REPORTS)
def show(month: str, form: Form = EMPTY) -> str:
    period = read_period(BULLETIN, month)
    with database().read() as tx:
        issued = report_in_force(tx, period, BULLETIN)
        if issued is None:
            raise NotFound(N_("No report has been issued for this month yet."))
        proposed = proposed_orders(tx, period)
    may_decide = actor().has(*permissions.CONFIRM_PROPOSED_ORDERS)
    context = {
        "proposed": proposed,
        "moves": [REPORT.move(name) for name in ACTIONS] if may_decide else [],
        "hints": {name: _(hint) for name, hint in HINTS.items()},
        "form": form,
    }
    title = report_title(BULLETIN, month)
    return render_template("reports/proposed_orders.html", issued=issued, title=title, month=month, **context)


@bulletin_orders.post("/<month>/orders/<move>")
@access(roles=permissions.CONFIRM_PROPOSED_ORDERS)
@redisplay(show)
def make(month: str, move: str) -> Response:
    if move not in ACTIONS:
        raise NotFound
    values = remember_input(form_input(known_move(REPORT, move).needs))
    with writing_once(url_for("bulletin_orders.show", month=month)) as once:
        if once.is_new:
            ACTIONS[move](once.tx, read_period(BULLETIN, month), values, actor(), now())
    flash_move(REPORT.move(move))
    return once.answer()
