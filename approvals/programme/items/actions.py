"""Moves of an item of the programme: proposed, planned, adopted, replanned, suspended, claimed done and verified."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from approvals.accounts.actors import Scope, acting_role
from approvals.base.errors import Forbidden, NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.evidence.actions import note_uses
from approvals.evidence.queries import refs_of
from approvals.history.commands import Command, MoveWarning, check_confirmed
from approvals.history.inputs import check_input
from approvals.history.record import ENTRY as HISTORY
from approvals.history.record import (
    FIRST,
    OpenChain,
    Subject,
    begun,
    check_version,
    move,
    new_chain,
    next_state,
    recording,
    row_to_begin,
)
from approvals.programme.effects import Effect
from approvals.programme.evidence import same_pictures, with_evidence
from approvals.programme.items import claims, divisions, replans
from approvals.programme.items.plan import check_plan, write_plan
from approvals.programme.names import person_named, unit_named, username_of
from approvals.programme.problems.reported import close_with_item
from approvals.programme.queries import (
    ITEMS,
    LINES,
    NODES,
    TASK_PEOPLE,
    chain_of_item,
    item_case,
    item_key,
    item_place,
    locked_item,
    record_of_item,
    task_called,
    tasks_of,
)
from workflows.charts.item import ITEM
from workflows.config.policy import load_policy

LONGEST_SUSPENSION = timedelta(days=92)  # a quarter, until the day of review
ONE_WRITER = "LOCK TABLE programme_items IN SHARE ROW EXCLUSIVE MODE"  # two new items never get one number
CLAIM = "claim_done"
ASKED_BY = {"confirm_replan": "replan", "confirm_days": "divide_days"}  # what was asked, by the move that confirms it
ENDS = ("verify_done", "drop")
_FLAGS = {"practical_matter": "is_practical_matter", "key": "is_key", "urgent": "is_urgent"}


def propose(tx: Connection, command: Command) -> Subject:
    """Begin an item of this number; Invalid when the year has it already."""
    year, item_no = item_key(command.ref.key)
    facts = check_input(ITEM, "propose", command.input)
    lead_id = unit_named(tx, "lead_unit", facts["lead_unit"])
    role = acting_role(command.actor, ITEM.move("propose"), Scope(owner_unit_id=lead_id))
    check_span(facts.get("starts_on"), facts.get("finishes_on"))
    lock_numbers(tx)
    if tx.execute(select(ITEMS.c.id).where(ITEMS.c.year == year, ITEMS.c.item_no == item_no)).first():
        raise invalid("item_no", N_("is already taken"))
    return begin_item(tx, command, {"year": year, "item_no": item_no, "lead_unit_id": lead_id}, facts, role)


def lock_numbers(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":  # SQLite has one writer at a time
        tx.execute(text(ONE_WRITER))


def begin_item(
    tx: Connection, command: Command, address: Mapping[str, Any], facts: Mapping[str, Any], role: str
) -> Subject:
    """The row, the chain and the first entry of a new item, for facts that were checked."""
    at = command.at or command.now
    if at > command.now:
        raise Refused(N_("The time is in the future."), field="at")
    row = row_to_begin(ITEM, "propose", {**address, **item_columns(facts)}, at)
    item_id = tx.execute(insert(ITEMS).values(row).returning(ITEMS.c.id)).scalar_one()
    new_chain(tx, chain_of_item(item_id), at)
    case = item_case(tx.execute(select(ITEMS).where(ITEMS.c.id == item_id)).one())
    with recording(tx, chain_of_item(item_id), 0, FIRST, at, at=at, now=command.now) as record:
        own = {name: address[name] for name in ("year", "item_no")}
        begun(record, case, "propose", by=command.actor, role=role, facts={**facts, **own})
    return case


def check_span(starts_on: date | None, finishes_on: date | None) -> None:
    if starts_on and finishes_on and finishes_on < starts_on:
        raise invalid("finishes_on", N_("is before the start"))


def item_columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the fields of `propose` give."""
    names = ("name", "category", "level", "kind", "starts_on", "finishes_on", "planned_10k_yuan")
    texts = {name: facts.get(name) or "" for name in ("leader", "origin")}
    flags = {column: bool(facts.get(name)) for name, column in _FLAGS.items()}
    return {name: facts.get(name) for name in names} | texts | flags


def move_item(tx: Connection, command: Command) -> Subject:
    """Make one move of an item; what it needs beside the chart is checked before anything is written."""
    item = locked_item(tx, *item_key(command.ref.key), command.actor)
    role = acting_role(command.actor, ITEM.move(command.move), item_place(item))
    facts = with_evidence(tx, item, check_input(ITEM, command.move, command.input), command.actor)
    check_version(item_case(item), command.version)
    next_state(item_case(item), command.move)
    with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
        if command.move in ASKED_BY:
            _check_second_person(tx, item, command)
        effect = _effect(record, item, facts, command)
        check_confirmed(command, effect.warnings)
        case, recorded = item_case(item, tasks_of(tx, item.id)), {**facts, **effect.facts}
        case = move(record, case, command.move, by=command.actor, role=role, facts=recorded, changes=effect.changes)
        note_uses(tx, refs_of(facts), chain_of_item(item.id), ITEM.name, item.id, record.at)
        if command.move in ENDS:
            close_with_item(record, item)
        return replace(case, warnings=effect.warnings)


