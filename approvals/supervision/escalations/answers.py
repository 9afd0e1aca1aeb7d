"""Answers to escalations at each level, and escalation of a joint project's approval by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, func, select

from approvals.accounts.actors import Actor, Scope, acting_role, is_joint, joint_scope
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force, check_working_day
from approvals.history.commands import Command
from approvals.history.inputs import KINDS, check_input, field_reasons
from approvals.history.record import OpenChain, Subject, begun, check_version, move, next_state, recording
from approvals.registration.lights import WITH_A_LIGHT
from approvals.registration.queries import ApprovalRow, approval_scope, approval_subject, locked_approval
from approvals.supervision.escalations.actions import end_of_chain, escalate_up_to, insert_escalation
from approvals.supervision.orders.actions import issue_instructed
from approvals.supervision.queries import ESCALATIONS, escalation_case
from workflows.charts.escalation import ESCALATION
from workflows.charts.roles import JOINT_ROLE, LEVEL_ROLES, ROLES
from workflows.clock.lights import light_of
from workflows.config.policy import load_policy
from workflows.rules.escalation_rules import TOP

_LEVEL: TypeAdapter[int] = TypeAdapter(KINDS["level"])
JOINT_LEVELS = (1, 2)  # at which both units of a joint project are asked


def answerers(level: int, by: Actor, place: Scope) -> tuple[str, ...]:
    """The roles in which this level is answered; the heads of both units of a joint project answer up to the second."""
    both = is_joint(by, place) and level in JOINT_LEVELS and JOINT_ROLE not in LEVEL_ROLES[level]
    return (*LEVEL_ROLES[level], JOINT_ROLE) if both else LEVEL_ROLES[level]


def answer(tx: Connection, command: Command) -> Subject:
    """Answer an escalation with reason and commitment; with no `level`, the one that waits at the actor's own level.

    An instruction of the city government goes down with its words, and as an order when it names a day for one.
    """
    level, values = _level_of(command)
    approval: ApprovalRow = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
    place = joint_scope(command.actor, approval_scope(approval))
    acting_role(command.actor, ESCALATION.move(command.move), place)
    facts = check_input(ESCALATION, command.move, values)
    with recording(tx, approval.project_id, *end_of_chain(approval), at=command.at, now=command.now) as record:
        day = day_of(record.at)
        approval = escalate_up_to(record, approval, day)
        escalation = _waiting(tx, approval, level, command)
        case = replace(escalation_case(escalation, approval), place=place)
        role = _role_at(escalation.level, command.move, command.actor, case.place)
        check_version(case, command.version)
        check_working_day(tx, "commitment_on", facts["commitment_on"], day)
        commitment = facts["commitment_on"]
        lift_on = commitment + timedelta(days=1) if escalation.level < TOP else None
        changes = {"reason": facts["reason"], "commitment_on": commitment, "lift_on": lift_on}
        next_state(case, command.move)
        facts = (
            facts | {"level": escalation.level} | issue_instructed(record, approval, case, facts, command.actor, role)
        )
        return move(record, case, command.move, by=command.actor, role=role, facts=facts, changes=changes)


def _level_of(command: Command) -> tuple[int | None, dict[str, object]]:
    """The level that is answered, if the input names one, and the rest of the input."""
    values = dict(command.input)
    level = values.pop("level", None)
    if level is None:
        return None, values
    try:
        return _LEVEL.validate_python(level), values
    except ValidationError as error:
        [reasons] = field_reasons(error).values()
        raise Invalid({"level": reasons}) from None


def _waiting(tx: Connection, approval: Row[Any], level: int | None, command: Command) -> Row[Any]:
    levels = {level} if level else {ROLES[role].level for role in command.actor.roles if role in ROLES}
    if level is None and is_joint(command.actor, approval_scope(approval)):
        levels |= set(JOINT_LEVELS)
    of_round = ESCALATIONS.c.approval_id == approval.id, ESCALATIONS.c.round == approval.round
    statement = select(ESCALATIONS).where(*of_round, ESCALATIONS.c.level.in_(sorted(levels)))
    row = tx.execute(statement.order_by(ESCALATIONS.c.state != "raised", ESCALATIONS.c.level)).first()
    if row is None:
        raise NotFound(N_("No escalation is pending at this level."))
    return row


def _role_at(level: int, name: str, by: Actor, place: Scope) -> str:
    """The role in which somebody answers at this level, of the several that they may hold."""
    move_ = ESCALATION.move(name)
    may = tuple(role for role in answerers(level, by, place) if role in move_.by)
    try:
        return acting_role(by, replace(move_, by=may), place)
    except Forbidden:
        raise Forbidden(N_("This escalation is pending at another level.")) from None


def raise_jointly(tx: Connection, command: Command) -> Subject:
    """Raise the next level of an approval whose project both units are responsible for, before its light would."""
    approval: ApprovalRow = locked_approval(tx, command.ref.project, command.ref.code, command.actor)
    place = joint_scope(command.actor, approval_scope(approval))
    if not is_joint(command.actor, place):
        raise Forbidden(N_("Only the two units responsible for a joint project may escalate manually."))
    role = acting_role(command.actor, ESCALATION.move(command.move), place)
    facts = check_input(ESCALATION, command.move, command.input)
    with recording(tx, approval.project_id, *end_of_chain(approval), at=command.at, now=command.now) as record:
        approval = escalate_up_to(record, approval, day_of(record.at))
        check_version(approval_subject(approval), command.version)
        if approval.state not in WITH_A_LIGHT:
            raise Refused(N_("Only accepted approvals without a decision can be escalated."))
        row = _next_rung(record, approval)
        case = replace(insert_escalation(record, approval, command.move, row, record.at), place=place)
        level_facts = {"level": row["level"], "light": row["light"], "on": row["raised_on"]}
        begun(record, case, command.move, by=command.actor, role=role, facts=facts | level_facts)
        return case


def _next_rung(record: OpenChain, approval: Row[Any]) -> dict[str, object]:
    """The columns of the level above the highest one so far; Refused above the top."""
    of_round = ESCALATIONS.c.approval_id == approval.id, ESCALATIONS.c.round == approval.round
    highest = record.tx.execute(select(func.max(ESCALATIONS.c.level)).where(*of_round)).scalar_one()
    level, day = 1 + (highest or 0), day_of(record.at)
    if level > TOP:
        raise Refused(N_("The escalation has already reached the highest level."))
    policy = load_policy()
    days = policy.answer_days(is_key=approval.is_key, is_urgent=approval.is_urgent)
    answer_due_on = calendar_in_force(record.tx).nth_working_day_after(day, days)
    return {
        "round": approval.round,
        "level": level,
        "light": light_of(approval, day),
        "raised_on": day,
        "answer_due_on": answer_due_on,
        "lift_on": answer_due_on + timedelta(days=1) if level < TOP else None,
    }
