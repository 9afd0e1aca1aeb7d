"""Which monthly entries are due of a task by a day, and how far they came; of what month the figures are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import EntryFacts, ItemFacts, Sight, TaskFacts
from workflows.rules.programme_figures import MONTHS, REPORTING

QUARTER_ENDS = (3, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """`complete` and `confirmed` are of those that were reported; `missing` were never reported."""

    due: int = 0
    reported: int = 0
    complete: int = 0
    on_time: int = 0
    confirmed: int = 0
    missing: int = 0

    def __add__(self, other: "EntryCounts") -> "EntryCounts":
        return EntryCounts(*(getattr(self, name) + getattr(other, name) for name in _COUNTS))


_COUNTS = tuple(EntryCounts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the tasks of which an entry was due: how many have counted their latest month, an older one, none."""

    expected: int = 0
    current: int = 0
    older: int = 0
    none: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        sums = (getattr(self, name) + getattr(other, name) for name in ("expected", "current", "older", "none"))
        return Coverage(*sums)


def due_months(item: ItemFacts, task: TaskFacts, day: date, rules: ProgrammeRules) -> list[str]:
    """The months of which the task owed an entry by the close of this day."""
    if item.adopted_on is None:
        return []
    months = []
    for number in QUARTER_ENDS if task.rhythm == "quarterly" else range(1, MONTHS + 1):
        report_on = date(item.year, number, rules.report_day)
        is_due = report_on <= day and (item.year, number) >= (item.adopted_on.year, item.adopted_on.month)
        if is_due and item.state_on(report_on) in REPORTING:
            months.append(f"{report_on:%Y-%m}")
    return months


def entry_counts(items: Iterable[ItemFacts], sight: Sight, rules: ProgrammeRules) -> EntryCounts:
    """How far the entries came that were due by the day told about, as known."""
    pairs = ((item, task) for item in items for task in item.tasks)
    counts = (task_entry_counts(task, due_months(item, task, sight.on, rules), sight, rules) for item, task in pairs)
    return sum(counts, EntryCounts())


def task_entry_counts(task: TaskFacts, due: list[str], sight: Sight, rules: ProgrammeRules) -> EntryCounts:
    entries = {entry.month: entry for entry in task.entries}
    reported = [entry for month in due if (entry := entries.get(month)) and _reports(entry, sight)]
    return EntryCounts(
        due=len(due),
        reported=len(reported),
        complete=sum(_reports(entry, sight)[-1][1] for entry in reported),
        on_time=sum(entry.reports[0][0] <= report_day_of(entry.month, rules) for entry in reported),
        confirmed=sum(_is_confirmed(entry, sight) for entry in reported),
        missing=len(due) - len(reported),
    )


def report_day_of(month: str, rules: ProgrammeRules) -> date:
    """The day on which the entry of this month is due."""
    return date(int(month[:4]), int(month[5:]), rules.report_day)


def _reports(entry: EntryFacts, sight: Sight) -> list[tuple[date, bool]]:
    return [report for report in entry.reports if report[0] <= sight.known]


def _is_confirmed(entry: EntryFacts, sight: Sight) -> bool:
    return entry.confirmed_on is not None and entry.confirmed_on <= sight.known


def coverage(items: Iterable[ItemFacts], sight: Sight, rules: ProgrammeRules) -> Coverage:
    """Of what months the figures of these items are."""
    pairs = ((item, task) for item in items for task in item.tasks)
    return sum(
        (task_coverage(task, due_months(item, task, sight.on, rules), sight) for item, task in pairs), Coverage()
    )


def task_coverage(task: TaskFacts, due: list[str], sight: Sight) -> Coverage:
    if not due:
        return Coverage()
    confirmed = [entry.month for entry in task.entries if _is_confirmed(entry, sight) and entry.month <= sight.month]
    if not confirmed:
        return Coverage(expected=1, none=1)
    is_current = max(confirmed) >= due[-1]
    return Coverage(expected=1, current=int(is_current), older=int(not is_current))
