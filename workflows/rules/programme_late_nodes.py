"""The nodes that lie behind their baseline, with their days and whether that was foreseen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import counted_nodes, days_late


@dataclass(frozen=True, slots=True)
class LateNode:
    """A node that was due and is open, or was reached after its day; `was_foreseen` if an entry expected it late."""

    item_no: str
    code: str
    name: str
    planned_on: date
    replanned_on: date | None
    reached_on: date | None
    days: int
    was_foreseen: bool


def late_nodes(items: Iterable[ItemFacts], sight: Sight) -> Iterator[LateNode]:
    """The nodes of counted items that lie behind their baseline, with their days."""
    for item, task, node in counted_nodes(items, sight):
        if days := days_late(node, sight):
            reached_on, plan_on = sight.reached_on(node), sight.replanned_on(node)
            foreseen = any(day.day > node.planned_on for day in node.expected if day.counted_on <= sight.known)
            named = item.item_no, task.code, node.name
            yield LateNode(*named, node.planned_on, plan_on, reached_on, days, foreseen)


@dataclass(frozen=True, slots=True)
class LateCount:
    """The nodes that lie behind their baseline: all, those still open, those that no entry ever expected late."""

    nodes: int
    open: int
    unforeseen: int


def late_count(nodes: Sequence[LateNode]) -> LateCount:
    return LateCount(
        nodes=len(nodes),
        open=sum(node.reached_on is None for node in nodes),
        unforeseen=sum(not node.was_foreseen for node in nodes),
    )
