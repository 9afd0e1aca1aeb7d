"""What to expect of a project: by the promised limits, by the law's, and at the pace that the same windows kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.calendar.queries import calendar_in_force
from approvals.casefile.queries import PlannedView, PlanView
from approvals.casefile.speed import paces
from approvals.windows.actions import LIVE
from approvals.windows.clocks import readings_of
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.plan import Forecast, ForecastStatus, Limit, forecast
from workflows.clock.reading import Countdown, LegalCountdown, Reading
from workflows.rules.responsible_party import states_held_by
from workflows.rules.speed import DecisionSpeed, DecisionSpeeds

RUNNING = states_held_by(APPROVAL, "window")  # states in which a clock of the law runs or is paused
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Prospects:
    """The forecasts of one plan: by the promised and the legal limits, and at the pace of a fast and a slow quarter.

    `what_if` is the promised one with some approval coming later. `days` are the working days from today to the
    promised end, None where none can be expected. A date is provisional in a year whose notice is not loaded.
    """

    promised: Forecast
    legal: Forecast
    fast: Forecast
    slow: Forecast
    what_if: Forecast | None
    days: int | None
    is_provisional: bool
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to foresee: the limit of what is still to be accepted, and the day of what was."""

    limit: Callable[[PlannedView], Limit]
    due_on: Callable[[PlannedView, Reading], date | None]


Readings = Mapping[int, Reading]


def clocks_of(tx: Connection, approvals: Iterable[ApprovalView], today: date) -> Readings:
    """The readings that a forecast needs, by the approval's id, and those of deliveries still owed."""
    return readings_of(tx, [one for one in approvals if one.state in RUNNING or one.due_on], today)


def prospects(
    tx: Connection,
    told: PlanView,
    today: date,
    readings: Readings | None = None,
    later: Mapping[str, int] | None = None,
) -> Prospects | None:
    """What to expect of this plan; None where nothing is planned or the project is closed without its approvals.

    `later` is the question what would be if approvals came so many working days later.
    """
    if not told.items or not _goes_on(told):
        return None
    if readings is None:
        readings = clocks_of(tx, (one.approval for one in told.items if one.approval), today)
    calendar, kept = calendar_in_force(tx), paces(tx, today)

    def by(way: _Way, later: Mapping[str, int] | None = None) -> Forecast:
        return forecast([_standing(one, readings, way) for one in told.items], calendar, today, later)

    promised, fast, slow = by(PROMISED), by(_at(kept, calendar, _low)), by(_at(kept, calendar, _high))
    found = (promised, by(LEGAL), fast, slow)
    ends = [one.complete_on for one in found if one.complete_on]
    return Prospects(
        *found,
        what_if=by(PROMISED, later) if later else None,
        days=calendar.working_days_between(today, promised.complete_on) if promised.complete_on else None,
        is_provisional=any(calendar.provisional(day) for day in ends),
        calendar=calendar,
    )


def _goes_on(told: PlanView) -> bool:
    return told.project.state in LIVE or not PROJECT.state(told.project.state).is_final


def _standing(one: PlannedView, readings: Readings, way: _Way) -> ForecastStatus:
    approval = one.approval
    if not approval:
        return ForecastStatus(one.item.code, one.requires, WAITING, way.limit(one))
    reading = readings.get(approval.id) if approval.state in RUNNING else None
    return ForecastStatus(
        code=one.item.code,
        requires=one.requires,
        state=approval.state,
        limit=way.limit(one),
        received_on=approval.received_on,
        accepted_on=approval.accepted_on,
        decided_on=approval.decided_on,
        answer_by=_day(reading.notice) if reading else None,
        due_on=way.due_on(one, reading) if reading else None,
    )


def _day(countdown: Countdown | LegalCountdown | None) -> date | None:
    return countdown.due_on if countdown else None


# The ways.


def _promised_limit(one: PlannedView) -> Limit:
    if one.item.instant:
        return Limit(0)
    return Limit(one.approval.promised_limit if one.approval else one.item.promised)


def _legal_limit(one: PlannedView) -> Limit:
    if one.approval:
        return Limit(one.approval.legal_limit, one.approval.legal_unit)
    return Limit(one.item.legal, one.item.legal_unit)


PROMISED = _Way(_promised_limit, lambda _one, reading: _day(reading.promised))
LEGAL = _Way(_legal_limit, lambda _one, reading: _day(reading.legal))


def _low(pace: DecisionSpeed) -> int:
    return pace.low


def _high(pace: DecisionSpeed) -> int:
    return pace.high


def _at(kept: DecisionSpeeds, calendar: Calendar, quartile: Callable[[DecisionSpeed], int]) -> _Way:
    """At the pace that was kept; by the promised limit where too little was decided."""

    def limit(one: PlannedView) -> Limit:
        pace = kept.of(one.item.department, one.item.code)
        return Limit(quartile(pace)) if pace else _promised_limit(one)

    def due_on(one: PlannedView, reading: Reading) -> date | None:
        pace, promised = kept.of(one.item.department, one.item.code), reading.promised
        if not pace or not promised:
            return _day(promised)
        # The clock counts alike whatever the limit is, so the day moves by the difference.
        return _moved(promised.due_on, quartile(pace) - promised.limit, calendar)

    return _Way(limit, due_on)


def _moved(day: date, days: int, calendar: Calendar) -> date:
    """So many working days later, or earlier."""
    return date.fromordinal(calendar.working_day(calendar.count(day.toordinal()) + days)) if days else day
