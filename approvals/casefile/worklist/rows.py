"""Duties as rows of one shape, whatever they are about: each source is one SELECT, so that all are read together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    cast,
    literal,
    null,
    select,
)
from sqlalchemy.types import TypeEngine

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.columns import Moment
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS

# What a duty may say of itself beside its kind and the id of what it is about.
COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "chain": BigInteger(),  # the record that it is in: of a project, or of an item below 0
    "approval_id": BigInteger(),
    "due_on": Date(),
    "due_at": Moment(),
    "since": Moment(),
    "light": String(),
    "name": Text(),  # of the project or item
    "number": String(),
    "external_ref": String(),
    "uid": String(),
    "catalogue_sha256": String(),
    "code": String(),  # of the approval or task
    "year": Integer(),
    "item_no": String(),
    "part": String(),  # level, key, number or month
    "text": Text(),
    "origin": Text(),  # from whom it comes
    "origin_en": Text(),
}
_NAMES = ("name", "number", "external_ref", "uid", "catalogue_sha256")
OF_PROJECT = {"chain": PROJECTS.c.id, **{name: PROJECTS.c[name] for name in _NAMES}}
OF_APPROVAL = {**OF_PROJECT, "code": APPROVALS.c.code, "approval_id": APPROVALS.c.id}
OWNER_UNIT = UNIT.alias("owner_unit")
DEPARTMENT = UNIT.alias("department")
BY_OWNER = {"origin": OWNER_UNIT.c.name, "origin_en": OWNER_UNIT.c.name_en}
BY_DEPARTMENT = {"origin": DEPARTMENT.c.name, "origin_en": DEPARTMENT.c.name_en}


CONTACT_DUE = bindparam("contact_due", type_=Moment())  # of owners who have heard from nobody since


@dataclass(frozen=True, slots=True)
class Moments:
    """When the worklist is read."""

    now: datetime
    today: date


Query = Callable[[Actor, Moments], "Select[Any]"]


@dataclass(frozen=True, slots=True)
class DutySource:
    """Where the duties of one kind come from, and whose they are."""

    kind: str
    roles: frozenset[str]
    query: Query


def duty_rows(
    kind: str, source: FromClause, id_: ColumnElement[Any], *where: ColumnElement[bool], **columns: Any
) -> Select[Any]:
    """The SELECT of duties of this kind; a column that is not given is empty."""
    values = [columns.get(name, cast(null(), type_)).label(name) for name, type_ in COLUMNS.items()]
    return select(literal(kind, String).label("kind"), id_.label("id"), *values).select_from(source).where(*where)
