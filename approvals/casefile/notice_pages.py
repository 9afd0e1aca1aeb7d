"""The page of notices, and the bell that counts those not seen yet."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts.access import access, actor, may_open
from approvals.base.web import database, today
from approvals.casefile.absence_views import uncovered_shown
from approvals.casefile.notices import HEARERS, NoticeView, mark_seen, notices

news = Blueprint("notices", __name__)

PROJECT_PAGES = {"owner": "filing.show"}  # where each audience reads on; the others do in the casefile
LONGEST_ID = 18  # digits


@news.get("/notices")
@access(roles=HEARERS)
def index() -> str:
    cursor = request.args.get("cursor", "")
    with database().read() as tx:
        page = notices(tx, actor(), cursor=cursor)
        uncovered = uncovered_shown(tx, actor(), today()) if not cursor else ()
    addresses = {one.id: _address(one) for one in page.rows}
    newest = max((one.id for one in page.rows if one.is_new), default=None)
    return render_template(
        "casefile/notices.html", page=page, addresses=addresses, newest=newest, cursor=cursor, uncovered=uncovered
    )


@news.post("/notices/seen")
@access(roles=HEARERS)
def seen() -> Response:
    up_to = request.form.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) <= LONGEST_ID:
        with database().write() as tx:
            mark_seen(tx, actor(), int(up_to))
    return redirect(url_for("notices.index"), 303)


def _address(one: NoticeView) -> str | None:
    """The page of what the notice is about, if the reader may open it."""
    if one.code and may_open(actor(), "windows.show"):
        return url_for("windows.show", project=one.ref, code=one.code)
    endpoint = PROJECT_PAGES.get(one.audience, "casefile.show")
    return url_for(endpoint, ref=one.ref) if may_open(actor(), endpoint) else None
