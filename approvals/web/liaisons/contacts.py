"""The contact log of a project: the officers keep it, the owner reads what is shared."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import LONGEST_ID, address_number, whole_number
from approvals.filing.views import project
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.liaisons.contacts import (
    CHANNEL_LABELS,
    ContactView,
    contact,
    contacts,
    finish_follow_up,
    may_note,
    note,
)
from approvals.web.forms import EMPTY, Form, keep, kept, say, sent_fields, writing_once
from approvals.web.query_parameters import asked_cursor

contact_log = Blueprint("contacts", __name__)

FIELDS = ("channel", "with_whom", "text", "at", "follow_up_on", "strikes")


@contact_log.get("/projects/<ref>/contacts")
@access(roles=permissions.SEE_CONTACTS)
def index(ref: str, form: Form = EMPTY) -> str:
    cursor, corrected = asked_cursor(), _id(request.values.get("strikes", ""))
    with database().read() as tx:
        found = project(tx, ref, actor())
        page = contacts(tx, found, actor(), cursor=cursor)
        line = contact(tx, found, corrected, actor()) if corrected else None
    if line:
        form = form.over(_as_typed(line))
    given = {"project": found, "page": page, "cursor": cursor, "form": form, "line": line}
    return render_template(
        "liaisons/contacts.html", may_note=may_note(actor(), found.place), channels=CHANNEL_LABELS, **given
    )


@contact_log.post("/projects/<ref>/contacts")
@access(roles=permissions.KEEP_CONTACTS)
@kept(index, "note")
def add(ref: str) -> Response:
    typed = sent_fields(*FIELDS) | {"is_shared": request.form.get("is_shared") == "yes"}
    keep(typed)
    given = typed | ({"strikes": _id(str(typed["strikes"]))} if "strikes" in typed else {})
    with writing_once(url_for("contacts.index", ref=ref)) as once:
        if once.is_new:
            note(once.tx, project(once.tx, ref, actor()), given, actor(), now())
    say(_("The contact has been recorded."))
    return once.answer()


@contact_log.post("/projects/<ref>/contacts/<contact_id>/done")
@access(roles=permissions.KEEP_CONTACTS)
def done(ref: str, contact_id: str) -> Response:
    found = address_number(contact_id)
    comes_from_day = request.form.get("from") == "day" and actor().has("liaison")
    with writing_once(url_for("liaisons.day") if comes_from_day else url_for("contacts.index", ref=ref)) as once:
        if once.is_new:
            finish_follow_up(once.tx, project(once.tx, ref, actor()), found, actor(), now())
    say(_("The follow-up is completed."))
    return once.answer()


def _id(text: str) -> int | None:
    return whole_number(text, LONGEST_ID)


def _as_typed(line: ContactView) -> dict[str, object]:
    """What stands in a line, as it would be typed."""
    same = {"channel": line.channel_name, "with_whom": line.with_whom, "text": line.text, "is_shared": line.is_shared}
    return same | {"follow_up_on": line.follow_up_on.isoformat() if line.follow_up_on else "", "strikes": line.id}
