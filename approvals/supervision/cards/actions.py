"""Cards that are due by rule; appeals and decisions are in `appeals.py`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, insert

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.moments import start_of
from approvals.calendar.queries import calendar_for, calendar_in_force, limits_of
from approvals.history.record import OpenChain, begun, move, row_to_begin
from approvals.supervision.queries import CARDS, card_case, cards_of
from workflows.charts.card import CARD
from workflows.charts.model import SYSTEM
from workflows.clock.timeline import CORRECT, Step
from workflows.config.policy import load_policy
from workflows.rules.cards import DueCard, cards_due, cards_without_ground


def show_due(record: OpenChain, approval: Row[Any], steps: Sequence[Step], day: date) -> int:
    """Show the cards that a sweep of every day up to `day` would have shown; how many are new."""
    due = cards_due(steps, limits_of(approval), load_policy(), calendar_for(record.tx, approval), day)
    return show_missing(record, approval, due) if due else 0


def show_missing(record: OpenChain, approval: Row[Any], due: Sequence[DueCard]) -> int:
    """Show those of the due cards that their round does not have already; how many."""
    existing = {(row.round, row.rule) for row in cards_of(record.tx, approval.id)}
    cards = [card for card in due if (card.round, card.rule) not in existing and went_on(approval, card)]
    for card in cards:
        _show_card(record, approval, card)
    return len(cards)


def void_groundless(record: OpenChain, approval: Row[Any], steps: Sequence[Step], day: date) -> int:
    """Withdraw the cards whose ground a correction took away, at its moment and for its reason; how many."""
    if not any(step.move == CORRECT for step in steps):
        return 0
    calendar = calendar_for(record.tx, approval)
    groundless = cards_without_ground(steps, limits_of(approval), load_policy(), calendar, day)
    sources = CARD.move("void_card").sources
    cards = cards_of(record.tx, approval.id)
    rows = [row for row in cards if (row.round, row.rule) in groundless and row.state in sources]
    for row in rows:
        by = groundless[row.round, row.rule]
        facts = {"rule": row.rule, "colour": row.colour, "entry": by.corrects, "right_on": by.right_on}
        move(record, card_case(row, approval), "void_card", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=by.at)
    return len(rows)


def went_on(approval: Row[Any], card: DueCard) -> bool:
    """A project that was withdrawn by then owes nobody a delivery any more."""
    return approval.project_state != "withdrawn" or approval.project_since >= start_of(card.on)


def _show_card(record: OpenChain, approval: Row[Any], card: DueCard) -> None:
    """Show a card to the approval's department in the colour that the policy gives its rule; without one, none."""
    policy, at = load_policy(), card.at or start_of(card.on)
    colour = policy.cards[card.rule]
    if colour is None:
        return
    appeal_by = calendar_in_force(record.tx).nth_working_day_after(card.on, policy.appeal_within)
    row = {
        "project_id": record.project_id,
        "approval_id": approval.id,
        "round": card.round,
        "rule": card.rule,
        "colour": colour,
        "shown_on": card.on,
        "appeal_by": appeal_by,
    }
    statement = insert(CARDS).values(row_to_begin(CARD, "show_card", row, at)).returning(CARDS)
    case = card_case(record.tx.execute(statement).one(), approval)
    facts = {"rule": card.rule, "colour": colour, "on": card.on, "appeal_by": appeal_by}
    begun(record, case, "show_card", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)
