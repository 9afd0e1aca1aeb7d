"""Actions of an owner on a filing, and the move of a project."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select

from approvals.accounts.actors import Scope, acting_role
from approvals.accounts.queries import UNIT
from approvals.base.errors import Forbidden, Refused, invalid
from approvals.base.hashing import FIRST, canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.stores import next_number
from approvals.base.text_folding import fold
from approvals.catalogue.queries import catalogue_in_force, catalogue_of
from approvals.filing.alike import alike_filings, warnings_of
from approvals.filing.programme_items import check_item
from approvals.filing.queries import TABLE, locked_project, project_case, record_of
from approvals.filing.questions import check_questions
from approvals.filing.receipts import CODE_LENGTH, RECEIPT_SERIES, RECEIPTS
from approvals.history.commands import Command, check_confirmed
from approvals.history.inputs import check_input
from approvals.history.record import (
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
from workflows.charts.filing_fields import FILING
from workflows.charts.project import PROJECT

KEYS = {"name": "name_key", "external_ref": "reference_key"}  # columns that hold the folded text of others
JOINT_UNITS = ("joint_first_id", "joint_second_id")
AS_JSON = ("answers", "scale", "funding")  # columns
MAY_BE_EMPTIED = frozenset(need.name for need in FILING if not need.required) - {"external_ref"}
PLANNED_DAYS = ("planned_start_on", "planned_finish_on")
FARTHEST_PLAN = 20  # years from the day on which it is given


def draft(tx: Connection, command: Command) -> Subject:
    """Begin a project for the actor's unit; Invalid when its external reference is taken."""
    values = _with_reference(command)
    role = acting_role(command.actor, PROJECT.move("draft"), Scope(owner_unit_id=command.actor.unit_id))
    facts = check_input(PROJECT, "draft", values)
    check_reference(tx, command.actor.unit_id, facts.get("external_ref"))
    check_funding(facts)
    when = command.at or command.now
    check_questions(tx, facts.get("answers") or {}, {}, catalogue_in_force(tx, day_of(when)))
    if command.confirmed is not None:  # programs cannot be asked back: what they send is recorded
        check_item(tx, facts.get("item_no"), facts.get("item_reason"), command.actor.unit, day_of(when))
    if when > command.now:
        raise Refused(N_("The time is in the future."), field="at")
    check_planned_days(facts, day_of(when))
    row = columns_of(facts) | {
        "uid": f"p-{secrets.token_hex(8)}",
        "owner_unit_id": command.actor.unit_id,
        "drafted_at": when,
        "is_key": False,
        "is_urgent": False,
        "is_practical_matter": False,
        "is_works_start_confirmed": False,
        "is_works_finish_confirmed": False,
    }
    tx.execute(insert(TABLE), row_to_begin(PROJECT, "draft", row, when))
    project = tx.execute(select(TABLE).where(TABLE.c.uid == row["uid"])).one()
    new_chain(tx, project.id, when)
    case = project_case(project)
    with recording(tx, project.id, 0, FIRST, when, at=when, now=command.now) as record:
        begun(record, case, "draft", by=command.actor, role=role, facts=facts)
    return case


def _with_reference(command: Command) -> dict[str, object]:
    """The input of a draft; a project that the command names has that external reference."""
    values = dict(command.input)
    reference = command.ref.project
    if reference and values.setdefault("external_ref", reference) != reference:
        raise invalid("external_ref", N_("does not match the subject of this line"))
    return values


def edit(tx: Connection, command: Command) -> Subject:
    """Change what a filing says; Invalid when it does not fit what stays, or other projects."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    check_edit(tx, project, facts, day_of(command.at or command.now), is_asked=command.confirmed is not None)
    return move_project(tx, project, command, facts, columns_of(facts))


def file(tx: Connection, command: Command) -> Subject:
    """File a project, for the first time or again, and give this filing its receipt.

    Filings that look like this one are a warning, which the person confirms.
    """
    project, facts = project_to_move(tx, command)  # refused before a number is taken
    alike = alike_filings(tx, project)
    warnings = warnings_of(alike, project.name)
    check_confirmed(command, warnings)
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        year = day_of(record.at).year
        serial = next_number(tx, f"{RECEIPT_SERIES}/{year}")
        numbered = facts | alike | {"receipt_year": year, "receipt_no": serial}
        changes = {} if project.filed_at else {"filed_at": record.at}
        case = move_in(record, project, command, numbered, changes)
        place = {"project_id": project.id, "seq": record.seq, "at": record.at}
        tx.execute(insert(RECEIPTS), {"year": year, "serial": serial, "code": record.head[:CODE_LENGTH], **place})
    return replace(case, warnings=warnings)


def project_to_move(tx: Connection, command: Command) -> tuple[Row[Any], dict[str, Any]]:
    """The project, locked, and the checked input of a move that it can make now: for what does more than move it."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    check_version(project_case(project), command.version)
    next_state(project_case(project), command.move)
    return project, facts


