"""The figures of a year's programme for any day, from what is known of it on another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_entries import (
    Coverage,
    EntryCounts,
    coverage,
    due_of_task,
    entry_counts,
    entry_months,
    months_due,
    months_told,
)
from workflows.rules.programme_facts import ItemFacts, Sight, TaskFacts
from workflows.rules.programme_figures import (
    LEFT_OUT,
    REPORTING,
    STATES,
    Money,
    NodeCounts,
    counts_of_days,
    is_behind,
    is_expected_late,
    lies_behind,
    money_of_lines,
    named_money,
    part_of,
    rate,
)

NO_COUNTY = ""  # of money that no task has
NO_SOURCE = ""  # of money of which no fund line says where it comes from


@dataclass(frozen=True, slots=True)
class ItemCounts:
    all: int
    proposed: int
    adopted: int
    under_way: int
    suspended: int
    claimed: int
    done: int
    dropped: int
    behind: int
    will_be_late: int


class PracticalMatters(NamedTuple):
    all: int
    done: int


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """The figures of some items or tasks: a category, a county."""

    name: str
    items: ItemCounts
    practical_matters: PracticalMatters
    money: Money
    nodes: NodeCounts
    entries: EntryCounts
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class SourceMoney:
    source: str
    money: Money


@dataclass(frozen=True, slots=True)
class Quarter:
    """Share of the year's nodes that are planned, and that were reached, in this quarter."""

    quarter: int
    planned: Decimal
    actual: Decimal


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    year: int
    on: date
    known: date
    items: ItemCounts
    practical_matters: PracticalMatters
    money: Money
    nodes: NodeCounts
    entries: EntryCounts
    coverage: Coverage
    by_category: tuple[FigureGroup, ...]
    by_county: tuple[FigureGroup, ...]
    by_source: tuple[SourceMoney, ...]
    quarters: tuple[Quarter, ...]


# What is read of each task and item once, and added up as often as it is needed.


@dataclass(frozen=True, slots=True)
class TaskDay:
    """A task on the day told about. Entries stay owed whatever became of the item; the rest counts while it does."""

    code: str
    entries: EntryCounts
    coverage: Coverage
    money: Mapping[str, Money]  # by source
    nodes: NodeCounts
    days: tuple[tuple[date, date | None], ...]  # of each node: planned, reached
    is_expected_late: bool


@dataclass(frozen=True, slots=True)
class ItemDay:
    """An item, or the part of it that one county has, on the day told about."""

    category: str
    state: str | None
    is_practical_matter: bool
    is_behind: bool
    will_be_late: bool
    named: Money
    tasks: tuple[TaskDay, ...]

    @property
    def is_counted(self) -> bool:
        return self.state is not None and self.state not in LEFT_OUT


def item_day(item: ItemFacts, sight: Sight, rules: ProgrammeRules) -> ItemDay:
    due = months_due(item, sight.on, rules)
    tasks = tuple(_task_day(item, task, due, sight, rules) for task in item.tasks)
    return _day_of(item, tasks, sight, rules)


def _day_of(item: ItemFacts, tasks: tuple[TaskDay, ...], sight: Sight, rules: ProgrammeRules) -> ItemDay:
    state, nodes = item.state_on(sight.on), sum(len(task.days) for task in tasks)
    is_in_hand, counts = state in REPORTING, sum((task.nodes for task in tasks), NodeCounts())
    return ItemDay(
        category=item.category,
        state=state,
        is_practical_matter=item.is_practical_matter,
        is_behind=is_in_hand and (lies_behind(counts, nodes, rules) if nodes else is_behind(item, sight, rules)),
        will_be_late=is_in_hand and any(task.is_expected_late for task in tasks),
        named=named_money(item),
        tasks=tasks,
    )


def _task_day(item: ItemFacts, task: TaskFacts, months: int, sight: Sight, rules: ProgrammeRules) -> TaskDay:
    due, entries = due_of_task(task, months), entry_months(task, sight, rules)
    days = tuple((node.planned_on, sight.reached_on(node)) for node in task.nodes)
    return TaskDay(
        code=task.code,
        entries=entry_counts(due, entries),
        coverage=coverage(due, entries, months_told(item.year, sight.on)),
        money={line.source: money_of_lines([line], sight) for line in task.lines},
        nodes=counts_of_days(days, sight),
        days=days,
        is_expected_late=any(
            reached is None and is_expected_late(node, sight)
            for node, (_, reached) in zip(task.nodes, days, strict=True)
        ),
    )


# The figures.


