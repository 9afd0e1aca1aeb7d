"""A liaison's worklist: urgent projects, waiting requests, follow-ups; and the workload of all liaisons."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select, tuple_

from approvals.accounts.actors import Actor
from approvals.accounts.identity import actor_by_username
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.base.pagination import PAGE, Page, page_of, read_cursor
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.liaisons.contacts import CONTACTS
from approvals.liaisons.contacts import STANDS as UNSTRUCK
from approvals.liaisons.on_call import rules
from approvals.liaisons.queries import REQUESTS, TERMS
from approvals.liaisons.request_views import WAITING, RequestRow, ResponseTimes, response_times, waiting_requests
from approvals.registration.due_dates import has_running_due_date
from approvals.registration.lights import WITH_A_LIGHT, rank_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS, LiaisonLoad, liaison_loads
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.clock.lights import LIGHTS
from workflows.clock.works import FINISH
from workflows.config.city import load_city

NEWLY_TAKEN = timedelta(days=7)
NO_DAY = date(9999, 12, 31)
WORST = len(LIGHTS) - 1
_LIGHT_OF_RANK = dict(enumerate(reversed(LIGHTS)))  # red, yellow …
SHORT = 20  # rows of the lists beside the projects


@dataclass(frozen=True, slots=True)
class WorklistProject:
    """A project in a worklist. `light` is the worst, `due_on` the nearest of its running clocks."""

    ref: str
    shown_number: str | None
    name: str
    owner: UnitName
    state: State
    light: str | None = None
    due_on: date | None = None
    since: datetime | None = None  # of the last word to the owner, or of the hand-over
    text: str = ""  # what is to be followed up, or the hand-over note
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShortList:
    """The first rows of a list, and whether there are more."""

    rows: tuple[WorklistProject, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class WorklistView:
    username: str
    name: str
    is_own: bool
    requests: Page[RequestRow]
    projects: Page[WorklistProject]
    to_confirm: ShortList
    follow_ups: ShortList
    silent: ShortList
    taken: ShortList
    contact_every: int
    speed: ResponseTimes


@dataclass(frozen=True, slots=True)
class Load:
    """The workload of a liaison now, and how fast they answered in the month."""

    base: LiaisonLoad
    waiting: int
    speed: ResponseTimes


_WORKS = PROJECTS.c.works_started_on, PROJECTS.c.works_finished_on
_HEAD = ("number", "external_ref", "uid", "name", "state")
_SHOWN = select(
    PROJECTS.c.id, *(PROJECTS.c[name] for name in _HEAD), UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en")
).join(UNIT, UNIT.c.id == PROJECTS.c.owner_unit_id)


def liaison_by_username(tx: Connection, username: str, today: date) -> Actor:
    """The liaison of this user name; NotFound for everybody else."""
    actor = actor_by_username(tx, username, today) if "\0" not in username else None
    if actor is None or not actor.has("liaison"):
        raise NotFound
    return actor


def worklist_view(tx: Connection, whose: Actor, reader: Actor, now: datetime, *, cursor: str = "") -> WorklistView:
    """The day of this liaison."""
    today = day_of(now)
    month = start_of(today.replace(day=1))
    return WorklistView(
        username=whose.username,
        name=whose.name,
        is_own=whose.id == reader.id,
        requests=waiting_requests(tx, whose, now),
        projects=_projects(tx, whose, today, cursor),
        to_confirm=_to_confirm(tx, whose),
        follow_ups=_follow_ups(tx, whose, today),
        silent=_silent(tx, whose, now),
        taken=_taken(tx, whose, now),
        contact_every=rules().contact_every,
        speed=response_times(tx, month, now, now).get(whose.username, ResponseTimes()),
    )


def _accompanied(whose: Actor) -> ColumnElement[bool]:
    """The projects that they accompany on this day, for themselves or as deputy."""
    return and_(PROJECTS.c.liaison_id.in_(whose.accompanies_as), PROJECTS.c.state.in_(OPEN_PROJECTS))


def _view(row: Any, **more: Any) -> WorklistProject:
    return WorklistProject(
        ref=ref_of(row),
        shown_number=load_city().shown_number(row.number) if row.number else None,
        name=row.name,
        owner=UnitName(row.owner, row.owner_en),
        state=PROJECT.state(row.state),
        **more,
    )


def _projects(tx: Connection, whose: Actor, today: date, cursor: str) -> Page[WorklistProject]:
    """Their projects, the worst light first, then what is due first."""
    light = func.coalesce(WORST - func.max(rank_on(today)), len(LIGHTS))  # 0 for red, 1 for yellow …
    # A clock that stands still is due on no day yet.
    due = func.coalesce(func.min(case((has_running_due_date(), APPROVALS.c.due_on))), NO_DAY)
    urgency = (
        select(APPROVALS.c.project_id, light.label("light"), due.label("due_on"))
        .where(APPROVALS.c.state.in_(("received", "correcting", *WITH_A_LIGHT)))
        .group_by(APPROVALS.c.project_id)
        .subquery()
    )
    rank = func.coalesce(urgency.c.light, len(LIGHTS) + 1)
    nearest = func.coalesce(urgency.c.due_on, NO_DAY)
    statement = (
        _SHOWN.add_columns(rank.label("rank"), nearest.label("due_on"))
        .outerjoin(urgency, urgency.c.project_id == PROJECTS.c.id)
        .where(_accompanied(whose))
        .order_by(rank, nearest, PROJECTS.c.id)
        .limit(PAGE + 1)
    )
    if cursor:
        statement = statement.where(tuple_(rank, nearest, PROJECTS.c.id) > tuple_(*_keys(cursor)))
    page = page_of(tx.execute(statement).all(), PAGE, "rank", "due_on", "id")
    views = [
        _view(row, light=_LIGHT_OF_RANK.get(row.rank), due_on=None if row.due_on == NO_DAY else row.due_on)
        for row in page.rows
    ]
    return page.shown(views)


def _keys(cursor: str) -> tuple[Any, Any, Any]:
    rank, due_on, key = read_cursor(cursor, (int, str, int))
    try:
        return rank, date.fromisoformat(str(due_on)), key
    except ValueError:
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def _due(whose: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    is_open = CONTACTS.c.follow_up_on.is_not(None), CONTACTS.c.done_at.is_(None)
    return *is_open, CONTACTS.c.follow_up_on <= today, UNSTRUCK, PROJECTS.c.liaison_id.in_(whose.accompanies_as)


def _follow_ups(tx: Connection, whose: Actor, today: date) -> ShortList:
    columns = CONTACTS.c.id.label("contact_id"), CONTACTS.c.text, CONTACTS.c.follow_up_on.label("due_on")
    statement = (
        _SHOWN.add_columns(*columns)
        .join(CONTACTS, CONTACTS.c.project_id == PROJECTS.c.id)
        .where(*_due(whose, today))
        .order_by(CONTACTS.c.follow_up_on, CONTACTS.c.id)
    )
    return _short(tx, statement, "due_on", "text", "contact_id")


def _to_confirm(tx: Connection, whose: Actor) -> ShortList:
    """The projects whose owner reported a start or a completion of the works that nobody has confirmed yet."""
    reported = func.coalesce(*reversed(_WORKS)).label("due_on")
    statement = _SHOWN.add_columns(reported).where(_accompanied(whose), works_to_confirm())
    return _short(tx, statement.order_by(reported, PROJECTS.c.id), "due_on")


def works_to_confirm() -> ColumnElement[bool]:
    """Whether a start or a completion of the works was reported and nobody has confirmed it yet."""
    confirmed = PROJECTS.c.is_works_start_confirmed, PROJECTS.c.is_works_finish_confirmed
    is_open = or_(*(day.is_not(None) & ~is_confirmed for day, is_confirmed in zip(_WORKS, confirmed, strict=True)))
    return and_(PROJECTS.c.state.in_(PROJECT.move(FINISH).sources), is_open)


def lacks_contact(now: datetime) -> ColumnElement[bool]:
    """Whether the owner has not heard from anybody for as long as the policy allows."""
    return lacks_contact_since(contact_due(now))


def contact_due(now: datetime) -> datetime:
    """The moment since which an owner is to have heard from somebody."""
    return now - timedelta(days=rules().contact_every)


def lacks_contact_since(before: Any) -> ColumnElement[bool]:
    """Whether the owner has heard from nobody since this moment, which may be a parameter."""
    return ~or_(
        exists().where(CONTACTS.c.project_id == PROJECTS.c.id, UNSTRUCK, CONTACTS.c.at > before),
        exists().where(REQUESTS.c.project_id == PROJECTS.c.id, REQUESTS.c.answered_at > before),
        PROJECTS.c.registered_at > before,
    )


def _silent(tx: Connection, whose: Actor, now: datetime) -> ShortList:
    """The projects whose owner has not heard from anybody for as long as the policy allows, the longest first."""
    contacts = CONTACTS.c.project_id == PROJECTS.c.id, UNSTRUCK
    requests = REQUESTS.c.project_id == PROJECTS.c.id
    contacted = select(func.max(CONTACTS.c.at)).where(*contacts).scalar_subquery()
    answered = select(func.max(REQUESTS.c.answered_at)).where(requests).scalar_subquery()
    last = func.coalesce(contacted, PROJECTS.c.registered_at)
    statement = (
        _SHOWN.add_columns(contacted.label("contacted"), answered.label("answered"))
        .where(_accompanied(whose), lacks_contact(now))
        .order_by(last, PROJECTS.c.id)
    )
    rows = tx.execute(statement.limit(SHORT + 1)).all()
    views = [_view(row, since=max(filter(None, (row.contacted, row.answered)), default=None)) for row in rows[:SHORT]]
    return ShortList(tuple(views), len(rows) > SHORT)


def _taken(tx: Connection, whose: Actor, now: datetime) -> ShortList:
    statement = (
        _SHOWN.add_columns(TERMS.c.from_at.label("since"), TERMS.c.note.label("text"))
        .join(TERMS, TERMS.c.project_id == PROJECTS.c.id)
        .where(TERMS.c.person_id == whose.id, TERMS.c.until_at.is_(None), TERMS.c.note != "")
        .where(TERMS.c.from_at > now - NEWLY_TAKEN, _accompanied(whose))
        .order_by(TERMS.c.from_at.desc(), TERMS.c.id.desc())
    )
    return _short(tx, statement, "since", "text")


def _short(tx: Connection, statement: Select[Any], *columns: str) -> ShortList:
    """The first rows, with these columns beside those of the project."""
    rows = tx.execute(statement.limit(SHORT + 1)).all()
    views = [_view(row, **{name: getattr(row, name) for name in columns}) for row in rows[:SHORT]]
    return ShortList(tuple(views), len(rows) > SHORT)


def loads(tx: Connection, month: date, now: datetime) -> list[Load]:
    """Every active liaison with what they carry now and how they answered in the month that begins then."""
    until = start_of((month + timedelta(days=32)).replace(day=1))
    speed_of = response_times(tx, start_of(month), until, now)
    counts = waiting_by_liaison(tx)
    return [
        Load(base, counts.get(base.id, 0), speed_of.get(base.username, ResponseTimes()))
        for base in liaison_loads(tx, day_of(now))
    ]


def waiting_by_liaison(tx: Connection) -> dict[int, int]:
    """The number of unanswered requests in the projects of each liaison, by id."""
    waits = (
        select(PROJECTS.c.liaison_id, func.count().label("number"))
        .select_from(REQUESTS.join(PROJECTS, PROJECTS.c.id == REQUESTS.c.project_id))
        .where(REQUESTS.c.state == WAITING)
        .group_by(PROJECTS.c.liaison_id)
        .order_by(PROJECTS.c.liaison_id)
    )
    return {row.liaison_id: row.number for row in tx.execute(waits)}
