"""A supervision order as a numbered official document."""

from dataclasses import dataclass
from datetime import date

from approvals.accounts.queries import UnitName
from approvals.base.i18n import language
from approvals.base.templating import render
from approvals.documents.page import PDF_LANGUAGES, full_name, header_size
from approvals.history.timeline import EntryDescription
from approvals.pdf.qr import Qr, qr_of
from approvals.supervision.orders.views import OrderRow, OrderView
from workflows.charts.order import DUE_ON


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order as it was issued; only the Chinese text is the order itself. `due_on` is its first due date."""

    html_code: str
    is_translation: bool
    header: str
    header_size: int
    addressee: str
    order: OrderRow
    issued: EntryDescription
    due_on: date
    address: str
    qr: Qr


def order_html(document: OrderDocument) -> str:
    """The order as a document, in the language of the moment."""
    return render("documents/order.html", document=document, order=document.order)


def order_document(view: OrderView, address: str) -> OrderDocument:
    """The order in the language of the answer, with the address of its page."""
    issued, order = view.told[0], view.order
    header = full_name(issued.unit)
    return OrderDocument(
        html_code=PDF_LANGUAGES[language()],
        is_translation=language() == "en",
        header=header,
        header_size=header_size(header),
        addressee=full_name(_addressee(view)),
        order=order,
        issued=issued,
        due_on=_first_due_on(issued),
        address=address,
        qr=qr_of(address),
    )


def _addressee(view: OrderView) -> UnitName:
    """The department as it was called when the order was issued."""
    then = next((str(fact.value) for fact in view.told[0].facts if fact.word.name == "department"), "")
    return view.order.department if then in ("", view.order.department.name) else UnitName(then, "")


def _first_due_on(issued: EntryDescription) -> date:
    return next(date.fromisoformat(fact.value) for fact in issued.facts if fact.word == DUE_ON)
