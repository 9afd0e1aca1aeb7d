"""Responsibilities: all that is open has a holder, or stands on the list that somebody must empty."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.appointments import APPOINTMENT
from approvals.accounts.permissions import WINDOWS
from approvals.accounts.queries import UNIT
from approvals.filing.queries import TABLE as PROJECTS
from approvals.handover.posts import OF_OWNERS
from approvals.handover.vacancies import lacks_liaison, vacant_posts
from approvals.history.queries import Violation
from approvals.integrity.units import units_are_those_of_the_record
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER
from approvals.windows.handlers import is_in_hand
from workflows.charts.approval import IN_HAND


def no_responsibility_points_at_nobody(tx: Connection) -> Iterator[Violation]:
    """Looked at row by row: each open project, approval and order has somebody, or is listed as vacant; what a unit had
    that was merged is its successor's."""
    held = {(row.person_id, row.unit_id, row.role) for row in _open_appointments(tx)}
    people = {(person_id, role) for person_id, _, role in held}
    yield from _projects(tx, people)
    yield from _handlers(tx, {(person_id, unit_id) for person_id, unit_id, role in held if role in WINDOWS})
    listed = {(work.post.kind, work.post.unit_id) for work in vacant_posts(tx)}
    for kind, unit_id in sorted(_needed(tx) - listed):
        if not any((unit, role) == (unit_id, wanted) for _, unit, role in held for wanted in _roles(kind)):
            yield Violation("responsibilities", f"unit {unit_id}", f"has open work, no {kind}, and stands on no list")
    yield from units_are_those_of_the_record(tx)


def _open_appointments(tx: Connection) -> list[Row[Any]]:
    return list(tx.execute(select(APPOINTMENT).where(APPOINTMENT.c.until_at.is_(None)).order_by(APPOINTMENT.c.id)))


def _roles(kind: str) -> frozenset[str]:
    return WINDOWS if kind == "window" else frozenset({kind})


def _projects(tx: Connection, people: set[tuple[int, str]]) -> Iterator[Violation]:
    listed = set(tx.execute(select(PROJECTS.c.id).where(lacks_liaison()).order_by(PROJECTS.c.id)).scalars())
    open_projects = select(PROJECTS.c.id, PROJECTS.c.liaison_id).where(PROJECTS.c.state.in_(OPEN_PROJECTS))
    for row in tx.execute(open_projects.order_by(PROJECTS.c.id)):
        if ((row.liaison_id, "liaison") in people) == (row.id in listed):
            fault = "has a liaison and is listed without" if row.id in listed else "has no liaison and is not listed"
            yield Violation("responsibilities", f"project {row.id}", fault)


def _handlers(tx: Connection, members: set[tuple[int, int]]) -> Iterator[Violation]:
    """The handler of what is in hand works at its window, or at the one that it was merged into."""
    successors = {row.id: row.successor_id for row in tx.execute(select(UNIT.c.id, UNIT.c.successor_id))}
    rows = select(APPROVALS, PROJECTS.c.state.label("project_state"))
    rows = rows.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id).where(APPROVALS.c.handler_id.is_not(None))
    for row in tx.execute(rows.order_by(APPROVALS.c.id)):
        unit_id = successors.get(row.department_id) or row.department_id
        if is_in_hand(row) and (row.handler_id, unit_id) not in members:
            fault = f"is handled by person {row.handler_id}, who does not work at its window"
            yield Violation("responsibilities", f"approval {row.id}", fault)


def _needed(tx: Connection) -> set[tuple[str, int | None]]:
    """The posts of units at which something is open."""
    approvals = select(APPROVALS.c.department_id).join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    in_hand = approvals.where(APPROVALS.c.state.in_(IN_HAND), PROJECTS.c.state.in_(OPEN_PROJECTS))
    orders = select(ORDERS.c.department_id).where(ORDERS.c.state.in_(TO_ANSWER))
    owners = select(PROJECTS.c.owner_unit_id).where(PROJECTS.c.state.in_(OF_OWNERS))
    kinds = (("window", in_hand), ("window", orders), ("owner", owners))
    return {(kind, unit_id) for kind, query in kinds for unit_id in tx.execute(query.distinct()).scalars()}
