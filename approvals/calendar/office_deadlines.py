"""Until when an office owes a step of its own."""

from datetime import date, datetime

from approvals.base.moments import day_of
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.config.policy import load_policy
from workflows.rules.office_tasks import TASK_OF, OfficeDeadline, office_deadline


def deadline_of(state: str, since: datetime, today: date, calendar: Calendar) -> OfficeDeadline | None:
    """The deadline of a project that is in this state since then; None where nothing is owed, or without a limit."""
    policy = load_policy()
    limit = policy.offices.get(TASK_OF.get((PROJECT.name, state), ""))
    return office_deadline(day_of(since), limit, today, calendar, policy.reminder_at) if limit else None
