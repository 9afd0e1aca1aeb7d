"""What may be added to a registered project's plan or struck from it, and how it differs from the screening answers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from approvals.history.queries import EntryView
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL, OUT_OF_PLAN, STRUCK
from workflows.charts.model import Move
from workflows.config.catalogue import Catalogue, Item
from workflows.config.conditions import Answers

ADD, STRIKE = "add_approval", "strike_approval"


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """The moves that are open to the reader, with the items that each may name.

    By the answers as they are now `missing` items apply that were never planned, and `needless` ones do not apply.
    """

    moves: tuple[tuple[Move, tuple[Item, ...]], ...]
    missing: tuple[Item, ...]
    needless: tuple[Item, ...]


NO_CHANGES = PlanChanges((), (), ())


def plan_changes(
    moves: Iterable[Move],
    answers: Answers,
    planned_10k_yuan: Decimal,
    catalogue: Catalogue,
    approvals: Collection[ApprovalView],
    entries: Iterable[EntryView],
) -> PlanChanges:
    """What the reader, to whom these moves of the project are open, may change in its plan."""
    planned = {approval.code: approval for approval in approvals}
    choices = {ADD: _addable(planned, catalogue), STRIKE: _strikable(planned)}
    offered = tuple((move, choices[move.name]) for move in moves if choices.get(move.name))
    if not offered:
        return NO_CHANGES
    applies = {item.item.code for item in catalogue.plan(answers, planned_10k_yuan)}
    added = {entry.facts["code"] for entry in entries if entry.move == ADD}
    missing = tuple(item for item in choices[ADD] if item.code in applies - planned.keys())
    in_hand = (item for item in choices[STRIKE] if planned[item.code].state not in OUT_OF_PLAN)
    needless = tuple(item for item in in_hand if item.code not in applies | added)
    return PlanChanges(offered, missing, needless)


def _addable(planned: Mapping[str, ApprovalView], catalogue: Catalogue) -> tuple[Item, ...]:
    """The items of the catalogue that are not in the plan, those that were struck among them."""
    items = catalogue.items.values()
    return tuple(item for item in items if item.code not in planned or planned[item.code].state == STRUCK)


def _strikable(planned: Mapping[str, ApprovalView]) -> tuple[Item, ...]:
    sources = APPROVAL.move("strike").sources
    return tuple(
        approval.item
        for approval in planned.values()
        if approval.state in sources and (approval.state != "refused" or approval.delivered_on)
    )
