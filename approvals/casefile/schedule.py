"""The schedule of a project: as planned at its registration, who held what since then, and what is to be expected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.readings import readings_by, steps_of_many
from approvals.casefile.forecast import PROMISED, RUNNING, project_forecasts
from approvals.casefile.queries import PlanView, plan
from approvals.filing.views import ProjectView
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import STRUCK
from workflows.charts.model import State
from workflows.clock.plan import Expected, Forecast, ForecastStatus, forecast
from workflows.clock.reading import Reading
from workflows.clock.time_accounting import holders
from workflows.clock.timeline import Step, known_steps
from workflows.clock.works import WorksDays
from workflows.config.catalogue import Catalogue, Item, Stage
from workflows.rules.item_words import state_of

WAITING = "waiting"
ONE_DAY = timedelta(days=1)
NOBODY = "none"  # waiting for others, or over
_NOT_YET = N_("A project has a schedule once it is registered.")


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Held:
    """Days on which one party held an approval: department, owner, or special for a clock that stands still."""

    days: Span
    holder: str


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One approval: `planned` by the promised limits on the day of the registration, `expected` by them from today on.

    `due_on` is the promised day of an application in hand; `is_late` when that, or its decision, came after it.
    """

    item: Item
    stage: int
    department: UnitName
    state: State
    planned: Span | None
    held: tuple[Held, ...]
    expected: Span | None
    due_on: date | None
    decided_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class WorksRow:
    """The works: as the owner planned them, as reported up to today, and what is left; `before` is the next stage."""

    before: int
    planned: Span | None
    actual: Span | None
    expected: Span | None


@dataclass(frozen=True, slots=True)
class ScheduleStage:
    stage: Stage
    rows: tuple[ScheduleRow, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """`works` are None where no approval waits for any; the days between `first_on` and `last_on` hold everything."""

    project: ProjectView
    today: date
    stages: tuple[ScheduleStage, ...]
    works: WorksRow | None
    planned_end_on: date | None
    expected_end_on: date | None

    @property
    def first_on(self) -> date:
        return min(span.first_on for span in self._spans())

    @property
    def last_on(self) -> date:
        return max(span.last_on for span in self._spans())

    @property
    def rows(self) -> tuple[ScheduleRow, ...]:
        return tuple(row for stage in self.stages for row in stage.rows)

    def _spans(self) -> Iterator[Span]:
        yield Span(self.today, self.today)
        for row in self.rows:
            yield from (span for span in (row.planned, row.expected) if span)
            yield from (held.days for held in row.held)
            yield from (Span(day, day) for day in (row.due_on, row.decided_on) if day)
        if self.works:
            yield from (span for span in (self.works.planned, self.works.actual, self.works.expected) if span)


def schedule(tx: Connection, ref: str, actor: Actor, today: date) -> Schedule:
    """The schedule of this project; NotFound before its registration, and for what the actor may not see."""
    view = plan(tx, ref, actor, today)
    if view.project.registered_at is None:
        raise NotFound(_NOT_YET)
    approvals = {planned.item.code: planned.approval for planned in view.items if planned.approval}
    steps = steps_of_many(tx, {approval.id: approval.project_id for approval in approvals.values()})
    readings = readings_by(tx, steps, list(approvals.values()), today)
    names = unit_names(tx, {approval.department for approval in approvals.values()})
    baseline = _baseline(view, day_of(view.project.registered_at))
    prospects = project_forecasts(tx, view, today, readings)
    now = prospects.promised if prospects else None
    rows = [
        ScheduleRow(
            item=approval.item,
            stage=approval.stage,
            department=names[approval.department],
            state=state_of(approval.item, approval.state),
            planned=_span(baseline.expected.get(code)),
            held=_held(steps[approval.id], today),
            expected=_left(now.expected.get(code), today) if now else None,
            decided_on=approval.decided_on,
            **_promise(approval, readings[approval.id], today),
        )
        for code, approval in approvals.items()
        if approval.state != STRUCK
    ]
    works = None
    if view.works:
        before = min(row.stage for row in rows if row.item.code in view.works.after)
        works = _works(before, view.project.works, baseline.works, now.works if now else None, today)
    return Schedule(
        project=view.project,
        today=today,
        stages=_by_stage(rows, view.catalogue),
        works=works,
        planned_end_on=baseline.complete_on,
        expected_end_on=now.complete_on if now else None,
    )


def _by_stage(rows: Sequence[ScheduleRow], catalogue: Catalogue) -> tuple[ScheduleStage, ...]:
    numbers = sorted({row.stage for row in rows})
    return tuple(ScheduleStage(catalogue.stage(no), tuple(row for row in rows if row.stage == no)) for no in numbers)


def _baseline(view: PlanView, on: date) -> Forecast:
    """What the promised limits let expect on the day of the registration, of all that is planned by now."""
    statuses = [
        ForecastStatus(
            code=planned.item.code,
            requires=planned.requires,
            state=STRUCK if planned.approval and planned.approval.state == STRUCK else WAITING,
            limit=PROMISED.limit(planned),
        )
        for planned in view.items
    ]
    days = view.project.works
    works = replace(view.works, days=WorksDays(days.planned_start_on, days.planned_finish_on)) if view.works else None
    return forecast(statuses, view.calendar, on, works=works)


def _promise(approval: ApprovalView, reading: Reading, today: date) -> dict[str, Any]:
    """The promised day of what is in hand, and whether what is in hand or decided is later than it."""
    is_running, promised = approval.state in RUNNING, reading.promised
    if promised is None or not (is_running or approval.decided_on):
        return {"due_on": None, "is_late": False}
    ended_on = approval.decided_on or today
    return {"due_on": promised.due_on if is_running else None, "is_late": ended_on > promised.due_on}


def _held(steps: Sequence[Step], today: date) -> tuple[Held, ...]:
    """Who held the approval on which days up to today, as the three ledgers count them."""
    changes = [*holders(known_steps(steps, today)), (today.toordinal() + 1, NOBODY)]
    spans: list[Held] = []
    for (since, holder), (until, _next) in pairwise(changes):
        if holder == NOBODY or since >= until:
            continue
        days = Span(date.fromordinal(since), date.fromordinal(until - 1))
        if spans and spans[-1].holder == holder and spans[-1].days.last_on + ONE_DAY == days.first_on:
            days = Span(spans.pop().days.first_on, days.last_on)
        spans.append(Held(days, holder))
    return tuple(spans)


def _span(expected: Expected | None) -> Span | None:
    if expected is None or expected.start_on is None or expected.decide_on is None:
        return None
    return Span(expected.start_on, expected.decide_on)


def _left(expected: Expected | None, today: date) -> Span | None:
    """What is left of an approval or of the works, from today on; None when nothing is or nothing can be expected."""
    span = None if expected and expected.is_done else _span(expected)
    return Span(max(span.first_on, today), max(span.last_on, today)) if span else None


def _works(before: int, days: WorksDays, planned: Expected | None, expected: Expected | None, today: date) -> WorksRow:
    actual = None
    if days.started_on and days.started_on <= today:
        actual = Span(days.started_on, max(days.started_on, min(days.finished_on or today, today)))
    return WorksRow(before, _span(planned), actual, _left(expected, today))
