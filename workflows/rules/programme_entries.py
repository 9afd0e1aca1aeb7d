"""Which monthly entries are due of a task by a day, and how far they came; of what month the figures are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import EntryFacts, EntryMonths, ItemFacts, Sight, TaskFacts
from workflows.rules.programme_figures import MONTHS, REPORTING

QUARTERS = 0b100100100100  # March, June, September, December


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
        return EntryCounts(
            self.due + other.due,
            self.reported + other.reported,
            self.complete + other.complete,
            self.on_time + other.on_time,
            self.confirmed + other.confirmed,
            self.missing + other.missing,
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the tasks of which an entry was due: how many have counted their latest month, an older one, none."""

    expected: int = 0
    current: int = 0
    older: int = 0
    none: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        ages = self.current + other.current, self.older + other.older, self.none + other.none
        return Coverage(self.expected + other.expected, *ages)


def months_due(item: ItemFacts, day: date, rules: ProgrammeRules) -> int:
    """The months of which a monthly task owed an entry by the close of this day; bit n - 1 stands for month n."""
    if item.adopted_on is None:
        return 0
    months = 0
    since = (item.adopted_on.year, item.adopted_on.month)
    for number in range(1, MONTHS + 1):
        report_on = date(item.year, number, rules.report_day)
        if report_on <= day and (item.year, number) >= since and item.state_on(report_on) in REPORTING:
            months |= 1 << number - 1
    return months


def due_of_task(task: TaskFacts, months: int) -> int:
    """Of the months of which entries are due, those of this task's rhythm."""
    return months & QUARTERS if task.rhythm == "quarterly" else months


def due_months(item: ItemFacts, task: TaskFacts, day: date, rules: ProgrammeRules) -> list[str]:
    """The months of which the task owed an entry by the close of this day."""
    due = due_of_task(task, months_due(item, day, rules))
    return [f"{item.year}-{number:02}" for number in range(1, MONTHS + 1) if due >> number - 1 & 1]


def entry_months(task: TaskFacts, sight: Sight, rules: ProgrammeRules) -> EntryMonths:
    """In which months the task has reported, as known."""
    if task.months is not None:
        return task.months
    known = {entry.month: reports_known(entry, sight) for entry in task.entries}
    sent = {month: reports for month, reports in known.items() if reports}
    return EntryMonths(
        reported=_bits(sent),
        on_time=_bits(month for month, reports in sent.items() if reports[0][0] <= report_day_of(month, rules)),
        complete=_bits(month for month, reports in sent.items() if reports[-1][1]),
        confirmed=_bits(entry.month for entry in task.entries if is_confirmed(entry, sight)),
    )


def _bits(months: Iterable[str]) -> int:
    return sum(1 << int(month[5:]) - 1 for month in months)


def entry_counts(due: int, months: EntryMonths) -> EntryCounts:
    """How far the entries of a task came that were due."""
    reported = due & months.reported
    return EntryCounts(
        due=due.bit_count(),
        reported=reported.bit_count(),
        complete=(reported & months.complete).bit_count(),
        on_time=(reported & months.on_time).bit_count(),
        confirmed=(reported & months.confirmed).bit_count(),
        missing=(due & ~reported).bit_count(),
    )


def coverage(due: int, months: EntryMonths, told: int) -> Coverage:
    """Of what month the figures of a task are; `told` are the months up to that of the day told about."""
    if not due:
        return Coverage()
    confirmed = months.confirmed & told
    is_current = confirmed.bit_length() >= due.bit_length()
    if not confirmed:
        return Coverage(expected=1, none=1)
    return Coverage(expected=1, current=int(is_current), older=int(not is_current))


def months_told(year: int, on: date) -> int:
    """The months of the year up to that of this day."""
    number = min(max((on.year - year) * MONTHS + on.month, 0), MONTHS)
    return (1 << number) - 1


def report_day_of(month: str, rules: ProgrammeRules) -> date:
    """The day on which the entry of this month is due."""
    return date(int(month[:4]), int(month[5:]), rules.report_day)


def reports_known(entry: EntryFacts, sight: Sight) -> list[tuple[date, bool]]:
    """The reports of an entry that are known, in their order."""
    return [report for report in entry.reports if report[0] <= sight.known]


def is_confirmed(entry: EntryFacts, sight: Sight) -> bool:
    return entry.confirmed_on is not None and entry.confirmed_on <= sight.known
