"""Forecasts of a project: by the promised limits, by the legal limits, and at the speed of the same windows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from sqlalchemy import Connection, bindparam, func, select

from approvals.accounts.queries import UNIT
from approvals.base.prepared import Prepared
from approvals.calendar.readings import readings_by, readings_of
from approvals.casefile.queries import PlannedView, PlanView
from approvals.registration.queries import APPROVALS
from approvals.windows.actions import LIVE
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.plan import Forecast, ForecastStatus, Limit, forecast
from workflows.clock.reading import Countdown, LegalCountdown, Reading
from workflows.clock.timeline import Step
from workflows.rules.responsible_party import states_held_by
from workflows.rules.speed import DecisionSpeed, DecisionSpeeds, year_before

RUNNING = states_held_by(APPROVAL, "window")  # states in which a clock of the law runs or is paused
WAITING = "waiting"
_KEY = (APPROVALS.c.department_id, APPROVALS.c.code, APPROVALS.c.used_days)
_LATELY = (
    select(*_KEY, func.count().label("decided"))
    .where(
        APPROVALS.c.used_days.is_not(None),
        APPROVALS.c.decided_on >= bindparam("since"),
        APPROVALS.c.decided_on < bindparam("today"),
    )
    .group_by(*_KEY)
    .subquery()
)
_DECIDED = Prepared(
    select(UNIT.c.name.label("department"), _LATELY.c.code, _LATELY.c.used_days, _LATELY.c.decided)
    .join(UNIT, UNIT.c.id == _LATELY.c.department_id)
    .order_by(_LATELY.c.used_days)
)


@dataclass(frozen=True, slots=True)
class ProjectForecasts:
    """The forecasts of one plan: by the promised and the legal limits, and at the speed of a fast and a slow quarter.

    `what_if` is the promised one with some approval coming later. `days` are the working days from today to the
    promised end, `permit_days` those to the day on which the works may begin; None where none can be expected. A date
    is provisional in a year whose notice is not loaded.
    """

    promised: Forecast
    legal: Forecast
    fast: Forecast
    slow: Forecast
    what_if: Forecast | None
    days: int | None
    permit_days: int | None
    is_provisional: bool
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class _Method:
    """A forecasting method: the limit of an approval not yet accepted, and the due date of an accepted one."""

    limit: Callable[[PlannedView], Limit]
    due_on: Callable[[PlannedView, Reading], date | None]


Readings = Mapping[int, Reading]


def clocks_of(
    tx: Connection, approvals: Iterable[ApprovalView], today: date, steps: Mapping[int, Sequence[Step]] | None = None
) -> Readings:
    """The readings that a forecast needs, by the approval's id, and those of deliveries still owed.

    `steps` are those of all these approvals, where they were read already.
    """
    read = [approval for approval in approvals if approval.state in RUNNING or approval.due_on]
    return readings_of(tx, read, today) if steps is None else readings_by(tx, steps, read, today)


def project_forecasts(
    tx: Connection,
    plan: PlanView,
    today: date,
    readings: Readings | None = None,
    later: Mapping[str, int] | None = None,
) -> ProjectForecasts | None:
    """The forecasts of this plan; None where nothing is planned or the project is closed without its approvals.

    `later` are hypothetical delays in working days, by the code of the approval.
    """
    state = plan.project.state
    if not plan.items or (state not in LIVE and PROJECT.state(state).is_final):
        return None
    if readings is None:
        readings = clocks_of(tx, (planned.approval for planned in plan.items if planned.approval), today)
    calendar, speeds = plan.calendar, decision_speeds(tx, today)

    def forecast_by(method: _Method, later: Mapping[str, int] | None = None) -> Forecast:
        statuses = [_status(planned, readings, method) for planned in plan.items]
        return forecast(statuses, calendar, today, later, plan.works)

    speed_methods = (_at_speed(speeds, calendar, attrgetter(quartile)) for quartile in ("low", "high"))
    promised, legal, fast, slow = map(forecast_by, (PROMISED, LEGAL, *speed_methods))
    complete_on, permit_on = promised.complete_on, promised.permit_on
    ends = (end.complete_on for end in (promised, legal, fast, slow))
    return ProjectForecasts(
        promised=promised,
        legal=legal,
        fast=fast,
        slow=slow,
        what_if=forecast_by(PROMISED, later) if later else None,
        days=calendar.working_days_between(today, complete_on) if complete_on else None,
        permit_days=max(0, calendar.working_days_between(today, permit_on)) if permit_on else None,
        is_provisional=any(calendar.provisional(day) for day in ends if day),
        calendar=calendar,
    )


def _status(planned: PlannedView, readings: Readings, method: _Method) -> ForecastStatus:
    approval = planned.approval
    if not approval:
        return ForecastStatus(planned.item.code, planned.requires, WAITING, method.limit(planned))
    reading = readings.get(approval.id) if approval.state in RUNNING else None
    return ForecastStatus(
        code=planned.item.code,
        requires=planned.requires,
        state=approval.state,
        limit=method.limit(planned),
        received_on=approval.received_on,
        accepted_on=approval.accepted_on,
        decided_on=approval.decided_on,
        answer_by=_day(reading.notice) if reading else None,
        due_on=method.due_on(planned, reading) if reading else None,
    )


def _day(countdown: Countdown | LegalCountdown | None) -> date | None:
    return countdown.due_on if countdown else None


def _promised_limit(planned: PlannedView) -> Limit:
    if planned.item.instant:
        return Limit(0)
    return Limit(planned.approval.promised_limit if planned.approval else planned.item.promised)


def _legal_limit(planned: PlannedView) -> Limit:
    if planned.approval:
        return Limit(planned.approval.legal_limit, planned.approval.legal_unit)
    return Limit(planned.item.legal, planned.item.legal_unit)


PROMISED = _Method(_promised_limit, lambda _planned, reading: _day(reading.promised))
LEGAL = _Method(_legal_limit, lambda _planned, reading: _day(reading.legal))


def decision_speeds(tx: Connection, today: date) -> DecisionSpeeds:
    """The working days used by the decisions of the twelve months before today, by department and item."""
    used: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in _DECIDED.rows(tx, {"since": year_before(today), "today": today}):
        used[row.department, row.code] += [row.used_days] * row.decided
    return DecisionSpeeds(dict(used))


def _at_speed(speeds: DecisionSpeeds, calendar: Calendar, quartile: Callable[[DecisionSpeed], int]) -> _Method:
    """By recent decision speed; by the promised limit where too few decisions were made."""

    def limit(planned: PlannedView) -> Limit:
        speed = speeds.of(planned.department, planned.item.code)
        return Limit(quartile(speed)) if speed else _promised_limit(planned)

    def due_on(planned: PlannedView, reading: Reading) -> date | None:
        speed, promised = speeds.of(planned.department, planned.item.code), reading.promised
        if not speed or not promised:
            return _day(promised)
        # The clock counts alike whatever the limit is, so the day moves by the difference in working days.
        days = quartile(speed) - promised.limit
        position = calendar.count(promised.due_on.toordinal()) + days
        return date.fromordinal(calendar.working_day(position)) if days else promised.due_on

    return _Method(limit, due_on)
