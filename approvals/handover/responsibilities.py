"""What is open with a person, and what would lie idle if they left or lost some of their roles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from approvals.accounts.permissions import WINDOWS
from approvals.accounts.queries import ABSENCE, GRANT, PERSON, PersonView
from approvals.base.jobs import JOB
from approvals.base.moments import day_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.handover.posts import OF_UNITS, POSTS, Post, PostWork, work_at
from approvals.liaisons.contacts import CONTACTS
from approvals.liaisons.on_call import DUTY_ROLES, SHIFTS, STANDS
from approvals.liaisons.queries import REQUESTS
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.windows.handlers import in_hand
from workflows.config.city import load_city


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """What is open with a person: nothing of it may be lost when they go.

    `handled` are approvals of which the person is the handler, `posts` are those that nobody else holds. `projects`
    are shown by their numbers alone: who administers accounts sees no project.
    """

    projects: tuple[str, ...] = ()
    questions: int = 0
    follow_ups: int = 0
    shifts: int = 0
    handled: int = 0
    covers: tuple[str, ...] = ()
    jobs: int = 0
    posts: tuple[PostWork, ...] = ()

    @property
    def needs_successor(self) -> bool:
        """Whether somebody must say who goes on: another liaison, or the service centre until one is named."""
        return bool(self.projects or self.shifts)

    @property
    def is_empty(self) -> bool:
        return self == Responsibilities()


def responsibilities(tx: Connection, account: PersonView, lost: frozenset[str], now: datetime) -> Responsibilities:
    """What is open with this person in the roles that they are to lose."""
    is_liaison = "liaison" in lost
    answers = _answers(account, lost)
    leaves_all = lost >= set(account.roles)
    return Responsibilities(
        projects=_projects(tx, account.id) if is_liaison else (),
        questions=_count(tx, REQUESTS.c.id, _waits_for(account.id)) if answers else 0,
        follow_ups=_follow_ups(tx, account.id) if is_liaison else 0,
        shifts=_count(tx, SHIFTS.c.id, _future_shift(account.id, now)) if answers else 0,
        handled=len(handled_by(tx, account.id)) if _leaves_window(account, lost) else 0,
        covers=_covers(tx, account.id, now) if leaves_all else (),
        jobs=_count(tx, JOB.c.id, _asked_by(account.username)) if leaves_all else 0,
        posts=tuple(_posts(tx, account, lost)),
    )


@dataclass(frozen=True, slots=True)
class BoundPeople:
    """The people with whom something is open that a successor must go on with: as liaison, and on the roster."""

    liaisons: frozenset[int]
    on_roster: frozenset[int]

    def need_successor(self, account: PersonView, lost: frozenset[str]) -> bool:
        """As `Responsibilities.needs_successor` of this person, told of many at once."""
        is_bound = "liaison" in lost and account.id in self.liaisons
        return is_bound or (_answers(account, lost) and account.id in self.on_roster)


def bound_people(tx: Connection, now: datetime) -> BoundPeople:
    """Who has projects to accompany, and who has duties left."""
    liaisons = select(PROJECTS.c.liaison_id).where(PROJECTS.c.state.in_(OPEN_PROJECTS)).distinct()
    shifts = select(SHIFTS.c.person_id).where(STANDS, SHIFTS.c.until_at > now).distinct()
    columns = [tx.execute(query.order_by(*query.selected_columns)).scalars() for query in (liaisons, shifts)]
    return BoundPeople(*(frozenset(filter(None, ids)) for ids in columns))


def _answers(account: PersonView, lost: frozenset[str]) -> bool:
    """Whether the person loses the last role in which requests and duties come to them."""
    return bool(lost & set(DUTY_ROLES)) and not (set(account.roles) - lost) & set(DUTY_ROLES)


def _count(tx: Connection, column: ColumnElement[int], clause: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count(column)).where(clause)).scalar_one())


def _projects(tx: Connection, person_id: int) -> tuple[str, ...]:
    own = PROJECTS.c.liaison_id == person_id, PROJECTS.c.state.in_(OPEN_PROJECTS)
    numbers = tx.execute(select(PROJECTS.c.number).where(*own).order_by(PROJECTS.c.id)).scalars()
    return tuple(map(load_city().shown_number, numbers))


def _waits_for(person_id: int) -> ColumnElement[bool]:
    return and_(REQUESTS.c.responsible_id == person_id, REQUESTS.c.state == "raised")


def _future_shift(person_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(STANDS, SHIFTS.c.person_id == person_id, SHIFTS.c.until_at > now)


def _follow_ups(tx: Connection, person_id: int) -> int:
    own = PROJECTS.c.liaison_id == person_id, PROJECTS.c.state.in_(OPEN_PROJECTS)
    waits = CONTACTS.c.follow_up_on.is_not(None), CONTACTS.c.done_at.is_(None)
    joined = CONTACTS.join(PROJECTS, PROJECTS.c.id == CONTACTS.c.project_id)
    return int(tx.execute(select(func.count()).select_from(joined).where(*own, *waits)).scalar_one())


def _covers(tx: Connection, person_id: int, now: datetime) -> tuple[str, ...]:
    """The names of those for whom the person stands in, today or later."""
    today = day_of(now)
    until_on, ended_on = ABSENCE.c.until_on, ABSENCE.c.ended_on
    lasts = or_(until_on.is_(None), until_on >= today), or_(ended_on.is_(None), ended_on > today)
    confirmed = ABSENCE.c.deputy_id == person_id, ABSENCE.c.confirmed_at.is_not(None)
    query = select(PERSON.c.name).join(ABSENCE, ABSENCE.c.person_id == PERSON.c.id).where(*confirmed, *lasts)
    return tuple(tx.execute(query.distinct().order_by(PERSON.c.name)).scalars())


def _leaves_window(account: PersonView, lost: frozenset[str]) -> bool:
    return bool(lost & WINDOWS) and not (set(account.roles) - lost) & WINDOWS


def handled_by(tx: Connection, person_id: int) -> list[tuple[int, int]]:
    """The approvals in hand of which this person is the handler: project and approval, in the order of the projects."""
    joined = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    query = select(APPROVALS.c.project_id, APPROVALS.c.id).select_from(joined)
    query = query.where(APPROVALS.c.handler_id == person_id, in_hand())
    return [(row[0], row[1]) for row in tx.execute(query.order_by(APPROVALS.c.project_id, APPROVALS.c.id))]


def _asked_by(username: str) -> ColumnElement[bool]:
    return and_(JOB.c.state.in_(("waiting", "running")), JOB.c.args.contains(f'"by":"{username}"', autoescape=True))


def _posts(tx: Connection, account: PersonView, lost: frozenset[str]) -> list[PostWork]:
    """The posts that nobody holds once these roles are gone, with what is open there."""
    kinds = [
        kind for kind, roles in POSTS.items() if lost & set(roles) and not (set(account.roles) - lost) & set(roles)
    ]
    posts = [Post(kind, account.unit_id if kind in OF_UNITS else None) for kind in kinds]
    vacant = [post for post in posts if not _is_held_by_others(tx, post, account.id)]
    return [work for post in vacant if (work := work_at(tx, post)).counts]


def _is_held_by_others(tx: Connection, post: Post, person_id: int) -> bool:
    here = [PERSON.c.unit_id == post.unit_id] if post.unit_id is not None else []
    holds = GRANT.c.person_id == PERSON.c.id, GRANT.c.role.in_(post.roles), PERSON.c.is_active
    others = exists().where(*holds, *here, PERSON.c.id != person_id)
    return bool(tx.execute(select(others)).scalar_one())
