"""The cards of approvals, as their record tells them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from approvals.history.queries import EntryView
from workflows.charts.card import CARD
from workflows.charts.model import State
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES, CardRule


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card of an approval; `key` is how it is addressed below the approval."""

    approval_id: int | None
    key: str
    rule: CardRule
    colour: str
    colour_name: Label
    state: State
    shown_on: date
    appeal_by: date
    is_appealable: bool


def shown_cards(entries: Iterable[EntryView], today: date) -> tuple[ShownCard, ...]:
    """The cards that this record tells of, the latest first."""
    found: dict[int, ShownCard] = {}
    for entry in entries:
        if entry.subject == CARD.name:
            state = CARD.state(entry.to_state)
            before = found.get(entry.subject_id) or _shown(entry)
            is_open = state.name == "shown" and today <= before.appeal_by
            found[entry.subject_id] = replace(before, state=state, is_appealable=is_open)
    return tuple(reversed(found.values()))


def _shown(entry: EntryView) -> ShownCard:
    facts = entry.facts
    shown_on, appeal_by = date.fromisoformat(facts["on"]), date.fromisoformat(facts["appeal_by"])
    colour = facts["colour"]
    return ShownCard(
        entry.approval_id,
        f"{facts['rule']}-{entry.round}",
        RULES[facts["rule"]],
        colour,
        COLOUR_NAMES[colour],
        CARD.state(entry.to_state),
        shown_on,
        appeal_by,
        is_appealable=False,
    )
