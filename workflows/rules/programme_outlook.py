"""The plan before the year, and what its end must carry: shares planned by each quarter, load of the last months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows.rules.programme_facts import ItemFacts, Sight, TaskFacts
from workflows.rules.programme_figures import (
    CENT,
    RATE,
    even_share,
    is_counted,
    money_of_items,
    named_money,
    rate,
    reached_count,
    replanned_money,
    rounded,
)

TIGHT = Fraction(2, 3)  # of a plan in the last quarter, from which on it is named
LAST_MONTHS = (11, 12)
Shares = tuple[Decimal, Decimal, Decimal, Decimal]  # by the end of each quarter


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What November and December must still carry: open nodes planned there and their money, and shares of all."""

    nodes: int
    nodes_share: Decimal | None
    money: Decimal
    money_share: Decimal | None


# The plan before the year.


def last_quarter_share(item: ItemFacts) -> Fraction:
    """The share of the item's nodes planned from October on; without nodes it is planned evenly."""
    return 1 - _planned_by(item, date(item.year, 9, 30))


def is_tight(item: ItemFacts) -> bool:
    return last_quarter_share(item) >= TIGHT


def planned_shares(item: ItemFacts) -> Shares:
    """What of the baseline is planned by the end of each quarter."""
    first, second, third, fourth = (rounded(_planned_by(item, end), RATE) for end in quarter_ends(item.year))
    return first, second, third, fourth


def _planned_by(item: ItemFacts, on: date) -> Fraction:
    nodes = item.nodes
    return Fraction(sum(node.planned_on <= on for node in nodes), len(nodes)) if nodes else even_share(item, on)


def actual_shares(year: int, items: Sequence[ItemFacts], known: date) -> Shares | None:
    """What these items had reached of their nodes by the end of each quarter; of their money where they have no nodes.

    None where there is nothing to tell.
    """
    shares = [_actual(items, Sight(end, known)) for end in quarter_ends(year)]
    first, second, third, fourth = (Decimal(0) if share is None else share for share in shares)
    return None if None in shares else (first, second, third, fourth)


def _actual(items: Sequence[ItemFacts], sight: Sight) -> Decimal | None:
    nodes = [node for item in items for node in item.nodes]
    if nodes:
        return rate(reached_count(nodes, sight), len(nodes))
    return money_of_items(items, sight).execution_rate


def quarter_ends(year: int) -> tuple[date, date, date, date]:
    return date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31)


# The end of the year.


def year_end(year: int, items: Sequence[ItemFacts], sight: Sight) -> YearEnd:
    """What is still planned for November and December, by the plan that holds."""
    counted = [item for item in items if is_counted(item, sight)]
    nodes = sum(len(item.nodes) for item in counted)
    waiting = sum(_waiting(task, year, sight) for item in counted for task in item.tasks)
    money = rounded(sum((_money(item, year, sight) for item in counted), Fraction(0)), CENT)
    whole = money_of_items(counted, sight).replanned
    return YearEnd(waiting, rate(waiting, nodes), money, rate(money, whole))


def _waiting(task: TaskFacts, year: int, sight: Sight) -> int:
    """The open nodes of the task that are planned for the last months."""
    plans = (sight.plan_of(node) for node in task.nodes if sight.reached_on(node) is None)
    return sum(plan.year == year and plan.month in LAST_MONTHS for plan in plans)


def _money(item: ItemFacts, year: int, sight: Sight) -> Fraction:
    """The money of the item planned there: with its tasks' open nodes, evenly over the months where they have none."""
    since = max(date(year, LAST_MONTHS[0] - 1, 31), sight.on)
    even = max(even_share(item, date(year, 12, 31)) - even_share(item, since), Fraction(0))
    total = Fraction(named_money(item).planned) * even
    for task in item.tasks:
        money = Fraction(sum((replanned_money(line, sight) for line in task.lines), Decimal(0)))
        total += money * (Fraction(_waiting(task, year, sight), len(task.nodes)) if task.nodes else even)
    return total
