"""The sheet of a year's plan: downloaded, uploaded with a preview, taken, and returned with the reasons of refusal."""

from collections.abc import Mapping

from flask import render_template
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import gettext as _
from approvals.base.moments import day_of
from approvals.exports.programme_plan import write_plan
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.imports.programme_plan import PlanSheet, read_plan, take_plan
from approvals.imports.programme_sheets import Taken
from approvals.programme.queries import year_key
from approvals.programme.sheets.plan_form import is_outdated, own_items, plan_blank
from approvals.programme.sheets.plan_preview import preview_plan
from approvals.programme.sheets.previews import Seen, SheetPreview
from approvals.web.downloads import XLSX, send_download
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.programme.blueprint import programme
from approvals.web.programme.seen_entries import sent_seen
from approvals.web.programme.sent_sheets import preview_page, returned_rows
from approvals.web.sent_sheets import sent_content
from approvals.web.submissions import flash_message


@programme.get("/programme/<year>/plan-sheet")
@access(roles=permissions.PLAN_BY_SHEET)
def plan_sheets(year: str, form: Form = EMPTY) -> str:
    number = year_key(year)
    with database().read() as tx:
        items = own_items(tx, actor(), number)
    others = [other for other in (today().year, today().year + 1) if other != number]
    return render_template("programme/plan_sheets.html", year=number, count=len(items), others=others, form=form)


@programme.get("/programme/<year>/plan-sheet/download")
@access(roles=permissions.PLAN_BY_SHEET)
def plan_sheet(year: str) -> Response:
    with database().read() as tx:
        blank = plan_blank(tx, actor(), year_key(year))
    return send_download(write_plan(blank), XLSX, f"{_('Plan of %(year)s', year=year)}.xlsx", "plan")


@programme.post("/programme/<year>/plan-sheet")
@access(roles=permissions.PLAN_BY_SHEET)
@redisplay(plan_sheets)
def preview_plan_sheet(year: str, form: Form = EMPTY) -> str:
    """What the sheet would change; nothing is written. The file is passed on as it was sent."""
    content, sheet = _sent(year)
    return _page(content, sheet, _preview(sheet))


@programme.post("/programme/<year>/plan-sheet/take")
@access(roles=permissions.PLAN_BY_SHEET)
@redisplay(plan_sheets)
def take_plan_sheet(year: str) -> str:
    """Take what stands as it was previewed, and show what the sheet says of the rest."""
    content, sheet = _sent(year)
    seen = sent_seen()
    taken = take_plan(database(), actor(), sheet, seen, now)
    if taken.count:
        flash_message(_("Items taken from the sheet: %(count)s.", count=taken.count))
    return _page(content, sheet, _preview(sheet, seen), taken)


@programme.post("/programme/<year>/plan-sheet/returned")
@access(roles=permissions.PLAN_BY_SHEET)
@redisplay(plan_sheets)
def return_plan_sheet(year: str) -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows."""
    content, sheet = _sent(year)
    return returned_rows(content, sheet.places, _preview(sheet))


def _preview(sheet: PlanSheet, seen: Mapping[str, Seen] | None = None) -> SheetPreview:
    with database().read() as tx:
        return preview_plan(tx, actor(), sheet.year, sheet.lines, day_of(now()), seen)


def _page(content: bytes, sheet: PlanSheet, preview: SheetPreview, taken: Taken | None = None) -> str:
    with database().read() as tx:
        outdated = taken is None and is_outdated(tx, actor(), sheet.year, sheet.identity)
    more = {"year": sheet.year, "outdated": outdated}
    return preview_page("programme/plan_preview.html", content, sheet, preview, taken, **more)


def _sent(year: str) -> tuple[bytes, PlanSheet]:
    content = sent_content()
    return content, read_plan(content, year_key(year), actor())
