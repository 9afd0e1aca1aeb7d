"""Where an item of the programme stands on a day: money, nodes, shares planned and reached, behind or not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import (
    KINDS_OF_MONEY,
    ItemFacts,
    LineFacts,
    NodeFacts,
    Sight,
    TargetFacts,
    TaskFacts,
)

NOTHING = Decimal(0)
STATES = ("proposed", "adopted", "under_way", "suspended", "claimed", "done", "dropped")
LEFT_OUT = frozenset({"proposed", "dropped"})  # of `all`, of nodes and of money
REPORTING = frozenset({"adopted", "under_way", "claimed"})  # states in which tasks report, and items can be behind
MONTHS = 12
RATE, CENT = Decimal("0.0001"), Decimal("0.01")  # what shares and amounts are rounded to


@dataclass(frozen=True, slots=True)
class Money:
    """Sums in 10,000 yuan; `planned` is the baseline's, `replanned` what holds by now."""

    planned: Decimal = NOTHING
    replanned: Decimal = NOTHING
    allocated: Decimal = NOTHING
    received: Decimal = NOTHING
    paid: Decimal = NOTHING
    fiscal_planned: Decimal = NOTHING

    @property
    def execution_rate(self) -> Decimal | None:
        """Paid of planned, with four decimals; None when nothing was planned."""
        return rate(self.paid, self.planned)

    def __add__(self, other: "Money") -> "Money":
        return Money(
            self.planned + other.planned,
            self.replanned + other.replanned,
            self.allocated + other.allocated,
            self.received + other.received,
            self.paid + other.paid,
            self.fiscal_planned + other.fiscal_planned,
        )


@dataclass(frozen=True, slots=True)
class NodeCounts:
    due: int = 0
    met: int = 0
    met_late: int = 0
    late: int = 0

    @property
    def reached(self) -> int:
        """Met in time or late."""
        return self.met + self.met_late

    def __add__(self, other: "NodeCounts") -> "NodeCounts":
        sums = self.due + other.due, self.met + other.met, self.met_late + other.met_late, self.late + other.late
        return NodeCounts(*sums)


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """The share with four decimals, half up; None of nothing."""
    return (Decimal(part) / Decimal(whole)).quantize(RATE, ROUND_HALF_UP) if whole else None


def rounded(value: Fraction, places: Decimal) -> Decimal:
    """The fraction with so many decimals, half up."""
    return (Decimal(value.numerator) / value.denominator).quantize(places, ROUND_HALF_UP)


def is_counted(item: ItemFacts, sight: Sight) -> bool:
    """Whether the item is one of `all`: adopted by then, and not dropped."""
    state = item.state_on(sight.on)
    return state is not None and state not in LEFT_OUT


def part_of(item: ItemFacts, code: str) -> ItemFacts:
    """The item as far as it is one task's: a county is behind by what it was to do itself."""
    tasks = tuple(task for task in item.tasks if task.code == code)
    return item if len(tasks) == len(item.tasks) else replace(item, tasks=tasks, planned=None)


# Planned and actual.


def is_behind(item: ItemFacts, sight: Sight, rules: ProgrammeRules) -> bool:
    """Whether the item lies more than the tolerance below its baseline; suspended, done and dropped ones never do."""
    if item.state_on(sight.on) not in REPORTING:
        return False
    if item.nodes:
        return lies_behind(node_counts(item.nodes, sight), len(item.nodes), rules)
    shares = _shares(item, sight)
    return shares is not None and (shares[0] - shares[1]) * 100 > rules.tolerance


def lies_behind(counts: NodeCounts, nodes: int, rules: ProgrammeRules) -> bool:
    """Whether so many nodes lie more than the tolerance behind, by their number."""
    return (counts.due - counts.reached) * 100 > rules.tolerance * nodes


def gap_of(item: ItemFacts, sight: Sight) -> Decimal | None:
    """Planned share less actual share of the item's nodes, or of its first indicator; None where there is neither."""
    shares = _shares(item, sight)
    return rounded(shares[0] - shares[1], RATE) if shares else None


def shares_of(item: ItemFacts, sight: Sight) -> tuple[Decimal, Decimal] | None:
    """The share that is planned by the day told about, and the actual one, with four decimals."""
    shares = _shares(item, sight)
    return (rounded(shares[0], RATE), rounded(shares[1], RATE)) if shares else None


def _shares(item: ItemFacts, sight: Sight) -> tuple[Fraction, Fraction] | None:
    nodes = item.nodes
    if nodes:
        planned = sum(node.planned_on <= sight.on for node in nodes)
        return Fraction(planned, len(nodes)), Fraction(reached_count(nodes, sight), len(nodes))
    actual_share = _indicator_share(item, sight)
    return None if actual_share is None else (even_share(item, sight.on), actual_share)


def even_share(item: ItemFacts, on: date) -> Fraction:
    """The share of the months from start to finish that have ended by this day."""
    first, last = item.starts_on or date(item.year, 1, 1), item.finishes_on or date(item.year, MONTHS, 31)
    begins = first.year * MONTHS + first.month
    months = last.year * MONTHS + last.month - begins + 1
    ended = on.year * MONTHS + on.month - begins + (1 if is_last_of_month(on) else 0)
    return Fraction(min(max(ended, 0), months), months)


def time_share(year: int, on: date) -> Decimal:
    """序时进度: the month of the day of twelve; nothing before the year, all of it after."""
    months = (on.year - year) * MONTHS + on.month
    return rounded(Fraction(min(max(months, 0), MONTHS), MONTHS), RATE)


