"""Which items lie behind their plan, by how much, and which open node is the latest of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import days_late, gap_of, is_behind, shares_of

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PlanGap:
    """Shares planned and actual of an item; `node` is its longest late open node, empty where none is late."""

    item_no: str
    planned: Decimal
    actual: Decimal
    gap: Decimal
    node: str
    days: int


def plan_gaps(items: Mapping[int, ItemFacts], sight: Sight, rules: ProgrammeRules) -> dict[int, PlanGap]:
    """The items behind their plan, by their ids, those with the widest gaps first."""
    gaps = {item_id: _gap(item, sight) for item_id, item in items.items() if is_behind(item, sight, rules)}
    return dict(sorted(gaps.items(), key=lambda pair: (-pair[1].gap, pair[1].item_no)))


def _gap(item: ItemFacts, sight: Sight) -> PlanGap:
    planned, actual = shares_of(item, sight) or (NOTHING, NOTHING)
    is_open = (node for node in item.nodes if sight.reached_on(node) is None and days_late(node, sight))
    late = max(is_open, key=lambda node: days_late(node, sight), default=None)
    node, days = (late.name, days_late(late, sight)) if late else ("", 0)
    return PlanGap(item.item_no, planned, actual, gap_of(item, sight) or NOTHING, node, days)
