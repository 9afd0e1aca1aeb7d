"""The contact log of a project: kept by the officers; the owner reads shared entries."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import LONGEST_ID, address_number, whole_number
from approvals.filing.views import project
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.liaisons.contacts import CHANNEL_LABELS, ContactView, contact, contacts, finish_follow_up, may_note, note
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.query_parameters import query_cursor
from approvals.web.submissions import process_once

contact_log = Blueprint("contacts", __name__)

FIELDS = ("channel", "with_whom", "text", "at", "follow_up_on", "strikes")


@contact_log.get("/projects/<ref>/contacts")
@access(roles=permissions.SEE_CONTACTS)
def index(ref: str, form: Form = EMPTY) -> str:
    cursor, corrected = query_cursor(), _id(request.values.get("strikes", ""))
    with database().read() as tx:
        view = project(tx, ref, actor())
        page = contacts(tx, view, actor(), cursor=cursor)
        line = contact(tx, view, corrected, actor()) if corrected else None
    if line:
        form = form.over(_as_typed(line))
    context = {"project": view, "page": page, "cursor": cursor, "form": form, "line": line}
    return render_template(
        "liaisons/contacts.html", may_note=may_note(actor(), view.place), channels=CHANNEL_LABELS, **context
    )


@contact_log.post("/projects/<ref>/contacts")
@access(roles=permissions.KEEP_CONTACTS)
@redisplay(index, "note")
def add(ref: str) -> Response:
    typed = form_fields(*FIELDS) | {"is_shared": request.form.get("is_shared") == "yes"}
    remember_input(typed)
    contact_values = typed | ({"strikes": _id(str(typed["strikes"]))} if "strikes" in typed else {})
    return process_once(
        url_for("contacts.index", ref=ref),
        lambda tx: note(tx, project(tx, ref, actor()), contact_values, actor(), now()),
        _("The contact has been recorded."),
    )


@contact_log.post("/projects/<ref>/contacts/<contact_id>/done")
@access(roles=permissions.KEEP_CONTACTS)
def done(ref: str, contact_id: str) -> Response:
    number = address_number(contact_id)
    comes_from_day = request.form.get("from") == "day" and actor().has("liaison")
    return process_once(
        url_for("liaisons.day") if comes_from_day else url_for("contacts.index", ref=ref),
        lambda tx: finish_follow_up(tx, project(tx, ref, actor()), number, actor(), now()),
        _("The follow-up is completed."),
    )


def _id(text: str) -> int | None:
    return whole_number(text, LONGEST_ID)


def _as_typed(line: ContactView) -> dict[str, object]:
    """The entry as form input."""
    same = {"channel": line.channel_name, "with_whom": line.with_whom, "text": line.text, "is_shared": line.is_shared}
    return same | {"follow_up_on": line.follow_up_on.isoformat() if line.follow_up_on else "", "strikes": line.id}
