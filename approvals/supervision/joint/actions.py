"""Double management: the supervision office makes two units responsible for a project together, and ends it."""

from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.queries import GRANT, PERSON, UNIT
from approvals.base.errors import Invalid, Refused
from approvals.base.text_validation import N_
from approvals.filing.actions import checked, move_project
from approvals.filing.queries import joint_units, locked_project
from approvals.history.commands import Command
from approvals.history.record import Subject
from workflows.charts.roles import JOINT_ROLE

Faults = dict[str, list[tuple[str, dict[str, object]]]]
BEGIN = "manage_jointly"
FIELDS = {"first_unit": "joint_first_id", "second_unit": "joint_second_id"}


def manage_jointly(tx: Connection, command: Command) -> Subject:
    """Put a project under double management by two units, or end it."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    if command.move == BEGIN:
        return move_project(tx, project, command, facts, _two_units(tx, project, facts))
    if not joint_units(project):
        raise Refused(N_("This project is not under double management."))
    return move_project(tx, project, command, facts, dict.fromkeys(FIELDS.values()))


def _two_units(tx: Connection, project: Row[Any], facts: dict[str, Any]) -> dict[str, Any]:
    if joint_units(project):
        raise Refused(N_("This project is under double management already; end it first."))
    ids = {unit.name: unit.id for unit in responsible_units(tx)}
    violations: Faults = {
        name: [(N_("is not a unit that somebody heads"), {})] for name in FIELDS if facts[name] not in ids
    }
    if not violations and facts["first_unit"] == facts["second_unit"]:
        violations["second_unit"] = [(N_("must be another unit than the first one"), {})]
    if violations:
        raise Invalid(violations)
    return {column: ids[facts[name]] for name, column in FIELDS.items()}


def responsible_units(tx: Connection) -> list[Row[Any]]:
    """The units that may be made responsible, by id: somebody heads them, who can answer, sign and escalate."""
    headed = (
        select(PERSON.c.unit_id)
        .join(GRANT, GRANT.c.person_id == PERSON.c.id)
        .where(GRANT.c.role == JOINT_ROLE, PERSON.c.is_active)
    )
    return list(tx.execute(select(UNIT).where(UNIT.c.id.in_(headed)).order_by(UNIT.c.id)))
