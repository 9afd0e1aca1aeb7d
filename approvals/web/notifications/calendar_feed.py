"""The personal calendar: due dates as iCalendar, under a secret address that needs no sign-in."""

import hashlib

from flask import Blueprint, Response, request

from approvals.base.errors import NotFound
from approvals.base.i18n import in_language
from approvals.http.access import access
from approvals.http.application import database, settings, today
from approvals.notifications.due_dates import calendar_file, due_dates
from approvals.notifications.queries import actor_of_feed

calendar_feed = Blueprint("calendar_feed", __name__)


@calendar_feed.get("/calendar/<secret>.ics")
@access("public")
def show(secret: str) -> Response:
    """Whoever has the address reads it; 404 once it was revoked or its person may no longer sign in."""
    with database().read() as tx:
        reader = actor_of_feed(tx, secret, today())
        if reader is None:
            raise NotFound
        with in_language(reader.language):
            found = due_dates(tx, reader)
            content = calendar_file(found, reader, settings().public_url or request.url_root.rstrip("/"))
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="guahao.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]
