"""The figures of a year's programme for any day, from what is known of it on another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import MONEY, ItemFacts, LineFacts, NodeFacts, Sight, TargetFacts, TaskFacts

NOTHING = Decimal(0)
STATES = ("proposed", "adopted", "under_way", "suspended", "claimed", "done", "dropped")
LEFT_OUT = frozenset({"proposed", "dropped"})  # of `all`, of nodes and of money
REPORTING = frozenset({"adopted", "under_way", "claimed"})  # states in which tasks report, and items can be behind
QUARTER_ENDS = (3, 6, 9, 12)
MONTHS = 12
_RATE = Decimal("0.0001")


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


@dataclass(frozen=True, slots=True)
class Money:
    """Sums in 10,000 yuan; `planned` is the baseline's, `replanned` what holds by now."""

    planned: Decimal
    replanned: Decimal
    allocated: Decimal
    received: Decimal
    paid: Decimal
    fiscal_planned: Decimal

    @property
    def execution_rate(self) -> Decimal | None:
        """Paid of planned, with four decimals; None when nothing was planned."""
        return rate(self.paid, self.planned)


@dataclass(frozen=True, slots=True)
class NodeCounts:
    due: int
    met: int
    met_late: int
    late: int

    @property
    def reached(self) -> int:
        """Met in time or late."""
        return self.met + self.met_late


@dataclass(frozen=True, slots=True)
class EntryCounts:
    due: int
    reported: int
    complete: int
    on_time: int
    confirmed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the tasks that report: how many have counted their latest month, an older one, none."""

    expected: int
    current: int
    older: int
    none: int


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some items or tasks: a category, a county."""

    name: str
    items: ItemCounts
    money: Money
    nodes: NodeCounts
    practical_matters: tuple[int, int]  # all, done


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
    practical_matters: tuple[int, int]  # all, done
    money: Money
    nodes: NodeCounts
    entries: EntryCounts
    coverage: Coverage
    by_category: tuple[Group, ...]
    by_county: tuple[Group, ...]
    by_source: tuple[SourceMoney, ...]
    quarters: tuple[Quarter, ...]


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(_RATE, ROUND_HALF_UP) if whole else None


def figures(year: int, items: Sequence[ItemFacts], sight: Sight, rules: ProgrammeRules) -> ProgrammeFigures:
    """All figures of a year's programme for `sight.on`, as known on `sight.known`."""
    counted = [item for item in items if is_counted(item, sight)]
    nodes = [node for item in counted for node in item.nodes]
    return ProgrammeFigures(
        year=year,
        on=sight.on,
        known=sight.known,
        items=item_counts(items, sight, rules),
        practical_matters=practical_matters(items, sight),
        money=money_of_items(counted, sight),
        nodes=node_counts(nodes, sight),
        entries=entry_counts(items, sight, rules),
        coverage=coverage(items, sight, rules),
        by_category=_groups(items, lambda item: item.category, sight, rules),
        by_county=_by_county(counted, sight, rules),
        by_source=_by_source(counted, sight),
        quarters=tuple(_quarters(year, nodes, sight)),
    )


def is_counted(item: ItemFacts, sight: Sight) -> bool:
    """Whether the item is one of `all`: adopted by then, and not dropped."""
    state = item.state_on(sight.on)
    return state is not None and state not in LEFT_OUT


# Items.


def item_counts(items: Iterable[ItemFacts], sight: Sight, rules: ProgrammeRules) -> ItemCounts:
    items = list(items)
    states = Counter(state for item in items if (state := item.state_on(sight.on)))
    return ItemCounts(
        all=sum(count for state, count in states.items() if state not in LEFT_OUT),
        **{state: states[state] for state in STATES},
        behind=sum(is_behind(item, sight, rules) for item in items),
        will_be_late=sum(will_be_late(item, sight) for item in items),
    )


def practical_matters(items: Iterable[ItemFacts], sight: Sight) -> tuple[int, int]:
    """How many practical matters there are, and how many of them are done."""
    matters = [item for item in items if item.is_practical_matter and is_counted(item, sight)]
    return len(matters), sum(item.state_on(sight.on) == "done" for item in matters)


def is_behind(item: ItemFacts, sight: Sight, rules: ProgrammeRules) -> bool:
    """Whether the item lies more than the tolerance below its baseline; suspended, done and dropped ones never do."""
    gap = gap_of(item, sight)
    return item.state_on(sight.on) in REPORTING and gap is not None and gap * 100 > rules.tolerance


