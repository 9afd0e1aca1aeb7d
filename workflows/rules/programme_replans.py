"""How often the plan of a node or an item was moved, and by how many days in all."""

from collections.abc import Sequence
from typing import NamedTuple

from workflows.rules.programme_facts import NodeFacts, Sight


class PlanMoves(NamedTuple):
    """New plans that hold, and the days between the baseline and what is planned now.

    The correction of an error is no move, though it sets the days right.
    """

    times: int = 0
    days: int = 0


def plan_moves(nodes: Sequence[NodeFacts], sight: Sight) -> PlanMoves:
    """The moves of these nodes together: each new plan counts once, the days of all nodes add up."""
    plans = {
        plan.replan for node in nodes for plan in node.replanned if plan.counted_on <= sight.known and not plan.is_error
    }
    return PlanMoves(len(plans), sum((sight.plan_of(node) - node.planned_on).days for node in nodes))
