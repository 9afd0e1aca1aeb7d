"""Duties of supervision: escalations, orders, cards and corrections that wait for an answer or a decision."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, and_, case, cast, false, func, literal, or_

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import ANSWERING_LEVELS, CENTRE, OFFICE, SUPERVISORS, WINDOW_HEADS, WINDOWS
from approvals.accounts.queries import UNIT
from approvals.casefile.worklist.rows import (
    BY_DEPARTMENT,
    BY_OWNER,
    DEPARTMENT,
    OF_APPROVAL,
    OWNER_UNIT,
    DutySource,
    Moments,
    duty_rows,
)
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import is_joint_of
from approvals.history.record import CITY_CHAIN
from approvals.registration.queries import APPROVALS
from approvals.supervision.escalations.answers import JOINT_LEVELS
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER
from approvals.supervision.queries import CARDS, ESCALATIONS, still_open, with_approvals
from approvals.windows.corrections import CORRECTIONS
from approvals.windows.handlers import concerns
from workflows.charts.order import KEEPERS
from workflows.charts.roles import LEVEL_ROLES, LEVELS

WINDOW_LEVEL = 1
# Who decides on a correction that somebody in this role proposed.
DECIDES_ON = {"window": "window_head", "window_head": "service_centre"}

_ORDERED_BY = {level: names for level, names in LEVELS.items() if level in KEEPERS}


def _of_department(actor: Actor) -> ColumnElement[bool]:
    return APPROVALS.c.department_id == actor.unit_id


def _escalations(actor: Actor, _at: Moments) -> Select[Any]:
    """Those raised at the actor's levels; windows answer for their cases, both heads for a joint project.

    An order is the department's to answer, whoever handles the approval that it is about.
    """
    levels = [level for level, roles in LEVEL_ROLES.items() if actor.has(*roles)]
    asked: list[ColumnElement[bool]] = [ESCALATIONS.c.level.in_([level for level in levels if level != WINDOW_LEVEL])]
    if WINDOW_LEVEL in levels:
        asked.append(and_(ESCALATIONS.c.level == WINDOW_LEVEL, _of_department(actor), concerns(actor)))
    if actor.has(*WINDOW_HEADS):
        asked.append(and_(is_joint_of(actor.unit_id), ESCALATIONS.c.level.in_(JOINT_LEVELS)))
    about: dict[str, Any] = {
        "due_on": ESCALATIONS.c.answer_due_on,
        "since": ESCALATIONS.c.state_since,
        "light": ESCALATIONS.c.light,
    }
    about |= {"part": cast(ESCALATIONS.c.level, String), **OF_APPROVAL, **BY_DEPARTMENT}
    source = with_approvals(ESCALATIONS).join(DEPARTMENT, DEPARTMENT.c.id == APPROVALS.c.department_id)
    is_raised = ESCALATIONS.c.state == "raised", still_open()
    return duty_rows("escalation", source, ESCALATIONS.c.id, *is_raised, or_(*asked), **about)


_ORDER = {
    "chain": func.coalesce(ORDERS.c.project_id, CITY_CHAIN),
    "approval_id": ORDERS.c.approval_id,
    "name": ORDERS.c.subject,
    "since": ORDERS.c.state_since,
    "part": cast(ORDERS.c.year, String) + literal("-", String) + cast(ORDERS.c.serial, String),
}


def _orders(actor: Actor, _at: Moments) -> Select[Any]:
    to_answer = ORDERS.c.state.in_(TO_ANSWER), ORDERS.c.department_id == actor.unit_id
    names = [
        case(*((ORDERS.c.level == level, literal(words[at], Text)) for level, words in _ORDERED_BY.items()))
        for at in (0, 1)
    ]
    about = {"due_on": ORDERS.c.due_on, "origin": names[0], "origin_en": names[1], **_ORDER}
    return duty_rows("order", ORDERS, ORDERS.c.id, *to_answer, **about)


def _order_answers(actor: Actor, _at: Moments) -> Select[Any]:
    levels = [level for level, role in KEEPERS.items() if actor.has(role)]
    source = ORDERS.join(UNIT, UNIT.c.id == ORDERS.c.department_id)
    answered = ORDERS.c.state == "answered", ORDERS.c.level.in_(levels)
    names = {"origin": UNIT.c.name, "origin_en": UNIT.c.name_en}
    return duty_rows("order_review", source, ORDERS.c.id, *answered, **_ORDER, **names)


_CARD = {
    "part": CARDS.c.rule + literal("-", String) + cast(CARDS.c.round, String),
    "since": CARDS.c.state_since,
    **OF_APPROVAL,
}


def _appealable(actor: Actor, at: Moments) -> Select[Any]:
    is_open = CARDS.c.state == "shown", CARDS.c.appeal_by >= at.today, _of_department(actor)
    source = with_approvals(CARDS).join(OWNER_UNIT, OWNER_UNIT.c.id == PROJECTS.c.owner_unit_id)
    about = {"due_on": CARDS.c.appeal_by, "light": CARDS.c.colour, **_CARD, **BY_OWNER}
    return duty_rows("appeal", source, CARDS.c.id, *is_open, **about)


def _appeals(_actor: Actor, _at: Moments) -> Select[Any]:
    source = with_approvals(CARDS).join(DEPARTMENT, DEPARTMENT.c.id == APPROVALS.c.department_id)
    about = {"light": CARDS.c.colour, **_CARD, **BY_DEPARTMENT}
    return duty_rows("appeal_review", source, CARDS.c.id, CARDS.c.state == "appealed", **about)


def _corrections(actor: Actor, _at: Moments) -> Select[Any]:
    """Proposals that somebody else made and that the actor's role decides on."""
    clauses = [
        and_(
            CORRECTIONS.c.proposed_as == proposer,
            _of_department(actor) if role == "window_head" else literal(True),
        )
        for proposer, role in DECIDES_ON.items()
        if actor.has(role)
    ]
    away = [person.username for person in actor.covers]
    by_another = CORRECTIONS.c.proposed_by.not_in([actor.username, *away])
    source = with_approvals(CORRECTIONS).join(DEPARTMENT, DEPARTMENT.c.id == APPROVALS.c.department_id)
    is_asked = CORRECTIONS.c.state == "proposed", by_another, or_(false(), *clauses)
    about = {"since": CORRECTIONS.c.state_since, **OF_APPROVAL, **BY_DEPARTMENT}
    return duty_rows("correction", source, CORRECTIONS.c.id, *is_asked, **about)


SOURCES = (
    DutySource("escalation", ANSWERING_LEVELS, _escalations),
    DutySource("order", WINDOWS, _orders),
    DutySource("order_review", SUPERVISORS, _order_answers),
    DutySource("appeal", WINDOW_HEADS, _appealable),
    DutySource("appeal_review", OFFICE, _appeals),
    DutySource("correction", WINDOW_HEADS | CENTRE, _corrections),
)
