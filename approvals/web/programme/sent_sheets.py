"""The sheets that the programme's pages take: the file of a form, and the same passed on from a preview."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping

from flask import render_template, request
from werkzeug.wrappers import Response

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid, invalid
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.sheets import SheetPlace
from approvals.exports.returned_sheets import returned
from approvals.http.access import actor
from approvals.imports.programme_plan import PlanSheet
from approvals.imports.programme_sheets import MonthSheet, Taken, reasons_of
from approvals.programme.sheets.previews import SheetPreview, reason_of
from approvals.web.downloads import XLSX, send_download
from approvals.web.forms import form_fields, remember_input
from approvals.web.programme.seen_entries import seen_text

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


def sent_month(read: Callable[[bytes, str, Actor], MonthSheet]) -> tuple[bytes, MonthSheet]:
    """The content of the sheet of a month, and what is read of it; the month that was chosen is remembered."""
    fields = remember_input(form_fields("month"))
    content = sent_content()
    return content, read(content, str(fields.get("month", "")), actor())


def preview_page(
    template: str,
    content: bytes,
    sheet: MonthSheet | PlanSheet,
    preview: SheetPreview,
    taken: Taken | None = None,
    **more: object,
) -> str:
    """The page of a preview, whose forms carry on the content and what was seen."""
    return render_template(
        template,
        view=preview,
        remarks=sheet.remarks,
        content=b64encode(content).decode(),
        seen=seen_text(preview),
        taken=taken,
        reason_of=reason_of,
        **more,
    )


def returned_sheet(content: bytes, sheet: MonthSheet, preview: SheetPreview) -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows, as a download."""
    return returned_rows(content, {"": sheet.place}, preview)


def returned_rows(content: bytes, places: Mapping[str, SheetPlace], preview: SheetPreview) -> Response:
    """The reasons beside the rows of each worksheet; `places` are where they go, by the worksheet's name."""
    for name, place in places.items():
        faults = [fault for fault in preview.faults if fault.sheet == name]
        content = returned(content, place, reasons_of(faults)) if faults else content
    title = _("Refused rows %(month)s", month=preview.period)
    if any(place.part for place in places.values()):
        return send_download(content, XLSX, f"{title}.xlsx", "refused")
    return send_download(content, "text/csv", f"{title}.csv", "refused")


def _passed_on() -> bytes:
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except (Error, ValueError):
        return b""


def _too_large() -> Invalid:
    return invalid(FIELD, N_("is larger than %(most)s KB. Leave in it what belongs there."), most=LARGEST // 1024)
