"""Queries of projects: by reference or id, locked for a move, and who may see them."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, func, or_, select

from approvals.accounts.actors import Actor, Scope, may_see, visible
from approvals.base.errors import AmbiguousReference, NotFound
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.base.text_folding import fold
from approvals.base.text_validation import NAME_LIMIT, text_fault
from approvals.filing.tables import Project
from approvals.history.inputs import NUMBER_LIKE, UID_LIKE
from approvals.history.record import CHAIN, Subject
from workflows.charts.project import PROJECT
from workflows.charts.roles import JOINT_ROLE

TABLE: Table = table_of(Project)
JOINT_UNITS = (TABLE.c.joint_first_id, TABLE.c.joint_second_id)
END_OF_CHAIN = (
    CHAIN.c.seq.label("chain_seq"),
    CHAIN.c.head.label("chain_head"),
    CHAIN.c.last_at.label("chain_last_at"),
)
_LOCKED = (
    select(TABLE, *END_OF_CHAIN)
    .join(CHAIN, CHAIN.c.project_id == TABLE.c.id)
    .with_for_update(of=[TABLE, CHAIN])  # readers of one snapshot; the next writer of this project waits here
)
_JOINT_UNIT = bindparam("unit_id", type_=TABLE.c.id.type)
_JOINT_PROJECT = Prepared(
    select(TABLE.c.id)
    .where(or_(TABLE.c.joint_first_id == _JOINT_UNIT, TABLE.c.joint_second_id == _JOINT_UNIT))
    .order_by(TABLE.c.id)
    .limit(1)
)
_LOCKED_BY_ID = Prepared(_LOCKED.where(TABLE.c.id == bindparam("project_id")))


class ByReference:
    """A statement about a project that is asked by the number, internal id or external reference of the project.

    Its rows hold the project's `uid`, its name in the column `name`, and what `scope` reads of them.
    """

    def __init__(self, statement: Select[Any], scope: Callable[[Any], Scope], name: str = "name") -> None:
        as_written = TABLE.c.external_ref == bindparam("as_written")
        conditions = {
            "number": TABLE.c.number == bindparam("ref"),
            "uid": TABLE.c.uid == bindparam("ref"),
            "external_ref": or_(TABLE.c.reference_key == bindparam("ref"), as_written),
        }
        self.statements = {kind: Prepared(statement.where(where)) for kind, where in conditions.items()}
        self._scope, self._name = scope, name

    def row(self, tx: Connection, ref: str, actor: Actor, **params: object) -> Any:
        """The row that the actor may see, that of their own unit first; NotFound for none.

        AmbiguousReference when several other units have this external reference.
        """
        rows = [row for row in self._rows(tx, ref, params) if may_see(actor, self._scope(row))]
        rows = [row for row in rows if row.owner_unit_id == actor.unit_id] or rows
        if len(rows) > 1:  # written alike before references were folded
            rows = [row for row in rows if row.external_ref == ref] or rows
        if len(rows) > 1:
            raise AmbiguousReference(tuple(sorted((row.uid, getattr(row, self._name)) for row in rows)))
        if not rows:
            raise NotFound
        return rows[0]

    def _rows(self, tx: Connection, ref: str, params: Mapping[str, object]) -> list[Any]:
        kind = kind_of_ref(ref)
        key = {"ref": fold(ref), "as_written": ref} if kind == "external_ref" else {"ref": ref}
        return self.statements[kind].rows(tx, key | dict(params))


def check_address(part: str) -> None:
    """NotFound for what no address can hold; PostgreSQL would fail on a NUL."""
    if text_fault(part, limit=NAME_LIMIT, lines=False):
        raise NotFound


def kind_of_ref(ref: str) -> str:
    """A project answers to its number, to its internal id and to its external reference."""
    check_address(ref)
    if NUMBER_LIKE.fullmatch(ref):
        return "number"
    return "uid" if UID_LIKE.fullmatch(ref) else "external_ref"


def ref_of(project: Any) -> str:
    """How a project is addressed: by its number once it has one, else by its external reference or internal id."""
    return str(project.number or project.external_ref or project.uid)


def place_of(project: Any) -> Scope:
    return Scope(project.owner_unit_id, liaison_id=project.liaison_id, joint_units=joint_units(project))


def joint_units(project: Any) -> tuple[int, ...]:
    """The ids of the two units that are responsible for this project together; none for most."""
    if project.joint_first_id is None:
        return ()
    return (project.joint_first_id, project.joint_second_id)


def is_joint_of(unit_id: int) -> ColumnElement[bool]:
    """Whether this unit is jointly responsible for the project (WHERE clause)."""
    return or_(TABLE.c.joint_first_id == unit_id, TABLE.c.joint_second_id == unit_id)


def has_joint(tx: Connection, actor: Actor) -> bool:
    """Whether the actor heads a unit that is jointly responsible for some project."""
    return actor.has(JOINT_ROLE) and bool(_JOINT_PROJECT.rows(tx, {"unit_id": actor.unit_id}))


_LOCKED_BY_REF = ByReference(_LOCKED, place_of)
_ID = ByReference(
    select(
        *(TABLE.c[name] for name in ("id", "uid", "external_ref", "name", "owner_unit_id", "liaison_id")), *JOINT_UNITS
    ),
    place_of,
)


def id_of(tx: Connection, ref: str, actor: Actor) -> int:
    """The id of the project of this reference; NotFound when there is none that the actor may see."""
    return int(_ID.row(tx, ref, actor).id)


def locked_project(tx: Connection, ref: str, actor: Actor) -> Row[Any]:
    """The project of this reference with its chain's end, locked until the transaction ends; NotFound when there is
    none that the actor may see."""
    row: Row[Any] = _LOCKED_BY_REF.row(tx, ref, actor)
    return row


def locked_project_by_id(tx: Connection, project_id: int) -> Row[Any]:
    """The project of this id with its chain's end, locked."""
    return _existing(_LOCKED_BY_ID, tx, {"project_id": project_id})


def _existing(statement: Prepared, tx: Connection, values: Mapping[str, Any]) -> Row[Any]:
    row: Row[Any] | None = statement.one_or_none(tx, values)
    if row is None:
        raise NotFound
    return row


def project_case(project: Any) -> Subject:
    return Subject(PROJECT, TABLE, project.id, project.state, project.version, place_of(project), ref_of(project))


def record_of(project: Any) -> tuple[int, int, str, datetime]:
    """What `recording` needs of a locked project."""
    return project.id, project.chain_seq, project.chain_head, project.chain_last_at


def accompanies(person_id: ColumnElement[int], states: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether somebody is the liaison of any project, in one of these states if any are named.

    The first one off the index by liaison and state: for EXISTS PostgreSQL reads all projects, for each person anew.
    """
    is_liaison = TABLE.c.liaison_id == person_id
    first = select(func.min(TABLE.c.state)).where(is_liaison & TABLE.c.state.in_(states) if states else is_liaison)
    return first.scalar_subquery().is_not(None)


def visible_projects(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may see the project (WHERE clause)."""
    return visible(actor, TABLE.c.owner_unit_id, liaison_id=TABLE.c.liaison_id, joint=is_joint_of(actor.unit_id))