def gap_of(item: ItemFacts, sight: Sight) -> Decimal | None:
    """Planned share less actual share of the item's nodes, or of its first indicator; None where there is neither."""
    shares = shares_of(item, sight)
    return shares[0] - shares[1] if shares else None


def shares_of(item: ItemFacts, sight: Sight) -> tuple[Decimal, Decimal] | None:
    """The share that is planned by the day told about, and the actual one."""
    nodes = item.nodes
    if nodes:
        planned = sum(node.planned_on <= sight.on for node in nodes)
        actual = sum(sight.reached_on(node) is not None for node in nodes)
        return Decimal(planned) / len(nodes), Decimal(actual) / len(nodes)
    actual_share = _indicator_share(item, sight)
    return None if actual_share is None else (_even_share(item, sight.on), actual_share)


def _even_share(item: ItemFacts, on: date) -> Decimal:
    """The share of the months from start to finish that have ended by this day."""
    year = item.adopted_on.year if item.adopted_on else on.year
    first, last = item.starts_on or date(year, 1, 1), item.finishes_on or date(year, MONTHS, 31)
    begins = first.year * MONTHS + first.month
    months = last.year * MONTHS + last.month - begins + 1
    ended = on.year * MONTHS + on.month - begins + (1 if is_last_of_month(on) else 0)
    return Decimal(min(max(ended, 0), months)) / months


def is_last_of_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month


def _indicator_share(item: ItemFacts, sight: Sight) -> Decimal | None:
    """What the item's first indicator has reached of its target; None where that cannot be said."""
    firsts = [task.targets[0] for task in item.tasks if task.targets]
    name = firsts[0].indicator if firsts else ""
    targets = [target for target in firsts if target.indicator == name and target.target]
    if not targets or targets[0].direction != "more":
        return None
    reached = aggregate(targets, sight)
    whole = _together(targets[0].adds_up, [target.target for target in targets])
    return (reached or NOTHING) / whole if whole else None


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


def will_be_late(item: ItemFacts, sight: Sight) -> bool:
    """Whether an open node is expected after its day of the baseline, or after the year where none is planned."""
    if item.state_on(sight.on) not in REPORTING:
        return False
    return any(_is_expected_late(node, sight) for node in item.nodes if sight.reached_on(node) is None)


def _is_expected_late(node: NodeFacts, sight: Sight) -> bool:
    expected_on = sight.expected_on(node)
    return expected_on is not None and expected_on > node.planned_on


# Money.


def money_of_items(items: Iterable[ItemFacts], sight: Sight) -> Money:
    """Sums of items; one without fund lines is planned at the amount that was named with it."""
    items = list(items)
    named = sum((item.planned for item in items if item.planned is not None and not item.lines), NOTHING)
    sums = money_of_lines([line for item in items for line in item.lines], sight)
    return Money(
        planned=sums.planned + named,
        replanned=sums.replanned + named,
        allocated=sums.allocated,
        received=sums.received,
        paid=sums.paid,
        fiscal_planned=sums.fiscal_planned,
    )


def money_of_lines(lines: Iterable[LineFacts], sight: Sight) -> Money:
    lines = list(lines)
    latest = [statement for line in lines if (statement := sight.latest(line.money)) is not None]
    return Money(
        planned=sum((line.planned for line in lines), NOTHING),
        replanned=sum((_replanned(line, sight) for line in lines), NOTHING),
        **{kind: sum((getattr(statement, kind) for statement in latest), NOTHING) for kind in MONEY},
        fiscal_planned=sum((line.planned for line in lines if line.is_fiscal), NOTHING),
    )


def _replanned(line: LineFacts, sight: Sight) -> Decimal:
    plans = [plan.value for plan in line.replanned if plan.counted_on <= sight.known]
    return plans[-1] if plans else line.planned


# Nodes.


def node_counts(nodes: Iterable[NodeFacts], sight: Sight) -> NodeCounts:
    """Nodes due by the baseline, met on their day or before, met after it, and due but open."""
    days = [(node.planned_on, sight.reached_on(node)) for node in nodes]
    return NodeCounts(
        due=sum(planned <= sight.on for planned, _ in days),
        met=sum(reached is not None and reached <= planned for planned, reached in days),
        met_late=sum(reached is not None and reached > planned for planned, reached in days),
        late=sum(planned <= sight.on and reached is None for planned, reached in days),
    )


def _quarters(year: int, nodes: Sequence[NodeFacts], sight: Sight) -> Iterator[Quarter]:
    planned = Counter(_quarter(node.planned_on) for node in nodes if node.planned_on.year == year)
    reached = [day for node in nodes if (day := sight.reached_on(node)) is not None]
    actual = Counter(_quarter(day) for day in reached if day.year == year)
    for number in range(1, len(QUARTER_ENDS) + 1):
        shares = [rate(counts[number], len(nodes)) or Decimal("0.0000") for counts in (planned, actual)]
        yield Quarter(number, *shares)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