def _effect(record: OpenChain, item: Row[Any], facts: Mapping[str, Any], command: Command) -> Effect:
    if command.move == CLAIM:
        return _claim_done(record, item, facts, is_asked=command.confirmed is not None)
    return _EFFECTS[command.move](record, item, facts) if command.move in _EFFECTS else Effect()


def _check_second_person(tx: Connection, item: Row[Any], command: Command) -> None:
    """Forbidden for who asked for it: a plan and the days of parties are confirmed by somebody else."""
    asked = HISTORY.c.project_id == chain_of_item(item.id), HISTORY.c.move == ASKED_BY[command.move]
    query = select(HISTORY.c.actor).where(*asked).order_by(HISTORY.c.seq.desc()).limit(1)
    if tx.execute(query).scalar_one_or_none() == command.actor.username:
        raise Forbidden(N_("What was requested must be confirmed by a second person."))


# What moves do beside changing the state: the columns that they change.


def _claim_done(record: OpenChain, item: Row[Any], facts: Mapping[str, Any], *, is_asked: bool) -> Effect:
    """The targets that are not met by what counts, and the nodes that are not reached, stand with the claim."""
    shortfall = claims.claim(record, item, facts, is_asked=is_asked)
    warnings = (
        *claims.warnings_of(shortfall),
        *same_pictures(record.tx, refs_of(facts), item, ITEM.name, item.id),
    )
    return Effect(facts={"shortfall": shortfall} if shortfall else {}, warnings=warnings)


def _assign(record: OpenChain, item: Row[Any], facts: Mapping[str, Any]) -> Effect:
    """The people stand among the facts by their user names: names may change."""
    check_plan(record.tx, facts, item.planned_10k_yuan, day_of(record.at))
    return Effect(facts=write_plan(record.tx, item.id, facts, record.at))


def _adopt(record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    tasks = tasks_of(record.tx, item.id)
    if not tasks:
        raise Refused(N_("An item is adopted once it has a task with a responsible person."))
    ids = [task.id for task in tasks]
    if item.kind == "works" and not record.tx.execute(select(NODES.c.id).where(NODES.c.task_id.in_(ids))).first():
        raise Refused(N_("An item of works is adopted once it has a time node."))
    amounts = record.tx.execute(select(LINES.c.planned_10k_yuan).where(LINES.c.task_id.in_(ids))).scalars().all()
    if item.planned_10k_yuan is not None and amounts and sum(amounts, Decimal(0)) != item.planned_10k_yuan:
        raise Refused(N_("The fund lines do not add up to what the item is planned at."))
    return Effect({"adopted_at": record.at})


def _replan(record: OpenChain, item: Row[Any], facts: Mapping[str, Any]) -> Effect:
    late = replans.ask(record, item.id, facts)
    ahead = {"days": load_policy().programme.replan_ahead}
    message = N_(
        "A new plan must be requested at least %(days)s working days ahead. This request is late and will be "
        "marked as late."
    )
    return Effect(facts={"is_late": True, "late": late}, warnings=(MoveWarning(message, ahead),)) if late else Effect()


def _confirm_replan(record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    replans.confirm(record, item.id)
    return Effect()


def _refuse_replan(record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    replans.decide(record, item.id, "refused")
    return Effect()


def _divide_days(record: OpenChain, item: Row[Any], facts: Mapping[str, Any]) -> Effect:
    divisions.ask(record, item.id, facts)
    return Effect()


def _confirm_days(record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    divisions.confirm(record, item.id)
    return Effect()


def _decline_days(record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    divisions.decide(record, item.id, "declined")
    return Effect()


def _hand_over(record: OpenChain, item: Row[Any], facts: Mapping[str, Any]) -> Effect:
    try:
        task = task_called(record.tx, item.id, facts["task"])
    except NotFound:
        raise invalid("task", N_("is not a task of this item")) from None
    person_id = person_named(record.tx, "person", facts["person"], task.unit_id)
    present = TASK_PEOPLE.c.task_id == task.id, TASK_PEOPLE.c.until_at.is_(None)
    if record.tx.execute(select(TASK_PEOPLE.c.person_id).where(*present)).scalar_one_or_none() == person_id:
        raise invalid("person", N_("is already responsible for this task"))
    record.tx.execute(update(TASK_PEOPLE).where(*present).values(until_at=record.at))
    row = {"task_id": task.id, "person_id": person_id, "from_at": record.at, "note": facts["note"]}
    record.tx.execute(insert(TASK_PEOPLE), row)
    return Effect(facts={"responsible": username_of(record.tx, person_id)})


def _suspend(record: OpenChain, _item: Row[Any], facts: Mapping[str, Any]) -> Effect:
    day = day_of(record.at)
    if not day < facts["review_on"] <= day + LONGEST_SUSPENSION:
        raise invalid("review_on", N_("must be within a quarter from today"))
    return Effect()


def _verify_done(_record: OpenChain, _item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    return Effect({"in_use_asked": 0})


def _state_in_use(_record: OpenChain, item: Row[Any], _facts: Mapping[str, Any]) -> Effect:
    if not item.in_use_asked:
        raise Refused(N_("Asked six and twelve months after works were verified."))
    return Effect()


_EFFECTS = {
    "assign": _assign,
    "adopt": _adopt,
    "replan": _replan,
    "confirm_replan": _confirm_replan,
    "refuse_replan": _refuse_replan,
    "divide_days": _divide_days,
    "confirm_days": _confirm_days,
    "decline_days": _decline_days,
    "hand_over": _hand_over,
    "suspend": _suspend,
    "verify_done": _verify_done,
    "state_in_use": _state_in_use,
}
