"""Projects of the street that have to do with an item or a problem of the programme, as far as a reader sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from approvals.accounts.actors import Actor
from approvals.base.moments import start_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of, visible_projects
from approvals.programme.problems.queries import OF_PROJECTS
from workflows.charts.model import State
from workflows.charts.project import PROJECT

_COLUMNS = ("item_no", "number", "external_ref", "uid", "name", "state")


@dataclass(frozen=True, slots=True)
class LinkedProject:
    ref: str
    name: str
    state: State


def projects_of_item(tx: Connection, item: Any, actor: Actor) -> tuple[LinkedProject, ...]:
    """The filed projects that name this item."""
    return tuple(_linked(row) for row in _rows(tx, _naming([item.item_no], item.year), actor))


def project_refs(tx: Connection, numbers: Iterable[str], year: int, actor: Actor) -> dict[str, str]:
    """How the project of each of these items is addressed, the latest one if several name it."""
    return {row.item_no: ref_of(row) for row in _rows(tx, _naming(numbers, year), actor)}


def projects_of_problem(tx: Connection, problem_id: int, actor: Actor) -> tuple[LinkedProject, ...]:
    """The projects that a problem holds up."""
    held = select(OF_PROJECTS.c.project_uid).where(OF_PROJECTS.c.problem_id == problem_id)
    return tuple(_linked(row) for row in _rows(tx, PROJECTS.c.uid.in_(held), actor))


def _naming(numbers: Iterable[str], year: int) -> ColumnElement[bool]:
    """Filed projects that name one of these items; those drafted later mean an item of a later year."""
    return and_(
        PROJECTS.c.item_no.in_(list(numbers)),
        PROJECTS.c.filed_at.is_not(None),
        PROJECTS.c.drafted_at < start_of(date(year + 1, 1, 1)),
    )


def _rows(tx: Connection, where: ColumnElement[bool], actor: Actor) -> Iterable[Row[Any]]:
    columns = (PROJECTS.c[name] for name in _COLUMNS)
    return tx.execute(select(*columns).where(where, visible_projects(actor)).order_by(PROJECTS.c.id))


def _linked(row: Row[Any]) -> LinkedProject:
    return LinkedProject(ref_of(row), row.name, PROJECT.state(row.state))