# Entries.


def due_months(item: ItemFacts, task: TaskFacts, day: date, rules: ProgrammeRules) -> list[str]:
    """The months of which the task owed an entry by the close of this day."""
    if item.adopted_on is None:
        return []
    months = []
    for month in QUARTER_ENDS if task.rhythm == "quarterly" else range(1, MONTHS + 1):
        report_on = date(item.adopted_on.year, month, rules.report_day)
        is_due = report_on <= day and month >= item.adopted_on.month
        if is_due and item.state_on(report_on) in REPORTING:
            months.append(f"{report_on:%Y-%m}")
    return months


def entry_counts(items: Iterable[ItemFacts], sight: Sight, rules: ProgrammeRules) -> EntryCounts:
    counts: Counter[str] = Counter()
    for item in items:
        for task in item.tasks:
            entries = {entry.month: entry for entry in task.entries}
            for month in due_months(item, task, sight.on, rules):
                counts["due"] += 1
                entry = entries.get(month)
                reports = [report for report in entry.reports if report[0] <= sight.known] if entry else []
                if entry is None or not reports:
                    counts["missing"] += 1
                    continue
                counts["reported"] += 1
                counts["complete"] += reports[-1][1]
                counts["on_time"] += reports[0][0] <= date.fromisoformat(f"{month}-{rules.report_day:02}")
                counts["confirmed"] += entry.confirmed_on is not None and entry.confirmed_on <= sight.known
    return EntryCounts(**{name: counts[name] for name in EntryCounts.__dataclass_fields__})


def coverage(items: Iterable[ItemFacts], sight: Sight, rules: ProgrammeRules) -> Coverage:
    counts: Counter[str] = Counter()
    for item in items:
        for task in item.tasks:
            due = due_months(item, task, sight.on, rules)
            if due:
                counts["expected"] += 1
                counts[_covered(task, due[-1], sight)] += 1
    return Coverage(**{name: counts[name] for name in Coverage.__dataclass_fields__})


def _covered(task: TaskFacts, month: str, sight: Sight) -> str:
    confirmed = [
        entry.month
        for entry in task.entries
        if entry.confirmed_on is not None and entry.confirmed_on <= sight.known and entry.month <= sight.month
    ]
    if not confirmed:
        return "none"
    return "current" if max(confirmed) >= month else "older"


# Groups.


def _groups(
    items: Sequence[ItemFacts], key: Callable[[ItemFacts], str], sight: Sight, rules: ProgrammeRules
) -> tuple[Group, ...]:
    names = dict.fromkeys(key(item) for item in items if item.state_on(sight.on) is not None)
    return tuple(_group(name, [item for item in items if key(item) == name], sight, rules) for name in names)


def _group(name: str, items: Sequence[ItemFacts], sight: Sight, rules: ProgrammeRules) -> Group:
    counted = [item for item in items if is_counted(item, sight)]
    return Group(
        name=name,
        items=item_counts(items, sight, rules),
        money=money_of_items(counted, sight),
        nodes=node_counts([node for item in counted for node in item.nodes], sight),
        practical_matters=practical_matters(items, sight),
    )


def _by_county(items: Sequence[ItemFacts], sight: Sight, rules: ProgrammeRules) -> tuple[Group, ...]:
    """The counties' tasks by their codes: an item counts in each county that has a task of it, its money by task."""
    codes = sorted({task.code for item in items for task in item.tasks})
    return tuple(_county(code, items, sight, rules) for code in codes)


def _county(code: str, items: Sequence[ItemFacts], sight: Sight, rules: ProgrammeRules) -> Group:
    tasks = [(item, task) for item in items for task in item.tasks if task.code == code]
    own = [item for item, _ in tasks]
    return Group(
        name=code,
        items=item_counts(own, sight, rules),
        money=money_of_lines([line for _, task in tasks for line in task.lines], sight),
        nodes=node_counts([node for _, task in tasks for node in task.nodes], sight),
        practical_matters=practical_matters(own, sight),
    )


def _by_source(items: Sequence[ItemFacts], sight: Sight) -> tuple[SourceMoney, ...]:
    lines = [line for item in items for line in item.lines]
    sources = dict.fromkeys(line.source for line in lines)
    return tuple(
        SourceMoney(source, money_of_lines([line for line in lines if line.source == source], sight))
        for source in sources
    )