def is_last_of_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month


# Quantities.


def indicators_of(item: ItemFacts) -> list[list[TargetFacts]]:
    """The targets of the item by indicator, in the order of the plan."""
    by_rank: dict[int, list[TargetFacts]] = {}
    for task in item.tasks:
        for target in task.targets:
            by_rank.setdefault(target.rank, []).append(target)
    return [by_rank[rank] for rank in sorted(by_rank)]


def _indicator_share(item: ItemFacts, sight: Sight) -> Fraction | None:
    """What the item's first indicator has reached of its target; None where that cannot be said."""
    first = next(iter(indicators_of(item)), None)
    if first is None or first[0].direction != "more":
        return None
    whole = target_of(first)
    return Fraction(aggregate(first, sight) or NOTHING) / Fraction(whole) if whole else None


def target_of(targets: Sequence[TargetFacts]) -> Decimal | None:
    """The target of one indicator over tasks, by the way it adds up."""
    return _together(targets[0].adds_up, [target.target for target in targets])


def aggregate(targets: Sequence[TargetFacts], sight: Sight) -> Decimal | None:
    """The figure of one indicator over tasks, by the way it adds up; None where nothing is to be added."""
    statements = [sight.latest(target.figures) for target in targets]
    return _together(targets[0].adds_up, [statement.value if statement else None for statement in statements])


def _together(adds_up: str, values: Sequence[Decimal | None]) -> Decimal | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    if adds_up in ("ratio", "none"):
        return present[0] if len(values) == 1 else None
    return max(present) if adds_up == "max" else sum(present, NOTHING)


# Nodes.


def counted_nodes(items: Iterable[ItemFacts], sight: Sight) -> Iterator[tuple[ItemFacts, TaskFacts, NodeFacts]]:
    """The nodes of items that count, each with its item and its task."""
    return (
        (item, task, node) for item in items if is_counted(item, sight) for task in item.tasks for node in task.nodes
    )


def reached_count(nodes: Iterable[NodeFacts], sight: Sight) -> int:
    return sum(sight.reached_on(node) is not None for node in nodes)


def node_counts(nodes: Iterable[NodeFacts], sight: Sight) -> NodeCounts:
    """Nodes due by the baseline, met on their day or before, met after it, and due but open."""
    return counts_of_days([(node.planned_on, sight.reached_on(node)) for node in nodes], sight)


def counts_of_days(days: Sequence[tuple[date, date | None]], sight: Sight) -> NodeCounts:
    """The same, of nodes of which the planned day and the day on which they were reached are known."""
    return NodeCounts(
        due=sum(planned <= sight.on for planned, _ in days),
        met=sum(reached is not None and reached <= planned for planned, reached in days),
        met_late=sum(reached is not None and reached > planned for planned, reached in days),
        late=sum(planned <= sight.on and reached is None for planned, reached in days),
    )


def days_late(node: NodeFacts, sight: Sight) -> int:
    """How many days after its baseline the node was reached, or it is open by now; 0 for one in time."""
    return max(((sight.reached_on(node) or sight.on) - node.planned_on).days, 0)


def node_light(node: NodeFacts, sight: Sight) -> str | None:
    """Green for a node met in time, yellow for one met late or expected late, red for one due and open; else None."""
    is_late = days_late(node, sight) > 0
    if sight.reached_on(node) is not None:
        return "yellow" if is_late else "green"
    if node.planned_on <= sight.on:
        return "red"
    return "yellow" if is_expected_late(node, sight) else None


def will_be_late(item: ItemFacts, sight: Sight) -> bool:
    """Whether an open node of an item in hand is expected after its day of the baseline."""
    if item.state_on(sight.on) not in REPORTING:
        return False
    return any(is_expected_late(node, sight) for node in item.nodes if sight.reached_on(node) is None)


def is_expected_late(node: NodeFacts, sight: Sight) -> bool:
    expected_on = sight.expected_on(node)
    return expected_on is not None and expected_on > node.planned_on


# Money.


def money_of_items(items: Iterable[ItemFacts], sight: Sight) -> Money:
    """Sums of items; one without fund lines is planned at the amount that was named with it."""
    return sum((money_of_lines(item.lines, sight) + named_money(item) for item in items), Money())


def named_money(item: ItemFacts) -> Money:
    """The amount that was named with an item of which no fund line says where it comes from."""
    planned = NOTHING if item.planned is None or item.lines else item.planned
    return Money(planned=planned, replanned=planned)


def money_of_lines(lines: Iterable[LineFacts], sight: Sight) -> Money:
    lines = list(lines)
    latest = [statement for line in lines if (statement := sight.latest(line.money)) is not None]
    return Money(
        planned=sum((line.planned for line in lines), NOTHING),
        replanned=sum((replanned_money(line, sight) for line in lines), NOTHING),
        **{kind: sum((getattr(statement, kind) for statement in latest), NOTHING) for kind in KINDS_OF_MONEY},
        fiscal_planned=sum((line.planned for line in lines if line.is_fiscal), NOTHING),
    )


def replanned_money(line: LineFacts, sight: Sight) -> Decimal:
    """The amount of the last new plan that holds by now, else the baseline's."""
    plans = [plan.value for plan in line.replanned if plan.counted_on <= sight.known]
    return plans[-1] if plans else line.planned
