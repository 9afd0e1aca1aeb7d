"""What is known of a year's programme: the plan, and what was reported of it, each with the day it counts from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

KINDS_OF_MONEY = ("allocated", "received", "paid")


class Statement(Protocol):
    """What an entry says of one cell: the month it is of, and the day from which it counts."""

    @property
    def month(self) -> str: ...

    @property
    def counted_on(self) -> date: ...

    @property
    def is_stated(self) -> bool: ...


S = TypeVar("S", bound=Statement)


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure; where an entry says that it has none (`is_stated` is False), the one of the month before stands."""

    month: str
    counted_on: date
    value: Decimal
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class CountedMoney:
    """Cumulative money of one fund line, in 10,000 yuan."""

    month: str
    counted_on: date
    allocated: Decimal
    received: Decimal
    paid: Decimal
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day that an entry states of a node, and from when it counts; `is_stated` is False where it is taken back."""

    month: str
    counted_on: date
    day: date
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The day of a node in a new plan, and from when that holds; `is_error` where it corrects an error."""

    counted_on: date
    day: date
    replan: int = 0
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class DividedDays:
    """Days of a node that are one party's, from when that counts; `division` is 0 for those of a new plan."""

    counted_on: date
    party: str
    days: int
    division: int = 0


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """`planned_on` is the baseline's; `replanned` are later plans, `reached` and `expected` what entries say.

    `approval` is the code of the approval whose grant reaches it, empty for a node that is reported; `divided` are its
    days by party in their order.
    """

    name: str
    planned_on: date
    replanned: tuple[PlannedDay, ...] = ()
    reached: tuple[CountedDay, ...] = ()
    expected: tuple[CountedDay, ...] = ()
    approval: str = ""
    id: int = 0
    divided: tuple[DividedDays, ...] = ()


@dataclass(frozen=True, slots=True)
class LineFacts:
    source: str
    is_fiscal: bool
    planned: Decimal
    replanned: tuple[Counted, ...] = ()
    money: tuple[CountedMoney, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The target of a task for one indicator; `rank` puts the item's indicators in the order of the plan."""

    indicator: str
    unit: str
    decimals: int
    adds_up: str
    direction: str
    target: Decimal | None
    figures: tuple[Counted, ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """`reports` are the days on which it was sent, each with whether every cell had a figure."""

    month: str
    reports: tuple[tuple[date, bool], ...] = ()
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class EntryMonths:
    """In which months of the item's year a task has reported by a day of knowledge: bit n - 1 stands for month n.

    `on_time` are those of which the first report came by the report day, `complete` those of which the last one had
    all figures.
    """

    reported: int = 0
    on_time: int = 0
    complete: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task; `months` sums up its entries where they were read for one day of knowledge alone."""

    code: str
    rhythm: str
    nodes: tuple[NodeFacts, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    targets: tuple[TargetFacts, ...] = ()
    entries: tuple[EntryFacts, ...] = ()
    months: EntryMonths | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """`states` are the days of its moves with the state after each; `planned` is the amount named with the item."""

    year: int
    item_no: str
    category: str
    level: str
    is_practical_matter: bool
    planned: Decimal | None
    starts_on: date | None
    finishes_on: date | None
    adopted_on: date | None
    states: tuple[tuple[date, str], ...]
    tasks: tuple[TaskFacts, ...] = ()

    def state_on(self, day: date) -> str | None:
        """The state at the close of this day; None before the item was proposed."""
        return next((state for since, state in reversed(self.states) if since <= day), None)

    @property
    def nodes(self) -> tuple[NodeFacts, ...]:
        return tuple(node for task in self.tasks for node in task.nodes)

    @property
    def lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for task in self.tasks for line in task.lines)


@dataclass(frozen=True, slots=True)
class Sight:
    """The day told about, and the day of knowledge: what counted by the close of `known`, of months up to `on`."""

    on: date
    known: date

    @property
    def month(self) -> str:
        return f"{self.on.year}-{self.on.month:02}"

    def latest(self, statements: Sequence[S]) -> S | None:
        """The last figure that counts: of the latest month that has one, as that month's entry stands by now."""
        return self._last([s for s in statements if s.month <= self.month]) if statements else None

    def _last(self, statements: Sequence[S]) -> S | None:
        by_month = {s.month: s for s in statements if s.counted_on <= self.known}
        return max((s for s in by_month.values() if s.is_stated), key=lambda s: s.month, default=None)

    def reached_on(self, node: NodeFacts) -> date | None:
        """The day on which the node was reached, if that is not after the day told about, whatever entry says so."""
        statement = self._last(node.reached) if node.reached else None
        return statement.day if statement is not None and statement.day <= self.on else None

    def expected_on(self, node: NodeFacts) -> date | None:
        statement = self.latest(node.expected)
        return statement.day if statement is not None else None

    def replanned_on(self, node: NodeFacts) -> date | None:
        """The day of the last new plan that holds by now, None while the baseline is the plan."""
        days = [plan.day for plan in node.replanned if plan.counted_on <= self.known]
        return days[-1] if days else None

    def plan_of(self, node: NodeFacts) -> date:
        """The day that is planned by now: the last new plan's, else the baseline's."""
        return self.replanned_on(node) or node.planned_on
