"""Moves of people on a card: the head of the window appeals, the supervision office upholds or withdraws."""

from sqlalchemy import Connection

from approvals.accounts.actors import acting_role
from approvals.base.errors import NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import Subject, check_version, move, next_state, recording
from approvals.registration.queries import ApprovalRow, approval_scope, locked_approval
from approvals.supervision.escalations.actions import end_of_chain, escalate_up_to
from approvals.supervision.queries import card_at, card_case
from workflows.charts.card import CARD


def move_card(tx: Connection, command: Command) -> Subject:
    """Appeal against a card, uphold or withdraw it; cards that are due by then are shown first.

    The key is the rule, for the last round that has such a card, or rule and round as in `promised-1`.
    """
    approval: ApprovalRow = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
    role = acting_role(command.actor, CARD.move(command.move), approval_scope(approval))
    facts = check_input(CARD, command.move, command.input)
    with recording(tx, approval.project_id, *end_of_chain(approval), at=command.at, now=command.now) as record:
        approval = escalate_up_to(record, approval, day_of(record.at))
        card = card_at(tx, approval.id, command.ref.key)
        if card is None:
            raise NotFound
        case = card_case(card, approval)
        check_version(case, command.version)
        next_state(case, command.move)
        if command.move == "appeal" and day_of(record.at) > card.appeal_by:
            raise Refused(N_("The appeal period ended on %(day)s."), day=card.appeal_by)
        facts = {"rule": card.rule, "colour": card.colour} | facts  # for readers of the record alone
        return move(record, case, command.move, by=command.actor, role=role, facts=facts)
