"""The offices' own steps that wait: filings, registrations, appeals, corrections, answers to orders."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from approvals.accounts.actors import Actor
from approvals.base.moments import day_of
from approvals.calendar.office_deadlines import TASK_OF
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.registration.queries import APPROVALS
from approvals.supervision.orders.queries import ORDERS, WITH_NAMES, ref_of_order
from approvals.supervision.queries import CARDS, with_approvals
from approvals.windows.corrections import CORRECTIONS
from workflows.charts.roles import LEVEL_ROLES
from workflows.clock.calendar import Calendar
from workflows.clock.lights import LIGHTS
from workflows.config.policy import Policy, load_policy
from workflows.label import Label
from workflows.rules.office_tasks import OFFICE_TASKS, OfficeDeadline, office_deadline, office_label

_PROJECT = tuple(PROJECTS.c[name] for name in ("number", "external_ref", "uid", "name"))
_WAITING_PROJECTS = {task: state for state, task in TASK_OF.items()}
LATE = LIGHTS[2:]  # yellow, red


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """One step that waits. `name` is the project's or the order's subject, `about` the item or card behind it.

    `ref` is how the project or order is addressed, `code` that of the approval, `key` that of the card.
    """

    task: str
    label: Label
    level: int
    ref: str
    name: str
    since: datetime
    deadline: OfficeDeadline
    code: str = ""
    key: str = ""

    @property
    def is_late(self) -> bool:
        return self.deadline.light in LATE


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the deadlines of a day are read by."""

    today: date
    calendar: Calendar
    policy: Policy

    def step(self, task: str, since: datetime, level: int | None = None, **about: str) -> WaitingStep:
        limit, reminder_at = self.policy.offices[task], self.policy.reminder_at
        deadline = office_deadline(day_of(since), limit, self.today, self.calendar, reminder_at)
        own_level = level or OFFICE_TASKS[task].level or 0
        return WaitingStep(task, office_label(task), own_level, since=since, deadline=deadline, **about)


def waiting_steps(tx: Connection, today: date) -> list[WaitingStep]:
    """All steps that have a limit and wait for an office, the most urgent first."""
    steps = _waiting(tx, load_policy().offices, today)
    return sorted(steps, key=lambda step: (step.deadline.due_on, step.level, step.ref, step.code))


def late_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many steps of the actor's own level are late; only what that level may owe is read."""
    levels = {level for level, roles in LEVEL_ROLES.items() if actor.has(*roles)}
    tasks = [task for task in load_policy().offices if OFFICE_TASKS[task].level in (None, *levels)]
    return sum(step.is_late and step.level in levels for step in _waiting(tx, tasks, day_of(now)))


def _waiting(tx: Connection, tasks: Iterable[str], today: date) -> Iterator[WaitingStep]:
    reading = _Reading(today, calendar_in_force(tx), load_policy())
    return (step for task in tasks for step in _STEPS[task](tx, task, reading))


def _of_projects(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    waiting = select(*_PROJECT, PROJECTS.c.state_since).where(PROJECTS.c.state == _WAITING_PROJECTS[task])
    for row in tx.execute(waiting.order_by(PROJECTS.c.state_since, PROJECTS.c.id)):
        yield reading.step(task, row.state_since, ref=ref_of(row), name=row.name)


def _appeals(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    columns = (APPROVALS.c.code, CARDS.c.rule, CARDS.c.round, CARDS.c.state_since)
    waiting = _ordered(select(*_PROJECT, *columns).select_from(with_approvals(CARDS)), CARDS, "appealed")
    for row in tx.execute(waiting):
        about = {"ref": ref_of(row), "name": row.name, "code": row.code, "key": f"{row.rule}-{row.round}"}
        yield reading.step(task, row.state_since, **about)


def _corrections(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    columns = (APPROVALS.c.code, CORRECTIONS.c.state_since)
    waiting = _ordered(select(*_PROJECT, *columns).select_from(with_approvals(CORRECTIONS)), CORRECTIONS, "proposed")
    for row in tx.execute(waiting):
        yield reading.step(task, row.state_since, ref=ref_of(row), name=row.name, code=row.code)


def _orders(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    for row in tx.execute(_ordered(WITH_NAMES, ORDERS, "answered")):
        about = {"ref": ref_of_order(row), "name": row.subject}
        yield reading.step(task, row.state_since, level=row.level, **about)


_STEPS = {
    **dict.fromkeys(_WAITING_PROJECTS, _of_projects),
    "appeal": _appeals,
    "correction": _corrections,
    "order_answer": _orders,
}


def _ordered(statement: Select[Any], table: Any, state: str) -> Select[Any]:
    return statement.where(table.c.state == state).order_by(table.c.state_since, table.c.id)
