"""Supervision orders: issued, answered, accepted or sent back, and reported when nobody answers in time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert

from approvals.accounts.actors import SYSTEM_ACTOR, Actor, Scope, acting_role
from approvals.base.errors import Forbidden, Invalid, NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.base.stores import next_number
from approvals.calendar.queries import calendar_in_force, check_working_day
from approvals.catalogue.queries import item_of
from approvals.filing.queries import locked_project, locked_project_by_id, record_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    OpenChain,
    Subject,
    begun,
    check_version,
    locked_city_chain,
    move,
    next_state,
    recording,
    row_to_begin,
)
from approvals.programme.problems.reported import note_order
from approvals.registration.queries import approvals_of, locked_approval
from approvals.supervision.cards.actions import show_missing
from approvals.supervision.orders.queries import (
    ORDERS,
    departments,
    due_orders,
    order_by_id,
    order_case,
    order_for,
    ref_of_order,
)
from workflows.charts.model import SYSTEM
from workflows.charts.order import ISSUERS, KEEPERS, KEPT_AT, LIFTS, ORDER
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.rules.cards import DueCard

_ONE_DAY = timedelta(days=1)
LEADERS = ISSUERS[-1]  # who instructs; the order itself is kept by the office
INSTRUCTED_DAY = "order_due_on"  # of an instruction that is to become an order


@dataclass(frozen=True, slots=True)
class OrderSource:
    """The source of an order: an `escalation` or a `report`, and its reference."""

    kind: str = ""
    ref: str = ""


def issue_order(tx: Connection, command: Command, source: OrderSource | None = None) -> Subject:
    """Issue an order about an approval, about a project, about a problem of the programme, or at large.

    The input: subject, demands, due_on, and the department by its name, which an approval has already. The city
    government issues only what follows a `source`, of which an instruction came.
    """
    by = command.actor
    role = acting_role(by, ORDER.move("issue"), Scope(owner_unit_id=0))
    if role == LEADERS and source is None:
        raise Forbidden(N_("The city government instructs in its answers and in reports; the offices issue orders."))
    facts = check_input(ORDER, "issue", command.input)
    approval, end = _opened(tx, command)
    with recording(tx, *end, at=command.at, now=command.now) as record:
        case = issue_in(record, approval, facts, by=by, role=role, source=source or OrderSource())
    if command.ref.key:
        note_order(tx, command, case.label)
    return case


def _opened(tx: Connection, command: Command) -> tuple[Row[Any] | None, tuple[Any, ...]]:
    """The approval that an order is about, if any, and the end of the chain into which it goes, both locked."""
    about, by = command.ref, command.actor
    if about.code:
        approval = locked_approval(tx, about.project, about.code, by)
        return approval, (approval.project_id, approval.chain_seq, approval.chain_head, approval.chain_last_at)
    if not about.project:
        return None, locked_city_chain(tx, command.at or command.now)
    project = locked_project(tx, about.project, by)
    if project.filed_at is None:  # a draft is its owner's own
        raise NotFound
    return None, record_of(project)


def issue_in(
    record: OpenChain, approval: Row[Any] | None, facts: Mapping[str, Any], *, by: Actor, role: str, source: OrderSource
) -> Subject:
    """Issue an order within an open record, for `facts` that were checked: row, number and entry."""
    tx, day = record.tx, day_of(record.at)
    department_id, department = _department(tx, approval, facts.get("department"))
    check_working_day(tx, "due_on", facts["due_on"], day)
    row = {name: facts[name] for name in ("subject", "demands", "due_on")} | {
        "year": day.year,
        "serial": next_number(tx, f"order/{day.year}"),
        "project_id": record.project_id or None,
        "approval_id": approval.id if approval else None,
        "round": approval.round if approval else 0,
        "department_id": department_id,
        "level": KEPT_AT[role],
        "issued_on": day,
        "alarm_on": facts["due_on"] + _ONE_DAY,
        "source_kind": source.kind,
        "source_ref": source.ref,
    }
    statement = insert(ORDERS).values(row_to_begin(ORDER, "issue", row, record.at)).returning(ORDERS.c.id)
    order = order_by_id(tx, tx.execute(statement).scalar_one())
    source_facts = {name: row[name] for name in ("level", "source_kind", "source_ref") if row[name]}
    facts = dict(facts) | source_facts | {"order": ref_of_order(order), "department": department}
    begun(record, order_case(order), "issue", by=by, role=role, facts=facts)
    return order_case(order)


def _department(tx: Connection, approval: Row[Any] | None, name: str | None) -> tuple[int, str]:
    """The unit that has to answer: the approval's own, or the one that is named."""
    names = {row.name: row.id for row in departments(tx)}
    own = next((unit for unit, unit_id in names.items() if approval and unit_id == approval.department_id), None)
    if not name and own is None:
        raise invalid("department", N_("is required"))
    if name is not None and name not in names:
        raise invalid("department", N_("is not a department"))
    if own and name not in (None, own):
        raise invalid("department", N_("is not the department of this approval"))
    department = own or str(name)
    return names[department], department


