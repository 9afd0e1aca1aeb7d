"""The offices' own steps: what each owes, within how many working days, and the light of what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflows.clock.calendar import Calendar
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class OfficeTask:
    """One kind of step; `level` is the level that owes it, None where each case says so itself."""

    name: str
    zh: str
    en: str
    level: int | None


OFFICE_TASKS: Mapping[str, OfficeTask] = {
    task.name: task
    for task in (
        OfficeTask("sort", "汇总分类", "Sort a filing", 3),
        OfficeTask("register", "挂号", "Register a project", 2),
        OfficeTask("appeal", "审核红黄牌申诉", "Decide an appeal", 3),
        OfficeTask("correction", "确认日期更正", "Confirm a correction of a day", 2),
        OfficeTask("order_answer", "审核督办单反馈", "Review the answer to an order", None),
    )
}


@dataclass(frozen=True, slots=True)
class OfficeDeadline:
    """Until when an office owes a step; `left` are working days, negative once it is late."""

    due_on: date
    left: int
    light: str


def office_deadline(since: date, limit: int, on: date, calendar: Calendar, reminder_at: int) -> OfficeDeadline:
    """The deadline of what waits since this day, as read on `on`.

    Reminder when at most `reminder_at` working days are left, yellow from the day after the due date on, red when the
    limit has passed a second time.
    """
    due_on = calendar.nth_working_day_after(since, limit)
    left = limit - calendar.working_days_between(since, on)
    if on > calendar.nth_working_day_after(due_on, limit):
        return OfficeDeadline(due_on, left, "red")
    if on > due_on:
        return OfficeDeadline(due_on, left, "yellow")
    return OfficeDeadline(due_on, left, "reminder" if left <= reminder_at else "green")


def office_label(name: str) -> Label:
    """The words of a kind of step."""
    return Label(OFFICE_TASKS[name].zh, OFFICE_TASKS[name].en)
