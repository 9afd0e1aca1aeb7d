"""The supervision orders about a case, as its record tells them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from approvals.history.queries import EntryView
from workflows.charts.model import State
from workflows.charts.order import ORDER
from workflows.config.city import load_city


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order; `ref` is how it is addressed, `due_on` until when it is to be answered."""

    ref: str
    number: str
    subject: str
    state: State
    due_on: date


def shown_orders(entries: Iterable[EntryView]) -> tuple[ShownOrder, ...]:
    """The orders that this record tells of, the latest first."""
    found: dict[int, ShownOrder] = {}
    for entry in entries:
        if entry.subject == ORDER.name:
            before = found.get(entry.subject_id) or _issued(entry)
            due_on = date.fromisoformat(entry.facts["due_on"]) if "due_on" in entry.facts else before.due_on
            found[entry.subject_id] = replace(before, state=ORDER.state(entry.to_state), due_on=due_on)
    return tuple(reversed(found.values()))


def _issued(entry: EntryView) -> ShownOrder:
    facts = entry.facts
    number = load_city().shown_order(facts["order"])
    due_on = date.fromisoformat(facts["due_on"])
    return ShownOrder(facts["order"], number, facts["subject"], ORDER.state(entry.to_state), due_on)
