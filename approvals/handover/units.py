"""A unit is merged into a successor, which takes over what is open; what is done stays under the former name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from approvals.accounts import appointments
from approvals.accounts.actors import SYSTEM_ACTOR, Actor
from approvals.accounts.audit import note
from approvals.accounts.queries import PERSON, UNIT, UnitName, person
from approvals.accounts.sign_ins import end_sessions
from approvals.accounts.units import standing_unit
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.text_folding import fold
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import locked_project_by_id, project_case, record_of
from approvals.history.record import OpenChain, Subject, locked_city_chain, move, recording
from approvals.programme.items.units import hand_item_over, items_of_unit
from approvals.programme.queries import locked_item_by_id, record_of_item
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_subject
from approvals.supervision.orders.queries import ORDERS, WITH_NAMES, order_case
from workflows.charts.approval import DECIDED
from workflows.charts.model import SYSTEM
from workflows.charts.project import PROJECT

MOVE = "change_unit"
BUILDS_TOO = ("owner", "department")  # a department may be an owner as well
OPEN_ORDERS = ("issued", "answered", "sent_back")
PROJECT_COLUMNS = ("owner_unit_id", "joint_first_id", "joint_second_id")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What the successor takes over; `obstacle` is a msgid that says why it cannot."""

    unit: UnitName
    successor: UnitName
    people: int
    approvals: int
    orders: int
    projects: int
    items: int = 0
    obstacle: str = ""


def merge_preview(tx: Connection, unit_id: int, successor_id: int) -> MergePreview:
    """What merging this unit into the other one would move. Invalid when they cannot be merged at all."""
    unit, successor = _pair(tx, unit_id, successor_id)
    people = select(func.count()).select_from(PERSON).where(PERSON.c.unit_id == unit_id, PERSON.c.is_active)
    return MergePreview(
        UnitName(unit.name, unit.name_en),
        UnitName(successor.name, successor.name_en),
        people=int(tx.execute(people).scalar_one()),
        approvals=_count(
            tx, APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id), _open_approval(unit_id)
        ),
        orders=_count(tx, ORDERS, _open_order(unit_id)),
        projects=_count(tx, PROJECTS, _open_project(unit_id)),
        items=len(items_of_unit(tx, unit_id)),
        obstacle=_obstacle(tx, unit_id, successor_id),
    )


def merge(tx: Connection, unit_id: int, successor_id: int, *, by: Actor, now: datetime) -> None:
    """Merge the unit into its successor: people with their roles, and everything that is open, an entry each."""
    unit, successor = _pair(tx, unit_id, successor_id)
    if obstacle := _obstacle(tx, unit_id, successor_id):
        raise Refused(obstacle)
    merging = _Merging(unit, successor)
    for project_id in _projects(tx, unit_id):
        project = locked_project_by_id(tx, project_id)
        with recording(tx, *record_of(project), at=None, now=now) as record:
            _of_project(record, project, merging)
    if _count(tx, ORDERS, _open_order(unit_id) & ORDERS.c.project_id.is_(None)):
        with recording(tx, *locked_city_chain(tx, now), at=None, now=now) as record:
            _orders(record, merging, ORDERS.c.project_id.is_(None))
    for item_id in items_of_unit(tx, unit_id):
        item = locked_item_by_id(tx, item_id)
        with recording(tx, *record_of_item(item), at=None, now=now) as record:
            hand_item_over(record, item, unit_id, successor_id, merging.facts)
    _people(tx, unit_id, successor_id, now)
    _close(tx, unit, successor)
    detail = f"{unit.name} → {successor.name}"
    note(tx, "unit_merged", by=by.username, subject=unit.name, detail=detail, now=now)


def _close(tx: Connection, unit: Row[Any], successor: Row[Any]) -> None:
    """The unit, and whatever was merged into it before, leads to its successor from now on."""
    led_here = or_(UNIT.c.id == unit.id, UNIT.c.successor_id == unit.id)
    former = " ".join(map(str, [*successor.former_ids.split(), *unit.former_ids.split(), unit.id]))
    tx.execute(update(UNIT).where(led_here).values(successor_id=successor.id, former_ids=""))
    tx.execute(update(UNIT).where(UNIT.c.id == successor.id).values(former_ids=former))


@dataclass(frozen=True, slots=True)
class _Merging:
    """The two units, as rows."""

    unit: Row[Any]
    successor: Row[Any]

    @property
    def facts(self) -> dict[str, object]:
        former = {"former_unit": self.unit.name, "former_id": self.unit.id}
        return former | {"new_unit": self.successor.name, "unit_id": self.successor.id}


def _pair(tx: Connection, unit_id: int, successor_id: int) -> tuple[Row[Any], Row[Any]]:
    unit = standing_unit(tx, unit_id)
    successor = tx.execute(select(UNIT).where(UNIT.c.id == successor_id)).one_or_none()
    if successor is None or successor.successor_id is not None:
        raise invalid("successor", N_("is not a known unit"))
    if successor.id == unit.id:
        raise invalid("successor", N_("must be another unit"))
    if not may_merge(unit, successor):
        raise invalid("successor", N_("must be a unit of the same kind"))
    return unit, successor


def may_merge(unit: Any, successor: Any) -> bool:
    """Whether the kinds of these units fit."""
    return unit.kind == successor.kind or (unit.kind, successor.kind) == BUILDS_TOO


