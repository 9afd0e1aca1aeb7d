"""Two days of a programme compared: what joined and left, and what changed, new facts apart from corrections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.rules.programme_facts import KINDS_OF_MONEY, ItemFacts, Sight
from workflows.rules.programme_figures import is_counted, replanned_money

Value = str | date | Decimal | None
Cell = tuple[str, str, str]  # what it is, of which task, its name
Told = tuple[Value, str | None]  # with the month that it is of; None for what is decided, not reported
NEW, CORRECTED = "new", "corrected"


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A cell that is told otherwise on the later day.

    It is corrected when an entry that counted on the earlier day says otherwise by now; what came late is new.
    """

    item_no: str
    what: str
    task: str
    name: str
    before: Value
    after: Value
    kind: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`joined` and `left` are the numbers of items that count on one of the two days alone."""

    earlier: Sight
    later: Sight
    joined: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[ToldChange, ...]


def changes_between(items: Sequence[ItemFacts], earlier: Sight, later: Sight) -> Changes:
    """What the later day tells otherwise than the earlier one did."""
    before = {item.item_no for item in items if is_counted(item, earlier)}
    after = {item.item_no for item in items if is_counted(item, later)}
    both = [item for item in items if item.item_no in before & after]
    return Changes(
        earlier=earlier,
        later=later,
        joined=tuple(sorted(after - before)),
        left=tuple(sorted(before - after)),
        changed=tuple(change for item in both for change in _changed(item, earlier, later)),
    )


def _changed(item: ItemFacts, earlier: Sight, later: Sight) -> Iterator[ToldChange]:
    """First what was corrected of the earlier day, then what came since."""
    then, by_now = _cells(item, earlier), _cells(item, Sight(earlier.on, later.known))
    for cell, (value, _) in _cells(item, later).items():
        before = then[cell][0]
        if _is_corrected(then[cell], by_now[cell]):
            yield ToldChange(item.item_no, *cell, before, by_now[cell][0], CORRECTED)
            before = by_now[cell][0]
        if before != value:
            yield ToldChange(item.item_no, *cell, before, value, NEW)


def _is_corrected(then: Told, by_now: Told) -> bool:
    """Whether what was told then is told otherwise by now, not for a later month that had not been reported."""
    return then[0] != by_now[0] and then[1] is not None and (by_now[1] or "") <= then[1]


def _cells(item: ItemFacts, sight: Sight) -> Mapping[Cell, Told]:
    """All that is told of an item for a day."""
    cells: dict[Cell, Told] = {("state", "", ""): (item.state_on(sight.on), None)}
    for task in item.tasks:
        for node in task.nodes:
            reached_on = sight.reached_on(node)
            cells["planned_on", task.code, node.name] = sight.replanned_on(node) or node.planned_on, None
            cells["reached_on", task.code, node.name] = reached_on, "" if reached_on else None
        for line in task.lines:
            money = sight.latest(line.money)
            cells["planned", task.code, line.source] = replanned_money(line, sight), None
            for kind in KINDS_OF_MONEY:
                cells[kind, task.code, line.source] = (getattr(money, kind), money.month) if money else (None, None)
        for target in task.targets:
            figure = sight.latest(target.figures)
            cells["quantity", task.code, target.indicator] = (figure.value, figure.month) if figure else (None, None)
    return cells
