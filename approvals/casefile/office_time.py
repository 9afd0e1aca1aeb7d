"""Time accounting of the offices themselves: the working days for which their own steps waited with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from approvals.base.moments import day_of, end_of, start_of
from approvals.casefile.time_accounting import AccountingPeriod
from approvals.reports.figures.office_steps import OfficeStep, read_office_steps
from approvals.reports.figures.source_data import calendar_known_at
from workflows.charts.roles import LEVELS
from workflows.clock.calendar import Calendar
from workflows.config.policy import load_policy
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class OfficeTime:
    """One level in a period: the steps that waited there, the working days of it, and those done, in time or late."""

    name: Label
    steps: int
    days: int
    done: int
    late: int

    @property
    def in_time(self) -> int:
        return self.done - self.late


def office_times(tx: Connection, period: AccountingPeriod) -> tuple[OfficeTime, ...]:
    """The offices that had steps of their own in this period, the highest level first."""
    until = end_of(period.last_on)
    steps = read_office_steps(tx, start_of(period.first_on), until)
    calendar = calendar_known_at(tx, until)
    levels = sorted({step.level for step in steps}, reverse=True)
    return tuple(_time(level, [step for step in steps if step.level == level], period, calendar) for level in levels)


def _time(level: int, steps: Sequence[OfficeStep], period: AccountingPeriod, calendar: Calendar) -> OfficeTime:
    limits, done = load_policy().offices, [step for step in steps if step.is_done]
    return OfficeTime(
        name=Label(*LEVELS[level]),
        steps=len(steps),
        days=sum(_days_within(step, period, calendar) for step in steps),
        done=len(done),
        late=sum(step.is_late(limits[step.task], period.last_on, calendar) for step in done),
    )


def _days_within(step: OfficeStep, period: AccountingPeriod, calendar: Calendar) -> int:
    """The working days after the step came in, as far as they lie within the period."""
    after = max(day_of(step.since), period.first_on - timedelta(days=1))
    until = min(day_of(step.until), period.last_on) if step.until else period.last_on
    return max(0, calendar.working_days_between(after, until))
