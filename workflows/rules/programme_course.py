"""The course of a year's programme: planned and actual by month, loose first and tight later, counties apart."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows.rules.programme_facts import ItemFacts, NodeFacts, Sight, TaskFacts
from workflows.rules.programme_figures import (
    CENT,
    NOTHING,
    RATE,
    even_share,
    is_counted,
    money_of_items,
    money_of_lines,
    named_money,
    rate,
    reached_count,
    rounded,
    time_share,
)
from workflows.rules.programme_late_nodes import LateNode, late_nodes
from workflows.rules.programme_quantities import QuantityCourse, month_ends, quantities_of, sight_at

PERMIT = "C05"  # the construction permit


@dataclass(frozen=True, slots=True)
class MonthOfCourse:
    """A month at its end; what is actual is None for months that begin after the day told about.

    `weighted` shares give each task's nodes the weight of its money.
    """

    month: str
    time_share: Decimal
    nodes_planned: int
    nodes_actual: int | None
    weighted_planned: Decimal | None
    weighted_actual: Decimal | None
    money_planned: Decimal
    money_actual: Decimal | None


@dataclass(frozen=True, slots=True)
class QuarterEnd:
    """Shares of the year's nodes and money, planned and actual, by the end of a quarter."""

    quarter: int
    nodes_planned: Decimal | None
    nodes_actual: Decimal | None
    money_planned: Decimal | None
    money_actual: Decimal | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Loose first, tight later (前松后紧). The last quarter's shares are of all that was planned, or done by now."""

    quarters: tuple[QuarterEnd, ...]
    last_quarter_planned: Decimal | None
    last_quarter_nodes: Decimal | None
    last_quarter_money: Decimal | None
    permits: int
    permits_by_june: int

    @property
    def permit_share(self) -> Decimal | None:
        """Share of the construction permits that were granted by 30 June."""
        return rate(self.permits_by_june, self.permits)


@dataclass(frozen=True, slots=True)
class CountyShare:
    county: str
    nodes: Decimal | None
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class Course:
    """`gap_to_time` and `gap_to_plan` are what the execution rate lacks to the time share and to the planned course."""

    year: int
    sight: Sight
    nodes: int
    money: Decimal
    time_share: Decimal
    execution_rate: Decimal | None
    planned_rate: Decimal | None
    months: tuple[MonthOfCourse, ...]
    quantities: tuple[QuantityCourse, ...]
    rhythm: Rhythm
    counties: tuple[CountyShare, ...]
    late: tuple[LateNode, ...]  # open or reached after their day, the longest first

    @property
    def gap_to_time(self) -> Decimal | None:
        return None if self.execution_rate is None else self.time_share - self.execution_rate

    @property
    def gap_to_plan(self) -> Decimal | None:
        if self.execution_rate is None or self.planned_rate is None:
            return None
        return self.planned_rate - self.execution_rate

    @property
    def spread(self) -> Decimal | None:
        """How far the counties lie apart: the highest share of nodes reached less the lowest."""
        shares = [county.nodes for county in self.counties if county.nodes is not None]
        return max(shares) - min(shares) if shares else None


def course_of(year: int, items: Sequence[ItemFacts], sight: Sight) -> Course:
    """The course of these items, as far as they count on the day told about."""
    counted = [item for item in items if is_counted(item, sight)]
    money, nodes = money_of_items(counted, sight), [node for item in counted for node in item.nodes]
    months = tuple(_months(year, counted, sight))
    planned = planned_money(counted, sight.on)
    return Course(
        year=year,
        sight=sight,
        nodes=len(nodes),
        money=money.planned,
        time_share=time_share(year, sight.on),
        execution_rate=money.execution_rate,
        planned_rate=rate(planned, money.planned),
        months=months,
        quantities=tuple(quantities_of(counted, month_ends(year), sight)),
        rhythm=_rhythm(year, nodes, months, money.planned, sight),
        counties=tuple(_counties(counted, sight)),
        late=tuple(
            sorted(late_nodes(counted, sight), key=lambda node: (-node.days, node.item_no, node.code, node.name))
        ),
    )


# By month.


