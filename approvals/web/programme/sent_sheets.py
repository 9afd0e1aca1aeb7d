"""The sheets that the programme's pages take: those of a month, and the page of a preview."""

from base64 import b64encode
from collections.abc import Callable, Mapping

from flask import render_template
from werkzeug.wrappers import Response

from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.sheets import SheetPlace
from approvals.http.access import actor
from approvals.imports.programme_plan import PlanSheet
from approvals.imports.programme_sheets import MonthSheet, Taken
from approvals.programme.sheets.previews import SheetPreview, reason_of
from approvals.web.forms import form_fields, remember_input
from approvals.web.programme.seen_entries import seen_text
from approvals.web.sent_sheets import send_returned, sent_content


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
    return send_returned(content, places, preview.faults, _("Refused rows %(month)s", month=preview.period))