def _obstacle(tx: Connection, unit_id: int, successor_id: int) -> str:
    both = {unit_id, successor_id}
    joint = PROJECTS.c.joint_first_id.in_(both) & PROJECTS.c.joint_second_id.in_(both)
    if _count(tx, PROJECTS, joint & PROJECTS.c.state.not_in(PROJECT.final_states)):
        return N_("Both units are jointly responsible for a project. End its double management first.")
    return ""


def _count(tx: Connection, table: Any, clause: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(clause)).scalar_one())


def _open_approval(unit_id: int) -> ColumnElement[bool]:
    """What may still be moved at this department: all that is not granted, and what is decided but not delivered."""
    is_open = and_(PROJECTS.c.state.not_in(PROJECT.final_states), APPROVALS.c.state.not_in(("granted", "struck")))
    undelivered = and_(APPROVALS.c.state.in_(DECIDED), APPROVALS.c.delivered_on.is_(None))
    return and_(APPROVALS.c.department_id == unit_id, or_(is_open, undelivered))


def _open_order(unit_id: int) -> ColumnElement[bool]:
    return and_(ORDERS.c.department_id == unit_id, ORDERS.c.state.in_(OPEN_ORDERS))


def _open_project(unit_id: int) -> ColumnElement[bool]:
    named = or_(*(PROJECTS.c[name] == unit_id for name in PROJECT_COLUMNS))
    return and_(named, PROJECTS.c.state.not_in(PROJECT.final_states))


def _projects(tx: Connection, unit_id: int) -> list[int]:
    """The projects with anything that the successor takes over."""
    with_approvals = select(PROJECTS.c.id).join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
    ordered = select(ORDERS.c.project_id).where(_open_order(unit_id), ORDERS.c.project_id.is_not(None))
    own = select(PROJECTS.c.id).where(_open_project(unit_id))
    queries = (with_approvals.where(_open_approval(unit_id)), ordered, own)
    return sorted({project_id for query in queries for project_id in tx.execute(query).scalars()})


def _of_project(record: OpenChain, project: Row[Any], merging: _Merging) -> None:
    names = [name for name in PROJECT_COLUMNS if getattr(project, name) == merging.unit.id]
    if names and project.state not in PROJECT.final_states:
        changes = dict.fromkeys(names, merging.successor.id)
        case = project_case(project)
        joint = tuple(merging.successor.id if unit == merging.unit.id else unit for unit in case.place.joint_units)
        owner = changes.get("owner_unit_id", case.place.owner_unit_id)
        place = replace(case.place, owner_unit_id=owner, joint_units=joint)
        _move(record, replace(case, place=place), merging, changes, _free_reference(record.tx, project, changes))
    here = APPROVALS.c.project_id == project.id
    query = WITH_PROJECT.where(here, _open_approval(merging.unit.id)).order_by(APPROVALS.c.code)
    for row in record.tx.execute(query).all():
        _move(record, _at_successor(approval_subject(row), merging), merging, {"department_id": merging.successor.id})
    _orders(record, merging, ORDERS.c.project_id == project.id)


def _free_reference(tx: Connection, project: Row[Any], changes: Mapping[str, int]) -> dict[str, Any]:
    """Another external reference where the successor has a project of this one: with the former unit behind it."""
    owner = changes.get("owner_unit_id")
    at_owner = PROJECTS.c.owner_unit_id == owner, PROJECTS.c.reference_key == project.reference_key
    if owner is None or project.reference_key is None or not tx.execute(select(PROJECTS.c.id).where(*at_owner)).first():
        return {}
    reference = f"{project.external_ref}-{project.owner_unit_id}"
    return {"external_ref": reference, "reference_key": fold(reference)}


def _orders(record: OpenChain, merging: _Merging, where: ColumnElement[bool]) -> None:
    query = WITH_NAMES.where(where, _open_order(merging.unit.id)).order_by(ORDERS.c.id)
    for row in record.tx.execute(query).all():
        _move(record, _at_successor(order_case(row), merging), merging, {"department_id": merging.successor.id})


def _at_successor(case: Subject, merging: _Merging) -> Subject:
    return replace(case, place=replace(case.place, department_id=merging.successor.id))


def _move(
    record: OpenChain,
    case: Subject,
    merging: _Merging,
    changes: Mapping[str, int],
    further: Mapping[str, Any] | None = None,
) -> None:
    """One move; `changes` are units, `further` is what else has to change with them."""
    facts = merging.facts | {"columns": sorted(changes)}
    facts |= {name: value for name, value in (further or {}).items() if name == "external_ref"}
    move(record, case, MOVE, by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes={**changes, **(further or {})})


def _people(tx: Connection, unit_id: int, successor_id: int, now: datetime) -> None:
    """Everybody works in the successor from now on, in the roles that they had."""
    for row in tx.execute(select(PERSON).where(PERSON.c.unit_id == unit_id).order_by(PERSON.c.id)).all():
        account = person(tx, row.username)
        appointments.end(tx, account.id, now)
        tx.execute(update(PERSON).where(PERSON.c.id == account.id).values(unit_id=successor_id))
        if account.is_active:
            appointments.begin(tx, account.id, successor_id, account.roles, now)
        end_sessions(tx, account.id)