def _months(year: int, items: Sequence[ItemFacts], sight: Sight) -> Iterator[MonthOfCourse]:
    nodes = [node for item in items for node in item.nodes]
    for end in month_ends(year):
        then = sight_at(end, sight)
        yield MonthOfCourse(
            month=f"{end.year}-{end.month:02}",
            time_share=time_share(year, end),
            nodes_planned=sum(node.planned_on <= end for node in nodes),
            nodes_actual=None if then is None else reached_count(nodes, then),
            weighted_planned=_weighted(items, _is_planned(end)),
            weighted_actual=None if then is None else _weighted(items, _is_reached(then)),
            money_planned=planned_money(items, end),
            money_actual=None if then is None else money_of_items(items, then).paid,
        )


def _is_planned(end: date) -> Callable[[NodeFacts], bool]:
    return lambda node: node.planned_on <= end


def _is_reached(sight: Sight) -> Callable[[NodeFacts], bool]:
    return lambda node: sight.reached_on(node) is not None


def _weighted(items: Sequence[ItemFacts], is_done: Callable[[NodeFacts], bool]) -> Decimal | None:
    """Share of nodes, each task's with the weight of the money that is planned for it."""
    done, whole = Fraction(0), Fraction(0)
    for task in (task for item in items for task in item.tasks if task.nodes):
        weight = Fraction(sum((line.planned for line in task.lines), NOTHING))
        done += weight * sum(map(is_done, task.nodes)) / len(task.nodes)
        whole += weight
    return rounded(done / whole, RATE) if whole else None


def planned_money(items: Sequence[ItemFacts], on: date) -> Decimal:
    """What of the planned money is planned by a day: with a task's nodes, evenly over the months where it has none."""
    total = Fraction(0)
    for item in items:
        even = even_share(item, on)
        total += Fraction(named_money(item).planned) * even
        for task in item.tasks:
            total += Fraction(sum((line.planned for line in task.lines), NOTHING)) * _planned_share(task, even, on)
    return rounded(total, CENT)


def _planned_share(task: TaskFacts, even: Fraction, on: date) -> Fraction:
    if not task.nodes:
        return even
    return Fraction(sum(node.planned_on <= on for node in task.nodes), len(task.nodes))


# Loose first, tight later.


def _rhythm(
    year: int, nodes: Sequence[NodeFacts], months: Sequence[MonthOfCourse], money: Decimal, sight: Sight
) -> Rhythm:
    quarters = tuple(_quarter_end(number, months[number * 3 - 1], len(nodes), money) for number in range(1, 5))
    third, last = months[8], months[11]
    permits = [node for node in nodes if node.approval == PERMIT]
    june = Sight(min(date(year, 6, 30), sight.on), sight.known)
    return Rhythm(
        quarters=quarters,
        last_quarter_planned=rate(last.nodes_planned - third.nodes_planned, len(nodes)),
        last_quarter_nodes=_in_last_quarter(third.nodes_actual, _latest(months, "nodes_actual")),
        last_quarter_money=_in_last_quarter(third.money_actual, _latest(months, "money_actual")),
        permits=len(permits),
        permits_by_june=reached_count(permits, june),
    )


def _quarter_end(number: int, month: MonthOfCourse, nodes: int, money: Decimal) -> QuarterEnd:
    return QuarterEnd(
        quarter=number,
        nodes_planned=rate(month.nodes_planned, nodes),
        nodes_actual=None if month.nodes_actual is None else rate(month.nodes_actual, nodes),
        money_planned=rate(month.money_planned, money),
        money_actual=None if month.money_actual is None else rate(month.money_actual, money),
    )


def _latest(months: Sequence[MonthOfCourse], name: str) -> Decimal | int:
    values = [value for month in months if (value := getattr(month, name)) is not None]
    return values[-1] if values else 0


def _in_last_quarter(by_september: Decimal | int | None, by_now: Decimal | int) -> Decimal | None:
    """The part of what was done by now that was done since October; None where nothing was, or October has not come."""
    return None if by_september is None else rate(by_now - by_september, by_now)


def _counties(items: Sequence[ItemFacts], sight: Sight) -> Iterator[CountyShare]:
    """What each county has reached of its own nodes, and paid of its own money."""
    tasks: dict[str, list[TaskFacts]] = {}
    for item in items:
        for task in item.tasks:
            tasks.setdefault(task.code, []).append(task)
    for code in sorted(tasks):
        nodes = [node for task in tasks[code] for node in task.nodes]
        money = money_of_lines([line for task in tasks[code] for line in task.lines], sight)
        yield CountyShare(code, rate(reached_count(nodes, sight), len(nodes)), money.execution_rate)
