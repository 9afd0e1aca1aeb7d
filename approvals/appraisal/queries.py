"""Queries on deductions, and a deduction as subject of the history."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from approvals.accounts.actors import Actor, Scope, check_sees, visible
from approvals.accounts.queries import UNIT
from approvals.appraisal.tables import Deduction
from approvals.base.errors import NotFound
from approvals.base.tables import table_of
from approvals.history.record import Subject
from workflows.charts.deduction import DEDUCTION

DEDUCTIONS: Table = table_of(Deduction)
REF = re.compile(r"(20[0-9]{2}|2100)-([1-9][0-9]{0,5})")  # 2026-3
REPORTING_UNITS = ("owner", "county")  # kinds of units whose people are owners
WITH_UNIT = select(
    DEDUCTIONS, UNIT.c.name.label("unit"), UNIT.c.name_en.label("unit_en"), UNIT.c.kind.label("unit_kind")
).select_from(DEDUCTIONS.join(UNIT, UNIT.c.id == DEDUCTIONS.c.unit_id))


def ref_of_deduction(row: Any) -> str:
    """The reference of a deduction: 2026-3."""
    return f"{row.year}-{row.serial}"


def deduction_place(unit_id: int, unit_kind: str) -> Scope:
    """The scope of a deduction: the unit that loses the points, and the offices."""
    if unit_kind in REPORTING_UNITS:
        return Scope(owner_unit_id=unit_id, task_units=(unit_id,))
    return Scope(owner_unit_id=unit_id, department_id=unit_id)  # a department may be an owner as well


def deduction_case(row: Any) -> Subject:
    """The deduction as history sees it."""
    place = deduction_place(row.unit_id, row.unit_kind)
    return Subject(DEDUCTION, DEDUCTIONS, row.id, row.state, row.version, place, ref_of_deduction(row))


def visible_deductions(actor: Actor) -> ColumnElement[bool]:
    """The WHERE clause that leaves the deductions that the actor may see: a unit its own, the city's levels all."""
    return visible(actor, DEDUCTIONS.c.unit_id, DEDUCTIONS.c.unit_id)


def deduction_for(tx: Connection, ref: str, actor: Actor) -> Row[Any]:
    """The deduction of this reference; NotFound when the actor may not see it."""
    match = REF.fullmatch(ref)
    if match is None:
        raise NotFound
    statement = WITH_UNIT.where(DEDUCTIONS.c.year == int(match[1]), DEDUCTIONS.c.serial == int(match[2]))
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    check_sees(actor, deduction_place(row.unit_id, row.unit_kind))
    return row
