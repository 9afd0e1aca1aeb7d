"""Finance's sheet of a month: downloaded, uploaded with a preview, taken, and returned with both figures."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.exports.programme_money import write_money
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.imports.programme_money import read_money, take_money
from approvals.imports.programme_sheets import MonthSheet
from approvals.programme.queries import month_key
from approvals.programme.sheets.money_form import money_blank
from approvals.programme.sheets.money_preview import preview_money
from approvals.programme.sheets.previews import Seen, SheetPreview
from approvals.web.downloads import XLSX, send_download
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.programme.blueprint import programme
from approvals.web.programme.months import month as month_page
from approvals.web.programme.seen_entries import sent_seen
from approvals.web.programme.sent_sheets import preview_page, returned_sheet, sent_month
from approvals.web.submissions import flash_message

PREVIEW = "programme/money_preview.html"


@programme.get("/programme/month/<month>/money-sheet")
@access(roles=permissions.CONFIRM_BY_SHEET)
def money_sheet(month: str) -> Response:
    with database().read() as tx:
        blank = money_blank(tx, actor(), month_key(month))
    if not blank.lines:
        raise NotFound
    name = _("Money of %(month)s, finance", month=month)
    return send_download(write_money(blank), XLSX, f"{name}.xlsx", "money")


@programme.post("/programme/month/money-sheet")
@access(roles=permissions.CONFIRM_BY_SHEET)
@redisplay(month_page, "money")
def preview_money_sheet(form: Form = EMPTY) -> str:
    """What the sheet would confirm; nothing is written. The file is passed on as it was sent."""
    content, sheet = sent_month(read_money)
    return preview_page(PREVIEW, content, sheet, _preview(sheet))


@programme.post("/programme/month/money-sheet/take")
@access(roles=permissions.CONFIRM_BY_SHEET)
@redisplay(month_page, "money")
def take_money_sheet() -> str:
    """Confirm what agrees and stands as it was previewed, and show what the sheet says of the rest."""
    content, sheet = sent_month(read_money)
    seen = sent_seen()
    taken = take_money(database(), actor(), sheet, seen, now)
    if taken.count:
        flash_message(_("Tasks whose money is confirmed from the sheet: %(count)s.", count=taken.count))
    return preview_page(PREVIEW, content, sheet, _preview(sheet, seen), taken)


@programme.post("/programme/month/money-sheet/returned")
@access(roles=permissions.CONFIRM_BY_SHEET)
@redisplay(month_page, "money")
def return_money_sheet() -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows."""
    content, sheet = sent_month(read_money)
    return returned_sheet(content, sheet, _preview(sheet))


def _preview(sheet: MonthSheet, seen: Mapping[str, Seen] | None = None) -> SheetPreview:
    with database().read() as tx:
        return preview_money(tx, actor(), sheet.month, sheet.lines, seen)
