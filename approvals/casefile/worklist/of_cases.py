"""Duties at projects and approvals: of owners, windows, and of the offices that sort and register."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, case

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import CENTRE, OFFICE, OWNERS, SUPERVISORS, WINDOW_HEADS, WINDOWS
from approvals.casefile.owner.list import is_owners_task
from approvals.casefile.worklist.rows import (
    BY_DEPARTMENT,
    BY_OWNER,
    DEPARTMENT,
    OF_APPROVAL,
    OF_PROJECT,
    OWNER_UNIT,
    DutySource,
    Moments,
    duty_rows,
)
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.registration.lights import is_open, light_on
from approvals.registration.queries import APPROVALS
from approvals.registration.views import WITH_A_PLAN
from approvals.windows.handlers import concerns
from approvals.windows.owed.statements import CLOSED
from approvals.windows.own_projects import waits_for_agreement
from workflows.charts.approval import DECIDED
from workflows.charts.project import AMENDABLE
from workflows.rules.next_steps import AT_WORK

HANDING_IN = ("ready", "correcting")

_APPROVALS = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
_FROM_DEPARTMENT = _APPROVALS.join(DEPARTMENT, DEPARTMENT.c.id == APPROVALS.c.department_id)
_FROM_OWNER = _APPROVALS.join(OWNER_UNIT, OWNER_UNIT.c.id == PROJECTS.c.owner_unit_id)
_PROJECTS = PROJECTS.join(OWNER_UNIT, OWNER_UNIT.c.id == PROJECTS.c.owner_unit_id)
_AT = {**OF_APPROVAL, "since": APPROVALS.c.state_since}


def _owners(actor: Actor) -> ColumnElement[bool]:
    return PROJECTS.c.owner_unit_id.in_(actor.units)


def _own_project(kind: str, state: str) -> DutySource:
    def query(actor: Actor, _at: Moments) -> Select[Any]:
        about = {**OF_PROJECT, "since": PROJECTS.c.state_since}
        return duty_rows(kind, PROJECTS, PROJECTS.c.id, PROJECTS.c.state == state, _owners(actor), **about)

    return DutySource(kind, OWNERS, query)


def _own_approval(kind: str, *where: ColumnElement[bool], due_on: Any = None) -> DutySource:
    """Approvals of the owner's projects that wait for them."""
    due = {} if due_on is None else {"due_on": due_on}

    def query(actor: Actor, _at: Moments) -> Select[Any]:
        return duty_rows(kind, _FROM_DEPARTMENT, APPROVALS.c.id, _owners(actor), *where, **_AT, **BY_DEPARTMENT, **due)

    return DutySource(kind, OWNERS, query)


def _at_window(kind: str, *where: ColumnElement[bool], due_on: Any = None) -> DutySource:
    """Approvals that wait for the department, and are the actor's; the light is shown while it can still change."""

    def query(actor: Actor, at: Moments) -> Select[Any]:
        own = (APPROVALS.c.department_id == actor.unit_id) & concerns(actor)
        more = {"light": case((is_open(), light_on(at.today)))} | ({} if due_on is None else {"due_on": due_on})
        return duty_rows(kind, _FROM_OWNER, APPROVALS.c.id, own, *where, **_AT, **BY_OWNER, **more)

    return DutySource(kind, WINDOWS, query)


def _agreements(actor: Actor, at: Moments) -> Select[Any]:
    """Decisions on projects of the head's own unit, to which they are to agree."""
    waits = (APPROVALS.c.department_id == actor.unit_id) & waits_for_agreement(at.today)
    about = {**_AT, **BY_OWNER, "light": case((is_open(), light_on(at.today))), "due_on": APPROVALS.c.promised_due_on}
    return duty_rows("agree", _FROM_OWNER, APPROVALS.c.id, waits, **about)


def _decisions(actor: Actor, at: Moments) -> Select[Any]:
    """Accepted applications of the actor that can be decided."""
    where = APPROVALS.c.state == "accepted", ~waits_for_agreement(at.today)
    return _at_window("decide", *where, due_on=APPROVALS.c.promised_due_on).query(actor, at)


def _waiting_project(kind: str, roles: frozenset[str], *where: ColumnElement[bool], due_on: Any = None) -> DutySource:
    """Projects that wait for an office."""
    due = {} if due_on is None else {"due_on": due_on}

    def query(_actor: Actor, _at: Moments) -> Select[Any]:
        about = {**OF_PROJECT, "since": PROJECTS.c.state_since, **BY_OWNER, **due}
        return duty_rows(kind, _PROJECTS, PROJECTS.c.id, *where, **about)

    return DutySource(kind, roles, query)


def _suspensions(_actor: Actor, at: Moments) -> Select[Any]:
    about = {**OF_PROJECT, "since": PROJECTS.c.state_since, "due_on": PROJECTS.c.review_on, **BY_OWNER}
    is_due = PROJECTS.c.state == "suspended", PROJECTS.c.review_on <= at.today
    return duty_rows("suspension", _PROJECTS, PROJECTS.c.id, *is_due, **about)


def _amendments(_actor: Actor, _at: Moments) -> Select[Any]:
    proposal = (ENTRY.c.project_id == PROJECTS.c.id) & (ENTRY.c.seq == PROJECTS.c.amendment_seq)
    is_asked = PROJECTS.c.amendment_seq.is_not(None), PROJECTS.c.state.in_(AMENDABLE)
    about = {**OF_PROJECT, "since": ENTRY.c.at, **BY_OWNER}
    return duty_rows("amendment", _PROJECTS.join(ENTRY, proposal), PROJECTS.c.id, *is_asked, **about)


def _sources() -> Iterable[DutySource]:
    state = APPROVALS.c.state
    to_deliver = state.in_(DECIDED), APPROVALS.c.due_on.is_not(None)
    goes_on = PROJECTS.c.state.not_in(CLOSED)
    at_work = PROJECTS.c.state == AT_WORK
    yield _own_project("draft", "drafted")
    yield _own_project("returned", "returned")
    yield _own_approval("submit", at_work, state == "ready")
    yield _own_approval("resubmit", at_work, state == "correcting")
    yield _own_approval("reapply", at_work, state.not_in(HANDING_IN), is_owners_task())
    yield _own_approval("collect", *to_deliver, due_on=APPROVALS.c.delivery_due_on)
    yield _own_approval("owed", APPROVALS.c.owed_until.is_not(None), goes_on, due_on=APPROVALS.c.owed_until)
    yield _at_window("intake", state == "received", due_on=APPROVALS.c.notice_due_on)
    yield DutySource("agree", WINDOW_HEADS, _agreements)
    yield DutySource("decide", WINDOWS, _decisions)
    yield _at_window("special", state == "paused")
    yield _at_window("deliver", *to_deliver, due_on=APPROVALS.c.delivery_due_on)
    yield _at_window("check", APPROVALS.c.check_on.is_not(None), goes_on, due_on=APPROVALS.c.check_on)
    yield _waiting_project("sort", OFFICE, PROJECTS.c.state == "filed")
    yield _waiting_project("divert", OFFICE, PROJECTS.c.state == "classified", PROJECTS.c.kind != WITH_A_PLAN)
    yield _waiting_project("register", CENTRE, PROJECTS.c.state == "classified", PROJECTS.c.kind == WITH_A_PLAN)
    yield DutySource("suspension", OFFICE, _suspensions)
    yield DutySource("amendment", SUPERVISORS, _amendments)


SOURCES = tuple(_sources())
