"""The late approvals of the board by name: red ones first, then those that have been late for longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.board.queries import BoardListFilter, as_approvals
from approvals.catalogue.queries import item_of
from approvals.filing.queries import TABLE
from approvals.registration.lights import WITH_A_LIGHT, is_late, light_on
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import filtered
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Item

SHOWN = 10  # on the first screen; the others are behind the numbers of the lights


@dataclass(frozen=True, slots=True)
class WorstApproval:
    """A yellow or red approval; `days_over` are working days beyond its promised limit."""

    project: str
    project_name: str
    is_key: bool
    is_urgent: bool
    code: str
    item: Item
    department: UnitName
    light: str
    days_over: int


def late_approvals(tx: Connection, actor: Actor, filters: BoardListFilter, today: date) -> Sequence[WorstApproval]:
    """The worst of those that the filters leave."""
    light = light_on(today).label("light")
    query = select(
        APPROVALS.c.code,
        APPROVALS.c.promised_due_on,
        APPROVALS.c.still_left,
        TABLE.c.number,
        TABLE.c.name.label("project_name"),
        TABLE.c.is_key,
        TABLE.c.is_urgent,
        TABLE.c.catalogue_sha256,
        UNIT.c.name,
        UNIT.c.name_en,
        light,
    )
    statement = filtered(query, actor, as_approvals(filters), WITH_A_LIGHT, today).where(is_late(today))
    rows = tx.execute(
        statement.where(UNIT.c.id == APPROVALS.c.department_id)
        .order_by(case((light == "red", 0), else_=1), APPROVALS.c.promised_due_on, APPROVALS.c.id)
        .limit(SHOWN)
    ).all()
    calendar = calendar_in_force(tx)
    return [_late(tx, row, calendar, today) for row in rows]


def _late(tx: Connection, row: Any, calendar: Calendar, today: date) -> WorstApproval:
    is_still = row.still_left is not None
    over = -row.still_left if is_still else calendar.working_days_between(row.promised_due_on, today)
    unit = UnitName(row.name, row.name_en or "")
    item = item_of(tx, row)
    return WorstApproval(
        row.number, row.project_name, row.is_key, row.is_urgent, row.code, item, unit, row.light, max(0, over)
    )