def issue_instructed(
    record: OpenChain, approval: Row[Any], case: Subject, facts: Mapping[str, Any], by: Actor, role: str
) -> dict[str, str]:
    """Issue the order that an instruction of the city government names a day for; its reference, for the record."""
    if not facts.get(INSTRUCTED_DAY):
        return {}
    number = load_city().shown_number(approval.number)
    subject = f"{number}“{item_of(record.tx, approval).zh}”逾期办理"
    order_facts = {"subject": subject, "demands": facts["words"], "due_on": facts[INSTRUCTED_DAY]}
    source = OrderSource("escalation", f"{case.label}/{case.level}")
    try:
        order = issue_in(record, approval, order_facts, by=by, role=role, source=source)
    except Invalid as refusal:
        fields = {INSTRUCTED_DAY if name == "due_on" else name: why for name, why in refusal.fields.items()}
        raise Invalid(fields) from None
    return {"order": order.label}


# Moves on an order.


def move_order(tx: Connection, command: Command) -> Subject:
    """Answer an order, accept the answer or send it back; what is overdue by then was reported first."""
    visible = order_for(tx, command.ref.key, command.actor)
    acting_role(command.actor, ORDER.move(command.move), order_case(visible).place)
    facts = check_input(ORDER, command.move, command.input)
    with recording(tx, *_end_of(tx, visible.project_id, command.now), at=command.at, now=command.now) as record:
        day = day_of(record.at)
        order = lift_due(record, order_by_id(tx, visible.id), day)
        case = order_case(order)
        role = role_for(command.move, order, command.actor)
        check_version(case, command.version)
        next_state(case, command.move)
        changes = _changes(tx, command.move, facts, day)
        facts = facts | {"order": case.label}
        return move(record, case, command.move, by=command.actor, role=role, facts=facts, changes=changes)


def _end_of(tx: Connection, project_id: int | None, now: datetime) -> tuple[Any, ...]:
    """The end of the chain in which an order stands, locked."""
    return record_of(locked_project_by_id(tx, project_id)) if project_id else locked_city_chain(tx, now)


def role_for(name: str, order: Any, by: Actor) -> str:
    """The role in which somebody makes this move of this order; Forbidden for the level that does not keep it."""
    move_ = ORDER.move(name)
    if not set(move_.by) & set(KEEPERS.values()):
        return acting_role(by, move_, order_case(order).place)
    try:
        return acting_role(by, replace(move_, by=(KEEPERS[order.level],)), order_case(order).place)
    except Forbidden:
        raise Forbidden(N_("This order is handled at another level.")) from None


def _changes(tx: Connection, name: str, facts: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The columns that a move changes beside the state."""
    if name == "send_back":
        check_working_day(tx, "due_on", facts["due_on"], day)
        return {"due_on": facts["due_on"], "alarm_on": facts["due_on"] + _ONE_DAY, "lifted_to": None}
    if facts.get("commitment_on"):
        check_working_day(tx, "commitment_on", facts["commitment_on"], day)
    return {"alarm_on": None}


# Orders that nobody answered in time.


def catch_up_order(tx: Connection, ref: str, by: Actor, now: datetime) -> None:
    """Before somebody moves an order: what is due about it by now; NotFound when they may not see it."""
    order = order_for(tx, ref, by)
    if order.alarm_on is not None and order.alarm_on <= day_of(now):
        with recording(tx, *_end_of(tx, order.project_id, now), at=None, now=now) as record:
            lift_due(record, order_by_id(tx, order.id), day_of(now))


def lift_orders(tx: Connection, chain: int, to: datetime, now: datetime) -> Counter[str]:
    """Report the orders of a project (0: at large) that were not answered by `to`, each on its proper day."""
    done, day = Counter[str](), day_of(to)
    with recording(tx, *_end_of(tx, chain or None, now), at=None, now=now) as record:
        for order in due_orders(tx, chain, day):
            done["lift_order"] += lift_due(record, order, day).version - order.version
    return +done


def lift_due(record: OpenChain, order: Row[Any], day: date) -> Row[Any]:
    """Report one order to the levels that should have heard of it by the close of `day`; its row afterwards."""
    while order.alarm_on is not None and order.alarm_on <= day:
        _lift(record, order, order.alarm_on)
        order = order_by_id(record.tx, order.id)
    return order


def _lift(record: OpenChain, order: Row[Any], on: date) -> None:
    level = LIFTS[0] if order.lifted_to is None else LIFTS[1]
    next_on = None
    if level != LIFTS[-1]:  # the day after the office's own time to answer has passed as well
        within = load_policy().answer_days(is_key=bool(order.is_key), is_urgent=bool(order.is_urgent))
        next_on = calendar_in_force(record.tx).nth_working_day_after(on, within) + _ONE_DAY
    facts = {"order": ref_of_order(order), "level": level, "on": on, "due_on": order.due_on, "next_on": next_on}
    changes = {"alarm_on": next_on, "lifted_to": level}
    case = order_case(order, level)
    move(record, case, "lift_order", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=changes, at=start_of(on))
    if level == LIFTS[0] and order.approval_id:
        approval = next(row for row in approvals_of(record.tx, record.project_id) if row.id == order.approval_id)
        show_missing(record, approval, [DueCard("order", order.round, on)])
