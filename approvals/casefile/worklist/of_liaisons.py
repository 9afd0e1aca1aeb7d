"""Duties in one-to-one service: requests, what burns, follow-ups, works to confirm, owners who heard from nobody."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import CENTRE, LIAISONS
from approvals.casefile.worklist.rows import (
    BY_DEPARTMENT,
    BY_OWNER,
    CONTACT_DUE,
    DEPARTMENT,
    OF_APPROVAL,
    OF_PROJECT,
    OWNER_UNIT,
    DutySource,
    Moments,
    duty_rows,
)
from approvals.filing.queries import TABLE as PROJECTS
from approvals.liaisons.contacts import CONTACTS
from approvals.liaisons.contacts import STANDS as UNSTRUCK
from approvals.liaisons.queries import REQUESTS
from approvals.liaisons.request_views import WAITING
from approvals.liaisons.worklist import lacks_contact_since, works_to_confirm
from approvals.registration.lights import is_late, light_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS

_FROM_OWNER = PROJECTS.join(OWNER_UNIT, OWNER_UNIT.c.id == PROJECTS.c.owner_unit_id)


def _accompanied(actor: Actor) -> ColumnElement[bool]:
    return and_(PROJECTS.c.liaison_id.in_(actor.accompanies_as), PROJECTS.c.state.in_(OPEN_PROJECTS))


def _requests(actor: Actor, _at: Moments) -> Select[Any]:
    """Questions that the actor is to answer; the centre also has those that nobody answered in time."""
    mine = [REQUESTS.c.responsible_id == actor.id]
    if actor.has("liaison"):
        mine.append(PROJECTS.c.liaison_id.in_(actor.accompanies_as))
    if actor.has("service_centre"):
        mine.append(REQUESTS.c.climbed_at.is_not(None))
    source = _FROM_OWNER.join(REQUESTS, REQUESTS.c.project_id == PROJECTS.c.id)
    about: dict[str, Any] = {"due_at": REQUESTS.c.due_at, "since": REQUESTS.c.asked_at, "text": REQUESTS.c.text}
    about |= {"part": cast(REQUESTS.c.no, String), **OF_PROJECT, **BY_OWNER}
    return duty_rows("request", source, REQUESTS.c.id, REQUESTS.c.state == WAITING, or_(*mine), **about)


def _late(actor: Actor, at: Moments) -> Select[Any]:
    """Late approvals of the projects that the actor accompanies."""
    source = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    source = source.join(DEPARTMENT, DEPARTMENT.c.id == APPROVALS.c.department_id)
    about = {"due_on": APPROVALS.c.promised_due_on, "since": APPROVALS.c.state_since, "light": light_on(at.today)}
    about |= {**OF_APPROVAL, **BY_DEPARTMENT}
    return duty_rows("late", source, APPROVALS.c.id, is_late(at.today), _accompanied(actor), **about)


def _follow_ups(actor: Actor, at: Moments) -> Select[Any]:
    source = _FROM_OWNER.join(CONTACTS, CONTACTS.c.project_id == PROJECTS.c.id)
    is_due = CONTACTS.c.follow_up_on <= at.today, CONTACTS.c.done_at.is_(None), UNSTRUCK
    own = PROJECTS.c.liaison_id.in_(actor.accompanies_as)
    about = {"due_on": CONTACTS.c.follow_up_on, "since": CONTACTS.c.at, "text": CONTACTS.c.text}
    return duty_rows("follow_up", source, CONTACTS.c.id, *is_due, own, **about, **OF_PROJECT, **BY_OWNER)


def _works(actor: Actor, _at: Moments) -> Select[Any]:
    about = {"since": PROJECTS.c.state_since, **OF_PROJECT, **BY_OWNER}
    return duty_rows("works", _FROM_OWNER, PROJECTS.c.id, works_to_confirm(), _accompanied(actor), **about)


def _silent(actor: Actor, at: Moments) -> Select[Any]:
    """Owners who have not heard from anybody for as long as the policy allows, those of the longest silence first."""
    last = select(func.max(CONTACTS.c.at)).where(CONTACTS.c.project_id == PROJECTS.c.id, UNSTRUCK).scalar_subquery()
    about = {"since": func.coalesce(last, PROJECTS.c.registered_at), **OF_PROJECT, **BY_OWNER}
    return duty_rows(
        "silent", _FROM_OWNER, PROJECTS.c.id, lacks_contact_since(CONTACT_DUE), _accompanied(actor), **about
    )


SOURCES = (
    DutySource("request", LIAISONS | CENTRE, _requests),
    DutySource("late", LIAISONS, _late),
    DutySource("follow_up", LIAISONS, _follow_ups),
    DutySource("works", LIAISONS, _works),
    DutySource("silent", LIAISONS, _silent),
)
