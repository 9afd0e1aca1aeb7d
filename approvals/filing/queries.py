"""Finds projects."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from approvals.accounts.actors import Actor, Place, check_sees, visible
from approvals.base.errors import NotFound
from approvals.filing.tables import Project
from approvals.history.actions import CHAIN, Case
from approvals.history.inputs import NUMBER_LIKE, UID_LIKE
from workflows.project import PROJECT

TABLE = Project.__table__  # type: ignore[attr-defined]
_CHAINED = select(
    TABLE, CHAIN.c.seq.label("chain_seq"), CHAIN.c.head.label("chain_head"), CHAIN.c.last_at.label("chain_last_at")
).join(CHAIN, CHAIN.c.project_id == TABLE.c.id)


def is_ref(ref: str) -> ColumnElement[bool]:
    """Where a project answers to `ref`: its number, its internal id or its external reference."""
    if NUMBER_LIKE.fullmatch(ref):
        return TABLE.c.number == ref
    if UID_LIKE.fullmatch(ref):
        return TABLE.c.uid == ref
    return TABLE.c.external_ref == ref


def ref_of(project: Any) -> str:
    """How a project is addressed: by its number once it has one, else by its external reference or internal id."""
    return str(project.number or project.external_ref or project.uid)


def place_of(project: Any) -> Place:
    return Place(owner_unit_id=project.owner_unit_id, liaison_id=project.liaison_id)


def project_for(tx: Connection, ref: str, actor: Actor) -> Row[Any]:
    """The project of this reference; NotFound when there is none that the actor may see."""
    row = tx.execute(select(TABLE).where(is_ref(ref))).one_or_none()
    if row is None:
        raise NotFound
    check_sees(actor, place_of(row))
    return row


def locked_project(tx: Connection, ref: str, actor: Actor) -> Row[Any]:
    """The same with its chain's end, locked until the transaction ends."""
    row = tx.execute(_locked(_CHAINED.where(is_ref(ref)))).one_or_none()
    if row is None:
        raise NotFound
    check_sees(actor, place_of(row))
    return row


def locked_project_by_id(tx: Connection, project_id: int) -> Row[Any]:
    """The project of this id with its chain's end, locked."""
    return tx.execute(_locked(_CHAINED.where(TABLE.c.id == project_id))).one()


def _locked(statement: Select[Any]) -> Select[Any]:
    return statement.with_for_update(of=[TABLE, CHAIN])


def project_case(project: Any) -> Case:
    """The project as history sees it."""
    return Case(PROJECT, TABLE, project.id, project.state, project.version, place_of(project), ref_of(project))


def record_of(project: Any) -> tuple[int, int, str, datetime]:
    """What `recording` needs of a locked project."""
    return project.id, project.chain_seq, project.chain_head, project.chain_last_at


def visible_projects(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the projects that the actor may see."""
    return visible(actor, TABLE.c.owner_unit_id, liaison_id=TABLE.c.liaison_id)


