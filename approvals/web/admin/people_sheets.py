"""The sheet of people: its blank, its preview, taken as one act, and returned with the reasons of refusal."""

from base64 import b64encode

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Stale
from approvals.base.i18n import gettext as _
from approvals.base.i18n import translated
from approvals.exports.people import write_people_blank
from approvals.handover.people_preview import PeoplePreview, preview_people
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.http.errors import message_of
from approvals.imports.people import PeopleSheet, read_people, take_people
from approvals.web.admin.blueprint import administration
from approvals.web.downloads import XLSX, send_download
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.sent_sheets import send_returned, sent_content
from approvals.web.submissions import flash_message, writing_once


@administration.get("/people-sheet")
@access(roles=permissions.SEE_ACCOUNTS)
def people_sheet(form: Form = EMPTY) -> str:
    return render_template("admin/people_sheet.html", form=form, gives_roles=actor().has("secadmin"))


@administration.get("/people-sheet/blank")
@access(roles=permissions.SEE_ACCOUNTS)
def people_blank() -> Response:
    with database().read() as tx:
        content = write_people_blank(tx)
    return send_download(content, XLSX, f"{_('Sheet of people')}.xlsx", "people")


@administration.post("/people-sheet")
@access(roles=permissions.SEE_ACCOUNTS)
@redisplay(people_sheet)
def preview_people_sheet() -> str:
    """What the sheet would do; nothing is written. The file is passed on as it was sent."""
    content, sheet = _sent()
    return _page(content, sheet, _preview(sheet))


@administration.post("/people-sheet/take")
@access(roles=permissions.SEE_ACCOUNTS)
@redisplay(people_sheet)
def take_people_sheet() -> Response | tuple[str, int]:
    """Do all that the preview has shown; what would be something else by now is shown again."""
    content, sheet = _sent()
    state = "no_password" if actor().has("sysadmin") else ""
    try:
        with writing_once(url_for("administration.people")) as once:
            if once.is_new:
                taken = take_people(once.tx, actor(), sheet, request.form.get("seen", ""), now())
                if state and taken.count("new"):
                    once.leads_to = url_for("administration.people", state=state)
                _tell(taken)
    except Stale as problem:
        return _page(content, sheet, _preview(sheet), message_of(problem)), problem.status
    return once.answer()


@administration.post("/people-sheet/returned")
@access(roles=permissions.SEE_ACCOUNTS)
@redisplay(people_sheet)
def return_people_sheet() -> Response:
    """The sheet as it was sent, with the reasons beside the refused rows."""
    content, sheet = _sent()
    return send_returned(content, sheet.places, _preview(sheet).faults, _("Refused rows of the sheet of people"))


def _sent() -> tuple[bytes, PeopleSheet]:
    content = sent_content()
    return content, read_people(content)


def _preview(sheet: PeopleSheet) -> PeoplePreview:
    with database().read() as tx:
        return preview_people(tx, actor(), sheet.lines, now())


def _tell(taken: PeoplePreview) -> None:
    counts = {"new": taken.count("new"), "changed": taken.count("changed")}
    flash_message(_("Sheet of people taken: %(new)s accounts created, %(changed)s changed.", **counts))
    if counts["new"]:
        text = _("New accounts have no password yet. Make each person's on their page when you hand it over.")
        flash_message(text, "info")


def _page(content: bytes, sheet: PeopleSheet, view: PeoplePreview, message: str = "") -> str:
    return render_template(
        "admin/people_preview.html",
        view=view,
        remarks=sheet.remarks,
        content=b64encode(content).decode(),
        message=message,
        reason_of=lambda fault: translated(fault.message, fault.params),
        gives_roles=actor().has("secadmin"),
    )
