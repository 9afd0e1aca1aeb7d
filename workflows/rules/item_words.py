"""What the end of an approval is called: where the item is a record (备案) or a review (审查), it is completed."""

from dataclasses import replace

from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move, State
from workflows.config.catalogue import PERMIT, Item
from workflows.label import Label

_STATES = {"granted": Label("已办结", "Completed"), "refused": Label("不予通过", "Not passed")}
_MOVES = {
    "grant": (Label("办结", "Complete"), Label("该事项已办结。", "The item is completed.")),
    "grant_at_once": (Label("即来即办：受理并办结", "Accept and complete at once"), None),
    "refuse": (
        Label("不予通过", "Do not pass"),
        Label("已作出不予通过决定，理由已告知业主。", "The item is not passed; the owner is told why."),
    ),
}


def state_of(item: Item, name: str) -> State:
    """A state of the approval chart, as it is called for this item."""
    state, words = APPROVAL.state(name), _STATES.get(name)
    return state if words is None or item.ends_with == PERMIT else replace(state, zh=words.zh, en=words.en)


def move_of(item: Item | None, move: Move) -> Move:
    """A move of the approval chart, as it is called for this item; any other move, and one of no item, as it is."""
    if item is None or item.ends_with == PERMIT or move.name not in _MOVES:
        return move
    words, message = _MOVES[move.name]
    return replace(move, zh=words.zh, en=words.en, message=message or move.message)
