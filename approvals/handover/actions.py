"""Somebody leaves, loses a role or moves to another unit: what is open with them goes on with somebody else."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from approvals.accounts import actions as accounts
from approvals.accounts.actors import OPERATOR, SYSTEM_ACTOR, Actor
from approvals.accounts.appointments import holder_id
from approvals.accounts.queries import PERSON, PersonView, lock_person, person
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.filing.actions import addressed
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import locked_project_by_id, project_case, record_of
from approvals.handover.responsibilities import Responsibilities, handled_by, responsibilities
from approvals.history.record import OpenChain, move, recording
from approvals.liaisons.on_call import SHIFTS, STANDS, responsible_at
from approvals.liaisons.queries import REQUESTS, request_case
from approvals.liaisons.roster import end_shift
from approvals.registration.actions import begin_term, end_term
from approvals.registration.queries import OPEN_PROJECTS, approvals_of
from approvals.windows.actions import make_move
from workflows.charts.approval import UNASSIGN
from workflows.charts.model import SYSTEM

CENTRE = "-"  # in place of a successor: the service centre goes on until it has named one


def deactivate(tx: Connection, username: str, successor: str, *, by: Actor, now: datetime) -> None:
    """Keep a person out, and hand over what is open with them. Invalid when nobody is named who goes on with it."""
    lock_person(tx, username, to_change=True)
    account = person(tx, username)
    open_work = responsibilities(tx, account, frozenset(account.roles), now) if account.is_active else None
    accounts.set_active(tx, username, False, by=by, now=now)
    if open_work:
        _hand_over(tx, account, open_work, successor, by, now)


def change_roles(
    tx: Connection,
    username: str,
    roles: frozenset[str],
    successor: str,
    *,
    by: Actor,
    now: datetime,
    since: date | None = None,
) -> None:
    """Give a person these roles, and hand over what was open with them in those that they lose."""
    lock_person(tx, username, to_change=True)
    account = person(tx, username)
    open_work = responsibilities(tx, account, frozenset(account.roles) - roles, now)
    accounts.set_roles(tx, username, roles, by=by, now=now, since=since)
    _hand_over(tx, account, open_work, successor, by, now)


def move_to_unit(tx: Connection, username: str, unit_id: int, successor: str, *, by: Actor, now: datetime) -> None:
    """Move a person to another unit: their roles were those of the former one, and end with it."""
    lock_person(tx, username, to_change=True)
    account = person(tx, username)
    open_work = responsibilities(tx, account, frozenset(account.roles), now)
    accounts.move_person(tx, username, unit_id, by=by, now=now)
    _hand_over(tx, account, open_work, successor, by, now)


def _hand_over(
    tx: Connection, account: PersonView, open_work: Responsibilities, successor: str, by: Actor, now: datetime
) -> None:
    if open_work.needs_successor and by.username == OPERATOR.username:
        raise Refused(N_("What is open with this person goes on in an administrator's name. Name one with --as."))
    next_id = _successor_id(tx, open_work, successor, now)
    projects = _accompanied(tx, account.id) if open_work.projects else []
    for project_id in projects:
        _hand_project_over(tx, project_id, account, next_id, by, now)
    if open_work.questions:
        for project_id in _with_questions_for(tx, account.id):
            project = locked_project_by_id(tx, project_id)
            with recording(tx, *record_of(project), at=None, now=now) as record:
                _pass_questions_on(record, project, account)
    if open_work.handled:
        _free_cases(tx, account, now)
    if open_work.shifts:
        _hand_shifts_over(tx, account.id, next_id, by, now)


def _successor_id(tx: Connection, open_work: Responsibilities, successor: str, now: datetime) -> int | None:
    """The liaison who goes on, None for the service centre."""
    if not open_work.needs_successor or successor == CENTRE:
        return None
    if not successor:
        raise invalid("successor", N_("is required: work is open with this person"))
    next_id = holder_id(tx, successor, "liaison", now)
    if next_id is None:
        raise invalid("successor", N_("is not a liaison"))
    return next_id


def _accompanied(tx: Connection, person_id: int) -> list[int]:
    own = PROJECTS.c.liaison_id == person_id, PROJECTS.c.state.in_(OPEN_PROJECTS)
    return list(tx.execute(select(PROJECTS.c.id).where(*own).order_by(PROJECTS.c.id)).scalars())


def _with_questions_for(tx: Connection, person_id: int) -> list[int]:
    waits = REQUESTS.c.responsible_id == person_id, REQUESTS.c.state == "raised"
    return sorted(set(tx.execute(select(REQUESTS.c.project_id).where(*waits)).scalars()))


def _hand_project_over(
    tx: Connection, project_id: int, former: PersonView, next_id: int | None, by: Actor, now: datetime
) -> None:
    """The system ends the liaison's term; the successor's begins, if there is one."""
    project = locked_project_by_id(tx, project_id)
    facts = {"former": former.username, "liaison": _username(tx, next_id), "ordered_by": by.username}
    with recording(tx, *record_of(project), at=None, now=now) as record:
        changes = {"liaison_id": next_id}
        case = addressed(project_case(project), project, changes)
        move(record, case, "hand_over", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=changes)
        end_term(record, project.id)
        if next_id is not None:
            begin_term(record, project.id, next_id, by)
        _pass_questions_on(record, locked_project_by_id(tx, project_id), former)


def _username(tx: Connection, person_id: int | None) -> str:
    return tx.execute(select(PERSON.c.username).where(PERSON.c.id == person_id)).scalar_one_or_none() or ""


def _pass_questions_on(record: OpenChain, project: Row[Any], former: PersonView) -> None:
    """Who is on duty now has the questions of this project that waited for the former person."""
    waits = REQUESTS.c.project_id == project.id, REQUESTS.c.responsible_id == former.id, REQUESTS.c.state == "raised"
    for request in record.tx.execute(select(REQUESTS).where(*waits).order_by(REQUESTS.c.no)).all():
        responsible_id = responsible_at(record.tx, project.liaison_id, record.at)
        facts = {"former": former.username, "responsible": _username(record.tx, responsible_id)}
        case, changes = request_case(request, project, responsible_id), {"responsible_id": responsible_id}
        move(record, case, "pass_on", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=changes)


def _free_cases(tx: Connection, former: PersonView, now: datetime) -> None:
    """The cases that the person handled are nobody's: the window is told, and they stand on the list of open work."""
    for project_id, cases in groupby(handled_by(tx, former.id), key=lambda pair: pair[0]):
        ids = [approval_id for _, approval_id in cases]
        project = locked_project_by_id(tx, project_id)
        with recording(tx, *record_of(project), at=None, now=now) as record:
            for approval in approvals_of(tx, project_id):
                if approval.id in ids:
                    make_move(record, approval, UNASSIGN, {}, by=SYSTEM_ACTOR, role=SYSTEM)


def _hand_shifts_over(tx: Connection, person_id: int, next_id: int | None, by: Actor, now: datetime) -> None:
    """What is left of the person's duties is the successor's, or a gap that the roster shows."""
    own = STANDS, SHIFTS.c.person_id == person_id, SHIFTS.c.until_at > now
    rows = tx.execute(select(SHIFTS).where(*own).order_by(SHIFTS.c.from_at)).all()
    for row in rows:
        end_shift(tx, row, by, now)
    if next_id is not None:
        new = {"person_id": next_id, "entered_by_id": by.id, "entered_at": now}
        shifts = [new | {"from_at": max(row.from_at, now), "until_at": row.until_at} for row in rows]
        tx.execute(insert(SHIFTS), shifts)
