"""A supervision order as a numbered official document."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from flask import Blueprint, current_app, send_file, url_for
from werkzeug.wrappers import Response

from approvals.accounts.permissions import SEE_ORDERS
from approvals.base.i18n import gettext as _
from approvals.base.i18n import in_language, language
from approvals.documents.approval_documents import full_name
from approvals.history.timeline import Told
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.pdf.process import render_apart
from approvals.pdf.qr import Qr, qr_of
from approvals.reports.document.report import PDF_LANGUAGES, header_size
from approvals.supervision.orders.views import OrderRow, OrderView
from approvals.supervision.orders.views import order as order_of
from approvals.web.query_parameters import asked_language
from workflows.charts.order import DUE_ON

order_papers = Blueprint("order_papers", __name__)


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """An order on paper as it was issued; only the Chinese text is the order itself. `due_on` is its first due date."""

    html_code: str
    is_translation: bool
    header: str
    header_size: int
    addressee: str
    order: OrderRow
    issued: Told
    due_on: date
    address: str
    qr: Qr


@order_papers.get("/orders/<order>.pdf")
@access(roles=SEE_ORDERS)
def pdf(order: str) -> Response:
    spoken = asked_language("lang", language())
    with database().read() as tx:
        view = order_of(tx, order, actor(), today=today())
    address = url_for("orders.show", order=view.order.ref, _external=True)
    with in_language(spoken):
        html = order_html(order_paper(view, address))
        name = _("Supervision order %(number)s.pdf", number=view.order.number)
    return send_file(BytesIO(render_apart(html).pdf), "application/pdf", as_attachment=True, download_name=name)


def order_html(paper: OrderPaper) -> str:
    """The order as a document, in the language of the moment."""
    template = current_app.jinja_env.get_template("supervision/order_paper.html")
    return str(template.render(paper=paper, one=paper.order))


def order_paper(view: OrderView, address: str) -> OrderPaper:
    """The order in the language of the answer, with the address of its page."""
    issued, order = view.told[0], view.order
    header = full_name(issued.unit)
    return OrderPaper(
        html_code=PDF_LANGUAGES[language()],
        is_translation=language() == "en",
        header=header,
        header_size=header_size(header),
        addressee=full_name(order.department),
        order=order,
        issued=issued,
        due_on=_first_due_on(issued),
        address=address,
        qr=qr_of(address),
    )


def _first_due_on(issued: Told) -> date:
    return next(date.fromisoformat(one.value) for one in issued.facts if one.word == DUE_ON)
