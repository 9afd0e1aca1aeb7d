"""A personal calendar as an iCalendar file (RFC 5545): one all-day event for each due date."""

from datetime import timedelta

from icalendar import Calendar, Event

from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.moments import CITY_ZONE
from approvals.notifications.due_dates import DueDate
from workflows.config.city import load_city

REFRESH = "PT1H"  # how often programs are asked to look again


def calendar_file(dates: list[DueDate], reader: Actor, url: str) -> bytes:
    """The calendar's file: the same rows give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//guahao//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("%(name)s: due dates", name=reader.name))
    calendar.add("x-wr-timezone", CITY_ZONE.key)
    calendar.add("x-published-ttl", REFRESH)
    for due in dates:
        calendar.add_component(_event(due, url))
    return calendar.to_ical()


def _event(due: DueDate, url: str) -> Event:
    event = Event()
    event.add("uid", f"{due.key}@{load_city().division}.guahao")
    event.add("dtstamp", due.changed_at)
    event.add("last-modified", due.changed_at)
    event.add("sequence", due.version)
    event.add("dtstart", due.on)
    event.add("dtend", due.on + timedelta(days=1))
    event.add("summary", due.title)
    event.add("description", due.about)
    event.add("url", url + due.path)
    event.add("transp", "TRANSPARENT")
    return event
