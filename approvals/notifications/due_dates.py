"""Personal due dates from every source, and their calendar as an iCalendar file (RFC 5545)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event
from sqlalchemy import ColumnElement, Connection, and_, case, false, func, or_, select, text, true

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.base.moments import CITY_ZONE
from approvals.catalogue.queries import item_of
from approvals.filing.queries import TABLE
from approvals.history.record import ENTRY
from approvals.liaisons.contacts import CONTACTS, STANDS
from approvals.notifications.links import page_path
from approvals.registration.due_dates import has_running_due_date
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER, ref_of_order
from approvals.supervision.queries import ESCALATIONS
from approvals.windows.clocks import CLOCK_NAMES
from approvals.windows.handlers import concerns
from workflows.charts.approval import APPROVAL
from workflows.charts.order import ORDER, WINDOWS
from workflows.charts.roles import LEVEL_ROLES
from workflows.clock.reading import CLOCK_OF_STATE
from workflows.config.city import load_city

_OWN, _HALT = ENTRY.alias("own"), ENTRY.alias("halt")
HALTING = "halt.move IN ('suspend', 'resume')"  # as its index says it
MOST = 500  # events of a calendar, the earliest first
REFRESH = "PT1H"  # how often calendar programs should reload
# The last entry that may have moved the dates of an approval: its own ones, and its project's suspensions.
_OF_PROJECT = (
    select(func.coalesce(func.max(_HALT.c.seq), 0))
    .where(_HALT.c.project_id == APPROVALS.c.project_id, text("halt.subject = 'project'"), text(HALTING))
    .scalar_subquery()
)
_OF_APPROVAL = select(func.max(_OWN.c.seq)).where(_OWN.c.approval_id == APPROVALS.c.id).scalar_subquery()
_LAST_OF_CLOCK = case((_OF_APPROVAL > _OF_PROJECT, _OF_APPROVAL), else_=_OF_PROJECT)
ANSWER_DUE = N_("Answer to the escalation")


@dataclass(frozen=True, slots=True)
class DueDate:
    """One day in a calendar. `key` is stable; `version` rises whenever the day moves, the last time at `changed_at`.

    `path` is the page with details.
    """

    key: str
    on: date
    title: str
    about: str
    version: int
    changed_at: datetime
    path: str


Days = tuple[date, date]  # from and to, both included


def _on(column: ColumnElement[Any], within: Days | None) -> ColumnElement[bool]:
    return column.between(*within) if within else true()


def approval_dates(tx: Connection, actor: Actor, within: Days | None = None) -> Iterator[DueDate]:
    """The running limits of approvals: of the actor at their window, of their unit's projects, of those they accompany.

    A clock that stands still has no day to write down: its date moves on with every working day.
    """
    query = (
        WITH_PROJECT.add_columns(ENTRY.c.seq.label("moved_seq"), ENTRY.c.recorded_at.label("moved_at"))
        .join(ENTRY, and_(ENTRY.c.project_id == APPROVALS.c.project_id, ENTRY.c.seq == _LAST_OF_CLOCK))
        .where(has_running_due_date(), _in_hand(actor), _on(APPROVALS.c.due_on, within))
        .order_by(APPROVALS.c.due_on, APPROVALS.c.id)
        .limit(MOST)
    )
    for row in tx.execute(query):
        item = f"{row.code} {label(item_of(tx, row))}"
        title = _("%(limit)s due: %(item)s", limit=_(CLOCK_NAMES[CLOCK_OF_STATE[row.state]]), item=item)
        about = f"{row.project_name} · {label(APPROVAL.state(row.state))}"
        path = page_path("approval", project=row.number, code=row.code)
        yield DueDate(f"approval-{row.id}", row.due_on, title, about, row.moved_seq, row.moved_at, path)


def _in_hand(actor: Actor) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    if actor.has("window", "window_head"):
        clauses.append((APPROVALS.c.department_id == actor.unit_id) & concerns(actor))
    if actor.has("owner"):
        clauses.append(TABLE.c.owner_unit_id == actor.unit_id)
    if actor.has("liaison"):
        clauses.append(TABLE.c.liaison_id.in_(actor.accompanies_as))
    return or_(false(), *clauses)


def escalation_dates(tx: Connection, actor: Actor, within: Days | None = None) -> Iterator[DueDate]:
    """The days by which escalations at the actor's level must be answered."""
    levels = [level for level, roles in LEVEL_ROLES.items() if actor.has(*roles)]
    if not levels:
        return
    is_own = or_(ESCALATIONS.c.level != 1, (APPROVALS.c.department_id == actor.unit_id) & concerns(actor))
    rows = tx.execute(
        select(ESCALATIONS, APPROVALS.c.code, TABLE.c.number, TABLE.c.name)
        .select_from(ESCALATIONS)
        .join(APPROVALS, APPROVALS.c.id == ESCALATIONS.c.approval_id)
        .join(TABLE, TABLE.c.id == ESCALATIONS.c.project_id)
        .where(ESCALATIONS.c.state == "raised", ESCALATIONS.c.level.in_(levels), is_own)
        .where(_on(ESCALATIONS.c.answer_due_on, within))
        .order_by(ESCALATIONS.c.answer_due_on, ESCALATIONS.c.id)
        .limit(MOST)
    )
    for row in rows:
        title = _("%(limit)s due: %(item)s", limit=_(ANSWER_DUE), item=approval_ref(row))
        path = page_path("escalation", project=row.number, code=row.code, level=row.level)
        yield DueDate(f"escalation-{row.id}", row.answer_due_on, title, row.name, row.version, row.state_since, path)


