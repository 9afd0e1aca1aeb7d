"""Replays the offices' own steps from their entries: since when each waited, until when, and what was done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol, cast

import orjson
from sqlalchemy import Connection, Table, and_, false, or_, select

from approvals.base.moments import day_of
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import CITY_CHAIN, ENTRY
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.source_data import EntryRow, by_id
from approvals.supervision.orders.queries import ORDERS
from approvals.supervision.queries import CARDS
from approvals.windows.corrections import CORRECTIONS
from workflows.charts.model import SYSTEM
from workflows.clock.calendar import Calendar
from workflows.config.policy import load_policy
from workflows.rules.office_tasks import CORRECTION_LEVELS, OFFICE_TASKS, OfficeTask, ends_of

TABLES: Mapping[str, Table] = {"project": PROJECT, "card": CARDS, "correction": CORRECTIONS, "order": ORDERS}
LINES = tuple(  # each kind of step and a level that owes it
    (task.name, level)
    for task in OFFICE_TASKS.values()
    for level in ((task.level,) if task.level else {"correction": (1, 2), "order_answer": (2, 3)}[task.name])
)
_EVENT = [
    ENTRY.c[name]
    for name in (
        *("subject", "project_id", "subject_id", "approval_id"),
        *("move", "from_state", "to_state", "role", "at", "facts"),
    )
]


class _ProjectRow(Protocol):
    id: int
    number: str | None
    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class OfficeStep:
    """A step of an office: it came in `since`, and was over `until`, None while it waits.

    `is_done` when the office did it; what was withdrawn or taken back was not. `order` and `subject` are those of an
    order, the project's reference and name are empty for an order at large.
    """

    task: str
    level: int
    since: datetime
    until: datetime | None
    is_done: bool
    project_id: int | None
    ref: str
    project: str
    code: str
    order: str
    subject: str

    @property
    def line(self) -> str:
        """The key of its line among the figures."""
        return line_key(self.task, self.level)

    def days(self, on: date, calendar: Calendar) -> int:
        """The working days up to its end, or up to `on` while it waits."""
        return calendar.working_days_between(day_of(self.since), day_of(self.until) if self.until else on)

    def is_late(self, limit: int, on: date, calendar: Calendar) -> bool:
        """Whether it was done after its limit, or waits beyond it on `on`."""
        over_on = day_of(self.until) if self.until else on
        return over_on > calendar.nth_working_day_after(day_of(self.since), limit)


def line_key(task: str, level: int) -> str:
    return f"{task}-{level}"


def read_office_steps(tx: Connection, since: datetime, until: datetime) -> tuple[OfficeStep, ...]:
    """The steps with a limit that were over between these moments or waited at `until`, by what happened up to then."""
    tasks = [OFFICE_TASKS[name] for name in load_policy().offices]
    cases = _cases(tx, tasks, since, until)
    found = [(task, moves) for task in tasks for moves in cases.get(task.chart.name, ())]
    projects = _projects(tx, {moves[0].project_id for _, moves in found})
    codes = _codes(tx, {moves[0].approval_id for _, moves in found if moves[0].approval_id})
    steps = (step for task, moves in found for step in _steps(task, moves, projects, codes))
    return tuple(step for step in steps if step.until is None or step.until >= since)


def _cases(
    tx: Connection, tasks: Sequence[OfficeTask], since: datetime, until: datetime
) -> dict[str, list[list[EntryRow]]]:
    """By chart, the entries up to `until` of each case that may have such a step, one case after the other."""
    subjects = {*_waiting(tx, tasks), *_ended(tx, tasks, since)}
    chains, charts = sorted({chain for _, chain, _ in subjects}), sorted({name for name, _, _ in subjects})
    rows = by_id(tx, _EVENT, ENTRY.c.project_id, chains, ENTRY.c.seq, subjects=charts)
    entries = [row for row in rows if row.at <= until and _case_of(row) in subjects]
    cases: dict[str, list[list[EntryRow]]] = {}
    for (chart, _chain, _id), group in groupby(sorted(entries, key=_case_of), key=_case_of):  # in order within each
        cases.setdefault(chart, []).append(cast("list[EntryRow]", list(group)))
    return cases


def _case_of(entry: Any) -> tuple[str, int, int]:
    return entry.subject, entry.project_id, entry.subject_id


def _waiting(tx: Connection, tasks: Iterable[OfficeTask]) -> Iterator[tuple[str, int, int]]:
    """Chart, chain and id of what waits now, by its row."""
    states: dict[str, list[str]] = {}
    for task in tasks:
        states.setdefault(task.chart.name, []).append(task.state)
    for chart, waiting in states.items():
        table = TABLES[chart]
        chain = table.c.id if table is PROJECT else table.c.project_id
        for row in tx.execute(select(chain.label("chain"), table.c.id).where(table.c.state.in_(waiting))):
            yield chart, row.chain or CITY_CHAIN, row.id


def _ended(tx: Connection, tasks: Iterable[OfficeTask], since: datetime) -> Iterator[tuple[str, int, int]]:
    """Chart, chain and id of what was over since this moment, by the entries that ended it."""
    ends = [and_(ENTRY.c.subject == task.chart.name, ENTRY.c.move.in_(ends_of(task))) for task in tasks]
    columns = (ENTRY.c[name] for name in ("subject", "project_id", "subject_id"))
    for row in tx.execute(select(*columns).where(ENTRY.c.at >= since, or_(false(), *ends))):
        yield _case_of(row)


def _projects(tx: Connection, ids: set[int]) -> dict[int, _ProjectRow]:
    columns = [PROJECT.c[name] for name in ("id", "number", "uid", "name")]
    return {row.id: cast("_ProjectRow", row) for row in by_id(tx, columns, PROJECT.c.id, sorted(ids - {CITY_CHAIN}))}


def _codes(tx: Connection, ids: set[int]) -> dict[int, str]:
    return {row.id: row.code for row in by_id(tx, [APPROVALS.c.id, APPROVALS.c.code], APPROVALS.c.id, sorted(ids))}


def _steps(
    task: OfficeTask, moves: Sequence[EntryRow], projects: Mapping[int, _ProjectRow], codes: Mapping[int, str]
) -> Iterator[OfficeStep]:
    """The steps of one case: each time that it came into the state in which it waits."""
    level, first = _level(task, moves[0]), moves[0]
    project = projects.get(first.project_id)
    facts = orjson.loads(first.facts) if task.name == "order_answer" else {}
    for since, end in _spans(task, moves):
        yield OfficeStep(
            task=task.name,
            level=level,
            since=since,
            until=end.at if end else None,
            is_done=end is not None and end.move in task.done_by and end.role != SYSTEM,
            project_id=project.id if project else None,
            ref=(project.number or project.uid) if project else "",
            project=project.name if project else "",
            code=codes.get(first.approval_id, ""),
            order=facts.get("order", ""),
            subject=facts.get("subject", ""),
        )


def _level(task: OfficeTask, first: Any) -> int:
    if task.level:
        return task.level
    return CORRECTION_LEVELS[first.role] if task.name == "correction" else int(orjson.loads(first.facts)["level"])


def _spans(task: OfficeTask, moves: Iterable[EntryRow]) -> Iterator[tuple[datetime, EntryRow | None]]:
    since: datetime | None = None
    for entry in moves:
        if since is None and entry.to_state == task.state:
            since = entry.at
        elif since is not None and entry.to_state != task.state:
            yield since, entry
            since = None
    if since is not None:
        yield since, None
