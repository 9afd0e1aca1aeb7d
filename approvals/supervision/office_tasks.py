"""The offices' own steps that wait: filings, registrations, appeals, corrections, answers to orders."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import JOINT_UNITS, project_case, ref_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import CITY_CHAIN, Subject
from approvals.registration.queries import APPROVALS, approval_ref, approval_scope
from approvals.supervision.orders.queries import ORDERS, WITH_NAMES, order_case, ref_of_order
from approvals.supervision.queries import CARDS, with_approvals
from approvals.windows.corrections import CORRECTIONS
from workflows.charts.model import Chart
from workflows.clock.calendar import Calendar
from workflows.clock.lights import LIGHTS
from workflows.config.policy import Policy, load_policy
from workflows.label import Label
from workflows.rules.office_tasks import (
    CORRECTION_LEVELS,
    OFFICE_TASKS,
    OfficeDeadline,
    OfficeStatement,
    office_deadline,
    office_label,
    office_statements,
)

_NAMES = tuple(PROJECTS.c[name] for name in ("number", "external_ref", "uid", "name"))
_PLACE = (PROJECTS.c.owner_unit_id, PROJECTS.c.liaison_id, *JOINT_UNITS)
_OF_PROJECT = (*(PROJECTS.c[name] for name in ("id", "state", "state_since", "version")), *_NAMES, *_PLACE)
_OF_APPROVAL = (
    APPROVALS.c.code,
    APPROVALS.c.project_id,
    APPROVALS.c.department_id,
    APPROVALS.c.handler_id,
    *_NAMES,
    *_PLACE,
)
LATE = LIGHTS[2:]  # yellow, red


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """One step that waits. `name` is the project's or the order's subject, `about` the item or card behind it.

    `ref` is how the project or order is addressed, `code` that of the approval, `key` that of the card; `case` is what
    waits, in the record of the project `chain` (0 for the city's own). `statements` are all that will be said of it.
    """

    task: str
    label: Label
    level: int
    chain: int
    case: Subject
    ref: str
    name: str
    since: datetime
    deadline: OfficeDeadline
    statements: tuple[OfficeStatement, ...]
    code: str = ""
    key: str = ""

    @property
    def is_late(self) -> bool:
        return self.deadline.light in LATE


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the deadlines of a day are read by; `chain` narrows it to the steps of one project."""

    today: date
    calendar: Calendar
    policy: Policy
    chain: int | None = None

    def step(self, task: str, since: datetime, level: int, chain: int, case: Subject, **about: str) -> WaitingStep:
        came_on, limit, reminder_at = day_of(since), self.policy.offices[task], self.policy.reminder_at
        deadline = office_deadline(came_on, limit, self.today, self.calendar, reminder_at)
        statements = office_statements(level, came_on, limit, self.calendar, reminder_at)
        where: dict[str, Any] = {"chain": chain, "case": case, "since": since} | about
        return WaitingStep(task, office_label(task), level, deadline=deadline, statements=statements, **where)

    def waiting(self, statement: Select[Any], table: Table, task: str) -> Select[Any]:
        """The rows of this table that wait for the task, the longest first."""
        chain = table.c.id if table is PROJECTS else func.coalesce(table.c.project_id, CITY_CHAIN)
        rows = statement.where(table.c.state == OFFICE_TASKS[task].state)
        rows = rows if self.chain is None else rows.where(chain == self.chain)
        return rows.order_by(table.c.state_since, table.c.id)


def waiting_steps(tx: Connection, today: date) -> list[WaitingStep]:
    """All steps that have a limit and wait for an office, the most urgent first."""
    steps = _waiting(tx, load_policy().offices, today)
    return sorted(steps, key=lambda step: (step.deadline.due_on, step.level, step.ref, step.code))


def waiting_in(tx: Connection, chain: int, today: date) -> list[WaitingStep]:
    """The same of one project, or of the city's own chain."""
    return list(_waiting(tx, load_policy().offices, today, chain))


def _waiting(tx: Connection, tasks: Iterable[str], today: date, chain: int | None = None) -> Iterator[WaitingStep]:
    reading = _Reading(today, calendar_in_force(tx), load_policy(), chain)
    return (step for task in tasks for step in _STEPS[task](tx, task, reading))


def _of_projects(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    level = OFFICE_TASKS[task].level or 0
    for row in tx.execute(reading.waiting(select(*_OF_PROJECT), PROJECTS, task)):
        about = {"ref": ref_of(row), "name": row.name}
        yield reading.step(task, row.state_since, level, row.id, project_case(row), **about)


def _appeals(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    level, of_card = OFFICE_TASKS[task].level or 0, (CARDS.c.rule, *_own_columns(CARDS))
    rows = select(*_OF_APPROVAL, *of_card).select_from(with_approvals(CARDS))
    for row in tx.execute(reading.waiting(rows, CARDS, task)):
        about = {"ref": ref_of(row), "name": row.name, "code": row.code, "key": f"{row.rule}-{row.round}"}
        case = _case(OFFICE_TASKS[task].chart, CARDS, row)
        yield reading.step(task, row.state_since, level, row.project_id, case, **about)


def _corrections(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    of_correction = (CORRECTIONS.c.proposed_as, *_own_columns(CORRECTIONS))
    rows = select(*_OF_APPROVAL, *of_correction).select_from(with_approvals(CORRECTIONS))
    for row in tx.execute(reading.waiting(rows, CORRECTIONS, task)):
        about = {"ref": ref_of(row), "name": row.name, "code": row.code}
        level, case = CORRECTION_LEVELS[row.proposed_as], _case(OFFICE_TASKS[task].chart, CORRECTIONS, row)
        yield reading.step(task, row.state_since, level, row.project_id, case, **about)


def _orders(tx: Connection, task: str, reading: _Reading) -> Iterator[WaitingStep]:
    for row in tx.execute(reading.waiting(WITH_NAMES, ORDERS, task)):
        about = {"ref": ref_of_order(row), "name": row.subject}
        chain = row.project_id or CITY_CHAIN
        yield reading.step(task, row.state_since, row.level, chain, order_case(row), **about)


def _own_columns(table: Table) -> tuple[Any, ...]:
    return tuple(table.c[name] for name in ("id", "approval_id", "round", "state", "state_since", "version"))


def _case(chart: Chart, table: Table, row: Any) -> Subject:
    """A card or a correction as history sees it, in a row that holds its approval and project too."""
    place, ref = approval_scope(row), approval_ref(row)
    return Subject(chart, table, row.id, row.state, row.version, place, ref, row.approval_id, row.round)


_STEPS = {
    "sort": _of_projects,
    "register": _of_projects,
    "appeal": _appeals,
    "correction": _corrections,
    "order_answer": _orders,
}