def figures(year: int, items: Sequence[ItemFacts], sight: Sight, rules: ProgrammeRules) -> ProgrammeFigures:
    """All figures of a year's programme for `sight.on`, as known on `sight.known`."""
    days = [item_day(item, sight, rules) for item in items]
    total = _group("", days)
    return ProgrammeFigures(
        year=year,
        on=sight.on,
        known=sight.known,
        items=total.items,
        practical_matters=total.practical_matters,
        money=total.money,
        nodes=total.nodes,
        entries=total.entries,
        coverage=total.coverage,
        by_category=tuple(_by_category(days)),
        by_county=tuple(_by_county(items, days, sight, rules)),
        by_source=tuple(_by_source(days)),
        quarters=tuple(_quarters(year, [day for day in days if day.is_counted])),
    )


def _group(name: str, days: Sequence[ItemDay]) -> FigureGroup:
    counted = [day for day in days if day.is_counted]
    matters = [day for day in counted if day.is_practical_matter]
    return FigureGroup(
        name=name,
        items=_item_counts(days),
        practical_matters=PracticalMatters(len(matters), sum(day.state == "done" for day in matters)),
        money=sum(_amounts(counted), Money()),
        nodes=sum((task.nodes for day in counted for task in day.tasks), NodeCounts()),
        entries=sum((task.entries for day in days for task in day.tasks), EntryCounts()),
        coverage=sum((task.coverage for day in counted for task in day.tasks), Coverage()),
    )


def _item_counts(days: Sequence[ItemDay]) -> ItemCounts:
    states = Counter(day.state for day in days)
    return ItemCounts(
        all=sum(day.is_counted for day in days),
        **{state: states[state] for state in STATES},
        behind=sum(day.is_behind for day in days),
        will_be_late=sum(day.will_be_late for day in days),
    )


def _amounts(days: Iterable[ItemDay]) -> Iterator[Money]:
    for day in days:
        yield day.named
        for task in day.tasks:
            yield from task.money.values()


def _by_category(days: Sequence[ItemDay]) -> Iterator[FigureGroup]:
    """The categories that have items by then, in the order of the items."""
    for name, group in _grouped(days, lambda day: day.category).items():
        if any(day.state is not None for day in group):
            yield _group(name, group)


def _grouped(days: Iterable[ItemDay], key: Callable[[ItemDay], str]) -> dict[str, list[ItemDay]]:
    groups: dict[str, list[ItemDay]] = {}
    for day in days:
        groups.setdefault(key(day), []).append(day)
    return groups


def _by_county(
    items: Sequence[ItemFacts], days: Sequence[ItemDay], sight: Sight, rules: ProgrammeRules
) -> Iterator[FigureGroup]:
    """The tasks by their codes: an item counts in each county that has a task of it, with what is that county's.

    Amounts named with items that no single task has stand under NO_COUNTY, so that the sums tie out.
    """
    groups: dict[str, list[ItemDay]] = {}
    for item, day in zip(items, days, strict=True):
        for task in day.tasks if day.is_counted else ():
            part = day if len(day.tasks) == 1 else _day_of(part_of(item, task.code), (task,), sight, rules)
            groups.setdefault(task.code, []).append(part)
        if day.is_counted and len(item.tasks) != 1 and day.named.planned:
            groups.setdefault(NO_COUNTY, []).append(_amount_alone(day))
    return (_group(code, groups[code]) for code in sorted(groups, key=lambda code: (code == NO_COUNTY, code)))


def _amount_alone(day: ItemDay) -> ItemDay:
    """The money of an item that no task has, in a state that is counted."""
    return ItemDay(day.category, day.state, False, False, False, day.named, ())


def _by_source(days: Iterable[ItemDay]) -> Iterator[SourceMoney]:
    sums: dict[str, Money] = {}
    for day in days:
        for source, money in _sourced(day) if day.is_counted else ():
            sums[source] = sums.get(source, Money()) + money
    return (SourceMoney(source, sums[source]) for source in sorted(sums, key=lambda name: (name == NO_SOURCE, name)))


def _sourced(day: ItemDay) -> Iterator[tuple[str, Money]]:
    for task in day.tasks:
        yield from task.money.items()
    if day.named.planned:
        yield NO_SOURCE, day.named


def _quarters(year: int, items: Iterable[ItemDay]) -> Iterator[Quarter]:
    days = [pair for item in items for task in item.tasks for pair in task.days]
    planned = Counter(_quarter(day) for day, _ in days if day.year == year)
    actual = Counter(_quarter(day) for _, day in days if day is not None and day.year == year)
    for number in range(1, 5):
        shares = [rate(counts[number], len(days)) or Decimal("0.0000") for counts in (planned, actual)]
        yield Quarter(number, *shares)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