def follow_up_dates(tx: Connection, actor: Actor, within: Days | None = None) -> Iterator[DueDate]:
    """The follow-up days in the contact logs of the projects that the actor accompanies."""
    if not actor.has("liaison"):
        return
    rows = tx.execute(
        select(CONTACTS, TABLE.c.number, TABLE.c.name)
        .join(TABLE, TABLE.c.id == CONTACTS.c.project_id)
        .where(TABLE.c.liaison_id.in_(actor.accompanies_as), CONTACTS.c.follow_up_on.is_not(None))
        .where(CONTACTS.c.done_at.is_(None), STANDS, _on(CONTACTS.c.follow_up_on, within))
        .order_by(CONTACTS.c.follow_up_on, CONTACTS.c.id)
        .limit(MOST)
    )
    for row in rows:
        title, path = _("Follow-up: %(what)s", what=row.name), page_path("project", ref=row.number)
        yield DueDate(f"follow-up-{row.id}", row.follow_up_on, title, row.text, 1, row.at, path)


def order_dates(tx: Connection, actor: Actor, within: Days | None = None) -> Iterator[DueDate]:
    """The days by which the actor's department must answer supervision orders."""
    if not actor.has(*WINDOWS):
        return
    is_open = ORDERS.c.department_id == actor.unit_id, ORDERS.c.state.in_(TO_ANSWER), _on(ORDERS.c.due_on, within)
    for row in tx.execute(select(ORDERS).where(*is_open).order_by(ORDERS.c.due_on, ORDERS.c.id).limit(MOST)):
        order = ref_of_order(row)
        title = _("%(limit)s due: %(item)s", limit=label(ORDER), item=load_city().shown_order(order))
        path = page_path("order", order=order)
        yield DueDate(f"order-{row.id}", row.due_on, title, row.subject, row.version, row.state_since, path)


def due_dates(tx: Connection, actor: Actor, within: Days | None = None) -> list[DueDate]:
    """Everything that the actor has in hand with a due date (within these days), the earliest first, in their words."""
    sources = (approval_dates, escalation_dates, order_dates, follow_up_dates)
    dates = [due for source in sources for due in source(tx, actor, within)]
    return sorted(dates, key=lambda due: (due.on, due.key))[:MOST]


def calendar_file(dates: list[DueDate], reader: Actor, url: str) -> bytes:
    """The calendar as a file; equal dates give equal bytes."""
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
