"""Open work that nobody holds: projects without a liaison, questions, posts without anybody. Each list is computed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import GRANT, PERSON, UNIT, UnitName
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, page_by_id, shown_name
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.handover.posts import OF_UNITS, OFFICES, Post, PostWork, is_held, needs_holder, work_at
from approvals.handover.vacant_tasks import VacantTask, vacant_task_count, vacant_tasks
from approvals.liaisons.on_call import DUTY_ROLES
from approvals.liaisons.queries import REQUESTS
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.windows.handlers import in_hand
from workflows.config.city import load_city


@dataclass(frozen=True, slots=True)
class OrphanProject:
    """A project that no liaison accompanies, with how many of its questions wait."""

    ref: str
    shown_number: str
    name: str
    owner: UnitName
    since: datetime
    questions: int


@dataclass(frozen=True, slots=True)
class FreedCases:
    """A window, and how many of its cases have had no handler since the last one left."""

    unit: UnitName
    number: int


@dataclass(frozen=True, slots=True)
class Vacancies:
    """All that somebody must be found for. `posts` are vacant, `questions` are of people who answer none any more."""

    projects: Page[OrphanProject]
    project_count: int
    questions: int
    posts: tuple[PostWork, ...]
    tasks: tuple[VacantTask, ...] = ()
    cases: tuple[FreedCases, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.project_count or self.questions or self.posts or self.tasks or self.cases)


def _is_none_of(person_id: ColumnElement[Any], roles: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether the column names somebody who left, or who has none of these roles. People are few, rows are many."""
    holds = exists().where(GRANT.c.person_id == PERSON.c.id, GRANT.c.role.in_(roles))
    return person_id.in_(select(PERSON.c.id).where(or_(~PERSON.c.is_active, ~holds)))


def lacks_liaison() -> ColumnElement[bool]:
    """The WHERE clause of the open projects that no liaison accompanies."""
    nobody = or_(PROJECTS.c.liaison_id.is_(None), _is_none_of(PROJECTS.c.liaison_id, ("liaison",)))
    return and_(PROJECTS.c.state.in_(OPEN_PROJECTS), nobody)


def _lost_question() -> ColumnElement[bool]:
    return and_(REQUESTS.c.state == "raised", _is_none_of(REQUESTS.c.responsible_id, DUTY_ROLES))


def _without_liaison() -> Select[int]:
    return select(func.count()).select_from(PROJECTS).where(lacks_liaison())


def _lost_questions() -> Select[int]:
    return select(func.count()).select_from(REQUESTS).where(_lost_question())


_APPROVALS = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
_FREED = APPROVALS.c.handler_left_at.is_not(None), in_hand()


def _freed_cases() -> Select[int]:
    return select(func.count()).select_from(_APPROVALS).where(*_FREED)


def freed_cases(tx: Connection) -> tuple[FreedCases, ...]:
    """The cases whose handler left and that nobody has taken since, by window: its head assigns them."""
    query = (
        select(UNIT.c.name, UNIT.c.name_en, func.count().label("number"))
        .select_from(_APPROVALS.join(UNIT, UNIT.c.id == APPROVALS.c.department_id))
        .where(*_FREED)
        .group_by(UNIT.c.id, UNIT.c.name, UNIT.c.name_en)
        .order_by(UNIT.c.id)
    )
    return tuple(FreedCases(UnitName(row.name, row.name_en), row.number) for row in tx.execute(query))


def without_liaison_count(tx: Connection) -> int:
    """How many open projects no liaison accompanies."""
    return int(tx.execute(_without_liaison()).scalar_one())


@cache
def _all_counts() -> Select[Any]:
    """What nobody holds, in one number, and for each office whether somebody holds it. Each page asks it."""
    units = [select(func.count()).select_from(UNIT).where(*_vacant(kind)) for kind in OF_UNITS]
    counted = _without_liaison(), _lost_questions(), vacant_task_count(), _freed_cases(), *units
    parts = [part.scalar_subquery() for part in counted]
    return select(sum(parts[1:], parts[0]), *(is_held(office) for office in OFFICES))


def vacancy_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many projects, questions, tasks and posts nobody holds: the badge in the navigation."""
    offices = tx.execute(_all_counts()).one()
    return int(offices[0]) + sum(bool(work_at(tx, Post(office)).counts) for office in _empty_offices(offices[1:]))


def _empty_offices(held: Any) -> list[str]:
    return [office for office, is_there in zip(OFFICES, held, strict=True) if not is_there]


def _vacant(kind: str) -> tuple[ColumnElement[bool], ...]:
    """The WHERE clauses of units whose post is vacant and has open work."""
    return ~is_held(kind, UNIT.c.id), needs_holder(kind)


def vacant_posts(tx: Connection) -> list[PostWork]:
    """The posts that nobody holds, with what is open there."""
    posts = [
        Post(kind, unit_id)
        for kind in OF_UNITS
        for unit_id in tx.execute(select(UNIT.c.id).where(*_vacant(kind)).order_by(UNIT.c.id)).scalars()
    ]
    held = tx.execute(select(literal(1), *(is_held(office) for office in OFFICES))).one()
    posts += [Post(office) for office in _empty_offices(held[1:])]
    return [work for post in posts if (work := work_at(tx, post)).counts]


def vacancies(tx: Connection, part: ListPart = FIRST_PART) -> Vacancies:
    """Everything that nobody holds, the oldest project first."""
    return Vacancies(
        projects=projects_without_liaison(tx, part),
        project_count=without_liaison_count(tx),
        questions=int(tx.execute(_lost_questions()).scalar_one()),
        posts=tuple(vacant_posts(tx)),
        tasks=vacant_tasks(tx),
        cases=freed_cases(tx),
    )


def projects_without_liaison(tx: Connection, part: ListPart = FIRST_PART) -> Page[OrphanProject]:
    """The open projects that no liaison accompanies, the oldest first."""
    waits = REQUESTS.c.project_id == PROJECTS.c.id, REQUESTS.c.state == "raised"
    questions = select(func.count()).select_from(REQUESTS).where(*waits).scalar_subquery()
    query = (
        select(PROJECTS, UNIT.c.name.label("owner"), UNIT.c.name_en, questions.label("questions"))
        .join(UNIT, UNIT.c.id == PROJECTS.c.owner_unit_id)
        .where(lacks_liaison())
    )
    keys: Keys = {
        "name": PROJECTS.c.name,
        "owner": shown_name(UNIT),
        "since": PROJECTS.c.registered_at,
        "questions": questions,
    }
    page = page_by_id(tx, query, keys, PROJECTS.c.id, part)
    return page.shown([_project(row) for row in page.rows])


def _project(row: Any) -> OrphanProject:
    number, owner = load_city().shown_number(row.number), UnitName(row.owner, row.name_en)
    return OrphanProject(ref_of(row), number, row.name, owner, row.registered_at, row.questions)
