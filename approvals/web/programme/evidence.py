"""Evidence on the programme's pages: files sent with a form, and contents handed out to those who see the item."""

from collections.abc import Iterable
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Invalid, NotFound, invalid
from approvals.base.files.filetypes import MEGABYTE
from approvals.base.files.store import opened, size_of
from approvals.base.formatting import size
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.evidence.actions import add, check_may_give
from approvals.evidence.receipt import receive_file
from approvals.filing.quotas import check_room_for_evidence
from approvals.http.access import access, actor
from approvals.http.application import FORM_LIMIT, database, now, settings
from approvals.http.errors import field_messages
from approvals.programme.evidence import evidence_content
from approvals.programme.queries import item_key
from approvals.web.downloads import send_download
from approvals.web.forms import FormInput, remember_input
from approvals.web.programme.blueprint import programme
from approvals.web.uploads import FAULT
from workflows.config.policy import load_policy

FIELD, FILES = "evidence", "evidence_file"
MOST_FILES = 12  # sent with one form
UPLOAD_LIMIT = FORM_LIMIT + 200 * MEGABYTE  # of one form: of what is too large one is told in the form, which stays
KINDS = ("copy", "thumbnail", "original")


def evidence_hint() -> str:
    """What a form takes."""
    return _("JPEG, PNG, WebP or PDF, at most %(most)s MB each.", most=load_policy().programme.evidence_mb)


def kept_choices(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Pieces of evidence that a form has already, to be kept or left out."""
    return [(row.uid, f"{row.name} · {size(row.size)}") for row in rows]


def with_sent_files(values: FormInput) -> FormInput:
    """The input with references of the files that were sent with the form; it is remembered.

    Invalid names the files that are not taken. Those that are stay with the form, whatever else is refused.
    """
    refs, faults = list(values.get(FIELD) or ()), list[dict[str, object]]()
    files = [file for file in request.files.getlist(FILES) if file.filename]
    remember_input(values)
    if len(files) > MOST_FILES:
        raise invalid(FIELD, N_("At most %(most)s files can be sent at once."), most=MOST_FILES)
    for file in files:
        try:
            refs.append(_received(file))
        except Invalid as fault:
            faults.append({"name": file.filename or "", "reason": " ".join(field_messages(fault)["file"])})
    whole = remember_input({**values, FIELD: list(dict.fromkeys(refs))})
    if faults:
        raise Invalid({FIELD: [(FAULT, fault) for fault in faults]})
    return whole


def _received(file: FileStorage) -> str:
    """The reference of a file, noted before the form is: refused, the form need not send it again."""
    check_may_give(actor())
    with database().read() as tx:
        check_room_for_evidence(tx, actor(), size_of(file.stream))
    most, scanner = load_policy().programme.evidence_mb, settings().scanner
    received = receive_file(settings().files_dir, file.filename, file.stream, most, scanner=scanner)
    with database().write() as tx:
        return add(tx, received, by=actor(), now=now())


@programme.get("/programme/<year>/items/<item_no>/evidence/<piece>/<kind>")
@access(roles=permissions.SEE_PROGRAMME)
def evidence(year: str, item_no: str, piece: str, kind: str) -> Response:
    """The copy or thumbnail of a photograph, which a page may show; a document or an original as a file."""
    if kind not in KINDS:
        raise NotFound
    with database().read() as tx:
        content = evidence_content(tx, *item_key(f"{year}/{item_no}"), piece, actor(), kind)
    file = opened(settings().files_dir, content.sha256)
    response = send_download(file, content.media_type, content.name, FIELD, is_shown=content.is_inline)
    response.headers["Cache-Control"] = "no-store"
    return response
