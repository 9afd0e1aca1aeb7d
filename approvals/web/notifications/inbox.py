"""The inbox of notices."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.text_validation import LONGEST_ID, whole_number
from approvals.casefile.absences import uncovered_absences
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.notifications.inbox import mark_seen, notices
from approvals.notifications.links import path_of, title_of

news = Blueprint("notices", __name__)


@news.get("/notices")
@access(roles=permissions.HAVE_NOTICES)
def index() -> str:
    cursor = request.args.get("cursor", "")
    with database().read() as tx:
        page = notices(tx, actor(), cursor=cursor)
        uncovered = uncovered_absences(tx, actor(), today()) if not cursor else ()
    addresses = {notice.id: path_of(notice, actor()) for notice in page.rows}
    titles = {notice.id: title_of(notice) for notice in page.rows}
    newest = max((notice.id for notice in page.rows if notice.is_new), default=None)
    words = {"titles": titles, "addresses": addresses, "uncovered": uncovered}
    return render_template("notifications/inbox.html", page=page, newest=newest, cursor=cursor, **words)


@news.post("/notices/seen")
@access(roles=permissions.HAVE_NOTICES)
def seen() -> Response:
    up_to = whole_number(request.form.get("up_to", ""), LONGEST_ID)
    if up_to is not None:
        with database().write() as tx:
            mark_seen(tx, actor(), up_to)
    return redirect(url_for("notices.index"), 303)
