"""Loads the example city: its units and people, its programme, and its year, through the feed that users use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select, update

from approvals.accounts.appointments import APPOINTMENT, BEGINNING
from approvals.accounts.passwords import hash_password, is_right
from approvals.accounts.tables import Person, RoleGrant, Unit
from approvals.base.database import Database
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.base.stores import fact, keep_fact
from approvals.base.tables import table_of
from approvals.calendar.queries import calendar_in_force
from approvals.demo.absences import enter_leaves, stand_in
from approvals.demo.liaisons import enter_roster, live_through
from approvals.demo.people import demo_people, demo_units
from approvals.demo.reports import Reports, ReportStep, steps_until
from approvals.demo.year import whole_year
from approvals.imports.feed import Feed, Outcome
from approvals.supervision.sweep import sweep
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import load_catalogue

UNITS, PEOPLE, GRANTS = table_of(Unit), table_of(Person), table_of(RoleGrant)
LOADED = "demo"  # the fact that says how far the city was loaded
CLOCK = "demo_clock"  # the fact that moves the clock of a city whose year is past
CLOSING_HOUR = timedelta(hours=17)
YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far the year is loaded: lines done of all, the outcome of the last, and the step of a report that is next."""

    done: int
    lines: int
    outcome: Outcome | None
    report_step: ReportStep | None = None


def is_empty(tx: Connection) -> bool:
    """Whether nobody works here yet."""
    return not tx.execute(select(func.count()).select_from(PEOPLE)).scalar_one()


def load_people(tx: Connection, password_hash: str) -> None:
    """The units and people of the city; Refused when somebody works here already."""
    if not is_empty(tx):
        raise Refused(N_("The database already contains users. The example city requires an empty database."))
    catalogue = load_catalogue()
    tx.execute(insert(UNITS), [{"name": u.name, "name_en": u.name_en, "kind": u.kind} for u in demo_units(catalogue)])
    units = {row.name: row.id for row in tx.execute(select(UNITS.c.name, UNITS.c.id).order_by(UNITS.c.id))}
    people = demo_people(catalogue)
    tx.execute(
        insert(PEOPLE),
        [
            {
                "unit_id": units[person.unit],
                "username": person.username,
                "name": person.name,
                "phone": person.phone,
                "email": person.email,
                "password_hash": password_hash,
                "language": "zh_Hans",
                "is_active": True,
                "seen_notice_id": 0,
            }
            for person in people
        ],
    )
    rows = tx.execute(select(PEOPLE.c.username, PEOPLE.c.id, PEOPLE.c.unit_id).order_by(PEOPLE.c.id))
    roles = {person.username: person.role for person in people}
    held = [{"person_id": row.id, "role": roles[row.username], "unit_id": row.unit_id} for row in rows]
    tx.execute(insert(GRANTS), [{"person_id": row["person_id"], "role": row["role"]} for row in held])
    tx.execute(insert(APPOINTMENT), [row | {"from_at": BEGINNING} for row in held])


def year_end(calendar: Calendar, now: datetime) -> datetime:
    """Now, where the calendar covers the last twelve months; else the closing hour of the last covered month."""
    if {day_of(now).year, day_of(now - YEAR).year} <= calendar.published:
        return now
    covered = [y for y in calendar.published if y <= day_of(now).year and y - 1 in calendar.published]
    if not covered:
        message = N_("The example city needs a calendar of twelve months. There is none that ends by %(day)s.")
        raise Refused(message, day=day_of(now).isoformat())
    return start_of(date(max(covered), 12, 31)) + CLOSING_HOUR


def begin_city(tx: Connection, password_hash: str, now: datetime) -> None:
    """People, programme and the demo's clock, in one transaction, so that an interrupted start can go on."""
    load_people(tx, password_hash)
    ends_at = year_end(calendar_in_force(tx), now)
    if ends_at != now:
        keep_fact(tx, CLOCK, {"offset_seconds": (ends_at - datetime.now(UTC)).total_seconds()})
    keep_fact(tx, LOADED, {"ends_at": ends_at.isoformat(), "is_complete": False})


def load_year(database: Database, now: Callable[[], datetime], *, is_printing: bool = False) -> Iterator[LoadProgress]:
    """Live through the year day by day: the sweep of each morning, then the lines of that day.

    What an earlier, interrupted load has done is known by the lines' ids and is not done again. With `is_printing`,
    which needs an application, the last reports are issued on the way.
    """
    with database.read() as tx:
        ends_at = datetime.fromisoformat(_state(tx)["ends_at"])
        calendar = calendar_in_force(tx)
    ends_on = day_of(ends_at)
    lines = stand_in(whole_year(ends_at, calendar, load_catalogue()), ends_on)
    feed, done = Feed(database, now), 0
    reports = Reports(database, steps_until(ends_at, calendar) if is_printing else [])
    with database.write() as tx:
        enter_roster(tx, day_of(ends_at - YEAR), day_of(ends_at), ends_at)
    for day, group in groupby(lines, key=lambda line: line["at"][:10]):
        for step in reports.live_until(start_of(date.fromisoformat(day))):
            yield LoadProgress(done, len(lines), None, step)
        sweep(database, start_of(date.fromisoformat(day)), now, keep=False)
        with database.write() as tx:
            enter_leaves(tx, date.fromisoformat(day), ends_on)
        for outcome in feed.take(orjson.dumps(line) for line in group):
            done += 1
            yield LoadProgress(done, len(lines), outcome)
        with database.write() as tx:
            live_through(tx, date.fromisoformat(day), ends_at)
    sweep(database, ends_at, now)
    for step in reports.live_until(ends_at):
        yield LoadProgress(done, len(lines), None, step)
    with database.write() as tx:
        enter_leaves(tx, ends_on, ends_on)
        keep_fact(tx, LOADED, {"ends_at": ends_at.isoformat(), "is_complete": True})
    yield LoadProgress(done, len(lines), None)


def _state(tx: Connection) -> dict[str, Any]:
    return dict(fact(tx, LOADED) or {})


def renew_password(tx: Connection, password: str) -> None:
    """Give the demo people this password, if they were loaded with another."""
    if not _state(tx):
        return
    usernames = [person.username for person in demo_people(load_catalogue())]
    first = tx.execute(select(PEOPLE.c.password_hash).where(PEOPLE.c.username == usernames[0])).scalar_one()
    if not is_right(password, first):
        of_demo = PEOPLE.c.username.in_(usernames)
        tx.execute(update(PEOPLE).where(of_demo).values(password_hash=hash_password(password)))


def needs_loading(tx: Connection) -> bool:
    """Whether the city is missing or half loaded; a database that somebody else filled needs nothing."""
    state = _state(tx)
    return not state["is_complete"] if state else is_empty(tx)
