"""Months of a programme's year, and the course of quantities over them: target planned evenly, figures counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows.rules.programme_facts import ItemFacts, Sight, TargetFacts
from workflows.rules.programme_figures import MONTHS, NOTHING, even_share, indicators_of, rounded

ADDED = ("sum", "last")  # quantities of several items are added only where those of their tasks are


@dataclass(frozen=True, slots=True)
class QuantityCourse:
    """An indicator by month: its target planned evenly from start to finish, and what was counted."""

    indicator: str
    unit: str
    decimals: int
    target: Decimal | None
    planned: tuple[Decimal | None, ...]
    actual: tuple[Decimal | None, ...]


def month_ends(year: int) -> list[date]:
    return [date.fromordinal(date(year + n // MONTHS, n % MONTHS + 1, 1).toordinal() - 1) for n in range(1, MONTHS + 1)]


def sight_at(end: date, sight: Sight) -> Sight | None:
    """The same knowledge of a month's end, or of the day told about within it; None for months ahead."""
    if end.replace(day=1) > sight.on:
        return None
    return Sight(min(end, sight.on), sight.known)


def quantities_of(items: Sequence[ItemFacts], ends: Sequence[date], sight: Sight) -> Iterator[QuantityCourse]:
    """Indicators that are called and counted alike, where the figures of several tasks may be added."""
    groups: dict[tuple[str, str], list[tuple[ItemFacts, list[TargetFacts]]]] = {}
    for item in items:
        for targets in indicators_of(item):
            if targets[0].adds_up in ADDED or (len(items) == 1 and len(targets) == 1):
                groups.setdefault((targets[0].indicator, targets[0].unit), []).append((item, targets))
    for (name, unit), group in groups.items():
        yield _quantity(name, unit, group, ends, sight)


def _quantity(
    name: str, unit: str, group: Sequence[tuple[ItemFacts, list[TargetFacts]]], ends: Sequence[date], sight: Sight
) -> QuantityCourse:
    cells = [target for _, targets in group for target in targets]
    decimals = max(target.decimals for target in cells)
    goals = [(item, target.target) for item, targets in group for target in targets if target.target is not None]
    planned = (sum((Fraction(goal) * even_share(item, end) for item, goal in goals), Fraction(0)) for end in ends)
    return QuantityCourse(
        indicator=name,
        unit=unit,
        decimals=decimals,
        target=sum((goal for _, goal in goals), NOTHING) if goals else None,
        planned=tuple(rounded(part, Decimal(1).scaleb(-decimals)) if goals else None for part in planned),
        actual=tuple(_counted(cells, sight_at(end, sight)) for end in ends),
    )


def _counted(cells: Sequence[TargetFacts], sight: Sight | None) -> Decimal | None:
    statements = [sight.latest(cell.figures) for cell in cells] if sight is not None else []
    values = [statement.value for statement in statements if statement is not None]
    return sum(values, NOTHING) if values else None
