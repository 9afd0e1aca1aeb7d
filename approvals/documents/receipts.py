"""The receipt of a filing as a numbered document: what was filed, when, and the code that verifies it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from approvals.base.errors import NotFound
from approvals.base.i18n import language
from approvals.base.templating import render
from approvals.documents.page import PDF_LANGUAGES, full_name, header_size, system_name
from approvals.filing.receipts import ReceiptView, receipt_at
from approvals.filing.views import ProjectView
from approvals.history.queries import EntryView, own_entries_of_project
from approvals.history.timeline import EntryDescription, describe
from approvals.pdf.qr import Qr, qr_of

SAYS = ("draft", "edit")  # moves in which an owner says what is filed


@dataclass(frozen=True, slots=True)
class ReceiptDocument:
    """A receipt to be printed; `filed` is what the filing said at that moment, without whom to call."""

    html_code: str
    is_translation: bool
    header: str
    header_size: int
    addressee: str
    receipt: ReceiptView
    filed: EntryDescription
    hash: str
    address: str
    qr: Qr


def receipt_document(tx: Connection, project: ProjectView, seq: int, address: str) -> ReceiptDocument:
    """The receipt of this filing in the language in use; `address` is where its code is verified."""
    receipt, entries = receipt_at(tx, project.id, seq), own_entries_of_project(tx, project.id)
    entry = next((entry for entry in entries if entry.seq == seq), None)
    if entry is None:
        raise NotFound
    header = system_name()
    return ReceiptDocument(
        html_code=PDF_LANGUAGES[language()],
        is_translation=language() == "en",
        header=header,
        header_size=header_size(header),
        addressee=full_name(receipt.owner),
        receipt=receipt,
        filed=describe(tx, [as_filed(entries, entry)])[0],
        hash=entry.hash,
        address=address,
        qr=qr_of(address),
    )


def as_filed(entries: list[EntryView], entry: EntryView) -> EntryView:
    """The filing with all that its owner had said by then, written as one draft."""
    said = [earlier.facts for earlier in entries if earlier.seq < entry.seq and earlier.move in SAYS]
    facts = {name: value for facts in said for name, value in facts.items()}
    return replace(entry, move=SAYS[0], facts=facts)


def receipt_html(document: ReceiptDocument) -> str:
    """The receipt as a document, in the language in use."""
    return render("documents/receipt.html", document=document, receipt=document.receipt)
