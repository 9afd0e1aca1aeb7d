"""A sheet that a page takes: the file of a form, the same passed on from a preview, and what goes back with reasons."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence

from flask import request
from werkzeug.wrappers import Response

from approvals.base.errors import Invalid, invalid
from approvals.base.i18n import N_
from approvals.base.sheet_lines import SheetFault
from approvals.base.sheets import SheetPlace
from approvals.exports.returned_sheets import returned
from approvals.imports.sent_lines import reasons_of
from approvals.web.downloads import XLSX, send_download

LARGEST = 1024 * 1024  # bytes; a form carries the file from the preview to its confirmation
FIELD = "file"


def sent_content() -> bytes:
    """The content of the sheet; Invalid, at `file`, when there is none or too much."""
    file = request.files.get(FIELD)
    content = file.read(LARGEST + 1) if file else _passed_on()
    if len(content) > LARGEST:
        raise _too_large()
    if not content:
        raise invalid(FIELD, N_("Select the sheet."))
    return content


def send_returned(
    content: bytes, places: Mapping[str, SheetPlace], all_faults: Sequence[SheetFault], title: str
) -> Response:
    """The sheet with the reasons beside the rows of each worksheet; `places` are where they go, by its name."""
    for name, place in places.items():
        faults = [fault for fault in all_faults if fault.sheet == name]
        content = returned(content, place, reasons_of(faults)) if faults else content
    if any(place.part for place in places.values()):
        return send_download(content, XLSX, f"{title}.xlsx", "refused")
    return send_download(content, "text/csv", f"{title}.csv", "refused")


def _passed_on() -> bytes:
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except (Error, ValueError):
        return b""


def _too_large() -> Invalid:
    return invalid(FIELD, N_("is larger than %(most)s KB. Keep only what belongs in it."), most=LARGEST // 1024)
