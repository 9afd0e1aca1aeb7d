"""Finds approvals, and the load of liaisons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, case, func, select

from approvals.accounts.actors import Actor, Scope, visible
from approvals.accounts.tables import Person, RoleGrant
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.calendar.queries import LAST_EDITION
from approvals.filing.queries import (
    CHAIN,
    END_OF_CHAIN,
    TABLE,
    ByReference,
    check_address,
    is_joint_of,
    joint_units,
)
from approvals.history.record import Subject
from approvals.registration.lights import APPROVALS, is_late
from approvals.registration.tables import LiaisonTerm
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Chart

TERMS: Table = table_of(LiaisonTerm)
OPEN_PROJECTS = ("registered", "suspended")  # states in which a liaison accompanies
PEOPLE, GRANTS = table_of(Person), table_of(RoleGrant)

WITH_PROJECT = select(
    APPROVALS,
    TABLE.c.state.label("project_state"),
    TABLE.c.state_since.label("project_since"),
    TABLE.c.name.label("project_name"),
    TABLE.c.works_finished_on,
    *(TABLE.c[name] for name in ("number", "external_ref", "uid", "owner_unit_id", "liaison_id")),
    *(TABLE.c[name] for name in ("catalogue_sha256", "is_key", "is_urgent", "joint_first_id", "joint_second_id")),
).join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
_SIBLINGS = APPROVALS.alias("siblings")
# The state is looked at within the project: asked as a condition, it may be answered with all that the city received.
_FIRST_SILENCE = (
    select(func.min(case((_SIBLINGS.c.state == "received", _SIBLINGS.c.notice_due_on))))
    .where(_SIBLINGS.c.project_id == APPROVALS.c.project_id)
    .scalar_subquery()
)
_OF_PROJECT = Prepared(WITH_PROJECT.where(APPROVALS.c.project_id == bindparam("project_id")).order_by(APPROVALS.c.code))


class ApprovalRow(Row[Any]):
    """An approval with its project's columns; a row that queries give, never made here."""

    id: int
    project_id: int
    project_name: str
    project_state: str
    number: str
    owner_unit_id: int
    department_id: int
    code: str
    catalogue_sha256: str | None
    requires: str
    after_works: bool
    works_finished_on: date | None  # of the project
    state: str
    version: int
    round: int
    decided_on: date
    delivered_on: date | None
    lapses_on: date | None
    struck_ground: str | None
    alarm_on: date | None
    owed_until: date | None
    owed_alarm_on: date | None
    check_on: date | None
    calendar_edition: int
    handler_id: int | None
    handler_left_at: datetime | None


class LockedApproval(ApprovalRow):
    """The same with the end of its project's chain; `first_silence_on` is the project's first notice due."""

    chain_seq: int
    chain_head: str
    chain_last_at: datetime
    first_silence_on: date | None


def approval_scope(approval: Any) -> Scope:
    return Scope(
        approval.owner_unit_id,
        approval.department_id,
        approval.liaison_id,
        handler_id=approval.handler_id,
        joint_units=joint_units(approval),
    )


_BY_CODE = ByReference(WITH_PROJECT.where(APPROVALS.c.code == bindparam("code")), approval_scope, "project_name")
_BY_CODE_LOCKED = ByReference(
    WITH_PROJECT.add_columns(
        *END_OF_CHAIN, _FIRST_SILENCE.label("first_silence_on"), LAST_EDITION.label("last_edition")
    )
    .join(CHAIN, CHAIN.c.project_id == APPROVALS.c.project_id)
    .where(APPROVALS.c.code == bindparam("code"))
    # The project is locked first, as all writers do: in another order two of them would wait for each other for ever.
    .with_for_update(of=[TABLE, CHAIN, APPROVALS]),
    approval_scope,
    "project_name",
)


def visible_approvals(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the approvals, joined with their projects, that the actor may see."""
    joint = is_joint_of(actor.unit_id)
    return visible(actor, TABLE.c.owner_unit_id, APPROVALS.c.department_id, TABLE.c.liaison_id, joint)


def approval_ref(approval: Any) -> str:
    """How an approval is addressed: 510400-2026-00017/A07."""
    return f"{approval.number}/{approval.code}"


def approval_subject(approval: Any) -> Subject:
    """The approval as history sees it."""
    return subject_of(APPROVAL, APPROVALS, approval, approval)


def subject_of(chart: Chart, table: Table, row: Any, approval: Any) -> Subject:
    """A row with a state, of an approval or about it, as history sees it."""
    place, ref = approval_scope(approval), approval_ref(approval)
    return Subject(chart, table, row.id, row.state, row.version, place, ref, approval_id=approval.id, round=row.round)


def approval_for(tx: Connection, ref: str, code: str, actor: Actor) -> ApprovalRow:
    """The approval of this project and item with its project's columns; NotFound when the actor may not see it."""
    check_address(code)
    row: ApprovalRow = _BY_CODE.row(tx, ref, actor, code=code)
    return row


def locked_approval(tx: Connection, ref: str, code: str, actor: Actor) -> LockedApproval:
    """The same with its project and the chain's end, locked."""
    check_address(code)
    row: LockedApproval = _BY_CODE_LOCKED.row(tx, ref, actor, code=code)
    return row


def approvals_of(tx: Connection, project_id: int) -> list[ApprovalRow]:
    """All approvals of a project with its columns, by code."""
    return _OF_PROJECT.rows(tx, {"project_id": project_id})


def prerequisites(approval: Any) -> tuple[str, ...]:
    """The codes that must be granted first."""
    return tuple(orjson.loads(approval.requires))


@dataclass(frozen=True, slots=True)
class LiaisonLoad:
    """A liaison, how many open projects they accompany, and how many approvals of these are late."""

    id: int
    username: str
    name: str
    open_projects: int
    late_approvals: int


def liaison_loads(tx: Connection, today: date) -> list[LiaisonLoad]:
    """Every active liaison, the least loaded first."""
    accompanied = (TABLE.c.liaison_id == PEOPLE.c.id) & TABLE.c.state.in_(OPEN_PROJECTS)
    projects = select(func.count()).select_from(TABLE).where(accompanied).scalar_subquery()
    late = (
        select(func.count())
        .select_from(APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id))
        .where(accompanied, is_late(today))
        .scalar_subquery()
    )
    rows = tx.execute(
        select(PEOPLE.c.id, PEOPLE.c.username, PEOPLE.c.name, projects.label("projects"), late.label("late"))
        .join(GRANTS, (GRANTS.c.person_id == PEOPLE.c.id) & (GRANTS.c.role == "liaison"))
        .where(PEOPLE.c.is_active)
        .order_by(PEOPLE.c.username)
    )
    loads = [LiaisonLoad(*row) for row in rows]
    return sorted(loads, key=lambda load: (load.open_projects, load.late_approvals, load.username))
