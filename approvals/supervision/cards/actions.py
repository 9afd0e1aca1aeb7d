"""Shows the cards that are due by rule; who appeals and who decides is in `appeals.py`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, insert

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.moments import start_of
from approvals.calendar.queries import calendar_for, calendar_in_force, limits_of
from approvals.history.record import OpenChain, Subject, begun, move, row_to_begin
from approvals.registration.queries import approval_place, approval_ref
from approvals.supervision.queries import CARDS, card_row, cards_of
from workflows.charts.card import CARD
from workflows.charts.model import SYSTEM
from workflows.clock.timeline import CORRECT, Step
from workflows.config.policy import load_policy
from workflows.rules.cards import DueCard, cards_due, cards_without_ground


def show_due(record: OpenChain, approval: Row[Any], steps: Sequence[Step], day: date) -> int:
    """Show what a sweep of every day up to `day` would have shown; how many. Showing again shows nothing."""
    due = cards_due(steps, limits_of(approval), load_policy(), calendar_for(record.tx, approval), day)
    if not due:
        return 0
    existing = {(row.round, row.rule) for row in cards_of(record.tx, approval.id)}
    cards = [card for card in due if (card.round, card.rule) not in existing and went_on(approval, card)]
    for card in cards:
        show_card(record, approval, card)
    return len(cards)


def show_once(record: OpenChain, approval: Row[Any], card: DueCard) -> None:
    """Show a card whose ground no approval's record tells (an order unanswered), unless this round has it already."""
    existing = {(row.round, row.rule) for row in cards_of(record.tx, approval.id)}
    if (card.round, card.rule) not in existing and went_on(approval, card):
        show_card(record, approval, card)


def void_groundless(record: OpenChain, approval: Row[Any], steps: Sequence[Step], day: date) -> int:
    """Withdraw the cards whose ground a correction took away, at its moment and for its reason; how many."""
    if not any(step.move == CORRECT for step in steps):
        return 0
    calendar = calendar_for(record.tx, approval)
    groundless = cards_without_ground(steps, limits_of(approval), load_policy(), calendar, day)
    found = [row for row in cards_of(record.tx, approval.id) if (row.round, row.rule) in groundless]
    found = [row for row in found if row.state in CARD.move("void_card").sources]
    for row in found:
        by = groundless[row.round, row.rule]
        facts = {"rule": row.rule, "colour": row.colour, "entry": by.corrects, "right_on": by.right_on}
        move(record, card_case(row, approval), "void_card", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=by.at)
    return len(found)


def went_on(approval: Row[Any], card: DueCard) -> bool:
    """A project that was withdrawn by then owes nobody a delivery any more."""
    return approval.project_state != "withdrawn" or approval.project_since >= start_of(card.on)


def show_card(record: OpenChain, approval: Row[Any], card: DueCard) -> None:
    """Show one card to the approval's department in the colour that the policy gives the rule; without one, none."""
    policy, at = load_policy(), card.at or start_of(card.on)
    colour = policy.cards[card.rule]
    if colour is None:
        return
    appeal_by = calendar_in_force(record.tx).nth_working_day_after(card.on, policy.appeal_within)
    facts = {"rule": card.rule, "colour": colour, "on": card.on, "appeal_by": appeal_by}
    key = record.tx.execute(insert(CARDS), _row(record, approval, card, facts)).inserted_primary_key
    case = card_case(card_row(record.tx, key[0]), approval)
    begun(record, case, "show_card", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)


def _row(record: OpenChain, approval: Row[Any], card: DueCard, facts: Mapping[str, Any]) -> dict[str, Any]:
    of_approval = {"project_id": record.project_id, "approval_id": approval.id, "round": card.round}
    days = {"shown_on": card.on, "appeal_by": facts["appeal_by"]}
    told = {"rule": card.rule, "colour": facts["colour"]}
    return row_to_begin(CARD, "show_card", of_approval | days | told, card.at or start_of(card.on))


def card_case(card: Row[Any], approval: Any) -> Subject:
    """The card as history sees it."""
    return Subject(
        CARD,
        CARDS,
        card.id,
        card.state,
        card.version,
        approval_place(approval),
        approval_ref(approval),
        approval_id=approval.id,
        round=card.round,
    )