def checked(project: Row[Any], command: Command) -> dict[str, Any]:
    """The checked input of this move, after the right to make it; nobody decides a filing of their own unit."""
    case = project_case(project)
    role = acting_role(command.actor, PROJECT.move(command.move), case.place)
    if role in ("supervision_office", "service_centre") and command.actor.unit_id == project.owner_unit_id:
        raise Forbidden(N_("You cannot decide on a filing of your own unit."))
    return check_input(PROJECT, command.move, command.input)


def move_project(
    tx: Connection, project: Row[Any], command: Command, facts: Mapping[str, Any], changes: Mapping[str, Any]
) -> Subject:
    """Make one move of a locked project, with a record of its own."""
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        return move_in(record, project, command, facts, changes)


def move_in(
    record: OpenChain, project: Row[Any], command: Command, facts: Mapping[str, Any], changes: Mapping[str, Any]
) -> Subject:
    """Make one move of a locked project within an open record."""
    case = project_case(project)
    check_version(case, command.version)
    role = acting_role(command.actor, PROJECT.move(command.move), case.place)
    case = addressed(case, project, changes)
    return move(record, case, command.move, by=command.actor, role=role, facts=facts, changes=changes)


def addressed(case: Subject, project: Row[Any], changes: Mapping[str, Any]) -> Subject:
    """The case with the label and the addressees that it has after this move."""
    reference = changes.get("external_ref") or project.external_ref
    label = project.number or changes.get("number") or reference or project.uid
    liaison_id = changes.get("liaison_id", case.place.liaison_id)
    former = case.place.liaison_id if liaison_id != case.place.liaison_id else None
    joint_units = tuple(changes[name] for name in JOINT_UNITS if changes.get(name)) or case.place.joint_units
    place = replace(case.place, liaison_id=liaison_id, officer_id=former, joint_units=joint_units)
    return replace(case, place=place, label=str(label))


def check_reference(tx: Connection, unit_id: int, reference: str | None) -> None:
    """Invalid when another project of this unit has this external reference, however it is written."""
    taken = select(TABLE.c.id).where(TABLE.c.owner_unit_id == unit_id, TABLE.c.reference_key == fold(reference or ""))
    if reference and tx.execute(taken).first():
        raise invalid("external_ref", N_("is already in use by another project of your unit"))


def check_edit(tx: Connection, project: Row[Any], facts: Mapping[str, Any], on: date, *, is_asked: bool) -> None:
    """Invalid when what is changed does not fit what stays, or other projects; the item where people are asked."""
    reference = facts.get("external_ref")
    if reference and fold(reference) != project.reference_key:
        check_reference(tx, project.owner_unit_id, reference)
    check_planned_days(facts, on, project)
    if facts.get("answers"):
        check_questions(tx, facts["answers"], orjson.loads(project.answers), catalogue_of(tx, project, on))
    stays = filing_of(project, ("planned_10k_yuan", "funding"))
    if not facts.keys().isdisjoint(stays):
        check_funding(stays | {name: value for name, value in facts.items() if value is not None or name == "funding"})
    if is_asked and facts.get("item_no") not in (None, project.item_no):
        unit = tx.execute(select(UNIT.c.name).where(UNIT.c.id == project.owner_unit_id)).scalar_one()
        check_item(tx, facts["item_no"], facts.get("item_reason"), unit, on, project.id)


def check_funding(facts: Mapping[str, Any]) -> None:
    """Invalid when the sources do not add up to the planned investment."""
    funding, planned = facts.get("funding"), Decimal(facts["planned_10k_yuan"])
    if funding and (total := sum(map(Decimal, funding.values()))) != planned:
        message = N_("adds up to %(total)s, while the planned investment is %(planned)s (10k yuan)")
        raise invalid("funding", message, total=f"{total:,.2f}", planned=f"{planned:,.2f}")


def check_planned_days(facts: Mapping[str, Any], on: date, project: Any = None) -> None:
    """Invalid when the planned days of the works are no plan: far from the day of the move, or the wrong way round.

    `project` has those that the facts leave as they are.
    """
    days = {name: facts.get(name, getattr(project, name, None)) for name in PLANNED_DAYS}
    for name, day in days.items():
        if name in facts and day and abs(day.year - on.year) > FARTHEST_PLAN:
            raise invalid(name, N_("must be within %(years)s years"), years=FARTHEST_PLAN)
    start_on, finish_on = days.values()
    if not facts.keys().isdisjoint(PLANNED_DAYS) and start_on and finish_on and finish_on < start_on:
        raise invalid("planned_finish_on", N_("must not be before the planned start"))


def filing_of(project: Any, names: Iterable[str]) -> dict[str, Any]:
    """What stands in these fields of a filing."""
    values = {name: getattr(project, name) for name in names}
    return values | {name: orjson.loads(values[name] or "null") for name in AS_JSON if name in values}


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a project's row that an owner fills in, with the keys that follow from them.

    What may be left out is emptied by None.
    """
    row = {name: value for name, value in facts.items() if value is not None or name in MAY_BE_EMPTIED}
    row.pop("item_reason", None)
    keys = {key: fold(row[name]) for name, key in KEYS.items() if name in row}
    return row | {name: canonical(row[name]) for name in AS_JSON if row.get(name) is not None} | keys
