"""Double management: two units become responsible for a project together, and write and sign its monthly words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from approvals.accounts.actors import acting_role, is_joint, joint_scope
from approvals.accounts.appointments import APPOINTMENT, in_office
from approvals.accounts.queries import UNIT
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.moments import Month, read_month
from approvals.filing.actions import checked, move_project
from approvals.filing.queries import joint_units, locked_project, place_of, record_of, ref_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import OpenChain, Subject, begun, check_version, move, next_state, recording, row_to_begin
from approvals.supervision.joint.monthly_words import SIGN, joint_since, word_row
from approvals.supervision.queries import WORDS
from workflows.charts.roles import JOINT_ROLE
from workflows.charts.word import WORD

WRITE = "write_word"
Faults = dict[str, list[tuple[str, dict[str, object]]]]
BEGIN = "manage_jointly"
FIELDS = {"first_unit": "joint_first_id", "second_unit": "joint_second_id"}


def manage_jointly(tx: Connection, command: Command) -> Subject:
    """Put a project under double management by two units, or end it."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    if command.move == BEGIN:
        return move_project(tx, project, command, facts, _two_units(tx, project, facts, command.at or command.now))
    if not joint_units(project):
        raise Refused(N_("This project is not under double management."))
    return move_project(tx, project, command, facts, dict.fromkeys(FIELDS.values()))


def _two_units(tx: Connection, project: Row[Any], facts: dict[str, object], at: datetime) -> dict[str, object]:
    if joint_units(project):
        raise Refused(N_("This project is already under double management. End it first."))
    ids = {unit.name: unit.id for unit in responsible_units(tx, at)}
    violations: Faults = {name: [(N_("is not a unit with a head"), {})] for name in FIELDS if facts[name] not in ids}
    if not violations and facts["first_unit"] == facts["second_unit"]:
        violations["second_unit"] = [(N_("must differ from the first unit"), {})]
    if violations:
        raise Invalid(violations)
    return {column: ids[facts[name]] for name, column in FIELDS.items()}


def responsible_units(tx: Connection, at: datetime) -> list[Row[Any]]:
    """The units that may be made responsible then, by id: somebody heads them, who can answer, sign and escalate."""
    headed = select(APPOINTMENT.c.unit_id).where(APPOINTMENT.c.role == JOINT_ROLE, in_office(at))
    return list(tx.execute(select(UNIT).where(UNIT.c.id.in_(headed)).order_by(UNIT.c.id)))


# Monthly words.


def move_word(tx: Connection, command: Command) -> Subject:
    """Write the word of a month, change it, or sign it for the other unit."""
    project = locked_project(tx, command.ref.project, command.actor)
    month = read_month(command.ref.key)
    place = joint_scope(command.actor, place_of(project))
    if not is_joint(command.actor, place):
        raise Forbidden(
            N_("Only the two units responsible for a joint project may write and sign its monthly statement.")
        )
    role = acting_role(command.actor, WORD.move(command.move), place)
    facts = check_input(WORD, command.move, command.input) | {"month": str(month)}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        word = word_row(tx, project.id, month)
        if command.move == WRITE and word is not None:
            raise Refused(N_("A statement for this month already exists. Edit or sign it."))
        if command.move == WRITE:
            return _write(record, project, month, command, role, facts)
        if word is None:
            raise NotFound
        case = _case(word, project, command)
        check_version(case, command.version)
        next_state(case, command.move)
        changes = _signature(project, word, command) if command.move == SIGN else _text(facts, command)
        return move(record, case, command.move, by=command.actor, role=role, facts=facts, changes=changes)


def _write(
    record: OpenChain, project: Row[Any], month: Month, command: Command, role: str, facts: Mapping[str, object]
) -> Subject:
    if month.starts_at > record.at:
        raise Refused(N_("This month has not begun."))
    if month.ends_at < joint_since(record.tx, project.id):
        raise Refused(N_("In this month the project was not under double management yet."))
    row = {"project_id": project.id, "month": str(month)} | _text(facts, command)
    statement = insert(WORDS).values(row_to_begin(WORD, WRITE, row, record.at)).returning(WORDS)
    case = _case(record.tx.execute(statement).one(), project, command)
    begun(record, case, WRITE, by=command.actor, role=role, facts=facts)
    return case


def _text(facts: Mapping[str, object], command: Command) -> dict[str, object]:
    """The columns of a new text: its writer has signed it, the other unit's signature is void."""
    return {"text": facts["text"], "written_unit_id": command.actor.unit_id, "signed_unit_id": None}


def _signature(project: Row[Any], word: Row[Any], command: Command) -> dict[str, object]:
    if word.written_unit_id == command.actor.unit_id:
        raise Refused(N_("Your unit has already signed. The other unit's signature is pending."))
    if word.written_unit_id not in joint_units(project):
        raise Refused(N_("The unit that wrote this is no longer responsible. Write a new statement."))
    return {"signed_unit_id": command.actor.unit_id}


def _case(word: Row[Any], project: Row[Any], command: Command) -> Subject:
    place = joint_scope(command.actor, place_of(project))
    return Subject(WORD, WORDS, word.id, word.state, word.version, place, f"{ref_of(project)}/words/{word.month}")
