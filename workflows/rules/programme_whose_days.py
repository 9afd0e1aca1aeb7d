"""Whose the days of late nodes are: by the clock of an approval, by a suspension, as divided; the rest is undivided."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.charts.programme_terms import PARTIES
from workflows.rules.programme_facts import ItemFacts, NodeFacts, Sight
from workflows.rules.programme_figures import counted_nodes, days_late

Changes = Sequence[tuple[int, str]]  # from which day (an ordinal) on which holder or state stands, in order
Hands = Mapping[int, Changes]  # who held the approval that reaches a node, by the node's id
BY_CLOCK = {"department": "approval_department", "owner": "owner"}  # holders of an approval that are parties
BY_STATE = {"suspended": "suspension"}  # states of an item that are
NO_HANDS: Hands = {}


@dataclass(frozen=True, slots=True)
class NodeDays:
    """The calendar days that a node is late by. `fixed` is what clock and record say, `parties` all that is divided."""

    item_no: str
    code: str
    name: str
    days: int
    fixed: Mapping[str, int]
    parties: Mapping[str, int]

    @property
    def undivided(self) -> int:
        return self.days - sum(self.parties.values())

    @property
    def to_divide(self) -> int:
        """The days of which neither clock nor record say whose they are."""
        return self.days - sum(self.fixed.values())


@dataclass(frozen=True, slots=True)
class PartySums:
    """All late nodes together: days by party, of how many nodes, and what is undivided. They add up to `days`."""

    nodes: int
    days: int
    parties: Mapping[str, tuple[int, int]]  # days, nodes
    undivided: int
    undivided_nodes: int


def late_days(items: Iterable[ItemFacts], sight: Sight, hands: Hands = NO_HANDS) -> Iterator[NodeDays]:
    """The late nodes of items that count, each with its days by party."""
    for item, task, node in counted_nodes(items, sight):
        if days := days_late(node, sight):
            fixed, parties = _whose(item, node, days, sight, hands.get(node.id, ()))
            yield NodeDays(item.item_no, task.code, node.name, days, fixed, parties)


def party_sums(nodes: Sequence[NodeDays]) -> PartySums:
    """The days of all these nodes by party."""
    sums = {
        party: (sum(node.parties.get(party, 0) for node in nodes), sum(party in node.parties for node in nodes))
        for party in PARTIES
    }
    return PartySums(
        nodes=len(nodes),
        days=sum(node.days for node in nodes),
        parties=sums,
        undivided=sum(node.undivided for node in nodes),
        undivided_nodes=sum(node.undivided > 0 for node in nodes),
    )


def _whose(
    item: ItemFacts, node: NodeFacts, days: int, sight: Sight, hands: Changes
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What clock and record say of the days after the planned one, and what is divided of the rest.

    Divided days are laid out in their order: of a day before the last of them only the first ones count.
    """
    first = node.planned_on.toordinal() + 1
    window = range(first, first + days)
    states = [(since.toordinal(), state) for since, state in item.states]
    whose = _parties(states, BY_STATE, window) | _parties(hands, BY_CLOCK, window)
    fixed = Counter(whose.values())
    parties, rest = Counter(fixed), days - len(whose)
    for party, count in _divided(node, sight):
        taken = min(count, rest)
        parties[party] += taken
        rest -= taken
    return _in_order(fixed), _in_order(parties)


def _parties(changes: Changes, names: Mapping[str, str], window: range) -> dict[int, str]:
    """The days of the window that are a party's, by what stood at the close of each."""
    whose: dict[int, str] = {}
    for (since, standing), (until, _) in pairwise([*changes, (window.stop, "")]):
        if standing in names:
            whose |= dict.fromkeys(range(max(since, window.start), min(until, window.stop)), names[standing])
    return whose


def _divided(node: NodeFacts, sight: Sight) -> list[tuple[str, int]]:
    """The last division that is known, and what new plans have added since."""
    rows: list[tuple[str, int]] = []
    current = 0
    for row in node.divided:
        if row.counted_on > sight.known:
            continue
        if row.division and row.division != current:
            rows, current = [], row.division
        rows.append((row.party, row.days))
    return rows


def _in_order(days: Mapping[str, int]) -> dict[str, int]:
    return {party: days[party] for party in PARTIES if days.get(party)}
