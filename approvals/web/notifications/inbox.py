"""The log of messages: by day and project, and read when what they are about is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_, label
from approvals.base.moments import day_of
from approvals.base.text_validation import LONGEST_ID, whole_number
from approvals.casefile.absences import uncovered_absences
from approvals.exports.lists.notices import NOTICES
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.notifications.inbox import (
    NOTICE_KINDS,
    InboxNotice,
    mark_read,
    mark_seen,
    notice_count,
    notices,
    unread_notices,
)
from approvals.notifications.links import path_of, title_of
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.query_parameters import query_choice

news = Blueprint("notices", __name__)
NOTICE_LIST = declare(ListPage("notices.index", N_("Messages"), NOTICES, places=("kind",), has_views=False))


@dataclass(frozen=True, slots=True)
class ProjectNotices:
    """What was heard of one project, or of what is no project, on one day."""

    project: str
    rows: tuple[InboxNotice, ...]


@dataclass(frozen=True, slots=True)
class DayOfNotices:
    on: date
    projects: tuple[ProjectNotices, ...]


@news.get("/notices")
@access(roles=permissions.HAVE_NOTICES)
def index() -> str | Response:
    asked, kind = asked_list(NOTICE_LIST), query_choice("kind", NOTICE_KINDS)
    kinds = {name: words for name, (words, _charts) in NOTICE_KINDS.items()}
    with database().read() as tx:
        if asked.file:
            about = label(kinds[kind]) if kind else ""
            return asked.send(lambda part: notices(tx, actor(), kind=kind, part=part), about=about)
        page = notices(tx, actor(), kind=kind, part=asked.part)
        uncovered = uncovered_absences(tx, actor(), today()) if not (asked.cursor or kind) else ()
        listing = asked.listing(tx, notice_count(tx, actor(), kind=kind))
    addresses = {notice.id: path_of(notice, actor()) for notice in page.rows}
    titles = {notice.id: title_of(notice) for notice in page.rows}
    newest = max((notice.id for notice in page.rows if notice.is_new), default=None)
    words = {"titles": titles, "addresses": addresses, "uncovered": uncovered, "days": _by_day(page.rows)}
    parts = {"page": page, "listing": listing, "newest": newest, "cursor": asked.cursor, "kind": kind, "kinds": kinds}
    return render_template("notifications/inbox.html", **parts, **words)


@news.post("/notices/seen")
@access(roles=permissions.HAVE_NOTICES)
def seen() -> Response:
    up_to = whole_number(request.form.get("up_to", ""), LONGEST_ID)
    if up_to is not None:
        with database().write() as tx:
            mark_seen(tx, actor(), up_to)
    return redirect(url_for("notices.index"), 303)


@news.post("/notices/read")
@access(roles=permissions.HAVE_NOTICES)
def read() -> Response:
    """Mark the messages as read that lead to the page that was opened."""
    path = request.form.get("path", "").partition("?")[0]
    with database().read() as tx:
        ids = [notice.id for notice in unread_notices(tx, actor()) if path_of(notice, actor()) == path]
    if ids:
        with database().write() as tx:
            mark_read(tx, actor(), ids)
    return Response(status=204)


def _by_day(rows: Sequence[InboxNotice]) -> list[DayOfNotices]:
    """The rows of a page by day, and within it by project: what was heard of last stands first."""
    return [
        DayOfNotices(on, _by_project(list(group))) for on, group in groupby(rows, key=lambda notice: day_of(notice.at))
    ]


def _by_project(rows: Sequence[InboxNotice]) -> tuple[ProjectNotices, ...]:
    projects = dict.fromkeys(notice.project for notice in rows)
    return tuple(
        ProjectNotices(project, tuple(notice for notice in rows if notice.project == project)) for project in projects
    )
