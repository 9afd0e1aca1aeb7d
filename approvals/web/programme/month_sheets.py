"""The sheet of a unit's month: downloaded, uploaded with a preview, taken, and returned with the reasons of refusal."""

import orjson
from flask import render_template, request
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.exports.programme_month import write_month
from approvals.exports.returned_sheets import returned
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.imports.programme_month import read_month, take_month
from approvals.imports.programme_sheets import MonthSheet, TakenMonth, reasons_of
from approvals.programme.queries import month_key
from approvals.programme.sheets.month_form import month_blank
from approvals.programme.sheets.month_preview import MonthPreview, Seen, preview_month, reason_of
from approvals.web.downloads import send_download
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.programme.blueprint import programme
from approvals.web.programme.months import month as month_page
from approvals.web.programme.sent_sheets import XLSX, kept_text, sent_content
from approvals.web.submissions import flash_message

PREVIEW = "programme/month_preview.html"


@programme.get("/programme/month/<month>/sheet")
@access(roles=permissions.REPORT_BY_SHEET)
def month_sheet(month: str) -> Response:
    with database().read() as tx:
        blank = month_blank(tx, actor(), month_key(month), now())
    if not blank.lines:
        raise NotFound
    name = _("Monthly report %(month)s, %(unit)s", month=month, unit=actor().unit)
    return send_download(write_month(blank), XLSX, f"{name}.xlsx", "month")


@programme.post("/programme/month/sheet")
@access(roles=permissions.REPORT_BY_SHEET)
@redisplay(month_page)
def preview_month_sheet(form: Form = EMPTY) -> str:
    """What the sheet would change; nothing is written. The file is passed on as it was sent."""
    content, sheet = _sent()
    with database().read() as tx:
        preview = preview_month(tx, actor(), sheet.month, sheet.lines, now())
    return _page(content, sheet, preview)


@programme.post("/programme/month/sheet/take")
@access(roles=permissions.REPORT_BY_SHEET)
@redisplay(month_page)
def take_month_sheet() -> str:
    """Report what stands as it was previewed, and show what the sheet says of the rest."""
    content, sheet = _sent()
    seen = _seen()
    taken = take_month(database(), actor(), sheet, seen, now)
    with database().read() as tx:
        preview = preview_month(tx, actor(), sheet.month, sheet.lines, now(), seen)
    if taken.count:
        flash_message(_("Tasks reported from the sheet: %(count)s.", count=taken.count))
    return _page(content, sheet, preview, taken)


@programme.post("/programme/month/sheet/returned")
@access(roles=permissions.REPORT_BY_SHEET)
@redisplay(month_page)
def return_month_sheet() -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows."""
    content, sheet = _sent()
    with database().read() as tx:
        preview = preview_month(tx, actor(), sheet.month, sheet.lines, now())
    back = returned(content, sheet.place, reasons_of(preview.faults))
    name = _("Refused rows %(month)s", month=sheet.month)
    if sheet.place.part:
        return send_download(back, XLSX, f"{name}.xlsx", "refused")
    return send_download(back, "text/csv", f"{name}.csv", "refused")


def _page(content: bytes, sheet: MonthSheet, preview: MonthPreview, taken: TakenMonth | None = None) -> str:
    return render_template(
        PREVIEW,
        view=preview,
        remarks=sheet.remarks,
        content=kept_text(content),
        seen=_written(preview),
        taken=taken,
        reason_of=reason_of,
    )


def _sent() -> tuple[bytes, MonthSheet]:
    fields = remember_input(form_fields("month"))
    content = sent_content()
    return content, read_month(content, str(fields.get("month", "")), actor())


# What stood at the preview, as the form carries it.


def _written(preview: MonthPreview) -> str:
    seen = {entry.key: [entry.version, entry.cells] for entry in preview.entries if entry.is_to_take}
    return orjson.dumps(seen).decode()


def _seen() -> dict[str, Seen]:
    """What the form carries; nothing for what no preview has written."""
    try:
        sent = orjson.loads(request.form.get("seen", ""))
        return {str(key): Seen(int(version), _cells(cells)) for key, (version, cells) in sent.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _cells(cells: dict[object, object]) -> dict[str, str]:
    return {str(path): str(text) for path, text in cells.items()}
