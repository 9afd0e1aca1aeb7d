"""Queries on problems: addresses, rows, what each is as subject of the history, and who sees it."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, false, func, literal, or_, select

from approvals.accounts.actors import Actor, Scope
from approvals.base.errors import NotFound
from approvals.base.moments import start_of
from approvals.base.tables import table_of
from approvals.history.record import Subject
from approvals.programme.problems.tables import Problem, ProblemProject, ProblemTask, ProblemWord
from approvals.programme.queries import (
    ITEM_KEY,
    ITEMS,
    TASKS,
    item_ref,
    locked_item_by_id,
    visible_items,
    visible_tasks,
)
from workflows.charts.problem import PROBLEM
from workflows.charts.roles import sees, sees_programme
from workflows.config.policy import ProgrammeRules

PROBLEMS: Table = table_of(Problem)
WORDS: Table = table_of(ProblemWord)
OF_TASKS: Table = table_of(ProblemTask)
OF_PROJECTS: Table = table_of(ProblemProject)
PART = "problems"  # of an address, before the number
PROBLEM_KEY = re.compile(rf"{ITEM_KEY.pattern}/{PART}/(?P<number>[1-9][0-9]{{0,5}})")
CITY_GOVERNMENT = "city_government"  # to which a person's office belongs
HELD = select(OF_TASKS.c.problem_id).join(TASKS, TASKS.c.id == OF_TASKS.c.task_id)


def problem_ref(item: Any, number: int) -> str:
    """How a problem is addressed: programme/2026/030/problems/3."""
    return f"{item_ref(item)}/{PART}/{number}"


def visible_problems(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the problems that the actor may see: all for the offices, else those that hold a
    task that they see, those of items that they lead, and those of which their unit is asked."""
    scopes = sees(actor.roles)
    if sees_programme(actor.roles):
        return literal(True)
    if scopes.isdisjoint(("own_unit", "department")):
        return false()
    is_asked = PROBLEMS.c.asked_unit_id.in_(actor.units)
    if "own_unit" not in scopes:
        return is_asked
    own = HELD.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).where(visible_tasks(actor))
    led = select(ITEMS.c.id).where(ITEMS.c.lead_unit_id.in_(actor.units))
    return or_(is_asked, PROBLEMS.c.id.in_(own), PROBLEMS.c.item_id.in_(led))


def is_stale(today: date, rules: ProgrammeRules) -> ColumnElement[bool]:
    """The WHERE clause that leaves the open problems that got no word for as many days as the policy says."""
    return and_(PROBLEMS.c.state == "open", PROBLEMS.c.said_at < start_of(stale_before(today, rules)))


def stale_before(today: date, rules: ProgrammeRules) -> date:
    """A problem of which the last word is older than this day is stale."""
    return today - timedelta(rules.problem_stale - 1)


def is_unanswered(today: date, rules: ProgrammeRules) -> ColumnElement[bool]:
    """The WHERE clause that leaves the open problems that were asked of somebody, and not answered for long."""
    asked_before = start_of(today - timedelta(rules.problem_unanswered - 1))
    waits = PROBLEMS.c.asked_at < asked_before, PROBLEMS.c.answered_at.is_(None), PROBLEMS.c.order_ref == ""
    return and_(PROBLEMS.c.state == "open", *waits)


def locked_problem(tx: Connection, key: str, actor: Actor) -> tuple[Any, Any]:
    """The item with its chain's end, locked, and its problem; NotFound for what the actor may not see."""
    row = problem_row(tx, key, actor)
    item = locked_item_by_id(tx, row.item_id)
    return item, tx.execute(select(PROBLEMS).where(PROBLEMS.c.id == row.id)).one()


def problem_row(tx: Connection, key: str, actor: Actor) -> Any:
    """The problem at this address; NotFound when there is none that the actor may see."""
    match = PROBLEM_KEY.fullmatch(key)
    if match is None:
        raise NotFound
    of_item = ITEMS.c.year == int(match["year"]), ITEMS.c.item_no == match["no"]
    query = select(PROBLEMS).join(ITEMS, ITEMS.c.id == PROBLEMS.c.item_id)
    own = query.where(*of_item, PROBLEMS.c.number == int(match["number"]), visible_problems(actor))
    row = tx.execute(own).one_or_none()
    if row is None:
        raise NotFound
    return row


def tasks_held(tx: Connection, problem_id: int) -> list[Any]:
    """The tasks that a problem holds up, with number and lead unit of the item of each."""
    return task_rows(tx, TASKS.c.id.in_(select(OF_TASKS.c.task_id).where(OF_TASKS.c.problem_id == problem_id)))


def seen_tasks(tx: Connection, year: int, actor: Actor) -> dict[str, Any]:
    """The tasks of a year that the actor may see, by number and code, as 030/510402."""
    rows = task_rows(tx, and_(ITEMS.c.year == year, visible_items(actor), visible_tasks(actor)))
    return {f"{row.item_no}/{row.code}": row for row in rows}


def task_rows(tx: Connection, where: ColumnElement[bool]) -> list[Any]:
    """Tasks, with number and lead unit of the item of each."""
    query = select(TASKS, ITEMS.c.item_no, ITEMS.c.lead_unit_id).join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
    return list(tx.execute(query.where(where).order_by(ITEMS.c.item_no, TASKS.c.id)))


def next_number(tx: Connection, item_id: int) -> int:
    last = select(func.max(PROBLEMS.c.number)).where(PROBLEMS.c.item_id == item_id)
    return int(tx.execute(last).scalar_one() or 0) + 1


def problem_case(problem: Any, item: Any, tasks: Collection[Any], actor: Actor, move: str) -> Subject:
    """A problem as history sees it. Who is asked answers it; in all other moves the unit that acts is the actor's own
    among those that lead the item or have a task, else the lead unit."""
    label = problem_ref(item, problem.number)
    place = _place(problem, item, tasks, actor, move)
    return Subject(PROBLEM, PROBLEMS, problem.id, problem.state, problem.version, place, label)


def _place(problem: Any, item: Any, tasks: Collection[Any], actor: Actor, move: str) -> Scope:
    units = tuple(dict.fromkeys(task.unit_id for task in tasks))
    acting, department = acting_unit(item.lead_unit_id, tasks, actor), None
    if move == "answer_problem":
        acting, department = problem.asked_unit_id or 0, problem.asked_unit_id
    return Scope(
        owner_unit_id=acting,
        department_id=department,
        lead_unit_id=item.lead_unit_id,
        task_units=units,
        asked=asked_addresses(problem.asked_unit_id, problem.asked_office),
    )


def acting_unit(lead_unit_id: int, tasks: Collection[Any], actor: Actor) -> int:
    """The actor's unit among those that have to do with these tasks, else the lead unit of the item."""
    units = (lead_unit_id, *(task.unit_id for task in tasks), *(task.lead_unit_id for task in tasks))
    return next((unit_id for unit_id in units if unit_id in actor.units), lead_unit_id)


def asked_addresses(unit_id: int | None, office: str) -> tuple[tuple[str, int], ...]:
    """Who is told that they are asked: the unit's people, whatever they are there, and the city government."""
    of_unit = (("owner", unit_id), ("window", unit_id)) if unit_id else ()
    return (*of_unit, *(((CITY_GOVERNMENT, 0),) if office else ()))
