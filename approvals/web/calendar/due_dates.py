"""A person's due dates by month and by week, each leading to its page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template
from sqlalchemy import Connection

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.errors import NotFound, invalid
from approvals.base.formatting import month as month_title
from approvals.base.i18n import N_, label
from approvals.base.moments import Month, day_of, month_of, read_month
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.worklist.worklist import duties_due
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.notifications.due_dates import due_dates
from approvals.web.home.duties import LISTS
from approvals.web.home.lines import duty_lines
from approvals.web.query_parameters import query_text
from approvals.windows.deadline_explanation import WEEKDAYS
from workflows.clock.calendar import Calendar

due = Blueprint("due_dates", __name__, url_prefix="/due-dates")
SHOWN = 4  # entries of a day in the month; the week has them all
WEEK = timedelta(weeks=1)
ONE_DAY = timedelta(days=1)
_WEEK = re.compile(r"20[0-9]{2}-W[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DueEntry:
    on: date
    title: str
    about: str
    href: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day of the calendar; `why_off` is weekend, holiday or nothing; `is_other` lies outside the month."""

    on: date
    why_off: str
    is_other: bool
    entries: tuple[DueEntry, ...]

    @property
    def shown(self) -> tuple[DueEntry, ...]:
        return self.entries[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.entries) - len(self.shown)


@due.get("")
@access(roles=permissions.SEE_DUE_DATES)
def index() -> str:
    return _week(_monday(query_text("week"))) if query_text("week") else _month(_asked_month(query_text("month")))


def _week(monday: date) -> str:
    around = {"previous_on": monday - WEEK, "next_on": monday + WEEK, "today": today()}
    days = _days(monday, monday + WEEK - ONE_DAY, None)
    return render_template("calendar/due_week.html", days=days, monday=monday, **around)


def _month(month: Month) -> str:
    first_on, last_on = month.first_on, month.last_on
    monday = first_on - timedelta(days=first_on.weekday())
    days = _days(monday, last_on + timedelta(days=6 - last_on.weekday()), month)
    return render_template(
        "calendar/due_month.html",
        title=month_title(first_on),
        weeks=_weeks(days),
        total=sum(len(day.entries) for day in days if not day.is_other),
        weekdays=WEEKDAYS,
        previous=month.previous,
        following=month.following,
        today=today(),
    )


def _weeks(days: Sequence[DueDay]) -> list[Sequence[DueDay]]:
    return [days[number : number + 7] for number in range(0, len(days), 7)]


def _days(first_on: date, last_on: date, month: Month | None) -> list[DueDay]:
    with database().read() as tx:
        entries, calendar = _entries(tx, actor(), now(), first_on, last_on), calendar_in_force(tx)
    by_day: dict[date, list[DueEntry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.on].append(entry)
    every_day = (first_on + number * ONE_DAY for number in range((last_on - first_on).days + 1))
    return [_day(on, month, calendar, by_day[on]) for on in every_day]


def _day(on: date, month: Month | None, calendar: Calendar, entries: Iterable[DueEntry]) -> DueDay:
    return DueDay(on, calendar.why_off(on), month is not None and month_of(on) != month, tuple(entries))


def _entries(tx: Connection, reader: Actor, at: datetime, first_on: date, last_on: date) -> list[DueEntry]:
    """What the reader is to do, and the limits that run on what they accompany; each matter once a day."""
    duties = duties_due(tx, reader, at, LISTS, first_on, last_on)
    entries = [
        DueEntry(line.duty.due_on, label(line.duty.kind.title), f"{line.subject} {line.about}", line.href, line.is_late)
        for line in duty_lines(duties, reader, at)
        if line.duty.due_on
    ]
    known = {(entry.on, _path(entry.href)) for entry in entries}
    limits = (
        DueEntry(limit.on, limit.title, limit.about, limit.path, limit.on < day_of(at))
        for limit in due_dates(tx, reader, (first_on, last_on))
    )
    return [*entries, *(entry for entry in limits if (entry.on, _path(entry.href)) not in known)]


def _path(href: str) -> str:
    return href.partition("#")[0]


def _asked_month(text: str) -> Month:
    """The month written like 2026-12, this month for no text."""
    if not text:
        return month_of(today())
    try:
        return read_month(text)
    except NotFound:
        raise invalid("month", N_("must be a month such as 2026-03")) from None


def _monday(text: str) -> date:
    """The Monday of the week that is written like 2026-W49."""
    year, _separator, week = text.partition("-W")
    try:
        if _WEEK.fullmatch(text):
            return date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        pass  # a year has 52 weeks, or 53
    raise invalid("week", N_("must be a week such as 2026-W12"))
