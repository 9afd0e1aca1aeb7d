"""The sheet of a unit's month: downloaded, uploaded with a preview, taken, and returned with the reasons of refusal."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.exports.programme_month import write_month
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.imports.programme_month import read_month, take_month
from approvals.imports.programme_sheets import MonthSheet
from approvals.programme.queries import month_key
from approvals.programme.sheets.month_form import month_blank
from approvals.programme.sheets.month_preview import preview_month
from approvals.programme.sheets.previews import Seen, SheetPreview
from approvals.web.downloads import XLSX, send_download
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.programme.blueprint import programme
from approvals.web.programme.months import month as month_page
from approvals.web.programme.seen_entries import sent_seen
from approvals.web.programme.sent_sheets import preview_page, returned_sheet, sent_month
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
@redisplay(month_page, "sheet")
def preview_month_sheet(form: Form = EMPTY) -> str:
    """What the sheet would change; nothing is written. The file is passed on as it was sent."""
    content, sheet = sent_month(read_month)
    return preview_page(PREVIEW, content, sheet, _preview(sheet))


@programme.post("/programme/month/sheet/take")
@access(roles=permissions.REPORT_BY_SHEET)
@redisplay(month_page, "sheet")
def take_month_sheet() -> str:
    """Report what stands as it was previewed, and show what the sheet says of the rest."""
    content, sheet = sent_month(read_month)
    seen = sent_seen()
    taken = take_month(database(), actor(), sheet, seen, now)
    if taken.count:
        flash_message(_("Tasks reported from the sheet: %(count)s.", count=taken.count))
    return preview_page(PREVIEW, content, sheet, _preview(sheet, seen), taken)


@programme.post("/programme/month/sheet/returned")
@access(roles=permissions.REPORT_BY_SHEET)
@redisplay(month_page, "sheet")
def return_month_sheet() -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows."""
    content, sheet = sent_month(read_month)
    return returned_sheet(content, sheet, _preview(sheet))


def _preview(sheet: MonthSheet, seen: Mapping[str, Seen] | None = None) -> SheetPreview:
    with database().read() as tx:
        return preview_month(tx, actor(), sheet.month, sheet.lines, now(), seen)
