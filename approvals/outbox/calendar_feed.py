"""The personal calendar: due dates as iCalendar, under a secret address that needs no sign-in."""

import hashlib
from datetime import timedelta

from flask import Blueprint, Response, current_app, request
from icalendar import Calendar, Event

from approvals.accounts.access import access
from approvals.accounts.actors import Actor
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.i18n import in_language
from approvals.base.moments import CITY_ZONE
from approvals.base.web import database, settings, today
from approvals.outbox.due_dates import DueDate, due_dates
from approvals.outbox.queries import actor_of_feed
from workflows.config.city import load_city

calendar_feed = Blueprint("calendar_feed", __name__)
REFRESH = "PT1H"  # how often programs are asked to look again


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
            content = written(found, reader, settings().public_url or request.url_root.rstrip("/"))
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="guahao.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]


def written(dates: list[DueDate], reader: Actor, url: str) -> bytes:
    """The calendar's file: the same rows give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//guahao//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("%(name)s: due dates", name=reader.name))
    calendar.add("x-wr-timezone", CITY_ZONE.key)
    calendar.add("x-published-ttl", REFRESH)
    for one in dates:
        calendar.add_component(_event(one, url))
    return calendar.to_ical()


def _event(one: DueDate, url: str) -> Event:
    endpoint, values = one.page
    event = Event()
    event.add("uid", f"{one.key}@{load_city().division}.guahao")
    event.add("dtstamp", one.changed_at)
    event.add("last-modified", one.changed_at)
    event.add("sequence", one.version)
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", one.title)
    event.add("description", one.about)
    event.add("url", url + current_app.url_map.bind("localhost").build(endpoint, values))
    event.add("transp", "TRANSPARENT")
    return event
