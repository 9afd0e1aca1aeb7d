"""The offices' own steps: what each owes, within how many working days, its light, and who hears of it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.model import Chart
from workflows.charts.office_moves import REMIND, REPORT
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.label import Label
from workflows.rules.escalation_rules import TOP

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OfficeTask:
    """One kind of step: a case of this chart waits in this state until one of `done_by` is made.

    `level` is the level that owes it, None where each case says so itself.
    """

    name: str
    zh: str
    en: str
    level: int | None
    chart: Chart
    state: str
    done_by: tuple[str, ...]


OFFICE_TASKS: Mapping[str, OfficeTask] = {
    task.name: task
    for task in (
        OfficeTask("sort", "汇总分类", "Sort a filing", 3, PROJECT, "filed", ("classify", "return_filing", "decline")),
        OfficeTask("register", "挂号", "Register a project", 2, PROJECT, "classified", ("register",)),
        OfficeTask("appeal", "审核红黄牌申诉", "Decide an appeal", 3, CARD, "appealed", ("uphold", "withdraw_card")),
        OfficeTask(
            *("correction", "确认日期更正", "Confirm a correction of a day", None, CORRECTION, "proposed"),
            ("confirm_correction", "decline_correction"),
        ),
        OfficeTask(
            *("order_answer", "审核督办单反馈", "Review the answer to an order", None, ORDER, "answered"),
            ("accept_answer", "send_back"),
        ),
    )
}
CORRECTION_LEVELS = {"window": 1, "window_head": 2}  # who answers a proposal, by the role of who made it


def ends_of(task: OfficeTask) -> tuple[str, ...]:
    """The moves after which the step waits no longer."""
    moves = (move for move in task.chart.moves if task.state in move.sources)
    return tuple(move.name for move in moves if move.target not in (None, task.state))


TASK_OF = {(task.chart.name, task.state): task.name for task in OFFICE_TASKS.values()}
ENDING_MOVES = frozenset(name for task in OFFICE_TASKS.values() for name in ends_of(task))


@dataclass(frozen=True, slots=True)
class OfficeDeadline:
    """Until when an office owes a step; `left` are working days, negative once it is late."""

    due_on: date
    left: int
    light: str


@dataclass(frozen=True, slots=True)
class OfficeStatement:
    """What is said of a waiting step, on which day, and the level that hears of it."""

    move: str
    on: date
    level: int


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


def office_statements(
    level: int, since: date, limit: int, calendar: Calendar, reminder_at: int
) -> tuple[OfficeStatement, ...]:
    """All that will be said of a step that this level owes since this day, as long as it waits, in order.

    Its own level is reminded once, on the first day of the reminder but not on the day on which the step came in. The
    next level hears of it when it turns yellow, the one above that when it turns red.
    """
    due_on = calendar.nth_working_day_after(since, limit)
    yellow, red = due_on + ONE_DAY, calendar.nth_working_day_after(due_on, limit) + ONE_DAY
    reports = (OfficeStatement(REPORT, on, above) for above, on in ((level + 1, yellow), (level + 2, red)))
    reminded_on = calendar.nth_working_day_after(since, max(1, limit - reminder_at))
    return (OfficeStatement(REMIND, reminded_on, level), *(report for report in reports if report.level <= TOP))


def office_label(name: str) -> Label:
    """The words of a kind of step."""
    return Label(OFFICE_TASKS[name].zh, OFFICE_TASKS[name].en)
