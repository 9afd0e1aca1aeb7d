"""The nodes of one item for its page: baseline, new plan, forecast and actual day, light, and whose late days are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from approvals.programme.queries import task_label
from workflows.charts.programme_terms import PARTIES
from workflows.label import Label
from workflows.rules.programme_facts import ItemFacts, NodeFacts, Sight
from workflows.rules.programme_figures import days_late
from workflows.rules.programme_replans import PlanMoves, plan_moves
from workflows.rules.programme_whose_days import NodeDays

NOT_MET, DONE = Label("未到期", "Not due"), Label("已达到", "Met")
MET_LATE, LATE, OPEN_LATE = Label("逾期达到", "Met late"), Label("逾期", "Late"), Label("预计逾期", "Expected late")


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node with its days; `light` is the name of a light, empty where there is none, `word` says the same.

    `parties` are the days that it is late by, by party, `undivided` the rest of them.
    """

    name: str
    code: str
    place: str
    planned_on: date
    replanned_on: date | None
    expected_on: date | None
    reached_on: date | None
    moved: PlanMoves
    late_days: int
    parties: tuple[tuple[Label, int], ...]
    undivided: int
    light: str
    word: Label


def node_rows(facts: ItemFacts, sight: Sight, late: Mapping[tuple[str, str], NodeDays]) -> Iterable[NodeRow]:
    """The nodes by their planned days; `late` are the days of those that are late, by task and name."""
    nodes = [(node, task.code) for task in facts.tasks for node in task.nodes]
    in_order = sorted(nodes, key=lambda pair: pair[0].planned_on)
    return (_node(node, code, sight, late.get((code, node.name))) for node, code in in_order)


def _node(node: NodeFacts, code: str, sight: Sight, late: NodeDays | None) -> NodeRow:
    reached_on, expected_on = sight.reached_on(node), sight.expected_on(node)
    late_days = days_late(node, sight)
    light, word = _light(reached_on, late_days, expected_on, node.planned_on)
    return NodeRow(
        name=node.name,
        code=code,
        place=task_label(code),
        planned_on=node.planned_on,
        replanned_on=sight.replanned_on(node),
        expected_on=expected_on,
        reached_on=reached_on,
        moved=plan_moves([node], sight),
        late_days=late_days,
        parties=tuple((PARTIES[party], days) for party, days in late.parties.items()) if late else (),
        undivided=late.undivided if late else late_days,
        light=light,
        word=word,
    )


def _light(reached_on: date | None, late_days: int, expected_on: date | None, planned_on: date) -> tuple[str, Label]:
    if reached_on is not None:
        return ("yellow", MET_LATE) if late_days else ("green", DONE)
    if late_days:
        return "red", LATE
    return ("yellow", OPEN_LATE) if expected_on is not None and expected_on > planned_on else ("", NOT_MET)
